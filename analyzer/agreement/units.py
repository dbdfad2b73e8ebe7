"""Coders' notes laid on the same units: what each said of each segment and each note, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.agreement.coders import Coder
from analyzer.components.segmenter import find_segments
from analyzer.evaluate.places import covered
from analyzer.interchange.document import shown
from analyzer.interchange.spans import held_by
from analyzer.records import STATUSES, STRATEGIES, AnalyzerError, CodedNote, CodedTag, DataError

# A rating that was not given. Other ratings are 0, 1, ...
MISSING: Final = -1
Ratings = NDArray[np.int8]
Segments = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Units:
    """The notes that two coders or more coded, on common segments.

    ``said`` (segments, coders, strategies) holds a bit for each status that the coder gave there (the first of
    `STATUSES` is 1), ``rated`` where the coder gave an answer, ``coded`` (notes, coders) who coded which note,
    ``note_of`` (segments,) the note of each segment, ``segments`` the offsets. ``strategies`` are the eleven and, after
    them, those of a project that anybody gave.
    """

    coders: tuple[str, ...]
    notes: tuple[CodedNote, ...]
    segments: tuple[Segments, ...]
    note_of: NDArray[np.int64]
    said: NDArray[np.uint8]
    rated: NDArray[np.bool_]
    coded: NDArray[np.bool_]
    left_out: int
    strategies: tuple[str, ...] = STRATEGIES

    def delivered(self) -> Ratings:
        """By segment, (segments, coders, strategies): 1 where the strategy stands there as delivered, 0 where not."""
        return np.where(self.rated, self.said & 1, MISSING).astype(np.int8)

    def amounts(self) -> NDArray[np.int64]:
        """By note, (notes, coders, strategies): segments with the strategy as delivered; `MISSING` where unsettled."""
        counts = np.zeros((len(self.notes), *self.said.shape[1:]), dtype=np.int64)
        unsettled = np.zeros(counts.shape, dtype=bool)
        np.add.at(counts, self.note_of, (self.said & 1).astype(np.int64) * self.rated)
        np.logical_or.at(unsettled, self.note_of, ~self.rated)
        missing = ~self.coded[:, :, None] | (unsettled & (counts == 0))
        return np.where(missing, MISSING, counts)

    def statuses(self) -> tuple[Ratings, NDArray[np.int64]]:
        """The first status of each (segment, strategy) that two coders or more give, and its note.

        (units, coders); `MISSING` where a coder doesn't give the strategy there.
        """
        given = self.rated & (self.said > 0)
        segment, strategy = np.nonzero(given.sum(1) >= 2)
        bits = self.said[segment, :, strategy]
        first = np.argmax(bits[:, :, None] & (1 << np.arange(len(STATUSES), dtype=np.uint8)) > 0, axis=2)
        return np.where(given[segment, :, strategy], first, MISSING).astype(np.int8), self.note_of[segment]


def lay(coders: Sequence[Coder]) -> Units:
    """Lay the coders' notes on common segments: the program's, or those that a file brings itself.

    Codes that a file holds as contested are no answer. Raises `AnalyzerError` where there are not two coders or no
    note in common, `DataError` where one note has several texts.
    """
    if len(coders) < 2:
        names = ", ".join(coder.name for coder in coders) or "none"
        raise AnalyzerError(f"agreement needs the codes of two coders or more; given: {names}")
    ids = dict.fromkeys(note_id for coder in coders for note_id in coder.notes)
    shared = [note_id for note_id in ids if sum(note_id in coder.notes for coder in coders) >= 2]
    if not shared:
        raise AnalyzerError(
            "no note was coded by two coders or more; the same note needs the same note_id in each file"
        )
    every = [[coder.notes.get(note_id) for coder in coders] for note_id in shared]
    _check_texts(coders, every)
    segments = tuple(_segments([note for note in notes if note]) for notes in every)
    strategies = _strategies([note for notes in every for note in notes if note])
    blocks = [_said(notes, places, strategies) for notes, places in zip(every, segments, strict=True)]
    return Units(
        coders=tuple(coder.name for coder in coders),
        notes=tuple(next(note for note in notes if note) for notes in every),
        segments=segments,
        note_of=np.repeat(np.arange(len(shared)), [len(places) for places in segments]),
        said=np.concatenate([said for said, _ in blocks]),
        rated=np.concatenate([rated for _, rated in blocks]),
        coded=np.array([[note is not None for note in notes] for notes in every]),
        left_out=len(ids) - len(shared),
        strategies=strategies,
    )


def _check_texts(coders: Sequence[Coder], every: Sequence[Sequence[CodedNote | None]]) -> None:
    """Masking and line ends may differ between tools, so texts are the same if they are of one length."""
    problems = []
    for notes in every:
        lengths = {coder.name: len(note.text) for coder, note in zip(coders, notes, strict=True) if note}
        if len(set(lengths.values())) > 1:
            note_id = next(note.note_id for note in notes if note)
            told = ", ".join(f"{length} characters for {name}" for name, length in lengths.items())
            problems.append(f"note {shown(note_id)}: the coders had different texts ({told}), so offsets don't fit")
    if problems:
        raise DataError("agreement", problems)


def _segments(notes: Sequence[CodedNote]) -> Segments:
    """The segments that all have; where they differ, those that don't come from the program."""
    options = list(dict.fromkeys(note.segments for note in notes))
    if len(options) == 1:
        return options[0]
    own = tuple(find_segments(notes[0].text))
    return next(option for option in options if option != own)


def _strategies(notes: Sequence[CodedNote]) -> tuple[str, ...]:
    given = {tag.strategy for note in notes for tag in (*note.tags, *note.contested)}
    return (*STRATEGIES, *sorted(given.difference(STRATEGIES)))


def _said(
    notes: Sequence[CodedNote | None], segments: Segments, strategies: Sequence[str]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    said = np.zeros((len(segments), len(notes), len(strategies)), dtype=np.uint8)
    rated = np.zeros(said.shape, dtype=bool)
    for place, note in enumerate(notes):
        if note is None:
            continue
        rated[:, place] = True
        for tag in note.contested:
            rated[_touched(tag, note, segments), place, strategies.index(tag.strategy)] = False
        for tag in note.tags:
            said[_touched(tag, note, segments), place, strategies.index(tag.strategy)] |= 1 << STATUSES.index(
                tag.status
            )
    return said, rated


def _touched(tag: CodedTag, note: CodedNote, segments: Segments) -> list[int]:
    """The segment that the tag is of, and any other that it covers (as in `analyzer evaluate`)."""
    own = tag.segment if note.segments == segments else held_by(segments, tag.start, tag.end)
    return sorted({*covered(segments, tag.start, tag.end)} | ({own} if own is not None else set()))
