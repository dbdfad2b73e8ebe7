"""Notes that are hard to hand over: any kind of id, emoji before the evidence, tags that share words, no text."""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st

from analyzer.interchange.document import Document
from analyzer.records import RESPONSES, STATUSES, STRATEGIES, Opportunity, Response, Status, Tag
from tests.unit.test_profiles import note

IDS = (
    "n1",
    "a,b;c\td",
    "say \"hi\" & 'bye' <b>",
    "two\nlines\r\nthree",
    "👩🏽‍⚕️ 😀",
    "x" * 10_000,
    "x" * 9_999 + "y",
    "../../etc/passwd",
    "C:\\notes\\n1.txt",
    "N1",
    "n1",
    "CON",
    "com1",
    ".hidden",
    "hidden_n",
    "n1.a1",
    "=1+1",
    "Ünal",
    "half \ud83d",
    "notes",
    "",
)
TEXT = (
    "😀 Th validated cl's grief; 👩🏽‍⚕️ reviewed limits of confidentiality — 𝒜 said “ok”.\n\n"
    "Plan: will set goals\ttogether 🙂, cl feels unheard."
)


def tag(text: str, words: str, strategy: str, status: Status = "delivered") -> Tag:
    start = text.index(words)
    return Tag(strategy, status, start, start + len(words), words, 0.75, "rule+model", "r1: grief, \n", "plan", "will")


def cue(text: str, words: str, *strategies: str, response: Response = "responded") -> Opportunity:
    start = text.index(words)
    return Opportunity(start, start + len(words), words, strategies, response, (0, 1))


def document(
    note_id: str = "n1", text: str | None = TEXT, tags: tuple[Tag, ...] = (), cues: tuple[Opportunity, ...] = ()
) -> Document:
    analysis = dataclasses.replace(note(note_id), tags=tags, opportunities=cues, n_chars=len(text or ""))
    return Document(analysis, text)


CODED = (
    tag(TEXT, "validated cl's grief", "active_listening_empathy"),
    tag(TEXT, "cl's grief; 👩🏽‍⚕️ reviewed", "cultural_humility", "negated"),  # shares words with the last and the next
    tag(TEXT, "reviewed limits of confidentiality", "transparency"),
    tag(TEXT, "reviewed limits of confidentiality", "trauma_informed", "other_agent"),
    tag(TEXT, "will set goals\ttogether 🙂", "collaborative_decision_making", "planned"),
)
CUES = (cue(TEXT, "cl feels unheard", "safe_space", "transparency", response="planned_only"),)
ONE = document(tags=CODED, cues=CUES)
EMPTY = document("empty", "")
MANY = [document(note_id, tags=CODED, cues=CUES) for note_id in IDS] + [EMPTY]


def whole(text: str) -> str:
    """Half a surrogate pair can't be written to any file; U+FFFD stands in for it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_texts = st.text(st.sampled_from("ab é\n\t.😀𝒜🏽\u200d\u2028\x85\x0b—'"), min_size=1, max_size=30)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document of any characters with tags and cues anywhere in it, in any order."""
    text = draw(_texts)
    places = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(
        lambda place: place[0] < place[1]
    )
    tags = draw(st.lists(st.tuples(places, st.sampled_from(STRATEGIES), st.sampled_from(STATUSES)), max_size=5))
    cues = draw(st.lists(st.tuples(places, st.sampled_from(STRATEGIES), st.sampled_from(RESPONSES)), max_size=2))
    found = tuple(Tag(s, status, a, b, text[a:b], 0.5, "rule", "r", "plan") for (a, b), s, status in tags)
    called = tuple(Opportunity(a, b, text[a:b], (s,), response) for (a, b), s, response in cues)
    return document(draw(st.text(max_size=5)), text, found, called)
