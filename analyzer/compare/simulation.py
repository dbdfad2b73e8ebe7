"""Draws uploads of given sizes and puts them before the comparison's own questions (`analyzer.compare.power`).

Clients differ within a group (beta-binomial: Ridout, Demétrio & Firth 1999, Estimating intraclass correlation for
binary data, Biometrics 55), and the program misreads as often as was measured, with the uncertainty of that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.compare.comparing import verdict_of
from analyzer.compare.correction import ErrorRates
from analyzer.compare.estimates import Numbers, q_values
from analyzer.compare.model import Denominator, Reference
from analyzer.compare.questions import Measure, Question
from analyzer.compare.references import among_peers, belief_of
from analyzer.compare.settings import Ranges, Settings
from analyzer.profiles import NOT_GIVEN, Profile
from analyzer.records import STRATEGIES

# Against peers and the past a probability takes a millisecond: where more are asked, there are fewer simulations.
_SLOW_QUESTIONS: Final = 5000
_FEWEST: Final = 20
# How many groups a simulation gives a real gap, one at a time and in turn.
_GAPS: Final = 10
_EVERY_RUN: Final = slice(None)


@dataclass(frozen=True, slots=True)
class GroupSize:
    """What a group's notes offer: ``exposures`` are the relevant opportunities (or the notes) of each strategy.

    ``clients`` of 0 (none is named) counts as one, the most cautious reading.
    """

    group: str
    notes: int
    clients: int
    exposures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """One group and strategy: what there is to count, and the true ``share`` where nobody differs."""

    group: str
    strategy: str
    share: float
    denominator: Denominator
    notes: int
    clients: int
    exposure: int
    earlier: Cell | None = None

    def measure(self, count: int) -> Measure:
        """What the comparison is asked about."""
        return Measure(self.denominator, count, self.exposure, self.notes, self.exposure)


def cell_of(size: GroupSize, strategy: str, share: float, reference: Reference, denominator: Denominator) -> Cell:
    notes, clients, exposure = size.notes, max(size.clients, 1), size.exposures.get(strategy, 0)
    whole = Cell(size.group, strategy, share, denominator, notes, clients, exposure)
    if reference != "past":
        return whole
    before = replace(whole, notes=notes // 2, clients=max(clients // 2, 1), exposure=exposure // 2)
    after = (notes - notes // 2, clients - clients // 2, exposure - exposure // 2)
    return Cell(size.group, strategy, share, denominator, *after, earlier=before)


def affordable(simulations: int, cells: Sequence[Cell], reference: Reference) -> int:
    """How many simulations keep slow questions in bounds; against the past, a pair of counts is asked about once."""
    pairs = {(c.earlier.exposure, c.exposure) for c in cells if c.earlier}
    few = sum((before + 1) * (now + 1) for before, now in pairs) <= _SLOW_QUESTIONS
    if reference not in ("peers", "past") or (reference == "past" and few):
        return simulations
    return min(simulations, max(_FEWEST, _SLOW_QUESTIONS // max(len(cells), 1)))


@dataclass(frozen=True, slots=True)
class Reader:
    """Draws what the program counts; ``readings``: strategy -> (runs, 2), the chance of a yes for a true yes and no."""

    readings: Mapping[str, Numbers]
    correlation: float
    rng: np.random.Generator

    def counts(self, cell: Cell, share: float, runs: slice = _EVERY_RUN) -> list[int]:
        """One count a run where the cell's true share is this."""
        readings, clients = self.readings[cell.strategy][runs], np.arange(cell.clients)
        # Occasions are spread over the clients as evenly as they go.
        each = cell.exposure // cell.clients + (clients < cell.exposure % cell.clients)
        shape = (len(readings), cell.clients)
        true = np.full(shape, share)
        if self.correlation and 0 < share < 1:
            alike = 1 / self.correlation - 1
            true = self.rng.beta(share * alike, (1 - share) * alike, shape)
        seen = true * readings[:, :1] + (1 - true) * readings[:, 1:]
        return [int(n) for n in self.rng.binomial(each, seen).sum(1)]


def readings_of(
    rates: Mapping[str, ErrorRates], runs: int, rng: np.random.Generator, strategies: Sequence[str] = STRATEGIES
) -> dict[str, Numbers]:
    """Draws from the Beta posteriors (Jeffreys' prior) of what was measured, together for what was measured as one."""
    drawn: dict[ErrorRates, Numbers] = {}
    for r in dict.fromkeys(rates.values()):
        yes = rng.beta(r.true_positives + 0.5, r.false_negatives + 0.5, runs)
        drawn[r] = np.stack([yes, rng.beta(r.false_positives + 0.5, r.true_negatives + 0.5, runs)], 1)
    perfect = np.tile([1.0, 0.0], (runs, 1))
    return {s: drawn[rates[s]] if s in rates else perfect for s in strategies}


class Asker:
    """The comparison's own questions, put with counts instead of notes; answers are remembered."""

    def __init__(self, cells: Sequence[Cell], reference: Reference, ranges: Ranges, settings: Settings) -> None:
        self.cells, self.ranges, self.settings = cells, ranges, settings
        self.rate = settings.significance.false_discovery_rate
        self.peers = [_peers(i, cells) for i in range(len(cells))] if reference == "peers" else None
        self._alone = cache(self._ask_alone)

    def ask(self, i: int, mine: Measure, now: Sequence[Measure], before: Sequence[Measure | None]) -> Question:
        """About cell ``i`` with this measure, among those of all cells."""
        cell = self.cells[i]
        if self.peers is None:
            return self._alone(cell.strategy if self.ranges else "", mine, before[i])
        group = Profile(cell.group, "clinician", mine.notes, 0, 0, ())
        return among_peers(group, cell.strategy, mine, [now[j] for j in self.peers[i]], self.settings)

    def _ask_alone(self, strategy: str, now: Measure, before: Measure | None) -> Question:
        least, expected = self.settings.minimums, self.settings.opportunities.expected_share
        if not (now.suffices(least) and (before is None or before.suffices(least))):
            return Question("", strategy, now)
        belief = belief_of(now, self.settings)
        if before is not None:
            over = belief.above(belief_of(before, self.settings))
            return Question("", strategy, now, under=1 - over, over=over)
        if self.ranges:
            low, high = self.ranges[strategy]
            return Question("", strategy, now, under=float(belief.below(low)), over=1 - float(belief.below(high)))
        flaggable = now.exposure - now.count >= (1 - expected) * now.exposure
        return Question("", strategy, now, under=float(belief.below(expected)), flaggable=flaggable)


def _peers(i: int, cells: Sequence[Cell]) -> list[int]:
    # Notes of nobody in particular are no peer and have none.
    mine = cells[i]
    alike = (j for j, c in enumerate(cells) if c.strategy == mine.strategy and c.group != NOT_GIVEN)
    return [] if mine.group == NOT_GIVEN else [j for j in alike if j != i]


@dataclass(frozen=True, slots=True)
class Found:
    """``flags``: (runs, cells); ``asked``: cells with enough notes; ``missed``: each run's (cell, whether missed)."""

    flags: NDArray[np.bool_]
    asked: list[int]
    missed: list[list[tuple[int, bool]]]


def simulate(cells: Sequence[Cell], asker: Asker, reader: Reader, ratio: float, runs: int) -> Found:
    """Runs in which nobody differs; in each, a few cells are given ``ratio`` of their share, one at a time."""
    counts = [reader.counts(cell, cell.share) for cell in cells]
    past = [reader.counts(cell.earlier, cell.share) if cell.earlier else [] for cell in cells]
    found = Found(np.zeros((runs, len(cells)), dtype=bool), [], [])
    for run in range(runs):
        now = [cell.measure(drawn[run]) for cell, drawn in zip(cells, counts, strict=True)]
        before = [c.earlier.measure(d[run]) if c.earlier else None for c, d in zip(cells, past, strict=True)]
        questions = [asker.ask(i, mine, now, before) for i, mine in enumerate(now)]
        p_values = {i: p for i, q in enumerate(questions) if (p := q.p_value) is not None}
        # Who is asked depends on the sizes alone, so it is the same in every run.
        found.asked[:] = p_values
        for i, q in zip(p_values, q_values(list(p_values.values())), strict=True):
            found.flags[run, i] = verdict_of(questions[i], q, asker.rate) != "in_range"
        found.missed.append([])
        for i in _given_a_gap(run, cells, found.asked, reader.rng):
            (count,) = reader.counts(cells[i], cells[i].share * ratio, slice(run, run + 1))
            question = asker.ask(i, cells[i].measure(count), now, before)
            changed = {**p_values, i: question.p_value or 0.0}
            q = dict(zip(changed, q_values(list(changed.values())), strict=True))[i]
            found.missed[-1].append((i, verdict_of(question, q, asker.rate) != "under_used"))
    return found


def _given_a_gap(run: int, cells: Sequence[Cell], asked: Sequence[int], rng: np.random.Generator) -> list[int]:
    """One strategy, drawn anew, of each group whose turn it is; a share of 0 leaves no room for a gap."""
    of_group: dict[str, list[int]] = {}
    for i in asked:
        if cells[i].share > 0:
            of_group.setdefault(cells[i].group, []).append(i)
    groups = list(of_group)
    turns = (run * _GAPS + turn for turn in range(min(_GAPS, len(groups))))
    return [int(rng.choice(of_group[groups[turn % len(groups)]])) for turn in turns]
