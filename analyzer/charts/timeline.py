"""Notes -> a timeline: when each was written, by whom, and how much evidence it holds; no count is a merit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from analyzer.charts import Figure
from analyzer.lexicons import read_data
from analyzer.profiles import NOT_GIVEN, given, iso_date
from analyzer.records import Analysis

_OPEN, _NONE_OPEN = "opportunity without a documented response", "no such opportunity"
# Below one another and below the chart: beside anything else, the longer one is cut off on a narrow page.
_KEY: Final = alt.Legend(orient="bottom", title=None, labelLimit=320, columns=1)
_COLUMNS: Final = ["note", "date", "clinician", "client", "evidence", "opportunities", "without response", "shown"]


def timeline(analyses: Sequence[Analysis]) -> Figure:
    """A circle a note: its day across, its clinician down, its area the number of tags that count."""
    rows = [_row(analysis) for analysis in sorted(analyses, key=lambda a: (a.date or "", a.note_id))]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    dated = table[table["date"] != ""]
    palette = read_data("palette.yml")
    colour, other = palette["strategies"]["active_listening_empathy"]["line"], palette["plain"]
    scale = alt.Scale(domain=[_NONE_OPEN, _OPEN], range=[colour, "transparent"])
    chart = (
        alt.Chart(dated)
        .mark_point(shape="circle", strokeWidth=2, color=colour, stroke=colour, opacity=0.9)
        .encode(
            x=alt.X("date:T", title="date of the note", axis=alt.Axis(grid=True, gridColor=other, gridOpacity=0.25)),
            y=alt.Y("clinician:N", title=None, axis=alt.Axis(labelLimit=160)),
            size=alt.Size(
                "evidence:Q",
                scale=alt.Scale(range=[30, 420], zero=True),
                legend=alt.Legend(orient="top", title="pieces of evidence", symbolFillColor="transparent", columns=5),
            ),
            fill=alt.Fill("shown:N", scale=scale, legend=_KEY),
            tooltip=_COLUMNS[:-1],
        )
        .properties(height=alt.Step(44))
    )
    return Figure(chart, table.drop(columns="shown"), _sentence(table))


def _row(analysis: Analysis) -> tuple[str, str, str, str, int, int, int, str]:
    open_ones = sum(found.response == "no_documented_response" for found in analysis.opportunities)
    return (
        analysis.note_id,
        iso_date(analysis) or "",
        str(analysis.clinician) if given(analysis.clinician) else NOT_GIVEN,
        str(analysis.client) if given(analysis.client) else NOT_GIVEN,
        len(analysis.counted),
        len(analysis.opportunities),
        open_ones,
        _OPEN if open_ones else _NONE_OPEN,
    )


def _sentence(table: pd.DataFrame) -> str:
    if not len(table):
        return "There are no notes to show."
    dates = sorted(date for date in table["date"] if date)
    undated = len(table) - len(dates)
    span = f" from {dates[0]} to {dates[-1]}" if dates else ""
    left = f"; {undated} without a date are in the table alone" if undated else ""
    return (
        f"{len(table)} note{'' if len(table) == 1 else 's'}{span} hold {table['evidence'].sum()} pieces of evidence; "
        f"in {(table['without response'] > 0).sum()} an opportunity has no documented response{left}."
    )
