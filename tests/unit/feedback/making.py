"""Invented notes with their tags and moments placed by their words, for the pages' tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from analyzer.feedback import Feedback
from analyzer.feedback.strengths import Strength
from analyzer.records import Analysis, Boilerplate, Identifier, Opportunity, Response, Section, Tag, sha256_of

AL, TR, HC, CC, SS = (
    "active_listening_empathy",
    "transparency",
    "historical_context",
    "cultural_competence",
    "safe_space",
)


def done(strategy: str, words: str, **facts: object) -> Tag:
    """Words that document the strategy as done; their place is found by `written`."""
    given = {"status": "delivered", "confidence": 0.9, "source": "rule", "reason": "r1", "section": "body"} | facts
    return Tag(strategy=strategy, start=0, end=0, text=words, **given)  # type: ignore[arg-type]


def moment(words: str, *strategies: str, response: Response = "no_documented_response", answer: str = "") -> tuple:
    """A moment on the client's side, and the words that answer it."""
    return words, strategies, response, answer


def written(
    note_id: str,
    text: str,
    *,
    tags: Sequence[Tag] = (),
    moments: Iterable[tuple] = (),
    clinician: str | None = "C1",
    client: str | None = "K1",
    date: str | None = "2026-03-05",
    template: str = "",
    identifiers: Iterable[str] = (),
    plan_from: str = "",
) -> Analysis:
    """The analysis of an invented note, every offset found by its words."""

    def place(words: str) -> tuple[int, int]:
        return text.index(words), text.index(words) + len(words)

    sections = (Section("plan", text.index(plan_from), len(text)),) if plan_from else ()
    return Analysis(
        note_id=note_id,
        source="test",
        clinician=clinician,
        client=client,
        date=date,
        text_sha256=sha256_of(text),
        n_chars=len(text),
        n_words=len(text.split()),
        n_segments=text.count("."),
        sections=sections,
        tags=tuple(replace(tag, start=place(tag.text)[0], end=place(tag.text)[1]) for tag in tags),
        opportunities=tuple(
            Opportunity(*place(words), words, strategies, response, place(answer) if answer else None)
            for words, strategies, response, answer in moments
        ),
        boilerplate=(Boilerplate(*place(template), "copied_forward"),) if template else (),
        identifiers=tuple(Identifier("PERSON", *place(name)) for name in identifiers),
    )


# Twelve things that clients of an invented clinic asked about their papers, none worded like another.
ASKED = (
    "asked who else reads these pages",
    "worried whether the landlord hears about visits",
    "wondered what happens after Tuesday's hearing",
    "wanted to know why this form mentions drinking",
    "fears immigration will see her address",
    "confused about the referral's next step",
    "said nobody explained the school report",
    "asked if probation gets told everything",
    "unsure how long the waiting list is",
    "heard of a letter sent without her",
    "thinks the insurer listens in",
    "puzzled by two different appointments",
)
TOLD = (
    "Went over who can open the chart and why",
    "Laid out what the court letter says, line by line",
    "Told cl the bed is not certain before June",
)


def few_answers(*, answered: int = 1, clinician: str = "C1", clients: int = 6, start: int = 1) -> list[Analysis]:
    """Twelve notes, each with a question about papers; ``answered`` of them document what the client was told."""
    notes = []
    for i, words in enumerate(ASKED):
        told = TOLD[i % len(TOLD)] if i < answered else ""
        text = f"Cl {words}. Talked about the week at home. {told + '.' if told else 'Set next date.'}"
        notes.append(
            written(
                f"{clinician}-{i + 1:02}",
                text,
                tags=[done(TR, told)] if told else [],
                moments=[moment(words, TR, response="responded" if told else "no_documented_response", answer=told)],
                clinician=clinician,
                client=f"K{i % clients + 1}" if clients else None,
                date=f"2026-{start + i // 28:02}-{i % 28 + 1:02}",
            )
        )
    return notes


LISTENED = (
    ("Validated how lonely the new flat is", "cried about the empty rooms"),
    ("Said back the fear under the jokes", "joked through the whole story of the raid"),
    ("Named the shame and asked if that was right", "could not look up"),
    ("Sat with her in silence, then named the loss", "has nobody left from the village"),
    ("Summarized the three worries in his words", "spoke fast, all of it at once"),
    ("Told cl I believe him about the guard", "is sure that people think he lies"),
)


def listening(*, clinician: str = "C1") -> list[Analysis]:
    """Six notes in which strong feeling meets listening, each in other words."""
    return [
        written(
            f"{clinician}-L{i}",
            f"Cl {felt}. {said}. Plan: same time next week.",
            tags=[done(AL, said)],
            moments=[moment(felt, AL, response="responded", answer=said)],
            clinician=clinician,
            client=f"K{i % 3 + 1}",
            date=f"2026-05-{i + 1:02}",
        )
        for i, (said, felt) in enumerate(LISTENED)
    ]


def quoted(page: Feedback) -> list[str]:
    """The words that a page quotes for its strengths."""
    return [evidence.quote.words for found in page.strengths for evidence in found.evidence]


def strength(page: Feedback, strategy: str) -> Strength:
    """The one strength of that strategy."""
    (found,) = [s for s in page.strengths if s.strategy == strategy]
    return found
