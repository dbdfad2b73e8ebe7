"""How much work a note takes, by counts rather than seconds: a change that makes it more by a tenth is told."""

from __future__ import annotations

import tracemalloc

import pytest
from spacy.language import Language

from analyzer.encoder import Encoder
from analyzer.notes import read_notes
from analyzer.records import Note
from analyzer.tagging import tag_notes
from tests.conftest import ROOT

# Measured on the first ten sample notes; a tenth more is allowed. A figure that falls is written down anew.
SEGMENTS_READ = 309
COMPONENTS = 10
PEAK_KILOBYTES = 101
ROOM = 1.1

NOTES = [note for note in read_notes([ROOT / "sample_notes" / "C01"]) if isinstance(note, Note)][:10]


def check(what: str, found: float, stored: float) -> None:
    assert found <= stored * ROOM, f"{what}: {found:.0f} now, {stored:.0f} when it was measured"


def test_segments_that_the_encoder_reads(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    if not nlp.get_pipe("reader").has_estimator:
        pytest.skip("the accurate model is not installed")
    read: list[int] = []
    reading = Encoder.read
    monkeypatch.setattr(Encoder, "read", lambda self, segments: read.append(len(segments)) or reading(self, segments))
    list(tag_notes(NOTES, nlp))
    check("segments read by the encoder", sum(read), SEGMENTS_READ)


def test_passes_over_a_note(rules_only: Language) -> None:
    check("components of the pipeline", len(rules_only.pipeline), COMPONENTS)


def test_memory_that_one_note_takes(rules_only: Language) -> None:
    list(tag_notes(NOTES, rules_only))  # what is loaded once does not count
    tracemalloc.start()
    list(tag_notes(NOTES[:1], rules_only))
    # The table of repeated words has a fixed size, most of it never touched.
    peak = tracemalloc.get_traced_memory()[1] / 1024 - 65_536
    tracemalloc.stop()
    check("kilobytes at the peak of one note", peak, PEAK_KILOBYTES)
