"""Sections in the usual formats and spellings of headings."""

from __future__ import annotations

import pytest

from analyzer.components.sections import find_sections, section_kinds

NOTES = {
    "SOAP letters": ("S: low\nO: tearful\nA: MDD\nP: f/u", ["subjective", "objective", "assessment", "plan"]),
    "SOAP in one paragraph": (
        "S: Low mood. O: Tearful. A: MDD. P: Return next week.",
        ["subjective", "objective", "assessment", "plan"],
    ),
    "DAP in words": ("Data: came late.\nAssessment: guarded.\nPlan: review.", ["data", "assessment", "plan"]),
    "BIRP bold": (
        "**Behavior** calm\n**Intervention**\nvalidated\n**Response**: good\n**Plan**\nreturn",
        ["behavior", "intervention", "response", "plan"],
    ),
    "GIRP with dashes": (
        "G - sleep\nI - validated\nR - calmer\nP - return",
        ["goal", "intervention", "response", "plan"],
    ),
    "PIE: P is the problem": ("P: low mood\nI: reflected grief\nE: calmer", ["problem", "intervention", "evaluation"]),
    "capitals alone on a line": (
        "PRESENTING CONCERN\nPanic.\nINTERVENTION\nGrounding.\nRESPONSE\nCalmer.\nPLAN\nReturn.",
        ["subjective", "intervention", "response", "plan"],
    ),
    "Markdown headings": ("## Subjective\nlow\n### Plan\nreturn", ["subjective", "plan"]),
    "a lead before the first heading": ("Seen 50 min.\nPlan: return", ["narrative", "plan"]),
    "plain narrative": ("I saw her at ten. We spoke about the move.", ["narrative"]),
    "initials of people are no headings": ("M: she laughed\nR: I did not\nWe went on.", ["narrative"]),
    "form fields are no headings": ("Duration: 50 min\nLocation: office\nWe spoke.", ["narrative"]),
    "the pronoun I is no heading": ("I saw him.\nI asked him about work.", ["narrative"]),
}


@pytest.mark.parametrize("name", NOTES)
def test_sections(name: str) -> None:
    text, expected = NOTES[name]
    assert [section.name for section in find_sections(text)] == expected


@pytest.mark.parametrize("name", NOTES)
def test_sections_follow_one_another_to_the_end(name: str) -> None:
    text = NOTES[name][0]
    found = find_sections(text)
    assert found[-1].end == len(text)
    assert all(a.end == b.start for a, b in zip(found, found[1:], strict=False))


def test_every_section_has_a_kind() -> None:
    assert {section.name for text, _ in NOTES.values() for section in find_sections(text)} <= set(section_kinds())


def test_an_empty_text_has_no_section() -> None:
    assert find_sections("") == []
