"""The evaluation: every figure that compares the program's findings with human codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.evaluate.calibration import Calibration, calibrate
from analyzer.evaluate.estimates import (
    Estimate,
    Macro,
    Numbers,
    Scores,
    count,
    draw_weights,
    estimate,
    macro,
    macro_f1_of_table,
    ratio,
    scores,
)
from analyzer.evaluate.matches import CueMatch, StatusMatch, cue_matches, evidence_f1s, status_matches
from analyzer.evaluate.places import Grid, Places, delivered, place_all, system_segments
from analyzer.records import RESPONSES, STATUSES, Analysis, CodedNote

Table = Mapping[str, Mapping[str, int]]

# The codebook's own bar for "the same span" (section 1).
SAME_SPAN = 0.5


@dataclass(frozen=True, slots=True)
class Level:
    """Delivered tags at one level: by segment, or by note (at least one delivered tag in it)."""

    strategies: tuple[Scores, ...]
    macro: Macro
    micro: Scores


@dataclass(frozen=True, slots=True)
class StatusFigures:
    """Status where both sides gave the strategy in the segment. ``table``: human status -> ours -> pairs."""

    n: int
    accuracy: Estimate
    macro_f1: Estimate
    delivered_accuracy: Estimate
    table: Table


@dataclass(frozen=True, slots=True)
class EvidenceFigures:
    """Word overlap of the evidence of matched delivered tags; ``same_span`` is the share with token F1 >= 0.5."""

    n: int
    token_f1: Estimate
    same_span: Estimate


@dataclass(frozen=True, slots=True)
class CueFigures:
    """Opportunities: finding their segments; then, on those found, the strategies named and the response read.

    ``strategy_overlap`` is the mean Jaccard similarity of the two strategy sets, ``any_strategy`` the share with one in
    common; responses on which the coders differed are left out of ``response_accuracy``.
    """

    segments: Scores
    n_matched: int
    strategy_overlap: Estimate
    any_strategy: Estimate
    n_responses: int
    response_accuracy: Estimate
    response_table: Table


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many segments have ``human`` delivered by the human codes, where we missed it and wrongly gave ``system``."""

    human: str
    system: str
    segments: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures, each with its 95% bootstrap interval over notes where one can be drawn.

    ``false_per_1000_segments`` counts delivered (segment, strategy) codes of ours that the human codes lack;
    ``unplaced_tags`` delivered tags of ours that cover no segment by half, so that no segment figure sees them.
    """

    n_notes: int
    n_segments: int
    seed: int
    resamples: int
    segments: Level
    notes: Level
    false_per_1000_segments: Estimate
    unplaced_tags: int
    status: StatusFigures
    evidence: EvidenceFigures
    calibration: Calibration
    cues: CueFigures
    boilerplate: Scores
    confusions: tuple[Confusion, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def evaluate(
    coded: Sequence[CodedNote], analyses: Mapping[str, Analysis], *, seed: int = 0, resamples: int = 1000
) -> Evaluation:
    """Score ``analyses`` (by note id) against human codes.

    Intervals come from ``resamples`` bootstrap samples of notes, drawn from ``seed``. Raises `DataError` naming every
    note whose analysis is missing or belongs to another text.
    """
    places = place_all(coded, analyses)
    strategies = places[0].strategies
    weights = draw_weights(len(places), seed=seed, resamples=resamples)
    by_segment = np.stack([count(p.human, p.system, p.scored) for p in places])
    n_segments = np.array([len(p.note.segments) for p in places], dtype=float)
    return Evaluation(
        n_notes=len(places),
        n_segments=int(n_segments.sum()),
        seed=seed,
        resamples=resamples,
        segments=_level(by_segment, weights, strategies),
        notes=_level(np.stack([_count_note(p) for p in places]), weights, strategies),
        false_per_1000_segments=ratio(1000.0 * by_segment[:, :, 1].sum(-1), n_segments, weights),
        unplaced_tags=sum(not system_segments(p.note, t) for p in places for t in delivered(p.analysis.tags)),
        status=_status(places, weights),
        evidence=_evidence(places, weights),
        calibration=calibrate(places, weights),
        cues=_cues(places, weights),
        boilerplate=_column_scores("boilerplate", places, weights, _boilerplate_grids),
        confusions=_confusions(places),
    )


def _level(per_note: NDArray[np.int64], weights: Numbers, strategies: Sequence[str]) -> Level:
    """``per_note`` holds counts (notes, strategies, 4)."""
    return Level(
        tuple(scores(strategy, per_note[:, column], weights) for column, strategy in enumerate(strategies)),
        macro(per_note, weights),
        scores("micro", per_note.sum(1), weights),
    )


def _count_note(places: Places) -> NDArray[np.int64]:
    """Counts (strategies, 4) of one note as the unit.

    A strategy that one coder alone saw delivered, and that stands nowhere else in the note, is not scored there.
    """
    human = np.logical_or.reduce(places.human & places.scored, axis=0, keepdims=True)
    system = places.grid(((0, tag.strategy) for tag in delivered(places.analysis.tags)), 1)
    doubtful = places.grid(((0, tag.strategy) for tag in delivered(places.note.contested)), 1)
    return count(human, system, human | ~doubtful)


def _column_scores(
    name: str, places: Sequence[Places], weights: Numbers, grids: Callable[[Places], tuple[Grid, Grid, Grid]]
) -> Scores:
    return scores(name, np.stack([count(*grids(p))[0] for p in places]), weights)


def _boilerplate_grids(places: Places) -> tuple[Grid, Grid, Grid]:
    return places.human_boilerplate, places.system_boilerplate, np.ones_like(places.human_boilerplate)


def _cue_grids(places: Places) -> tuple[Grid, Grid, Grid]:
    return places.human_cues, places.system_cues, places.scored_cues


def _status(places: Sequence[Places], weights: Numbers) -> StatusFigures:
    matches = [status_matches(p) for p in places]
    tables = np.stack([_table(((m.human.status, m.system.status) for m in found), STATUSES) for found in matches])
    n = tables.sum((1, 2))
    total, drawn = tables.sum(0), np.tensordot(weights, tables, 1)
    return StatusFigures(
        n=int(n.sum()),
        accuracy=ratio(_sums(matches, lambda m: m.human.status == m.system.status), n, weights),
        macro_f1=estimate(macro_f1_of_table(total), macro_f1_of_table(drawn)),
        delivered_accuracy=ratio(_sums(matches, _agree_on_delivered), n, weights),
        table=_named(total, STATUSES),
    )


def _agree_on_delivered(match: StatusMatch) -> bool:
    return (match.human.status == "delivered") == (match.system.status == "delivered")


def _evidence(places: Sequence[Places], weights: Numbers) -> EvidenceFigures:
    found = [evidence_f1s(p) for p in places]
    n = _sums(found, lambda _: 1)
    return EvidenceFigures(
        n=int(n.sum()),
        token_f1=ratio(_sums(found, lambda f1: f1), n, weights),
        same_span=ratio(_sums(found, lambda f1: f1 >= SAME_SPAN), n, weights),
    )


def _cues(places: Sequence[Places], weights: Numbers) -> CueFigures:
    matches = [cue_matches(p) for p in places]
    settled = [[m for m in found if not m.human.response_contested] for found in matches]
    n, n_settled = _sums(matches, lambda _: 1), _sums(settled, lambda _: 1)
    responses = ((m.human.response, m.system.response) for found in settled for m in found)
    return CueFigures(
        segments=_column_scores("cues", places, weights, _cue_grids),
        n_matched=int(n.sum()),
        strategy_overlap=ratio(_sums(matches, _strategy_overlap), n, weights),
        any_strategy=ratio(_sums(matches, lambda m: _strategy_overlap(m) > 0), n, weights),
        n_responses=int(n_settled.sum()),
        response_accuracy=ratio(_sums(settled, lambda m: m.human.response == m.system.response), n_settled, weights),
        response_table=_named(_table(responses, RESPONSES), RESPONSES),
    )


def _strategy_overlap(match: CueMatch) -> float:
    human, system = set(match.human.strategies), set(match.system.strategies)
    return len(human & system) / len(human | system)


def _sums(per_note: Sequence[Sequence[Any]], value: Callable[[Any], float]) -> Numbers:
    """For each note, the sum of ``value`` over what was found in it."""
    return np.array([sum(value(item) for item in found) for found in per_note], dtype=float)


def _table(pairs: Any, classes: Sequence[str]) -> Numbers:
    table = np.zeros((len(classes), len(classes)))
    for human, system in pairs:
        table[classes.index(human), classes.index(system)] += 1
    return table


def _named(table: Numbers, classes: Sequence[str]) -> Table:
    return {
        row: {column: int(n) for column, n in zip(classes, counts, strict=True)}
        for row, counts in zip(classes, table, strict=True)
    }


def _confusions(places: Sequence[Places]) -> tuple[Confusion, ...]:
    """Most frequent first; a segment counts where X was missed and a Y that is not in the human codes was given."""
    strategies = places[0].strategies
    table = np.zeros((len(strategies), len(strategies)), dtype=int)
    for p in places:
        missed, wrong = p.human & ~p.system & p.scored, p.system & ~p.human & p.scored
        table += missed.astype(int).T @ wrong.astype(int)
    found = [
        Confusion(human, system, int(table[i, j]))
        for i, human in enumerate(strategies)
        for j, system in enumerate(strategies)
        if table[i, j]
    ]
    return tuple(sorted(found, key=lambda confusion: -confusion.segments))
