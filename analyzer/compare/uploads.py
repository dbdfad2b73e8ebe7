"""Draws uploads of given sizes: what the program would count where true shares are known.

Clients differ within a group (beta-binomial: Ridout, Demétrio & Firth 1999, Estimating intraclass correlation for
binary data, Biometrics 55), and the program misreads as often as was measured, with the uncertainty of that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.compare.clustering import Alikeness
from analyzer.compare.error_rates import ErrorRates
from analyzer.compare.estimates import Numbers
from analyzer.compare.model import Denominator
from analyzer.compare.questions import Measure

Sizes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupSize:
    """What a group's notes offer: ``exposures`` are each client's relevant opportunities (or notes) by strategy.

    ``clients`` are those named; notes without a client count as one client's, the most cautious reading. ``earlier``:
    the sizes of the earlier half, where the later half is set against it.
    """

    group: str
    notes: int
    clients: int
    exposures: Mapping[str, Sizes]
    earlier: GroupSize | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One group and strategy: what there is to count, and the true ``share`` where nobody differs."""

    group: str
    strategy: str
    share: float
    denominator: Denominator
    notes: int
    sizes: Sizes
    design_effect: float
    earlier: Cell | None = None

    def measure(self, count: int) -> Measure:
        """What the comparison is asked about."""
        exposure = sum(self.sizes)
        return Measure(
            self.denominator, count, exposure, self.notes, exposure, len(self.sizes), design_effect=self.design_effect
        )


def cell_of(size: GroupSize, strategy: str, share: float, denominator: Denominator, alike: Alikeness) -> Cell:
    """The cell of one group's sizes, and of its earlier half's."""
    sizes = tuple(size.exposures.get(strategy, ()))
    before = cell_of(size.earlier, strategy, share, denominator, alike) if size.earlier else None
    return Cell(
        size.group, strategy, share, denominator, size.notes, sizes, alike.design_effect([*map(float, sizes)]), before
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Draws what the program counts; ``readings``: strategy -> (runs, 2), the chance of a yes for a true yes and no."""

    readings: Mapping[str, Numbers]
    correlation: float
    rng: np.random.Generator

    def counts(self, cell: Cell, share: float, run: int | None = None) -> NDArray[np.int64]:
        """One count a run (or of one run) where the cell's true share is this."""
        readings = self.readings[cell.strategy][slice(None) if run is None else slice(run, run + 1)]
        shape = (len(readings), len(cell.sizes))
        true = np.full(shape, share)
        if self.correlation and 0 < share < 1:
            alike = 1 / self.correlation - 1
            true = self.rng.beta(share * alike, (1 - share) * alike, shape)
        seen = true * readings[:, :1] + (1 - true) * readings[:, 1:]
        return self.rng.binomial(np.asarray(cell.sizes, dtype=int), seen).sum(1)


def readings_of(
    rates: Mapping[str, ErrorRates], runs: int, rng: np.random.Generator, strategies: Sequence[str]
) -> dict[str, Numbers]:
    """Draws from the Beta posteriors (Jeffreys' prior) of what was measured, together for what was measured as one."""
    drawn: dict[ErrorRates, Numbers] = {}
    for r in dict.fromkeys(rates.values()):
        yes = rng.beta(r.true_positives + 0.5, r.false_negatives + 0.5, runs)
        drawn[r] = np.stack([yes, rng.beta(r.false_positives + 0.5, r.true_negatives + 0.5, runs)], 1)
    perfect = np.tile([1.0, 0.0], (runs, 1))
    return {s: drawn[rates[s]] if s in rates else perfect for s in strategies}
