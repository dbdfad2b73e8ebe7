"""What a funnel and a run chart share: lines of limits, told apart by their dashes, and points by their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

import altair as alt
import pandas as pd

from analyzer.compare.model import Denominator

ESTIMATES: Final[dict[Denominator, str]] = {
    "opportunity": "share of relevant opportunities with a documented response",
    "note": "share of notes in which it is documented",
    "1000 words": "documented instances per 1,000 words",
}
# After Paul Tol's "muted" scheme, as in palette.yml: 3 to 1 and more against the light and the dark page.
INSIDE, NEARBY, FAR, NOT_JUDGED = "#117733", "#8a5a00", "#5f53c6", "#6f777f"
_LINE = "#6f777f"
_WHOLE = 0  # the limit of a legend's names, which Vega else cuts off at 160 pixels
_HEIGHT = 460
_TITLE = 34  # characters in a line of an axis title, so that it stays on a low chart and on a telephone


@dataclass(frozen=True, slots=True)
class Looks:
    """How places and lines are drawn: place -> (colour, shape), line -> dashes. Shape and filling say what colour says.

    ``hollow`` is the place that is not judged. ``columns`` are those of the table, each with its type for the chart.
    """

    places: Mapping[str, tuple[str, str]]
    lines: Mapping[str, list[int]]
    hollow: str
    columns: Mapping[str, str]


def estimate_axis(denominator: Denominator) -> alt.Y:
    """The upright axis of estimates, in per cent where they are shares."""
    form = "~r" if denominator == "1000 words" else "%"
    return alt.Y("estimate:Q", title=in_lines(ESTIMATES[denominator]), axis=alt.Axis(format=form))


def in_lines(title: str) -> list[str]:
    """A long title of an axis in lines, which Vega would cut off."""
    return wrap(title, _TITLE)


def in_figures(denominator: Denominator, value: float) -> str:
    """An estimate as it is said."""
    return f"{value:.2f}" if denominator == "1000 words" else f"{value:.0%}"


def lines_and_points(lines: pd.DataFrame, table: pd.DataFrame, x: alt.X, y: alt.Y, looks: Looks) -> alt.LayerChart:
    """Lines (columns of ``x``, estimate, line, side) behind the table's points (column place)."""
    return alt.LayerChart(layer=[_lines(lines, x, y, looks), _points(table, x, y, looks)], height=_HEIGHT)


def _lines(lines: pd.DataFrame, x: alt.X, y: alt.Y, looks: Looks) -> alt.Chart:
    shown = [line for line in looks.lines if line in set(lines["line"])]
    scale = alt.Scale(domain=shown, range=[looks.lines[line] for line in shown])
    legend = alt.Legend(title=None, labelLimit=_WHOLE, orient="top", symbolType="stroke", symbolSize=900)
    marks = alt.Chart(lines).mark_line(color=_LINE, strokeWidth=1.2)
    return marks.encode(x=x, y=y, detail="side:N", strokeDash=alt.StrokeDash("line:N", scale=scale, legend=legend))


def _points(table: pd.DataFrame, x: alt.X, y: alt.Y, looks: Looks) -> alt.Chart:
    places = list(looks.places)
    found = [place for place in places if place in set(table["place"])]
    legend = alt.Legend(title=None, labelLimit=_WHOLE, orient="bottom", values=found)
    colours, shapes = [colour for colour, _ in looks.places.values()], [shape for _, shape in looks.places.values()]
    filled = ["transparent" if place == looks.hollow else colour for place, (colour, _) in looks.places.items()]
    marks = alt.Chart(table).mark_point(size=80, strokeWidth=1.6, opacity=1)
    return marks.encode(
        x=x,
        y=y,
        color=alt.Color("place:N", scale=alt.Scale(domain=places, range=colours), legend=legend),
        fill=alt.Fill("place:N", scale=alt.Scale(domain=places, range=filled), legend=legend),
        shape=alt.Shape("place:N", scale=alt.Scale(domain=places, range=shapes), legend=legend),
        tooltip=[f"{name}:{kind}" for name, kind in looks.columns.items()],
    )
