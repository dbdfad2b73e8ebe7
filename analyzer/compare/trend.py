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
from typing import Final

import numpy as np

from analyzer.compare.funnel import check_choice
from analyzer.compare.model import Denominator
from analyzer.compare.moving_average import moving_average, width_of
from analyzer.compare.runs import Runs, Side, Unit, find_runs, no_signal, signals_of
from analyzer.compare.settings import load_settings
from analyzer.profiles import iso_date, noting_own
from analyzer.records import Analysis, StrategyName, strategies_of

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
    least = load_settings().trend.periods
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
        reason=f"not enough dated notes ({unit}s with data: {len(points)}, needed: {least})",
        undated=undated,
        future=future,
        own=own.get(strategy),
    )
    return _judged(trend) if len(points) >= least else trend


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
    unit: Unit = "month" if len({note.day[:7] for note in notes}) >= load_settings().trend.months else "note"
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
    rule, centre, share = load_settings().trend, float(trend.centre or 0), trend.denominator != "1000 words"
    counts = np.array([p.count for p in trend.periods], dtype=np.float64)
    exposures = np.array([p.exposure for p in trend.periods], dtype=np.float64)
    shown, errors = counts / exposures, np.sqrt((centre * (1 - centre) if share else centre) / exposures)
    sparse = bool(min(counts.mean(), (exposures - counts).mean() if share else np.inf) < rule.sparse)
    width = rule.sigmas * errors
    if sparse:
        shown, width = moving_average(shown, errors, centre)[0], width_of(shown, errors, centre)
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
    signals = [*signals_of(runs, trend.unit), *_of_limits(points, trend.unit)]
    reason = "; ".join(signals) or no_signal(runs, trend.unit)
    return replace(trend, periods=points, sparse=sparse, runs=runs, shifted=bool(signals), reason=reason)


def _of_limits(points: Sequence[TrendPoint], unit: Unit) -> list[str]:
    said = []
    what = "the estimate" if points[0].smoothed is None else "the moving average"
    for side in ("above", "below"):
        beyond = [p.period for p in points if p.beyond == side]
        if beyond:
            said.append(f"{what} lies {side} its limits in {len(beyond)} of {len(points)} {unit}s, first {beyond[0]}")
    return said
