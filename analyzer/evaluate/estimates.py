"""Agreement figures with bootstrap intervals, computed from counts per note for all resamples at once.

Precision, recall and F1 are the usual ones; kappa is Cohen's, agreement beyond what the two sides' rates would give by
chance (Cohen 1960, A coefficient of agreement for nominal scales). Intervals are the 2.5th and 97.5th percentiles over
notes drawn with replacement (Efron & Tibshirani 1993, An introduction to the bootstrap, ch. 13): notes, not segments,
since the segments of one note are not independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.evaluate.places import Grid

Numbers = NDArray[np.float64]

INTERVAL = (2.5, 97.5)
MEASURES = ("precision", "recall", "f1", "kappa")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95% interval; None where it is undefined (nothing to divide by)."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """Agreement on one yes/no question; ``support`` is how often the human codes say yes."""

    name: str
    precision: Estimate
    recall: Estimate
    f1: Estimate
    kappa: Estimate
    support: int
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int


@dataclass(frozen=True, slots=True)
class Macro:
    """Means over the strategies that either side gave at least once; an undefined precision or recall counts as 0."""

    precision: Estimate
    recall: Estimate
    f1: Estimate
    kappa: Estimate
    n_strategies: int


def draw_weights(n_notes: int, *, seed: int, resamples: int) -> Numbers:
    """How often each note is drawn in each resample: (resamples, notes), rows summing to the number of notes."""
    draws = np.random.default_rng(seed).multinomial(n_notes, np.full(n_notes, 1 / n_notes), size=resamples)
    return draws.astype(float)


def count(human: Grid, system: Grid, scored: Grid) -> NDArray[np.int64]:
    """True positives, false positives, false negatives and true negatives per column: (columns, 4)."""
    hits, wrong, missed = human & system, system & ~human, human & ~system
    return np.stack([(part & scored).sum(0) for part in (hits, wrong, missed, ~human & ~system)], axis=-1)


def scores(name: str, per_note: NDArray[np.int64], weights: Numbers) -> Scores:
    """Scores from counts (notes, 4)."""
    total = per_note.sum(0)
    values, drawn = _measures(total), _measures(weights @ per_note)
    tp, fp, fn, tn = (int(c) for c in total)
    figures = {m: estimate(values[m], drawn[m]) for m in MEASURES}
    return Scores(name, **figures, support=tp + fn, true_positives=tp, false_positives=fp, false_negatives=fn,
                  true_negatives=tn)  # fmt: skip


def macro(per_note: NDArray[np.int64], weights: Numbers) -> Macro:
    """Means over strategies from counts (notes, strategies, 4)."""
    active = per_note.sum(0)[:, :3].sum(-1) > 0
    chosen = per_note[:, active]
    drawn = np.tensordot(weights, chosen, 1)
    values, resampled = _averages(chosen.sum(0)), _averages(drawn)
    return Macro(**{m: estimate(values[m], resampled[m]) for m in MEASURES}, n_strategies=int(active.sum()))


def ratio(parts: Numbers, wholes: Numbers, weights: Numbers) -> Estimate:
    """Sum of parts over sum of wholes, both per note (notes,)."""
    return estimate(_divide(parts.sum(), wholes.sum()), _divide(weights @ parts, weights @ wholes))


def estimate(value: Numbers | float, resampled: Numbers) -> Estimate:
    """The figure with the percentile interval of its resampled values, leaving out those undefined."""
    defined = resampled[np.isfinite(resampled)]
    if not np.isfinite(value):
        return Estimate(None)
    if not defined.size:
        return Estimate(float(value))
    low, high = np.percentile(defined, INTERVAL)
    return Estimate(float(value), float(low), float(high))


def macro_f1_of_table(table: Numbers) -> Numbers:
    """Mean F1 over the classes that the rows (human) hold; tables are (..., classes, classes)."""
    rows, columns = table.sum(-1), table.sum(-2)
    f1 = _divide(2 * np.diagonal(table, axis1=-2, axis2=-1), rows + columns)
    return _mean(np.where(rows > 0, f1, np.nan))


def _measures(counts: NDArray) -> dict[str, Numbers]:
    """Each measure over the last axis (tp, fp, fn, tn); NaN where undefined."""
    tp, fp, fn, tn = np.moveaxis(np.asarray(counts, dtype=float), -1, 0)
    n = tp + fp + fn + tn
    observed = _divide(tp + tn, n)
    by_chance = _divide((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn), n * n)
    return {
        "precision": _divide(tp, tp + fp),
        "recall": _divide(tp, tp + fn),
        "f1": _divide(2 * tp, 2 * tp + fp + fn),
        "kappa": _divide(observed - by_chance, 1 - by_chance),
    }


def _averages(counts: NDArray) -> dict[str, Numbers]:
    measures = _measures(counts)
    occurs = counts[..., :3].sum(-1) > 0
    for name in ("precision", "recall"):
        measures[name] = np.where(np.isnan(measures[name]) & occurs, 0.0, measures[name])
    return {name: _mean(values) for name, values in measures.items()}


def _divide(part: NDArray | float, whole: NDArray | float) -> Numbers:
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=float), np.asarray(whole, dtype=float))
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)


def _mean(values: Numbers) -> Numbers:
    """Mean over the last axis of what is defined; NaN where nothing is."""
    defined = ~np.isnan(values)
    return _divide(np.where(defined, values, 0.0).sum(-1), defined.sum(-1))
