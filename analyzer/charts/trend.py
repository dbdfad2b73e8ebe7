"""A trend -> chart, table and sentence: one group's own course beside its median and the limits of chance."""

from __future__ import annotations

from typing import Final

import altair as alt
import pandas as pd

from analyzer.charts import Figure
from analyzer.charts.limits import (
    ESTIMATES,
    FAR,
    INSIDE,
    NOT_JUDGED,
    Looks,
    estimate_axis,
    in_figures,
    lines_and_points,
)
from analyzer.codebook import names_of
from analyzer.compare.settings import load_settings
from analyzer.compare.trend import Trend
from analyzer.compare.words import taken_alike

_WITHIN, _BEYOND = "within the limits", "beyond the limits"
_TOO_FEW = "not enough dated notes"
# The table's columns, each with its type for the chart.
_COLUMNS: Final = {
    "period": "N",
    "notes": "Q",
    "count": "Q",
    "exposure": "Q",
    "estimate": "Q",
    "smoothed": "Q",
    "low": "Q",
    "high": "Q",
    "design_effect": "Q",
    "place": "N",
}


_LOOKS: Final = Looks(
    places={_WITHIN: (INSIDE, "circle"), _BEYOND: (FAR, "diamond"), _TOO_FEW: (NOT_JUDGED, "circle")},
    lines={
        "estimate": [1, 0],
        "moving average": [8, 3],
        "median": [4, 4],
        "limits": [1, 3],
        "limits of the moving average": [1, 3],
    },
    hollow=_TOO_FEW,
    columns=_COLUMNS,
)


def trend_chart(trend: Trend) -> Figure:
    """Estimate by period, with the median and, where periods suffice, limits of it or of its moving average."""
    table = pd.DataFrame(
        [
            (
                p.period,
                len(p.note_ids),
                p.count,
                p.exposure,
                p.estimate,
                p.smoothed,
                p.low,
                p.high,
                p.design_effect,
                place,
            )
            for p, place in zip(trend.periods, _places(trend), strict=True)
        ],
        columns=list(_COLUMNS),
    )
    table = table.astype({"smoothed": float, "low": float, "high": float})
    order, axis = table["period"].tolist(), alt.Axis(labelAngle=-60, labelOverlap=True)
    x = alt.X("period:O", title=f"by {trend.unit}", sort=order, axis=axis)
    chart = lines_and_points(_lines(trend, table), table, x, estimate_axis(trend.denominator), _LOOKS)
    return Figure(chart, table, _sentence(trend))


def _places(trend: Trend) -> list[str]:
    if trend.runs is None:
        return [_TOO_FEW] * len(trend.periods)
    return [_BEYOND if p.beyond else _WITHIN for p in trend.periods]


def _lines(trend: Trend, table: pd.DataFrame) -> pd.DataFrame:
    limits = "limits of the moving average" if trend.sparse else "limits"
    rows = [
        (row.period, value, line, side)
        for row in table.itertuples()
        for line, side, value in (
            ("estimate", "estimate", row.estimate),
            ("moving average", "moving average", row.smoothed),
            ("median", "median", trend.median),
            (limits, "low", row.low),
            (limits, "high", row.high),
        )
    ]
    return pd.DataFrame(rows, columns=["period", "estimate", "line", "side"]).dropna()


def _sentence(trend: Trend) -> str:
    title = (trend.own or names_of(())[trend.strategy]).title
    left_out = [f"{n} {what}" for n, what in ((trend.undated, "without a date"), (trend.future, "future-dated")) if n]
    left = f" (notes left out: {', '.join(left_out)})" if left_out else ""
    if trend.runs is None or trend.median is None:
        return f"{title}: {trend.reason}{left}."
    middle = in_figures(trend.denominator, trend.median)
    head = f"{title} over {len(trend.periods)} {trend.unit}s, median {middle} ({ESTIMATES[trend.denominator]})"
    if not trend.shifted:
        return f"{head}: no change beyond chance is documented, {trend.reason}{left}. {_about_clients(trend)}"
    false = load_settings().trend.false_signal_in["sparse" if trend.sparse else "dense"]
    return (
        f"{head}: a change is documented that chance alone gives in at most about 1 course in {false}: "
        f"{trend.reason}{left}. {_about_clients(trend)}"
    )


def _about_clients(trend: Trend) -> str:
    if trend.alike is None:
        return ""
    most = max(p.design_effect for p in trend.periods)
    return (
        f"{taken_alike(trend.alike)}, which widens the limits (design effects up to {most:.1f}) and asks for longer "
        "runs where clients come and go."
    )
