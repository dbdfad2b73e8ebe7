"""The page itself: fair words, nothing of a note runs or breaks it, it stands alone, and any notes give one."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from analyzer.codebook import load_codebook
from analyzer.compare.error_rates import ErrorRates
from analyzer.compare.over_use import over_use_lines
from analyzer.compare.patterns import over_use
from analyzer.feedback import Agenda, Feedback, agenda_for, feedback_for, html_page, plain_text
from analyzer.feedback.wording import load_wording
from analyzer.notes import read_notes
from analyzer.profiles import group_of
from analyzer.records import (
    RESPONSES,
    STATUSES,
    STRATEGIES,
    Analysis,
    Boilerplate,
    Identifier,
    Note,
    Opportunity,
    Section,
    Tag,
)
from analyzer.tagging import tag_notes
from tests.conftest import ROOT
from tests.unit.feedback.making import AL, TR, done, few_answers, listening, moment, written
from tests.unit.test_profiles import notes as profile_notes

ACCUSING = re.compile(
    r"\b(fail\w*|did not do|didn[’']?t do|never|should have|poor(ly)?|worse than|bad(ly)?|weak(ness)?|ignored|"
    r"neglect\w*|must|best|worst|rank(ed|ing)?|score)\b",
    re.IGNORECASE,
)
NOTES = {
    "a gap": [*few_answers(), *listening()],
    "nothing under-used": [*few_answers(answered=9), *listening()],
    "no open moment": listening(),
    "few notes": listening()[:2],
    "no evidence": [written("n1", "Cl talked about buses. Ok.")],
    "only open moments": few_answers(answered=0),
    "worded alike": [
        *listening(),
        *(
            written(f"r{i}", "Validated feelings. Ok.", tags=[done(AL, "Validated feelings", repeated=True)])
            for i in range(4)
        ),
    ],
}  # fmt: skip
RATES = dict.fromkeys(STRATEGIES, ErrorRates(80, 20, 10, 90, "gold"))
MAKERS = [feedback_for, agenda_for]
Maker = Callable[..., Feedback | Agenda]


class Reader(HTMLParser):
    """Reads a page: its elements, their attributes, whether they nest, and the words outside quotations."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "elements must nest"

    def handle_data(self, data: str) -> None:
        if not {"blockquote", "style"} & set(self.open):
            self.words.append(data)


# Words


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("case", NOTES)
def test_pages_speak_of_what_is_documented_and_accuse_nobody(case: str, make: Maker) -> None:
    document = make(NOTES[case], "C1")
    said = " ".join(Reader(html_page(document)).words)
    assert not ACCUSING.findall(said)
    assert not ACCUSING.findall(plain_text(document))
    if case != "no evidence":
        assert "documented" in said.lower()


def test_no_wording_in_the_data_accuses_anybody() -> None:
    templates = files("analyzer") / "data" / "templates"
    fixed = [t.read_text("utf-8") for t in templates.iterdir() if t.name.startswith("feedback") and t.suffix == ".html"]
    assert len(fixed) == 4
    codebook = [text for s in load_codebook().strategies for text in (s.feedback, s.over_use)]
    assert not ACCUSING.findall(" ".join([*fixed, *codebook, str(load_wording())]))


def test_the_pages_of_the_sample_clinicians_accuse_nobody(rules_only: Language) -> None:
    notes = [note for note in read_notes([ROOT / "sample_notes"]) if isinstance(note, Note)]
    analyses = [a for a in tag_notes(notes, rules_only) if isinstance(a, Analysis)]
    texts = {note.note_id: note.text for note in notes}
    clinicians = {group_of(a, "clinician") for a in analyses}
    assert len(clinicians) == 4
    for clinician in clinicians:
        for make in MAKERS:
            said = " ".join(Reader(html_page(make(analyses, clinician, texts=texts, rates=RATES))).words)
            assert not ACCUSING.findall(said)
            assert "ocumented" in said
    assert not ACCUSING.findall(" ".join(over_use_lines(over_use(analyses))))


@pytest.mark.parametrize("make", MAKERS)
def test_the_share_is_told_as_counted_and_after_the_programs_own_errors(make: Maker) -> None:
    text = " ".join(plain_text(make(NOTES["a gap"], "C1", rates=RATES)).split())
    assert "A response is documented at 8% of them" in text
    assert text.count("going by its errors on test notes, a careful reader would have counted about") == 1
    without = plain_text(make(NOTES["a gap"], "C1"))
    assert "careful reader" not in without, "nothing is claimed where the errors are not known"


@pytest.mark.parametrize("make", MAKERS)
def test_the_limits_stand_on_every_page(make: Maker) -> None:
    for notes in NOTES.values():
        text = " ".join(plain_text(make(notes, "C1")).split())
        assert "A note is not the session." in text
        assert "not for discipline, pay, audit or licensing" in text
        assert f"It rests on {len(notes)} note" in text


def test_the_clinicians_page_in_its_order() -> None:
    text = plain_text(feedback_for(NOTES["a gap"], "C1"))
    parts = [
        "What is there to build on",
        "One place to look first: Transparency",
        "How did the client hear about it, and what did they ask?",
        "One thing to try next session",
        "Over time",
        "What this page cannot say",
    ]
    assert sorted(parts, key=text.index) == parts
    assert "●○○○○○○○○○○○" in text


def test_a_page_of_few_notes_holds_quotes_and_limits_alone() -> None:
    page = html_page(feedback_for(NOTES["few notes"], "C1"))
    assert re.findall(r"<h2>(.*?)</h2>", page) == ["What is there", "What this page cannot say"]
    assert "From 5 notes and 3 moments" in page


def test_the_text_says_what_the_page_says_within_78_columns() -> None:
    for make in MAKERS:
        for notes in NOTES.values():
            document = make(notes, "C1")
            text = plain_text(document)
            assert max(map(len, text.splitlines())) <= 78
            page = " ".join("".join(Reader(html_page(document)).words).split())
            for line in ("More is not better.", "A note is not the session."):
                assert line in page
                assert line in text


# Nothing of a note runs

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></title><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% include 'page.html' %}",
    "<!-- ]]> <b>bold & 'loud'",
    "javascript:alert(1)",
    "&lt;i&gt;",
    "\x1b[31mred\x1b[0m\x07",
    "\u202eevil\u2066",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("make", MAKERS)
def test_what_notes_ids_dates_and_names_hold_is_shown_and_does_nothing(attack: str, make: Maker) -> None:
    said, felt = f"Validated {attack} with him", f"cried over {attack} again"
    name = f"C {attack}"
    notes = [
        written(
            f"n{i} {attack}", f"Cl {felt}. {said}.", tags=[done(AL, said)],
            moments=[moment(felt, AL, response="responded", answer=said)] if i else [moment(felt, AL, TR)],
            clinician=name, client=f"K {attack}", date=f"2026 {attack}",
        )
        for i in range(6)
    ]  # fmt: skip
    document = make(notes, name, texts={n.note_id: f"Cl {felt}. {said}." for n in notes})
    page = html_page(document)
    reader = Reader(page)
    plain = {tag for tag, _ in Reader(html_page(make(NOTES["a gap"], "C1"))).tags}
    assert {tag for tag, _ in reader.tags} <= plain
    assert not any(name.startswith("on") for _, attrs in reader.tags for name in attrs)
    assert not reader.open
    for shown in (page, plain_text(document)):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", shown)
    if attack.isprintable():
        assert " ".join(attack.split()) in " ".join(plain_text(document).split())


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("case", NOTES)
def test_the_page_stands_alone(case: str, make: Maker) -> None:
    page = html_page(make(NOTES[case], "C1"))
    reader = Reader(page)
    assert page.startswith("<!DOCTYPE html>")
    assert not {"script", "link", "img", "iframe", "object", "form", "a"} & {tag for tag, _ in reader.tags}
    assert not any({"src", "href", "style"} & set(attrs) for _, attrs in reader.tags)
    assert not re.search(r"url\(|@import|https?:", page)
    policies = [a["content"] for tag, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert ("html", {"lang": "en"}) in reader.tags
    assert [tag for tag, _ in reader.tags].count("h1") == 1


def test_the_page_prints_on_a4_and_letter_and_reads_with_contrast() -> None:
    css = (files("analyzer") / "data" / "templates" / "feedback.css").read_text("utf-8")
    assert "@media print" in css
    assert re.search(r"@page \{ margin: [^}]*\}", css)
    assert "size:" not in css.replace("font-size:", ""), "the printer's own paper is used"
    inks = set(re.findall(r"[^-]color: (#\w+)", css))
    assert inks
    for ink in inks:
        for paper in ("#ffffff", "#fdf3b0"):
            assert _contrast(ink, paper) >= 7, "WCAG 2.2, 1.4.6"


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((light(one), light(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


# Any notes

_places = st.integers(0, 60)
_texts = st.one_of(st.sampled_from(["", " ", "asked who reads this", "named the fear"]), st.text(max_size=40))
_tags = st.builds(
    Tag,
    strategy=st.sampled_from(STRATEGIES), status=st.sampled_from(STATUSES), start=_places, end=_places, text=_texts,
    confidence=st.floats(0, 1), source=st.sampled_from(["rule", "model"]), reason=_texts, section=st.just("plan"),
    repeated=st.booleans(),
)  # fmt: skip
_moments = st.builds(
    Opportunity,
    start=_places, end=_places, text=_texts,
    strategies=st.lists(st.sampled_from(STRATEGIES), max_size=3).map(tuple), response=st.sampled_from(RESPONSES),
    answer=st.none() | st.tuples(_places, _places),
)  # fmt: skip
_names = st.sampled_from([None, "", " ", "C1", "C2", "<b>", "Ünal\nX", "\ud800"])
_odd_notes = st.builds(
    Analysis,
    note_id=st.sampled_from(["n1", "n2", "", "\ud800", "<i>"]), source=st.just("test"), clinician=_names, client=_names,
    date=st.sampled_from([None, "", "soon", "2026-02-30", "2026-03-05", "2026-03-06", "2999-01-01"]),
    text_sha256=st.just("0" * 64), n_chars=_places, n_words=_places, n_segments=_places,
    sections=st.lists(st.builds(Section, st.just("plan"), _places, _places), max_size=1).map(tuple),
    tags=st.lists(_tags, max_size=4).map(tuple), opportunities=st.lists(_moments, max_size=4).map(tuple),
    boilerplate=st.lists(st.builds(Boilerplate, _places, _places, st.just("checkbox")), max_size=1).map(tuple),
    identifiers=st.lists(st.builds(Identifier, st.just("PERSON"), _places, _places), max_size=1).map(tuple),
)  # fmt: skip


@given(
    st.lists(st.one_of(_odd_notes, profile_notes), min_size=1, max_size=14), st.dictionaries(_texts, _texts, max_size=3)
)
def test_any_notes_give_pages_without_a_gap_in_the_figures(analyses: list[Analysis], texts: dict[str, str]) -> None:
    for clinician in {group_of(a, "clinician") for a in analyses}:
        for make in MAKERS:
            document = make(analyses, clinician, texts=texts)
            page = html_page(document)
            assert not Reader(page).open
            assert not re.search(r"\b(nan|inf|None)\b", " ".join(Reader(page).words))
            assert not re.search(r"\b(nan|inf)\b", plain_text(document))
            page.encode("utf-8")


# The documents


def test_the_table_of_suggestions_leaves_none_out() -> None:
    table = (ROOT / "analyzer" / "feedback" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+)\. ", table, re.MULTILINE) == [str(i) for i in range(1, 16)]
    assert "10.7326/M15-2248" in table
    assert "10.1002/14651858.CD000259.pub3" in table
