"""A funnel -> chart, table and sentence: groups beside the limits of chance, by name on hover and never in an order."""

from __future__ import annotations

from typing import Final

import altair as alt
import pandas as pd

from analyzer.charts import Figure
from analyzer.charts.limits import (
    ESTIMATES,
    FAR,
    INSIDE,
    NEARBY,
    NOT_JUDGED,
    Looks,
    estimate_axis,
    in_figures,
    lines_and_points,
)
from analyzer.codebook import names_of
from analyzer.compare.funnel import PLACES, Funnel
from analyzer.compare.model import Denominator

_EXPOSURES: Final[dict[Denominator, str]] = {
    "opportunity": "relevant opportunities",
    "note": "notes",
    "1000 words": "thousands of words",
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


_LOOKS: Final = Looks(
    places={
        "inside": (INSIDE, "circle"),
        "beyond 95%": (NEARBY, "triangle-up"),
        "beyond 99.8%": (FAR, "diamond"),
        "not enough notes": (NOT_JUDGED, "circle"),
    },
    lines={"centre": [1, 0], "95% limits": [6, 3], "99.8% limits": [2, 2]},
    hollow="not enough notes",
    columns=_COLUMNS,
)


def funnel_chart(funnel: Funnel) -> Figure:
    """Estimate by exposure, with centre line and limits; points are filled where there are notes enough."""
    table = pd.DataFrame([[getattr(p, c) for c in _COLUMNS] for p in funnel.points], columns=list(_COLUMNS))
    x = alt.X("exposure:Q", title=_EXPOSURES[funnel.denominator], scale=alt.Scale(nice=False, zero=True))
    chart = lines_and_points(_lines(funnel), table, x, estimate_axis(funnel.denominator), _LOOKS)
    return Figure(chart, table, _sentence(funnel))


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
    verb = "lies" if number["inside"] == 1 else "lie"
    widened = f"; the limits are widened, since the groups differ more than by chance (phi {funnel.phi:.1f})"
    return (
        f"{title}: of {_groups(judged)} with enough notes, {number['inside']} {verb} within the 95% limits around "
        f"{in_figures(funnel.denominator, centre)} ({ESTIMATES[funnel.denominator]}, all groups together), "
        f"{number['beyond 95%']} beyond them and "
        f"{number['beyond 99.8%']} beyond the 99.8% limits, where chance alone would put up to 1 in 20 and 1 in 500"
        f"{widened if funnel.widened else ''}{f'; {_groups(few)} without enough notes' if few else ''}."
    )


def _groups(number: int) -> str:
    return f"{number} group{'' if number == 1 else 's'}"
