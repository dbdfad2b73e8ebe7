"""Where codes stand: tags, cues and boilerplate laid on the segments of the human coding, for both sides alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from analyzer.records import STRATEGIES, Analysis, CodedNote, CodedTag, DataError, Opportunity, Tag, strategies_of

Grid = NDArray[np.bool_]
Cell = tuple[int, str]
AnyTag = TypeVar("AnyTag", Tag, CodedTag)


@dataclass(frozen=True, slots=True)
class Places:
    """One note, both sides. Grids are segments x strategies (delivered tags); rows are segments.

    ``scored`` is False where one coder alone gave the code, so that neither answer is right or wrong.
    """

    note: CodedNote
    analysis: Analysis
    human: Grid
    system: Grid
    scored: Grid
    human_cues: Grid
    system_cues: Grid
    scored_cues: Grid
    human_boilerplate: Grid
    system_boilerplate: Grid
    strategies: tuple[str, ...] = STRATEGIES

    def grid(self, cells: Iterable[Cell], n_segments: int | None = None) -> Grid:
        """A segments x strategies grid of this note that is True at the cells."""
        return grid_of(cells, len(self.note.segments) if n_segments is None else n_segments, self.strategies)


def place_all(coded: Sequence[CodedNote], analyses: Mapping[str, Analysis]) -> list[Places]:
    """Each coded note beside its analysis. Raises `DataError` where an analysis is missing or of another text."""
    problems = [] if coded else ["no coded notes to score against"]
    # A project's strategies are scored beside the eleven.
    strategies = strategies_of(own for analysis in analyses.values() for own in analysis.own)
    for note in coded:
        analysis = analyses.get(note.note_id)
        if analysis is None:
            problems.append(f"note {note.note_id!r}: there is no analysis of it")
        elif analysis.n_chars != len(note.text):
            problems.append(
                f"note {note.note_id!r}: the analysis is of {analysis.n_chars} code points, not of this text"
            )
        elif not _named(note, analysis) <= set(strategies):
            problems.append(f"note {note.note_id!r}: the analysis or the codes name a strategy that the codebook lacks")
    if problems:
        raise DataError("evaluation", problems)
    return [place(note, analyses[note.note_id], strategies) for note in coded]


def _named(note: CodedNote, analysis: Analysis) -> set[str]:
    """The strategies that tags of either side name."""
    return {tag.strategy for tag in analysis.tags} | {tag.strategy for tag in (*note.tags, *note.contested)}


def place(note: CodedNote, analysis: Analysis, strategies: tuple[str, ...] = STRATEGIES) -> Places:
    """Lay both sides' codes on the note's segments."""
    n = len(note.segments)

    def grid(cells: Iterable[Cell]) -> Grid:
        return grid_of(cells, n, strategies)

    contested = grid((segment, tag.strategy) for tag in note.contested for segment in human_segments(note, tag))
    return Places(
        note,
        analysis,
        human=grid((s, t.strategy) for t in delivered(note.tags) for s in human_segments(note, t)),
        system=grid((s, t.strategy) for t in delivered(analysis.tags) for s in system_segments(note, t)),
        scored=~contested,
        human_cues=_column({cue.segment for cue in note.cues}, n),
        system_cues=_column({s for o in analysis.opportunities if (s := main_segment(note, o)) is not None}, n),
        scored_cues=~_column({cue.segment for cue in note.contested_cues}, n),
        human_boilerplate=_column(note.boilerplate, n),
        system_boilerplate=_column(
            {s for b in analysis.boilerplate for s in covered(note.segments, b.start, b.end)},
            n,
        ),
        strategies=strategies,
    )


def delivered(tags: Iterable[AnyTag]) -> list[AnyTag]:
    """The tags that count as a strategy used."""
    return [tag for tag in tags if tag.status == "delivered"]


def human_segments(note: CodedNote, tag: CodedTag) -> set[int]:
    """The segment that the coder named, and any other that the evidence covers."""
    return {tag.segment, *covered(note.segments, tag.start, tag.end)}


def system_segments(note: CodedNote, tag: Tag) -> set[int]:
    """The segments that our evidence covers."""
    return set(covered(note.segments, tag.start, tag.end))


def covered(segments: Sequence[tuple[int, int]], start: int, end: int) -> list[int]:
    """Segments that hold more than half of the span, or of which the span holds more than half."""
    found = []
    for index, (first, last) in enumerate(segments):
        shared = min(end, last) - max(start, first)
        if 2 * shared > min(end - start, last - first):
            found.append(index)
    return found


def main_segment(note: CodedNote, opportunity: Opportunity) -> int | None:
    """The segment that holds most of the opportunity (the first of equals); None where it touches none."""
    shared = [min(opportunity.end, last) - max(opportunity.start, first) for first, last in note.segments]
    best = max(range(len(shared)), key=lambda index: shared[index], default=None)
    return best if best is not None and shared[best] > 0 else None


def grid_of(cells: Iterable[Cell], n_segments: int, strategies: Sequence[str] = STRATEGIES) -> Grid:
    """A segments x strategies grid that is True at the cells."""
    grid = np.zeros((n_segments, len(strategies)), dtype=bool)
    for segment, strategy in cells:
        grid[segment, strategies.index(strategy)] = True
    return grid


def _column(segments: Iterable[int], n_segments: int) -> Grid:
    column = np.zeros((n_segments, 1), dtype=bool)
    column[sorted(segments)] = True
    return column
