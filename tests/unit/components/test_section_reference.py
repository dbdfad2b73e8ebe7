"""Sections against a reference made by hand: the sample notes, and gold_dev where it is at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from spacy.language import Language

from analyzer.components.sections import UNHEADED, sections_of
from analyzer.notes import read_notes
from analyzer.records import Note
from tests.conftest import ROOT, SHARED

_REFERENCE = yaml.safe_load(Path(__file__).with_name("section_reference.yml").read_text(encoding="utf-8"))
_GOLD = SHARED / "gold_dev" / "gold_dev.jsonl"
# Of the segments of notes that have headings.
_SHARE = 0.99


def _headings(part: str) -> dict[str, list[tuple[str, str]]]:
    return {note: group["headings"] for group in _REFERENCE[part] for note in group["notes"]}


def _expected(text: str, headings: list[tuple[str, str]], at: int) -> str:
    """The section of a character, by the headings in order."""
    section, searched = UNHEADED, 0
    for opening, name in headings:
        heading = re.compile(f"^{re.escape(opening)}", re.MULTILINE).search(text, searched)
        start = heading.start() if heading else text.index(opening, searched)
        if start > at:
            break
        section, searched = name, start + len(opening)
    return section


def _right(nlp: Language, texts: dict[str, str], headings: dict[str, list[tuple[str, str]]]) -> list[tuple[str, bool]]:
    """(note, whether the section is the reference's) of every segment."""
    found = []
    for note, expected in headings.items():
        doc = nlp(texts[note])
        segments = list(doc.spans["segments"])
        for segment, section in zip(segments, sections_of(doc, segments), strict=True):
            found.append((note, section == _expected(texts[note], expected, segment.start_char)))
    return found


def _share(answers: list[tuple[str, bool]]) -> float:
    return sum(right for _, right in answers) / len(answers)


def test_segments_of_the_sample_notes_stand_in_their_sections(rules_only: Language) -> None:
    read = read_notes([ROOT / "sample_notes"])
    texts = {note.note_id: note.text for note in read if isinstance(note, Note)}
    headings = _headings("samples")
    assert headings.keys() == texts.keys()
    answers = _right(rules_only, texts, {note: some for note, some in headings.items() if some})
    assert len(answers) > 1000
    assert _share(answers) >= _SHARE


def test_notes_without_headings_are_one_narrative(rules_only: Language) -> None:
    texts = {note.note_id: note.text for note in read_notes([ROOT / "sample_notes"]) if isinstance(note, Note)}
    bare = {note: some for note, some in _headings("samples").items() if not some}
    assert all(right for _, right in _right(rules_only, texts, bare))


@pytest.mark.skipif(not _GOLD.exists(), reason="needs ../shared/gold_dev, which users don't have")
def test_segments_of_gold_dev_stand_in_their_sections(rules_only: Language) -> None:
    texts = {note["note_id"]: note["text"] for note in map(json.loads, _GOLD.read_text(encoding="utf-8").splitlines())}
    answers = _right(rules_only, texts, _headings("gold_dev"))
    assert len(answers) > 400
    assert _share(answers) >= _SHARE
