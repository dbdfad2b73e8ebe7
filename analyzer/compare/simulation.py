"""Puts drawn uploads (`analyzer.compare.uploads`) before the comparison's own questions, for the self-check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from analyzer.compare.comparing import verdict_of
from analyzer.compare.estimates import Numbers, q_values
from analyzer.compare.model import Reference, Verdict
from analyzer.compare.questions import Measure, Question
from analyzer.compare.references import Basis, of_opportunities, of_past, of_peers, of_targets
from analyzer.compare.settings import Ranges, SelfCheckRule
from analyzer.compare.uploads import Cell, Reader
from analyzer.profiles import NOT_GIVEN


@dataclass(frozen=True, slots=True)
class Answer:
    """A question's p value, and the verdict where it is significant; None where it can't be asked."""

    p_value: float
    verdict: Verdict


class Asker:
    """The comparison's own questions, put with counts instead of notes; answers are remembered where that helps."""

    def __init__(self, cells: Sequence[Cell], reference: Reference, ranges: Ranges, basis: Basis) -> None:
        self.cells, self.reference, self.ranges, self.basis = cells, reference, ranges, basis
        others = _others(cells)
        lent = basis.rates is not None and max(map(len, others), default=0) >= basis.settings.correction.groups
        # Without others to look at, the same counts get the same answer.
        self.others = others if lent or reference == "peers" else None
        self._measure = cache(lambda i, count: cells[i].measure(count))
        # Cells of the same sizes get the same answers, whoever's they are.
        first: dict[tuple, int] = {}
        own = bool(ranges) or basis.rates is not None
        self._like = [first.setdefault((c.strategy if own else "", *_key(c)), i) for i, c in enumerate(cells)]
        self._alone = cache(lambda i, now, before: self._asked(i, now, before, ()))

    def ask(self, i: int, now: int, before: int, everyone: NDArray[np.int64]) -> Answer | None:
        """About cell ``i`` with these counts, among the present counts of all cells."""
        if self.others is None:
            return self._alone(self._like[i], now, before)
        return self._asked(i, now, before, [self._measure(j, everyone[j]) for j in self.others[i]])

    def column(self, i: int, now: NDArray[np.int64], past: NDArray[np.int64]) -> tuple[Numbers, NDArray[np.bool_]]:
        """About cell ``i`` in every run, p values and whether it may be flagged; same counts are asked about once."""
        if self.others is not None:
            answers = [self.ask(i, now[i, run], past[i, run], now[:, run]) for run in range(now.shape[1])]
            return _p_values(answers), _flaggable(answers)
        pairs, back = np.unique(now[i] + 1j * past[i], return_inverse=True)
        answers = [self._alone(self._like[i], int(pair.real), int(pair.imag)) for pair in pairs]
        return _p_values(answers)[back], _flaggable(answers)[back]

    def _asked(self, i: int, now: int, before: int, others: Sequence[Measure]) -> Answer | None:
        question = self.question(i, now, before, others)
        if question.p_value is None:
            return None
        return Answer(question.p_value, verdict_of(question, 0.0, 1.0))

    def question(self, i: int, now: int, before: int, others: Sequence[Measure]) -> Question:
        """The same question that notes with these counts would be asked."""
        cell, basis = self.cells[i], self.basis
        about, mine = (cell.group, cell.strategy), cell.measure(now)
        if self.reference == "peers":
            return of_peers(about, mine, others, basis)
        if self.reference == "past" and cell.earlier:
            return of_past(about, mine, cell.earlier.measure(before), others, basis)
        if self.reference == "targets":
            low, high = self.ranges[cell.strategy]
            return of_targets(about, mine, others, basis, low=low, high=high)
        return of_opportunities(about, mine, others, basis, relevant=mine.exposure)


def _p_values(answers: Sequence[Answer | None]) -> Numbers:
    return np.array([answer.p_value if answer else 1.0 for answer in answers])


def _flaggable(answers: Sequence[Answer | None]) -> NDArray[np.bool_]:
    return np.array([answer is not None and answer.verdict != "in_range" for answer in answers])


def _key(cell: Cell) -> tuple:
    key = (sum(cell.sizes), cell.notes, cell.design_effect)
    return (*key, *_key(cell.earlier)) if cell.earlier else key


def _others(cells: Sequence[Cell]) -> list[list[int]]:
    # Notes of nobody in particular are no peer and have none.
    alike: dict[str, list[int]] = {}
    for i, cell in enumerate(cells):
        if cell.group != NOT_GIVEN:
            alike.setdefault(cell.strategy, []).append(i)
    return [[] if c.group == NOT_GIVEN else [j for j in alike[c.strategy] if j != i] for i, c in enumerate(cells)]


@dataclass(frozen=True, slots=True)
class Found:
    """``flags``: (runs, asked); ``asked``: cells with enough notes; ``missed``: each gap's (cell, whether missed)."""

    flags: NDArray[np.bool_]
    asked: list[int]
    missed: list[list[tuple[int, bool]]]


def affordable(runs: int, asker: Asker, rule: SelfCheckRule) -> tuple[int, list[int]]:
    """How many runs of which cells keep slow questions in bounds: fewer runs first, then only some of the groups."""
    least, every = asker.basis.settings.minimums, list(range(len(asker.cells)))
    askable = [cell for cell in asker.cells if cell.measure(0).suffices(least)]
    if asker.others is None and asker.reference != "past" or not askable:
        return runs, every
    # More runs asked for may take longer in proportion.
    most = rule.slow_questions * max(1, runs // rule.simulations_beside)
    runs = min(runs, max(rule.fewest, most // len(askable)))
    names = list(dict.fromkeys(cell.group for cell in askable))
    afford = max(1, most // runs * len(names) // len(askable))
    chosen = set(names[:: -(-len(names) // afford)])
    return runs, [i for i in every if asker.cells[i].group in chosen]


def simulate(asker: Asker, watched: Sequence[int], reader: Reader, ratio: float, runs: int) -> Found:
    """Runs in which nobody differs; in each, a few cells are given ``ratio`` of their share, one at a time."""
    cells, rate = asker.cells, asker.basis.settings.significance.false_discovery_rate
    now, past = np.zeros((2, len(cells), runs), dtype=np.int64)
    for i, cell in enumerate(cells):
        now[i] = reader.counts(cell, cell.share)
        if cell.earlier:
            past[i] = reader.counts(cell.earlier, cell.share)
    # Who is asked depends on the sizes alone, so it is the same in every run.
    asked = [i for i in watched if asker.ask(i, now[i, 0], past[i, 0], now[:, 0])]
    p_values, flaggable = np.ones((runs, len(asked))), np.zeros((runs, len(asked)), dtype=bool)
    for column, i in enumerate(asked):
        p_values[:, column], flaggable[:, column] = asker.column(i, now, past)
    flags = (q_values(p_values) < rate) & flaggable
    column_of = {i: column for column, i in enumerate(asked)}
    missed: list[list[tuple[int, bool]]] = [[] for _ in range(runs)]
    for run, i, count in _gaps(runs, cells, asked, reader, asker.basis.settings.self_check.gaps_a_run, ratio):
        answer = asker.ask(i, count, past[i, run], now[:, run])
        is_under = answer is not None and answer.verdict == "under_used"
        called = answer is not None and _is_called(answer.p_value, column_of[i], p_values[run], rate)
        missed[run].append((i, not (is_under and called)))
    return Found(flags, asked, missed)


def _is_called(p_value: float, column: int, among: Numbers, rate: float) -> bool:
    """Whether Benjamini and Hochberg would call this one, put in the place of another among many."""
    changed = among.copy()
    changed[column] = p_value
    ordered = np.sort(changed)
    below = np.flatnonzero(ordered < rate * np.arange(1, len(ordered) + 1) / len(ordered))
    return bool(len(below)) and p_value <= ordered[below[-1]]


def _gaps(
    runs: int, cells: Sequence[Cell], asked: Sequence[int], reader: Reader, most: int, ratio: float
) -> Iterator[tuple[int, int, int]]:
    """In each run one strategy, drawn anew, of each group whose turn it is, with what is then counted.

    A share of 0 leaves no room for a gap.
    """
    of_group: dict[str, list[int]] = {}
    for i in asked:
        if cells[i].share > 0:
            of_group.setdefault(cells[i].group, []).append(i)
    groups = list(of_group)
    for run in range(runs):
        for turn in range(run * most, run * most + min(most, len(groups))):
            mine = of_group[groups[turn % len(groups)]]
            i = mine[reader.rng.integers(len(mine))]
            yield run, i, int(reader.counts(cells[i], cells[i].share * ratio, run)[0])
