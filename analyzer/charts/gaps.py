"""Moments counted by strategy or theme -> chart, table and sentence: with a documented response, and without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from analyzer.charts import Figure
from analyzer.team.gaps import Gap, GroupedBy

# After Paul Tol's "muted" scheme, told apart in grey as well; the figure at a bar's end says what the colour says.
_OPEN, _TAKEN_UP, _DOCUMENTED = "no documented response", "taken up or planned", "a response is documented"
_COLOURS: Final = {_OPEN: "#8a5a00", _TAKEN_UP: "#d3d6da", _DOCUMENTED: "#88b4d8"}
# Light parts have an outline that stands out from a white page.
_OUTLINE: Final = "#6f777f"


def gaps_chart(gaps: Sequence[Gap], *, by: GroupedBy) -> Figure:
    """One bar each, in the order given. The chart has a selection ``gap`` with the field name."""
    table = pd.DataFrame(
        [[g.name, g.moments, g.open, g.taken_up, g.documented, g.left_out] for g in gaps],
        columns=[by, "moments", _OPEN, _TAKEN_UP, _DOCUMENTED, "left out"],
    )
    rows = [
        (g.name, response, number, place)
        for g in gaps
        for place, (response, number) in enumerate(
            ((_OPEN, g.open), (_TAKEN_UP, g.taken_up), (_DOCUMENTED, g.documented))
        )
    ]
    bars = pd.DataFrame(rows, columns=["name", "response", "moments", "place"])
    ends = pd.DataFrame(
        [(g.name, g.moments, f"{g.open} of {g.moments}") for g in gaps], columns=["name", "moments", "said"]
    )
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=260, ticks=False))
    x = alt.X("moments:Q", title="moments in the notes", axis=alt.Axis(tickMinStep=1, format="d"))
    picked = alt.selection_point(name="gap", fields=["name"])
    drawn = (
        alt.Chart(bars)
        .mark_bar(cursor="pointer", stroke=_OUTLINE, strokeWidth=1)
        .encode(
            x=x,
            y=y,
            order="place:Q",
            color=alt.Color(
                "response:N",
                scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
                legend=alt.Legend(orient="top", title=None, labelLimit=260, symbolStrokeWidth=1, symbolSize=180),
            ),
            opacity=alt.condition(picked, alt.value(1), alt.value(0.45)),
            tooltip=["name:N", "response:N", "moments:Q"],
        )
        .add_params(picked)
    )
    words = alt.Chart(ends).mark_text(align="left", dx=5).encode(x=x, y=y, text="said:N")
    return Figure(alt.LayerChart(layer=[drawn, words]).properties(height=alt.Step(28)), table, _sentence(gaps, by))


def _sentence(gaps: Sequence[Gap], by: GroupedBy) -> str:
    found = [gap for gap in gaps if gap.moments]
    if not found:
        return "These notes hold no moment that calls for a strategy."
    most = max(found, key=lambda gap: gap.open)
    if not most.open:
        return "For every moment in these notes that calls for a strategy, something is documented."
    kinds = "a strategy" if by == "strategy" else "a strategy, told apart by theme"
    return (
        f"Of the moments that call for {kinds}, {most.name.lower()} has the most without a documented response: "
        f"{most.open} of {most.moments}. What a note leaves out may have taken place all the same."
    )
