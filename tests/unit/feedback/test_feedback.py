"""The page for a clinician: whose notes it is about, and the whole way from plain notes."""

from __future__ import annotations

import pytest

import analyzer
from analyzer.feedback import feedback_for
from analyzer.records import Analysis, AnalyzerError
from tests.unit.feedback.making import (
    AL,
    TR,
    done,
    few_answers,
    listening,
    written,
)

# Whose notes


def test_only_the_clinicians_own_notes_are_on_the_page() -> None:
    page = feedback_for([*listening(), *few_answers(clinician="C2", answered=0)], "C1")
    assert page.notes == 6
    assert page.gap is None
    assert page.invitation is None


def test_an_unknown_clinician_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(AnalyzerError, match="no notes by clinician 'C9'; these notes are by 'C1', 'C2': give one"):
        feedback_for([*listening(), *listening(clinician="C2")], "C9")
    with pytest.raises(AnalyzerError, match="no notes could be read"):
        feedback_for([], "C1")


def test_notes_without_a_clinician_have_a_page_too() -> None:
    note = written("n1", "Named the fear of moving. Ok.", tags=[done(AL, "Named the fear of moving")], clinician=None)
    assert feedback_for([note], "(not given)").notes == 1


# The whole way


def test_from_plain_notes_to_the_page() -> None:
    said = [
        "Reviewed limits of confidentiality with client before the intake form.",
        "Explained what the court letter says and who will read it.",
        "Walked client through the next steps of the housing appeal.",
        "Explained why the form asks about alcohol.",
        "Told client what I cannot promise about the waiting list.",
        "Validated her grief over the lost apartment.",
    ]
    texts = {f"n{i}": f"S: Client asked who reads the notes.\nI: {line}" for i, line in enumerate(said, 1)}
    notes = [{"note_id": i, "text": text, "clinician": "C1", "date": f"2026-02-0{i[1:]}"} for i, text in texts.items()]
    results = [a for a in analyzer.analyze(notes, model=None) if isinstance(a, Analysis)]
    page = feedback_for(results, "C1", texts=texts)
    assert page.notes == 6
    assert TR in [s.strategy for s in page.strengths]
    for each in page.strengths:
        for evidence in each.evidence:
            quote = evidence.quote
            assert quote.before + quote.words + quote.after in texts[quote.note_id]
