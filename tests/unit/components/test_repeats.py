"""Template text across notes: flagged with its reason, never counted, and nothing of it lost (codebook R5)."""

from __future__ import annotations

from collections.abc import Sequence

import analyzer
from analyzer.profiles import profile
from analyzer.records import Analysis

PASTED = "Client was seen on time, casually dressed and cooperative with this writer."
ACT = "Reviewed the limits of confidentiality and who reads these notes with client."
FRESH = [
    "Slept four hours, argued with the landlord about the heating.",
    "Brother called from the camp after two years.",
    "Quiet week, went back to the choir on Thursday.",
    "Missed two shifts, the manager wrote her up.",
]
HISTORY = (
    "Father was taken by soldiers when he was nine. He does not trust offices since then. "
    "The house stands empty in the village."
)


def read(texts: Sequence[str], *, clinician: str | None = "A") -> list[Analysis]:
    notes = [
        {"note_id": f"n{i}", "clinician": clinician, "client": "K", "date": f"2026-01-0{i + 1}", "text": text}
        for i, text in enumerate(texts)
    ]
    return [a for a in analyzer.analyze(notes, model=None) if isinstance(a, Analysis)]


def template(analysis: Analysis, text: str) -> dict[str, str]:
    return {text[b.start : b.end]: b.reason for b in analysis.boilerplate}


def test_a_line_pasted_into_three_notes_is_template_text_in_each() -> None:
    texts = [f"{PASTED}\n{fresh}" for fresh in FRESH[:3]]
    for analysis, text in zip(read(texts), texts, strict=True):
        assert template(analysis, text) == {PASTED: "repeated_in_other_notes"}


def test_a_named_act_worded_alike_keeps_its_tag_and_is_marked() -> None:
    analyses = read([f"{fresh}\n{ACT}" for fresh in FRESH[:3]])
    for analysis in analyses:
        (tag,) = [t for t in analysis.tags if t.strategy == "transparency"]
        assert tag.repeated
        assert tag in analysis.counted
        assert analysis.boilerplate == ()
    assert profile(analyses)[0].of("transparency").notes_used == 3


def test_a_block_copied_from_the_last_note_is_shown_and_not_counted_again() -> None:
    texts = [f"{FRESH[0]} {HISTORY} {ACT}", f"{FRESH[1]} {HISTORY} {ACT}"]
    first, second = read(texts)
    assert first.boilerplate == ()
    assert set(template(second, texts[1]).values()) == {"copied_forward"}
    assert FRESH[1] not in template(second, texts[1])
    assert [t.repeated for t in second.tags if t.strategy == "transparency"] == [True]
    assert profile([first, second])[0].of("transparency").notes_used == 1


def test_a_copied_block_opens_no_opportunity_a_second_time() -> None:
    texts = [f"{FRESH[0]} {HISTORY}", f"{FRESH[1]} {HISTORY}"]
    first, second = read(texts)
    copied = [b for b in second.boilerplate if b.reason == "copied_forward"]
    assert copied
    assert first.opportunities
    assert not [o for o in second.opportunities if any(b.start <= o.start < b.end for b in copied)]


def test_without_a_clinician_nothing_is_said_of_repetition() -> None:
    for analysis in read([f"{PASTED}\n{ACT}\n{fresh}" for fresh in FRESH], clinician=None):
        assert analysis.boilerplate == ()
        assert not any(tag.repeated for tag in analysis.tags)


def test_short_lines_may_come_again() -> None:
    for analysis in read([f"Mood low.\nDenies SI.\n{fresh}" for fresh in FRESH]):
        assert analysis.boilerplate == ()
