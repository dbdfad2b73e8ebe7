"""Funnel plots: each group's figure beside the limits within which chance alone would mostly keep it.

The fewer cues, notes or words there are, the wider are the limits, so that small numbers are not taken for differences
(Spiegelhalter 2005, Funnel plots for comparing institutional performance, doi:10.1002/sim.1970). Groups come by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, poisson

from analyzer.compare.estimates import Kind, Numbers
from analyzer.compare.model import DENOMINATORS, Denominator
from analyzer.compare.questions import Measure, measure
from analyzer.compare.settings import load_settings
from analyzer.profiles import NOT_GIVEN, Profile, strategies_in
from analyzer.records import AnalyzerError, StrategyName

Place = Literal["inside", "beyond 95%", "beyond 99.8%", "not enough notes"]
Counts = NDArray[np.float64] | NDArray[np.int64]
PLACES: Final[tuple[Place, ...]] = get_args(Place)

# About two and three standard deviations, the usual limits of a funnel plot (Spiegelhalter 2005, section 2).
_OUTSIDE_95: Final = 0.05
_OUTSIDE_998: Final = 0.002
_GRID: Final = 100
# A rounding error must not put a point that lies on a limit beyond it.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class FunnelLimit:
    """The limits at one exposure, in the units of the estimate."""

    exposure: float
    low95: float
    high95: float
    low998: float
    high998: float


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One group: ``count`` in ``exposure`` cues, notes or thousands of words, its limits and its place among them."""

    group: str
    exposure: float
    count: int
    estimate: float
    low95: float
    high95: float
    low998: float
    high998: float
    place: Place


@dataclass(frozen=True, slots=True)
class Funnel:
    """One strategy over the groups; ``centre`` is all their counts together, None where there is nothing to count.

    ``phi`` says how much more the groups with enough notes differ than chance would have them differ (1: no more); the
    limits are ``widened`` by its square root only where it is significantly above 1.
    """

    strategy: str
    denominator: Denominator
    centre: float | None
    phi: float
    widened: bool
    points: tuple[FunnelPoint, ...]
    limits: tuple[FunnelLimit, ...]
    own: StrategyName | None = None


def build_funnel(profiles: Iterable[Profile], *, strategy: str, denominator: Denominator = "opportunity") -> Funnel:
    """Place the groups of the profiles in a funnel, in the order of their names.

    Groups with nothing to divide by have no point. Notes of nobody in particular are no group. The centre rests on all
    points; whether the groups differ more than by chance, on those with enough notes. Raises `AnalyzerError` where the
    strategy or the denominator is unknown.
    """
    profiles = list(profiles)
    check_choice(strategy, denominator, strategies_in(profiles))
    own = next((s for p in profiles for s in p.own if s.id == strategy), None)
    named = sorted((p for p in profiles if p.group != NOT_GIVEN), key=lambda p: p.group)
    found = {p.group: m for p in named if (m := measure(p, strategy, denominator)).exposure > 0}
    if not found:
        return Funnel(strategy, denominator, None, 1.0, False, (), (), own)
    measures, least = list(found.values()), load_settings().minimums
    kind, exposures = measures[0].kind, [m.exposure for m in measures]
    centre = sum(m.count for m in measures) / sum(exposures)
    phi, widened = dispersion([m for m in measures if m.suffices(least)])
    factor = phi if widened else 1.0
    at_points = _limits(kind, centre, exposures, factor)
    points = tuple(
        _point(group, m, limit, enough=m.suffices(least))
        for (group, m), limit in zip(found.items(), at_points, strict=True)
    )
    grid = _limits(kind, centre, _exposures(kind, exposures), factor)
    return Funnel(strategy, denominator, centre, phi, widened, points, grid, own)


def chance_limits(kind: Kind, centre: float, exposure: Numbers, *, outside: float) -> tuple[Numbers, Numbers]:
    """The exact binomial (share) or Poisson (rate) limits that chance leaves in at most ``outside`` of all cases.

    Between whole counts they are interpolated on the distribution function (Spiegelhalter 2005, appendix). The upper
    limit is interpolated so that counts beyond it have at most half of ``outside``, as they have below the lower one
    (Manktelow & Seaton 2012, the first of three methods, doi:10.1371/journal.pone.0045723): taken as it stands, the
    formula would leave out even 5 of 5. Exposures are above 0 and, for shares, whole numbers.
    """
    expected, tail = centre * exposure, outside / 2
    chance: Any = binom(exposure, centre) if kind == "share" else poisson(expected)
    low, high = (_interpolated(chance, p) for p in (tail, 1 - tail))
    top = exposure if kind == "share" else np.inf
    return np.clip(low, 0, expected) / exposure, np.clip(high + 1, expected, top) / exposure


def _interpolated(chance: Any, p: float) -> Numbers:
    count = chance.ppf(p)
    return count - (chance.cdf(count) - p) / chance.pmf(count)


def dispersion(measures: Sequence[Measure]) -> tuple[float, bool]:
    """How much more the groups differ than by chance, and whether that is significant (one-sided).

    The mean of the squared z scores, winsorised at each end (Spiegelhalter 2005, Handling over-dispersion of
    performance indicators, doi:10.1136/qshc.2005.013755). Winsorising makes it smaller, and small counts are far from
    normal, so it is set against its mean and 95% quantile in samples with the same exposures and no difference between
    groups, not against chi squared. It is 1 for fewer than two groups and where nothing or everything is counted.
    """
    if len(measures) < 2:
        return 1.0, False
    kind = measures[0].kind
    exposures = np.array([m.exposure for m in measures], dtype=np.float64)
    counts = np.array([m.count for m in measures], dtype=np.float64)
    rule, centre = load_settings().funnel, counts.sum() / exposures.sum()
    size = (rule.samples, len(measures))
    # A fixed seed: the same notes give the same funnel.
    random = np.random.default_rng(0)
    by_chance = (
        random.binomial(exposures.astype(int), centre, size)
        if kind == "share"
        else random.poisson(exposures * centre, size)
    )
    found, samples = float(_mean_square(kind, counts, exposures)), _mean_square(kind, by_chance, exposures)
    usual = float(samples.mean())
    if usual <= 0:
        return 1.0, False
    as_far = int((samples >= found - _ROUNDING).sum())
    return found / usual, found > usual and (1 + as_far) / (1 + rule.samples) <= rule.significance


def _mean_square(kind: Kind, counts: Counts, exposures: Numbers) -> Numbers:
    """Of the winsorised z scores around the centre of the groups, which are the last axis of ``counts``."""
    centre = counts.sum(axis=-1, keepdims=True) / exposures.sum()
    error = np.sqrt(exposures * (centre * (1 - centre) if kind == "share" else centre))
    z = np.divide(counts - exposures * centre, error, out=np.zeros_like(error), where=error > 0)
    ends = load_settings().funnel.winsorised
    low, high = np.quantile(z, [ends, 1 - ends], axis=-1, keepdims=True)
    return np.mean(np.clip(z, low, high) ** 2, axis=-1)


def _limits(kind: Kind, centre: float, exposures: Sequence[float], phi: float) -> tuple[FunnelLimit, ...]:
    at = np.array(exposures, dtype=np.float64)
    top = 1.0 if kind == "share" else np.inf
    columns = [
        np.clip(centre + np.sqrt(phi) * (limit - centre), 0, top)
        for outside in (_OUTSIDE_95, _OUTSIDE_998)
        for limit in chance_limits(kind, centre, at, outside=outside)
    ]
    return tuple(FunnelLimit(*row) for row in np.column_stack([at, *columns]).tolist())


def _point(group: str, found: Measure, limit: FunnelLimit, *, enough: bool) -> FunnelPoint:
    estimate = found.count / found.exposure
    place: Place = "not enough notes"
    if enough:
        place = "inside"
        if not limit.low95 - _ROUNDING <= estimate <= limit.high95 + _ROUNDING:
            place = "beyond 95%"
        if not limit.low998 - _ROUNDING <= estimate <= limit.high998 + _ROUNDING:
            place = "beyond 99.8%"
    return FunnelPoint(
        group, found.exposure, found.count, estimate, limit.low95, limit.high95, limit.low998, limit.high998, place
    )


def _exposures(kind: Kind, exposures: Sequence[float]) -> list[float]:
    """Where the limits are drawn: closer together where they bend, and a little beyond the largest group."""
    largest = 1.05 * max(exposures)
    if kind == "share":
        return np.unique(np.rint(np.geomspace(1, np.ceil(largest), _GRID))).tolist()
    return np.geomspace(min(exposures) / 2, largest, _GRID).tolist()


def check_choice(strategy: str, denominator: str, strategies: Sequence[str]) -> None:
    """Raises `AnalyzerError` where the strategy or the denominator is unknown."""
    if strategy not in strategies:
        raise AnalyzerError(f"no strategy {strategy!r}; the ids are {', '.join(strategies)}")
    if denominator not in DENOMINATORS:
        raise AnalyzerError(f"no denominator {denominator!r}; choose one of {', '.join(DENOMINATORS)}")
