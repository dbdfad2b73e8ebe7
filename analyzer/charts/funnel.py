"""A funnel -> chart, table and sentence: groups beside the limits of chance, by name on hover and never in an order."""

from __future__ import annotations

from typing import Final

import altair as alt
import pandas as pd

from analyzer.charts import Figure
from analyzer.codebook import names_of
from analyzer.compare.funnel import PLACES, Funnel, Place
from analyzer.compare.model import Denominator

# After Paul Tol's "muted" scheme, as in palette.yml; the shape says the same, and a hollow point is a place not judged.
_LOOKS: Final[dict[Place, tuple[str, str]]] = {
    "inside": ("#117733", "circle"),
    "beyond 95%": ("#8a5a00", "triangle-up"),
    "beyond 99.8%": ("#332288", "diamond"),
    "not enough notes": ("#6f7780", "circle"),
}
_LINES: Final[dict[str, list[int]]] = {"centre": [1, 0], "95% limits": [6, 3], "99.8% limits": [2, 2]}
_EXPOSURES: Final[dict[Denominator, str]] = {
    "opportunity": "relevant opportunities",
    "note": "notes",
    "1000 words": "thousands of words",
}
_ESTIMATES: Final[dict[Denominator, str]] = {
    "opportunity": "share with a documented response",
    "note": "share of notes in which it is documented",
    "1000 words": "documented instances per 1,000 words",
}
# The table's columns, each with its type for the chart.
_COLUMNS: Final = {
    "group": "N",
    "exposure": "Q",
    "count": "Q",
    "estimate": "Q",
    "low95": "Q",
    "high95": "Q",
    "low998": "Q",
    "high998": "Q",
    "place": "N",
}


def funnel_chart(funnel: Funnel) -> Figure:
    """Estimate by exposure, with centre line and limits; points are filled where there are notes enough."""
    table = pd.DataFrame([[getattr(p, c) for c in _COLUMNS] for p in funnel.points], columns=list(_COLUMNS))
    form = "~r" if funnel.denominator == "1000 words" else "%"
    x = alt.X("exposure:Q", title=_EXPOSURES[funnel.denominator], scale=alt.Scale(nice=False, zero=True))
    y = alt.Y("estimate:Q", title=_ESTIMATES[funnel.denominator], axis=alt.Axis(format=form))
    lines = (
        alt.Chart(_lines(funnel))
        .mark_line(color="#46525e", strokeWidth=1.2)
        .encode(
            x=x,
            y=y,
            detail="side:N",
            strokeDash=alt.StrokeDash(
                "line:N",
                scale=alt.Scale(domain=list(_LINES), range=list(_LINES.values())),
                legend=alt.Legend(orient="top", title=None, symbolType="stroke"),
            ),
        )
    )
    return Figure(lines + _points(table, x, y), table, _sentence(funnel))


def _points(table: pd.DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    legend = alt.Legend(orient="top", title=None)
    colours, shapes = [colour for colour, _ in _LOOKS.values()], [shape for _, shape in _LOOKS.values()]
    filled = ["transparent" if place == "not enough notes" else colour for place, (colour, _) in _LOOKS.items()]
    places = list(PLACES)
    return (
        alt.Chart(table)
        .mark_point(size=80, strokeWidth=1.6, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color("place:N", scale=alt.Scale(domain=places, range=colours), legend=legend),
            fill=alt.Fill("place:N", scale=alt.Scale(domain=places, range=filled), legend=legend),
            shape=alt.Shape("place:N", scale=alt.Scale(domain=places, range=shapes), legend=legend),
            tooltip=[f"{name}:{kind}" for name, kind in _COLUMNS.items()],
        )
    )


def _lines(funnel: Funnel) -> pd.DataFrame:
    rows = [
        (limit.exposure, value, line, side)
        for limit in funnel.limits
        for line, side, value in (
            ("centre", "centre", funnel.centre),
            ("95% limits", "low", limit.low95),
            ("95% limits", "high", limit.high95),
            ("99.8% limits", "low", limit.low998),
            ("99.8% limits", "high", limit.high998),
        )
    ]
    return pd.DataFrame(rows, columns=["exposure", "estimate", "line", "side"])


def _sentence(funnel: Funnel) -> str:
    title, centre = (funnel.own or names_of(())[funnel.strategy]).title, funnel.centre
    if centre is None:
        return f"{title}: there is nothing to show, since the notes hold no {_EXPOSURES[funnel.denominator]}."
    number = {place: sum(p.place == place for p in funnel.points) for place in PLACES}
    few = number["not enough notes"]
    judged = len(funnel.points) - few
    # A centre that a group makes all by itself can't say anything about it.
    if judged == 0 or len(funnel.points) == 1:
        return (
            f"{title}: there are not enough groups with enough notes to set beside one another "
            f"({_groups(len(funnel.points))} with data)."
        )
    middle = f"{centre:.2f}" if funnel.denominator == "1000 words" else f"{centre:.0%}"
    verb = "lies" if number["inside"] == 1 else "lie"
    widened = f"; the limits are widened, since the groups differ more than by chance (phi {funnel.phi:.1f})"
    return (
        f"{title}: of {_groups(judged)} with enough notes, {number['inside']} {verb} within the 95% limits around "
        f"{middle} ({_ESTIMATES[funnel.denominator]}, all groups together), {number['beyond 95%']} beyond them and "
        f"{number['beyond 99.8%']} beyond the 99.8% limits, where chance alone would put up to 1 in 20 and 1 in 500"
        f"{widened if funnel.widened else ''}{f'; {_groups(few)} without enough notes' if few else ''}."
    )


def _groups(number: int) -> str:
    return f"{number} group{'' if number == 1 else 's'}"
