"""One group's own course over time: a run chart with control limits, and a signal only where chance is no explanation.

A period is a calendar month, or a note where fewer than twelve months hold data. Notes are taken as independent of one
another. Each rule is used only where it holds: runs where enough periods lie on both sides of the median, limits of
single periods where counts suffice, and a moving average (EWMA) where they don't. In simulated courses of 12 to 48
periods without any change, 0 to 10% showed a signal, and up to 20% with 48 periods of many counts each.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Final, Literal

import numpy as np
from scipy.signal import lfilter
from scipy.stats import binom

from analyzer.compare.estimates import Numbers
from analyzer.compare.funnel import check_choice
from analyzer.compare.model import Denominator
from analyzer.profiles import iso_date, noting_own
from analyzer.records import Analysis, StrategyName, strategies_of

Unit = Literal["month", "note"]
Side = Literal["above", "below"]

_MONTHS: Final = 12
# The rules for runs are laid down from ten periods on (Anhøj & Olesen 2014, doi:10.1371/journal.pone.0113825).
_PERIODS: Final = 10
# Below so many counts a period, for shares either way, 3-sigma limits take chance for signals.
_SPARSE: Final = 5
# Shewhart's three standard deviations, which are also the L of the EWMA, and its lambda (Lucas & Saccucci 1990).
_SIGMAS: Final = 3.0
_LAMBDA: Final = 0.2
_SHUFFLES: Final = 999
_BLOCK: Final = 200_000
_WITHIN: Final = 0.95
# A rounding error must not put a point that lies on a limit beyond it.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, order=True)
class _Counted:
    day: str
    note_id: str
    count: int
    exposure: float


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period: ``count`` in ``exposure`` cues, notes or thousands of words, and the notes that it rests on.

    ``period`` is the month (2026-03), or a note's day (2026-03-05, for the day's second note "2026-03-05 (2)"). ``low``
    and ``high`` are the limits of the estimate or, where counts are sparse, of ``smoothed``, the moving average. They
    are None where there are too few periods.
    """

    period: str
    note_ids: tuple[str, ...]
    count: int
    exposure: float
    estimate: float
    smoothed: float | None = None
    low: float | None = None
    high: float | None = None
    beyond: Side | None = None


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of periods on one side of the median, beside the longest and the fewest that chance alone mostly gives.

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


@dataclass(frozen=True, slots=True)
class Trend:
    """The course of one strategy; ``centre`` is all counts together per denominator, None where there is nothing.

    ``shifted``: a rule shows more change than chance explains; ``reason`` says which, or why nothing is said. Where
    counts are ``sparse`` the limits are those of the moving average. ``runs`` is None below ten periods with data.
    ``undated`` notes and those dated in the ``future`` are counted here and left out.
    """

    strategy: str
    denominator: Denominator
    unit: Unit
    periods: tuple[TrendPoint, ...]
    median: float | None
    centre: float | None
    sparse: bool
    runs: Runs | None
    shifted: bool
    reason: str
    undated: int
    future: int
    own: StrategyName | None = None


def build_trend(
    analyses: Iterable[Analysis],
    *,
    strategy: str,
    denominator: Denominator = "opportunity",
    today: date | None = None,
) -> Trend:
    """Follow one strategy through the notes of one group, in the order of their dates.

    Notes without an ISO date, and those dated after ``today`` (the day of the call unless given), have no place in it.
    ``analyses`` are of one group only. Raises `AnalyzerError` where the strategy or the denominator is unknown.
    """
    own: dict[str, StrategyName] = {}
    analyses = list(noting_own(analyses, own))
    check_choice(strategy, denominator, strategies_of(own.values()))
    notes, undated, future = _dated(analyses, strategy, denominator, (today or date.today()).isoformat())
    unit, points = _periods(notes)
    trend = Trend(
        strategy=strategy,
        denominator=denominator,
        unit=unit,
        periods=points,
        median=float(np.median([p.estimate for p in points])) if points else None,
        centre=sum(p.count for p in points) / sum(p.exposure for p in points) if points else None,
        sparse=False,
        runs=None,
        shifted=False,
        reason=f"not enough dated notes ({unit}s with data: {len(points)}, needed: {_PERIODS})",
        undated=undated,
        future=future,
        own=own.get(strategy),
    )
    return _judged(trend) if len(points) >= _PERIODS else trend


def _dated(
    analyses: Iterable[Analysis], strategy: str, denominator: Denominator, last: str
) -> tuple[list[_Counted], int, int]:
    """The notes with something to divide by, in order; how many notes have no date, and how many a future one."""
    notes, undated, future = [], 0, 0
    for analysis in analyses:
        day = iso_date(analysis)
        if day is None or day > last:
            undated, future = undated + (day is None), future + (day is not None)
            continue
        count, exposure = _counted(analysis, strategy, denominator)
        if exposure > 0:
            notes.append(_Counted(day, analysis.note_id, count, exposure))
    return sorted(notes), undated, future


def _counted(analysis: Analysis, strategy: str, denominator: Denominator) -> tuple[int, float]:
    """Count and exposure of one note: what `measure` finds in its profile, without a tally of all strategies."""
    if denominator == "opportunity":
        responses = [o.response for o in analysis.opportunities if strategy in o.strategies]
        return responses.count("responded"), responses.count("responded") + responses.count("no_documented_response")
    delivered = sum(tag.strategy == strategy and tag.status == "delivered" for tag in analysis.counted)
    return (int(delivered > 0), 1) if denominator == "note" else (delivered, analysis.n_words / 1000)


def _periods(notes: Sequence[_Counted]) -> tuple[Unit, tuple[TrendPoint, ...]]:
    unit: Unit = "month" if len({note.day[:7] for note in notes}) >= _MONTHS else "note"
    periods: dict[str, list[_Counted]] = {}
    on_day: Counter[str] = Counter()
    for note in notes:
        on_day[note.day] += 1
        label = f"{note.day} ({on_day[note.day]})" if on_day[note.day] > 1 else note.day
        periods.setdefault(note.day[:7] if unit == "month" else label, []).append(note)
    return unit, tuple(_point(period, of_period) for period, of_period in periods.items())


def _point(period: str, notes: Sequence[_Counted]) -> TrendPoint:
    count, exposure = sum(note.count for note in notes), sum(note.exposure for note in notes)
    return TrendPoint(period, tuple(note.note_id for note in notes), count, exposure, count / exposure)


def _judged(trend: Trend) -> Trend:
    """The trend with limits, runs and what they signal; it has periods enough."""
    centre, share = float(trend.centre or 0), trend.denominator != "1000 words"
    counts = np.array([p.count for p in trend.periods], dtype=np.float64)
    exposures = np.array([p.exposure for p in trend.periods], dtype=np.float64)
    shown, errors = counts / exposures, np.sqrt((centre * (1 - centre) if share else centre) / exposures)
    sparse = bool(min(counts.mean(), (exposures - counts).mean() if share else np.inf) < _SPARSE)
    width = _SIGMAS * errors
    if sparse:
        shown, width = moving_average(shown, errors, centre)[0], _width(shown, errors, centre)
    points = tuple(
        replace(
            point,
            smoothed=value if sparse else None,
            low=max(0.0, centre - half),
            high=min(1.0 if share else math.inf, centre + half),
            beyond=None if abs(value - centre) <= half + _ROUNDING else "above" if value > centre else "below",
        )
        for point, value, half in zip(trend.periods, shown.tolist(), width.tolist(), strict=True)
    )
    runs = find_runs([p.estimate for p in points], float(trend.median or 0))
    signals = [*_of_runs(runs, trend.unit), *_of_limits(points, trend.unit)]
    reason = "; ".join(signals) or _no_signal(runs, trend.unit)
    return replace(trend, periods=points, sparse=sparse, runs=runs, shifted=bool(signals), reason=reason)


def moving_average(values: Numbers, errors: Numbers, centre: float) -> tuple[Numbers, Numbers]:
    """The exponentially weighted moving average (EWMA) from the centre on, and its standard error in each period.

    Lambda is 0.2 (Lucas & Saccucci 1990, doi:10.1080/00401706.1990.10484583); ``errors`` are the standard errors of the
    single values, so that periods with little in them leave the limits wide.
    """
    smoothed = centre + lfilter([_LAMBDA], [1, _LAMBDA - 1], values - centre)
    variance = lfilter([_LAMBDA**2], [1, -((1 - _LAMBDA) ** 2)], errors**2)
    return smoothed, np.sqrt(variance)


def _width(values: Numbers, errors: Numbers, centre: float) -> Numbers:
    """Half the width of the moving average's limits: L is 3, or more where that is too narrow for few counts.

    Sparse counts are far from normal: where one note in ten documents a strategy and nothing changes, L = 3 was seen to
    signal in a quarter of courses of 48 notes. So L is as much as keeps 19 of 20 shuffles of the same periods inside.
    """
    # A fixed seed: the same notes give the same limits. Blocks keep long courses out of memory.
    random, order = np.random.default_rng(0), np.arange(len(values))
    rows = max(1, _BLOCK // len(values))
    furthest = [
        _furthest(values[shuffled], errors[shuffled], centre)
        for start in range(0, _SHUFFLES, rows)
        for shuffled in [random.permuted(np.tile(order, (min(rows, _SHUFFLES - start), 1)), axis=1)]
    ]
    enough = np.sort(np.concatenate(furthest))[round(_WITHIN * (_SHUFFLES + 1)) - 1]
    return max(_SIGMAS, float(enough)) * moving_average(values, errors, centre)[1]


def _furthest(values: Numbers, errors: Numbers, centre: float) -> Numbers:
    smoothed, error = moving_average(values, errors, centre)
    away = np.divide(np.abs(smoothed - centre), error, out=np.zeros_like(error), where=error > 0)
    return np.max(away, axis=-1)


def find_runs(values: Sequence[float], median: float) -> Runs:
    """Count the runs on either side of the median by the rules of Anhøj (values on it neither make nor break a run).

    A longest run above round(log2 n) + 3 or fewer crossings than the 5% quantile of Binomial(n - 1, 1/2) is a signal, n
    being the useful periods (Anhøj & Olesen 2014, doi:10.1371/journal.pone.0113825). That takes it that a period is as
    likely above as below. Shares of few cues often lie on the median, and with it at 0% or 100% all others on one side;
    so the rules are reliable only with ten useful periods, half of all, and a third of them on the rarer side.
    """
    sides = [value > median for value in values if abs(value - median) > _ROUNDING]
    runs = [(len(list(run)), above) for above, run in groupby(sides)]
    useful, longest = len(sides), max(runs, default=(0, False), key=lambda run: run[0])
    rarer = min(sum(sides), useful - sum(sides))
    return Runs(
        useful=useful,
        longest=longest[0],
        longest_by_chance=round(math.log2(useful)) + 3 if useful else 0,
        side="above" if longest[1] else "below",
        crossings=max(len(runs) - 1, 0),
        crossings_by_chance=int(binom.ppf(0.05, useful - 1, 0.5)) if useful > 1 else 0,
        reliable=bool(useful >= _PERIODS and 2 * useful >= len(values) and 3 * rarer >= useful),
    )


def _of_runs(runs: Runs, unit: Unit) -> list[str]:
    said = []
    if runs.reliable and runs.longest > runs.longest_by_chance:
        usual = f"chance alone mostly gives at most {runs.longest_by_chance}"
        said.append(f"{runs.longest} {unit}s in a row lie {runs.side} the median, where {usual}")
    if runs.reliable and runs.crossings < runs.crossings_by_chance:
        usual = f"chance alone mostly gives at least {runs.crossings_by_chance}"
        said.append(f"crossings of the median: {runs.crossings}, where {usual}")
    return said


def _of_limits(points: Sequence[TrendPoint], unit: Unit) -> list[str]:
    said = []
    what = "the estimate" if points[0].smoothed is None else "the moving average"
    for side in ("above", "below"):
        beyond = [p.period for p in points if p.beyond == side]
        if beyond:
            said.append(f"{what} lies {side} its limits in {len(beyond)} of {len(points)} {unit}s, first {beyond[0]}")
    return said


def _no_signal(runs: Runs, unit: Unit) -> str:
    if not runs.reliable:
        return f"within the limits; too few {unit}s lie on both sides of the median to judge runs"
    found = f"longest run of {unit}s on one side of the median: {runs.longest}, crossings of it: {runs.crossings}"
    return f"within the limits; {found}, as chance alone mostly gives"
