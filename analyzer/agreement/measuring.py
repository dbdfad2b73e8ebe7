"""How far coders agree, question by question, with bootstrap intervals over notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.agreement.coders import Coder
from analyzer.agreement.coefficients import (
    COEFFICIENTS,
    Numbers,
    Sums,
    coefficients,
    cohen_kappa,
    linear,
    pair_agreement,
    sums,
)
from analyzer.agreement.results import Agreement, Level, Line, Pair, Question
from analyzer.agreement.units import Units, lay
from analyzer.evaluate.estimates import Estimate, draw_weights, estimate
from analyzer.lexicons import read_data
from analyzer.records import STATUSES

_NOTHING = Estimate(None)


def agreement(coders: Sequence[Coder], *, seed: int = 0, rounds: int | None = None, gamma: bool = False) -> Agreement:
    """The agreement of two coders or more: for each strategy, the amounts and the status, by segment and by note.

    A strategy counts as given where it stands as delivered, as everywhere in the program. Intervals are the 2.5th and
    97.5th percentiles over ``rounds`` samples of whole notes, drawn from ``seed`` (none where there is one note); a
    strategy that nobody gave is not measurable. ``gamma`` adds the agreement on spans, which is slow and needs
    pygamma-agreement. Raises `AnalyzerError` and `DataError` as `analyzer.agreement.units.lay` does.
    """
    settings = read_data("agreement.yml")
    units = lay(coders)
    rounds = settings["bootstrap"]["rounds"] if rounds is None else rounds
    resampled = rounds if len(units.notes) >= settings["bootstrap"]["least_notes"] else 0
    asked = _Asked(units, draw_weights(len(units.notes), seed=seed, resamples=resampled))
    lines = [*asked.strategies("segment"), *asked.strategies("note"), *asked.amounts(settings["amounts"]["most"])]
    lines.append(asked.status())
    spans = None
    if gamma:
        from analyzer.agreement.gamma import gamma_of

        spans = gamma_of(coders, units, asked.weights, seed=seed)
    return Agreement(
        units.coders, len(units.notes), len(units.note_of), units.left_out, tuple(lines), seed, resampled, spans
    )


class _Asked:
    """The questions on these units; ``weights`` (samples, notes) is how often each note is drawn."""

    def __init__(self, units: Units, weights: Numbers) -> None:
        self.weights = weights
        self._units = units
        self._amounts = units.amounts()
        self._notes = np.arange(len(units.notes))

    def strategies(self, level: Level) -> Iterator[Line]:
        """Yes or no, strategy by strategy, and the mean over those that can be measured."""
        by_note = level == "note"
        ratings = np.minimum(self._amounts, 1) if by_note else self._units.delivered()
        place = self._notes if by_note else self._units.note_of
        yield from self._all_strategies(level, "strategy", ratings, place, np.eye(2))

    def amounts(self, most: int) -> Iterator[Line]:
        """How often in each note, in the classes 0, 1, ... ``most`` and more, with linear weights."""
        ratings = np.minimum(self._amounts, most)
        yield from self._all_strategies("note", "amount", ratings, self._notes, linear(most + 1))

    def status(self) -> Line:
        """Which status, where two coders or more give a strategy in a segment."""
        ratings, place = self._units.statuses()
        line, _ = self._line("segment", "status", "status", ratings, place, np.eye(len(STATUSES)))
        return line

    def _all_strategies(
        self, level: Level, question: Question, ratings: NDArray[Any], place: NDArray[np.int64], weights: Numbers
    ) -> Iterator[Line]:
        found = [
            self._line(level, question, name, ratings[:, :, column], place, weights)
            for column, name in enumerate(self._units.strategies)
        ]
        yield from (line for line, _ in found)
        measured = [values for line, values in found if line.measurable]
        units = sum(line.units for line, _ in found if line.measurable)
        figures: dict[str, Any] = {name: _mean_of([values[name] for values in measured]) for name in COEFFICIENTS}
        name = "mean" if question == "strategy" else f"mean {question}"
        yield Line(level, "mean", name, units, None, bool(measured), **figures, **_NO_INDICES, pairs=())

    def _line(
        self, level: Level, question: Question, name: str, ratings: NDArray[Any], place: NDArray[np.int64],
        weights: Numbers,
    ) -> tuple[Line, dict[str, Numbers]]:  # fmt: skip
        """The line, and each coefficient's value followed by those of the samples, (1 + samples,)."""
        by_note = sums(ratings, place, len(self._units.notes), weights)
        total = by_note.drawn(np.vstack([np.ones(len(self._units.notes)), self.weights]))
        counted = total.values[0]
        measurable = counted.sum() > 0 if question == "status" else counted[1:].sum() > 0
        multiple = int(total.multiple[0])
        if not measurable:
            nothing: dict[str, Any] = dict.fromkeys(COEFFICIENTS, _NOTHING)
            prevalence = 0.0 if multiple and question != "status" else None
            return Line(level, question, name, multiple, prevalence, False, **nothing, **_NO_INDICES, pairs=()), {}
        values = coefficients(total, weights)
        prevalence = None if question == "status" else float(counted[1:].sum() / counted.sum())
        pairs = tuple(self._pairs(total, weights, yes_or_no=question == "strategy"))
        indices: dict[str, Any] = {name: _mean_index(pairs, name) for name in _NO_INDICES}
        figures: dict[str, Any] = {key: _estimate(value) for key, value in values.items()}
        return Line(level, question, name, multiple, prevalence, True, **figures, **indices, pairs=pairs), values

    def _pairs(self, total: Sums, weights: Numbers, *, yes_or_no: bool) -> Iterator[Pair]:
        kappas, agreed = cohen_kappa(total.tables, weights), pair_agreement(total.tables, weights)
        for place, (first, second) in enumerate(combinations(self._units.coders, 2)):
            table = total.tables[0, place]
            n = table.sum()
            if not n:
                continue
            prevalence = float(abs(table[0, 0] - table[1, 1]) / n) if yes_or_no else None
            bias = float(abs(table[0, 1] - table[1, 0]) / n) if yes_or_no else None
            percent, kappa = _estimate(agreed[:, place]), _estimate(kappas[:, place])
            yield Pair(first, second, int(n), percent, kappa, prevalence, bias)


_NO_INDICES: dict[str, Any] = {"prevalence_index": None, "bias_index": None}


def _estimate(values: Numbers) -> Estimate:
    return estimate(values[0], values[1:])


def _mean_of(values: Sequence[Numbers]) -> Estimate:
    """The mean over strategies of what is defined."""
    if not values:
        return _NOTHING
    stacked = np.stack(values)
    defined = np.isfinite(stacked)
    n = defined.sum(0)
    return _estimate(np.divide(np.where(defined, stacked, 0).sum(0), n, out=np.full(n.shape, np.nan), where=n > 0))


def _mean_index(pairs: Sequence[Pair], name: str) -> float | None:
    found = [value for pair in pairs if (value := getattr(pair, name)) is not None]
    return float(np.mean(found)) if found else None
