"""A trend -> chart, table and sentence: one group's own course beside its median and the limits of chance."""

from __future__ import annotations

from typing import Final

import altair as alt
import pandas as pd

from analyzer.charts import Figure
from analyzer.codebook import names_of
from analyzer.compare.model import Denominator
from analyzer.compare.trend import Trend

_ESTIMATES: Final[dict[Denominator, str]] = {
    "opportunity": "share of relevant opportunities with a documented response",
    "note": "share of notes in which it is documented",
    "1000 words": "documented instances per 1,000 words",
}
_INSIDE, _BEYOND = "within the limits", "beyond the limits"
_NOT_JUDGED = "not enough dated notes"
# Shape and filling say what the colour says; a hollow point is not judged.
_LOOKS: Final = {_INSIDE: ("#117733", "circle"), _BEYOND: ("#332288", "diamond"), _NOT_JUDGED: ("#6f7780", "circle")}
_LINES: Final[dict[str, list[int]]] = {
    "estimate": [1, 0],
    "moving average": [8, 3],
    "median": [4, 4],
    "limits": [1, 3],
    "limits of the moving average": [1, 3],
}
# Simulated for courses of 12 to 48 periods without any change, counts being independent: 0 to 10%, and 20% at most with
# 48 periods and many counts each, since every period may by chance lie beyond 3 sigma.
_FALSE: Final = {True: 10, False: 5}
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
    "place": "N",
}


def trend_chart(trend: Trend) -> Figure:
    """Estimate by period, with the median and, from ten periods on, limits of it or of its moving average."""
    table = pd.DataFrame(
        [
            (p.period, len(p.note_ids), p.count, p.exposure, p.estimate, p.smoothed, p.low, p.high, place)
            for p, place in zip(trend.periods, _places(trend), strict=True)
        ],
        columns=list(_COLUMNS),
    )
    table = table.astype({"smoothed": float, "low": float, "high": float})
    order = table["period"].tolist()
    form = "~r" if trend.denominator == "1000 words" else "%"
    x = alt.X("period:O", title=f"by {trend.unit}", sort=order, axis=alt.Axis(labelAngle=-60, labelOverlap=True))
    y = alt.Y("estimate:Q", title=_ESTIMATES[trend.denominator], axis=alt.Axis(format=form))
    drawn = _lines(trend, table)
    shown = [line for line in _LINES if line in set(drawn["line"])]
    lines = (
        alt.Chart(drawn)
        .mark_line(color="#46525e", strokeWidth=1.2)
        .encode(
            x=x,
            y=y,
            detail="side:N",
            strokeDash=alt.StrokeDash(
                "line:N",
                scale=alt.Scale(domain=shown, range=[_LINES[line] for line in shown]),
                legend=alt.Legend(orient="top", title=None, symbolType="stroke"),
            ),
        )
    )
    return Figure(lines + _points(table, x, y), table, _sentence(trend))


def _points(table: pd.DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    legend, places = alt.Legend(orient="top", title=None), list(_LOOKS)
    filled = ["transparent" if place == _NOT_JUDGED else colour for place, (colour, _) in _LOOKS.items()]
    colours, shapes = [colour for colour, _ in _LOOKS.values()], [shape for _, shape in _LOOKS.values()]
    return (
        alt.Chart(table)
        .mark_point(size=70, strokeWidth=1.6, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color("place:N", scale=alt.Scale(domain=places, range=colours), legend=legend),
            fill=alt.Fill("place:N", scale=alt.Scale(domain=places, range=filled), legend=legend),
            shape=alt.Shape("place:N", scale=alt.Scale(domain=places, range=shapes), legend=legend),
            tooltip=[f"{name}:{kind}" for name, kind in _COLUMNS.items()],
        )
    )


def _places(trend: Trend) -> list[str]:
    if trend.runs is None:
        return [_NOT_JUDGED] * len(trend.periods)
    return [_BEYOND if p.beyond else _INSIDE for p in trend.periods]


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
    middle = f"{trend.median:.2f}" if trend.denominator == "1000 words" else f"{trend.median:.0%}"
    head = f"{title} over {len(trend.periods)} {trend.unit}s, median {middle} ({_ESTIMATES[trend.denominator]})"
    if not trend.shifted:
        return f"{head}: no change beyond chance is documented, {trend.reason}{left}."
    return (
        f"{head}: a change is documented that chance alone gives in at most about 1 course in {_FALSE[trend.sparse]}: "
        f"{trend.reason}{left}."
    )
