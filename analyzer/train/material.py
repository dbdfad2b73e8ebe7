"""Coded notes -> the rows and labels that the estimators learn from, read once by the pipeline's rule components."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from analyzer.components.features import SegmentRow, StatusRow, segment_rows, status_row
from analyzer.components.qualifier import Qualifier
from analyzer.encoder import Reading
from analyzer.pipeline import MODEL_COMPONENTS
from analyzer.records import STRATEGIES, CodedNote


@dataclass(frozen=True, slots=True)
class Material:
    """One coded note made ready: its Doc after the rules, its rows, and the labels beside them.

    ``strategies``: (segments, 11) any status; ``cues``: (segments, 12), the first column *is a cue*; a segment that
    nobody coded, or whose code the coders contested, is left out of ``scored``. ``status_places``: each tag's segment
    and strategy index.
    ``reading``: by an encoder that had not seen notes of this writer.
    """

    note: CodedNote
    doc: Doc
    rows: list[SegmentRow]
    strategies: np.ndarray
    cues: np.ndarray
    scored: np.ndarray
    status_rows: list[StatusRow]
    status_places: list[tuple[int, int]]
    statuses: list[str]
    reading: Reading | None = None

    @property
    def logits(self) -> np.ndarray | None:
        """(segments, labels): what an encoder new to this writer said of the segments."""
        return self.reading.logits if self.reading is not None else None

    @property
    def status_logits(self) -> np.ndarray | None:
        """(status rows, 6): what it said of each tag's status."""
        if self.reading is None:
            return None
        places = np.array(self.status_places, dtype=int).reshape(-1, 2)
        return np.asarray(self.reading.status[places[:, 0], places[:, 1]])


def prepare(notes: Iterable[CodedNote], nlp: Language) -> Iterable[Material]:
    """Read the notes with the pipeline up to the models, in order."""
    qualifier = nlp.get_pipe("qualifier")
    assert isinstance(qualifier, Qualifier)
    notes = list(notes)
    with nlp.select_pipes(disable=list(MODEL_COMPONENTS)):
        for note, doc in zip(notes, nlp.pipe(note.text for note in notes), strict=True):
            yield _material(note, doc, qualifier)


def _material(note: CodedNote, doc: Doc, qualifier: Qualifier) -> Material:
    starts = {span.start_char: i for i, span in enumerate(doc.spans["segments"])}
    count = len(starts)
    strategies = np.zeros((count, len(STRATEGIES)), dtype=np.int8)
    cues = np.zeros((count, len(STRATEGIES) + 1), dtype=np.int8)
    coded = {start for start, _ in note.segments}
    scored = np.array([start in coded for start in starts], dtype=bool)

    def row(segment: int) -> int | None:
        return starts.get(note.segments[segment][0])

    status_rows, places, statuses = [], [], []
    for tag in note.tags:
        i = row(tag.segment)
        if i is None:
            continue
        strategies[i, STRATEGIES.index(tag.strategy)] = 1
        span = doc.char_span(tag.start, tag.end, alignment_mode="expand")
        if span is not None:
            found, agent = qualifier.find(span)
            status_rows.append(status_row(span, [c.key for c in found], agent))
            places.append((i, STRATEGIES.index(tag.strategy)))
            statuses.append(str(tag.status))
    for cue in note.cues:
        i = row(cue.segment)
        if i is not None:
            cues[i, 0] = 1
            cues[i, [STRATEGIES.index(s) + 1 for s in cue.strategies]] = 1
    for segment in [c.segment for c in note.contested] + [c.segment for c in note.contested_cues]:
        i = row(segment)
        if i is not None:
            scored[i] = False
    return Material(note, doc, segment_rows(doc), strategies, cues, scored, status_rows, places, statuses)
