"""Run charts: how long values stay on one side of their median, and how often they cross it (Anhøj's rules)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from scipy.stats import binom

from analyzer.compare.settings import load_settings

Unit = Literal["month", "note"]
Side = Literal["above", "below"]
# A rounding error must not take a value that lies on the median for one beside it.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of periods on one side of the median, beside the longest and the fewest that chance mostly gives.

    ``useful`` periods don't lie on the median itself; ``side`` is that of the longest run. ``reliable`` is False where
    the rules don't hold for these periods.
    """

    useful: int
    longest: int
    longest_by_chance: int
    side: Side
    crossings: int
    crossings_by_chance: int
    reliable: bool


def off_the_median(values: Sequence[float], median: float) -> list[bool]:
    """Which values are useful: those that don't lie on the median itself."""
    return [abs(value - median) > _ROUNDING for value in values]


def find_runs(values: Sequence[float], median: float, *, by_chance: tuple[int, int] | None = None) -> Runs:
    """Count the runs on either side of the median by the rules of Anhøj (values on it neither make nor break a run).

    A longest run above round(log2 n) + 3 or fewer crossings than the 5% quantile of Binomial(n - 1, 1/2) is a signal, n
    being the useful periods (Anhøj & Olesen 2014, doi:10.1371/journal.pone.0113825). That takes it that a period is as
    likely above as below. Shares of few cues often lie on the median, and with it at 0% or 100% all others on one side;
    so the rules are reliable only with ten useful periods, half of all, and a third of them on the rarer side.

    The rules need no variance, but take it that periods are independent of one another. Periods that share clients are
    not: ``by_chance``, the longest run and the fewest crossings that chance gives with these clients, replaces either
    published figure where it is the more cautious (`Caseload.runs_by_chance`).
    """
    useful_values = [value for value, is_off in zip(values, off_the_median(values, median), strict=True) if is_off]
    sides = [value > median for value in useful_values]
    runs = [(len(list(run)), above) for above, run in groupby(sides)]
    useful, longest = len(sides), max(runs, default=(0, False), key=lambda run: run[0])
    rarer = min(sum(sides), useful - sum(sides))
    published = (
        round(math.log2(useful)) + 3 if useful else 0,
        int(binom.ppf(0.05, useful - 1, 0.5)) if useful > 1 else 0,
    )
    with_clients = by_chance or published
    return Runs(
        useful=useful,
        longest=longest[0],
        longest_by_chance=max(published[0], with_clients[0]),
        side="above" if longest[1] else "below",
        crossings=max(len(runs) - 1, 0),
        crossings_by_chance=min(published[1], with_clients[1]),
        reliable=bool(useful >= load_settings().trend.periods and 2 * useful >= len(values) and 3 * rarer >= useful),
    )


def signals_of(runs: Runs, unit: Unit) -> list[str]:
    """What the rules signal, in words."""
    said = []
    if runs.reliable and runs.longest > runs.longest_by_chance:
        usual = f"chance, with clients as they come and go, mostly gives at most {runs.longest_by_chance}"
        said.append(f"{runs.longest} {unit}s in a row lie {runs.side} the median, where {usual}")
    if runs.reliable and runs.crossings < runs.crossings_by_chance:
        usual = f"chance, with clients as they come and go, mostly gives at least {runs.crossings_by_chance}"
        said.append(f"crossings of the median: {runs.crossings}, where {usual}")
    return said


def no_signal(runs: Runs, unit: Unit) -> str:
    """Why nothing is signalled, in words."""
    if not runs.reliable:
        return f"within the limits; too few {unit}s lie on both sides of the median to judge runs"
    found = f"longest run of {unit}s on one side of the median: {runs.longest}, crossings of it: {runs.crossings}"
    return f"within the limits; {found}, as chance with clients as they come and go mostly gives"
