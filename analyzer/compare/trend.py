"""One group's own course over time: a run chart with control limits, and a signal only where chance is no explanation.

A period is a calendar month, or a note where fewer than twelve months hold data. Notes of one client are taken to be
alike: limits are widened by the design effect, and runs set beside those of clients who come and go (`Caseload`). Each
rule is used only where it holds: runs where enough periods lie on both sides of the median, limits of single periods
where counts suffice, and a moving average (EWMA) where they don't. In simulated courses of 12 to 60 periods without any
change, clients being alike or not, 0 to 12% showed a signal with few counts, 0 to 20% with many; notes taken as
independent gave up to 40 and 95% as clients came and went (``tests/benchmarks/courses.py``).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from analyzer.compare.caseload import Caseload, caseload
from analyzer.compare.clustering import Alikeness
from analyzer.compare.counting import cluster_of, count
from analyzer.compare.funnel import check_choice
from analyzer.compare.model import Denominator
from analyzer.compare.moving_average import moving_average, sigmas_of
from analyzer.compare.runs import Runs, Side, Unit, find_runs, no_signal, off_the_median, signals_of
from analyzer.compare.settings import load_settings
from analyzer.profiles import iso_date, noting_own
from analyzer.records import Analysis, StrategyName, strategies_of

# A rounding error must not put a point that lies on a limit beyond it.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, order=True)
class _Counted:
    day: str
    note_id: str
    client: str
    count: int
    exposure: float


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period: ``count`` in ``exposure`` cues, notes or thousands of words, and the notes that it rests on.

    ``period`` is the month (2026-03), or a note's day (2026-03-05, for the day's second note "2026-03-05 (2)"). ``low``
    and ``high`` are the limits of the estimate or, where counts are sparse, of ``smoothed``, the moving average. They
    are None where there are too few periods. ``design_effect``: how many times the variance behind the
    limits is wider than if all occasions were of different clients.
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
    design_effect: float = 1.0


@dataclass(frozen=True, slots=True)
class Trend:
    """The course of one strategy; ``centre`` is all counts together per denominator, None where there is nothing.

    ``shifted``: a rule shows more change than chance explains; ``reason`` says which, or why nothing is said. Where
    counts are ``sparse`` the limits are those of the moving average. ``runs`` is None below ten periods with data.
    ``undated`` notes and those dated in the ``future`` are counted here and left out. ``alike``: how alike one client's
    occasions are taken to be, None where nothing is judged.
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
    alike: Alikeness | None = None


def build_trend(
    analyses: Iterable[Analysis],
    *,
    strategy: str,
    denominator: Denominator = "opportunity",
    today: date | None = None,
    alike: Alikeness | None = None,
) -> Trend:
    """Follow one strategy through the notes of one group, in the order of their dates.

    Notes without an ISO date, and those dated after ``today`` (the day of the call unless given), have no place in it.
    ``analyses`` are of one group only. How ``alike`` one client's occasions are is told from them unless it is given.
    Raises `AnalyzerError` where the strategy or the denominator is unknown.
    """
    own: dict[str, StrategyName] = {}
    analyses = list(noting_own(analyses, own))
    check_choice(strategy, denominator, strategies_of(own.values()))
    least = load_settings().trend.periods
    notes, undated, future = _dated(analyses, strategy, denominator, (today or date.today()).isoformat())
    unit, periods = _periods(notes)
    points = tuple(_point(period, of_period) for period, of_period in periods.items())
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
    if len(points) < least:
        return trend
    # Within halves: a change from one to the other would be taken for clients who differ, and so be hidden.
    alike = alike or count(analyses, by="clinician", reference="past").alikeness(denominator)
    by_client = [_by_client(of_period) for of_period in periods.values()]
    return _judged(trend, caseload(by_client, alike, float(trend.centre or 0)))


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
        number, exposure = _counted(analysis, strategy, denominator)
        if exposure > 0:
            notes.append(_Counted(day, analysis.note_id, cluster_of(analysis, "clinician"), number, exposure))
    return sorted(notes), undated, future


def _counted(analysis: Analysis, strategy: str, denominator: Denominator) -> tuple[int, float]:
    """Count and exposure of one note: what `measure` finds in its profile, without a tally of all strategies."""
    if denominator == "opportunity":
        responses = [o.response for o in analysis.opportunities if strategy in o.strategies]
        return responses.count("responded"), responses.count("responded") + responses.count("no_documented_response")
    delivered = sum(tag.strategy == strategy and tag.status == "delivered" for tag in analysis.counted)
    return (int(delivered > 0), 1) if denominator == "note" else (delivered, analysis.n_words / 1000)


def _periods(notes: Sequence[_Counted]) -> tuple[Unit, dict[str, list[_Counted]]]:
    unit: Unit = "month" if len({note.day[:7] for note in notes}) >= load_settings().trend.months else "note"
    periods: dict[str, list[_Counted]] = {}
    on_day: Counter[str] = Counter()
    for note in notes:
        on_day[note.day] += 1
        label = f"{note.day} ({on_day[note.day]})" if on_day[note.day] > 1 else note.day
        periods.setdefault(note.day[:7] if unit == "month" else label, []).append(note)
    return unit, periods


def _point(period: str, notes: Sequence[_Counted]) -> TrendPoint:
    number, exposure = sum(note.count for note in notes), sum(note.exposure for note in notes)
    return TrendPoint(period, tuple(note.note_id for note in notes), number, exposure, number / exposure)


def _by_client(notes: Sequence[_Counted]) -> dict[str, float]:
    exposures: dict[str, float] = {}
    for note in notes:
        exposures[note.client] = exposures.get(note.client, 0) + note.exposure
    return exposures


def _judged(trend: Trend, clients: Caseload) -> Trend:
    """The trend with limits, runs and what they signal; it has periods enough."""
    trend = _limited(trend, clients)
    estimates, median = [p.estimate for p in trend.periods], float(trend.median or 0)
    by_chance = clients.runs_by_chance(off_the_median(estimates, median))
    runs = find_runs(estimates, median, by_chance=by_chance)
    signals = [*signals_of(runs, trend.unit), *_of_limits(trend.periods, trend.unit)]
    reason = "; ".join(signals) or no_signal(runs, trend.unit)
    return replace(trend, runs=runs, shifted=bool(signals), reason=reason, alike=clients.alike)


def _limited(trend: Trend, clients: Caseload) -> Trend:
    """The trend with the limits of its periods or, where counts are sparse, with a moving average and its limits."""
    rule, centre, share = load_settings().trend, clients.rate, trend.denominator != "1000 words"
    exposures, counts = clients.exposures, np.array([p.count for p in trend.periods], dtype=np.float64)
    shown, errors = counts / exposures, np.sqrt((centre * (1 - centre) if share else centre) / exposures)
    sparse = bool(min(counts.mean(), (exposures - counts).mean() if share else np.inf) < rule.sparse)
    sigmas, effects = rule.sigmas, clients.of_periods()
    if sparse:
        sigmas, effects = sigmas_of(shown, errors * np.sqrt(effects), centre), clients.of_moving_average()
        shown, errors = moving_average(shown, errors, centre)
    rows = np.stack([shown, sigmas * errors * np.sqrt(effects), effects], axis=1).tolist()
    points = tuple(
        replace(
            point,
            smoothed=value if sparse else None,
            low=max(0.0, centre - half),
            high=min(1.0 if share else math.inf, centre + half),
            beyond=None if abs(value - centre) <= half + _ROUNDING else "above" if value > centre else "below",
            design_effect=effect,
        )
        for point, (value, half, effect) in zip(trend.periods, rows, strict=True)
    )
    return replace(trend, periods=points, sparse=sparse)


def _of_limits(points: Sequence[TrendPoint], unit: Unit) -> list[str]:
    said = []
    what = "the estimate" if points[0].smoothed is None else "the moving average"
    for side in ("above", "below"):
        beyond = [p.period for p in points if p.beyond == side]
        if beyond:
            said.append(f"{what} lies {side} its limits in {len(beyond)} of {len(points)} {unit}s, first {beyond[0]}")
    return said
