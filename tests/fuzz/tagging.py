"""Drivers of what reads a note's text and of the exporters: offsets hold, and every file is whole."""

from __future__ import annotations

import dataclasses
import shutil
from functools import cache

from spacy.language import Language

from analyzer.components.sections import find_sections
from analyzer.components.segmenter import find_segments
from analyzer.export import EXPORTERS, export
from analyzer.identifiers import find_identifiers, mask
from analyzer.interchange import FORMATS, writer
from analyzer.interchange.document import Document
from analyzer.pipeline import load
from analyzer.records import RESPONSES, STATUSES, STRATEGIES, Analysis, AnalyzerError, Note, Opportunity, Tag
from analyzer.tagging import tag_notes
from tests.fuzz.coding import place
from tests.unit.interchange.awkward import document


def text_of(data: bytes) -> str:
    """Any characters: lone surrogates where the bytes are read as UTF-16, else UTF-8."""
    if data[:1] == b"\xff":
        return data[1 : len(data) - (len(data) - 1) % 2].decode("utf-16-le", "surrogatepass")
    return data.decode("utf-8", "surrogatepass") if _passes(data) else data.decode("utf-8", "replace")


def _passes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def segment(data: bytes) -> None:
    """Segments and sections of these characters are in order and inside the text."""
    text = text_of(data)
    before = 0
    for start, end in find_segments(text):
        assert before <= start < end <= len(text)
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        before = end
    before = 0
    for section in find_sections(text):
        assert before <= section.start < section.end <= len(text)
        before = section.end


def identify(data: bytes) -> None:
    """Identifiers are inside the text, and a masked text is as long as it was."""
    text = text_of(data)
    found = find_identifiers(text)
    assert len(mask(text, found)) == len(text)
    before = 0
    for one in found:
        assert before <= one.start < one.end <= len(text)
        before = one.end


@cache
def _rules() -> Language:
    return load(model=None)


def tag(data: bytes) -> None:
    """The whole pipeline (rules only): a note is never skipped, and every tag is on its words."""
    text = text_of(data)
    notes = [Note("n", text, "a.txt", "C", "K", "2026-01-01"), Note("m", text[::-1], "b.txt", "C", "K")]
    for analysis in tag_notes(notes, _rules(), identifiers="ignore"):
        assert isinstance(analysis, Analysis), analysis.reason
        given = notes[analysis.note_id == "m"].text
        for found in (*analysis.tags, *analysis.opportunities):
            assert given[found.start : found.end] == found.text
            assert found.text


def write(name: str, data: bytes) -> None:
    """An exporter, given an analysis with tags anywhere and any characters for its ids and text."""
    path = place() / f"export-{name}"
    shutil.rmtree(path, ignore_errors=True)
    made = made_of(data)
    try:
        if name in FORMATS:
            writer(name)([made], path)
        else:
            table, kind = name.split("-to-")
            path = path.with_suffix(f".{kind}")
            assert table in EXPORTERS
            export([made.analysis], table, path, with_text=True)
    except AnalyzerError:
        return
    assert path.exists()


def made_of(data: bytes) -> Document:
    """A document whose tags, cues, ids and text all come from these bytes."""
    head, text = data[:16].ljust(16, b"\0"), text_of(data[16:]) or "x"
    places = [sorted((head[i] % len(text), head[i + 1] % len(text))) for i in (0, 2, 4)]
    spans = [(start, end + 1, head[6 + i], head[9 + i]) for i, (start, end) in enumerate(places)]
    tags = tuple(
        Tag(STRATEGIES[a % 11], STATUSES[b % 6], start, end, text[start:end], b / 255, "rule", text[:3], text[3:6])
        for start, end, a, b in spans
    )
    cues = tuple(
        Opportunity(start, end, text[start:end], (STRATEGIES[b % 11],), RESPONSES[a % 5]) for start, end, a, b in spans
    )
    one = document(text[: head[12] % 40], text, tags, cues)
    about = {"clinician": text[-4:], "client": text[-8:-4], "date": text[: head[13] % 12]}
    return Document(dataclasses.replace(one.analysis, extra={text[4:9]: text[:5]}, **about), one.text)
