"""Opportunities and how the note shows that they were met."""

from __future__ import annotations

import pytest
from spacy.language import Language

LONG = " Sleep fair. Appetite fair. No SI. Meds unchanged. Works nights. Bus pass renewed."

NOTES = {
    "answered": ("Cl tearful about her mother's death. Th validated her grief." + LONG, "responded"),
    "only planned": (
        "Cl tearful about her mother's death. Will validate her grief next session." + LONG,
        "planned_only",
    ),
    "left open": ("Cl tearful about her mother's death. Reviewed CBT log." + LONG, "no_documented_response"),
    "set aside in a brief contact": ("Cl tearful on the phone. Rescheduled.", "suppressed"),
}


@pytest.mark.parametrize("name", NOTES)
def test_response(rules_only: Language, name: str) -> None:
    text, expected = NOTES[name]
    doc = rules_only(text)
    found = doc.spans["opportunities"]
    assert [span._.response for span in found][:1] == [expected]
    assert "active_listening_empathy" in found[0]._.strategies


def test_the_answer_points_at_the_words_that_answer(rules_only: Language) -> None:
    doc = rules_only(NOTES["answered"][0])
    start, end = doc.spans["opportunities"][0]._.answer
    assert doc.text[start:end] == "validated her grief"


def test_demographics_alone_are_no_opportunity(rules_only: Language) -> None:
    doc = rules_only("42yo Afro-Latina lesbian w/ MDD, seen 50 min." + LONG)
    assert len(doc.spans["opportunities"]) == 0
