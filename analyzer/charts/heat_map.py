"""Cells of clinician and strategy -> chart, table and sentence: the darker the higher, the paler the less sure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import altair as alt
import pandas as pd

from analyzer.charts import Figure
from analyzer.charts.limits import ESTIMATES, in_figures
from analyzer.codebook import names_of
from analyzer.compare.model import Denominator
from analyzer.records import StrategyName
from analyzer.team.cells import Cell
from analyzer.team.settings import load_team_settings

_COLUMNS: Final = (
    "clinician",
    "strategy",
    "estimate",
    "low",
    "high",
    "count",
    "exposure",
    "notes",
    "shown",
    "interval",
    "label",
)
_HIDDEN: Final = ["interval", "label"]
# One hue of which even the darkest leaves dark words readable (over 7 to 1), paler where the interval is wide.
_COLOURS, _WORDS, _LINE = ["#f4f8fc", "#7fb0d8"], "#1b1f24", "#8a929b"
_SURE: Final = {"narrow": 1.0, "middling": 0.6, "wide": 0.25}
_FEW: Final = "few\nnotes"
_ROW, _HEADER = 44, 200


def heat_map(cells: Sequence[Cell], *, denominator: Denominator, own: Iterable[StrategyName] = ()) -> Figure:
    """Clinicians by name, strategies in codebook order; each cell says its estimate and its interval in figures.

    The chart has a selection ``cell`` with the fields clinician and strategy (their titles). ``own`` are the strategies
    that the cells' project adds to the eleven or words anew.
    """
    top = 1.0 if denominator != "1000 words" else max((c.high for c in cells if c.high is not None), default=1.0)
    titles = {name.id: name.title for name in names_of(own).values()}
    drawn = pd.DataFrame([_row(cell, titles, denominator, top) for cell in cells], columns=list(_COLUMNS))
    base = alt.Chart(drawn).encode(
        x=alt.X(
            "strategy:N",
            sort=None,
            scale=alt.Scale(domain=list(titles.values())),
            title=None,
            axis=alt.Axis(orient="top", labelAngle=-40, labelLimit=_HEADER, labelOverlap=False, ticks=False),
        ),
        y=alt.Y("clinician:N", sort=None, title=None, axis=alt.Axis(labelLimit=120, ticks=False)),
        tooltip=[*(f"{name}:N" for name in ("clinician", "strategy", "shown")), *_tips(denominator)],
    )
    chart = alt.LayerChart(layer=[_ground(base), _shades(base, denominator, top), _figures(base)])
    shown = chart.properties(height=alt.Step(_ROW)).configure_view(stroke=None)
    return Figure(shown, drawn.drop(columns=_HIDDEN), _sentence(cells, denominator))


def _row(cell: Cell, titles: Mapping[str, str], denominator: Denominator, top: float) -> list[object]:
    figures = [cell.estimate, cell.low, cell.high, cell.count, cell.exposure, cell.notes, cell.shown]
    return [
        cell.clinician,
        titles[cell.strategy],
        *figures,
        _width(cell, top),
        _label(cell, denominator),
    ]


def _width(cell: Cell, top: float) -> str | None:
    if cell.low is None or cell.high is None:
        return None
    limits, width = load_team_settings().interval_width, (cell.high - cell.low) / (top or 1.0)
    return "narrow" if width < limits.narrow else "wide" if width >= limits.wide else "middling"


def _label(cell: Cell, denominator: Denominator) -> str:
    if cell.estimate is None or cell.low is None or cell.high is None:
        return _FEW if cell.shown == "not enough notes" else "not\nshown"
    low, high = (in_figures(denominator, value).removesuffix("%") for value in (cell.low, cell.high))
    return f"{in_figures(denominator, cell.estimate)}\n{low}–{high}"


def _tips(denominator: Denominator) -> list[alt.Tooltip]:
    form = ".2f" if denominator == "1000 words" else ".0%"
    shares = [alt.Tooltip(f"{name}:Q", format=form) for name in ("estimate", "low", "high")]
    return [*shares, *(alt.Tooltip(f"{name}:Q", format=".3~g") for name in ("count", "exposure", "notes"))]


def _ground(base: alt.Chart) -> alt.Chart:
    """White under every cell, so that shades and words look the same in a dark theme."""
    return base.mark_rect(fill="#ffffff", stroke=_LINE, strokeWidth=0.5)


def _shades(base: alt.Chart, denominator: Denominator, top: float) -> alt.Chart:
    form = "~r" if denominator == "1000 words" else "%"
    picked = alt.selection_point(name="cell", fields=["clinician", "strategy"])
    colour = alt.Color(
        "estimate:Q",
        scale=alt.Scale(domain=[0, top], range=_COLOURS),
        legend=alt.Legend(orient="bottom", title="estimate", format=form, gradientLength=160),
    )
    sure = alt.Opacity(
        "interval:N",
        scale=alt.Scale(domain=list(_SURE), range=list(_SURE.values())),
        legend=None,  # the interval stands in the cell in figures
    )
    chosen = alt.condition(picked, alt.value(2.5), alt.value(0), empty=False)
    return (
        base.mark_rect(stroke=_WORDS, cursor="pointer")
        .encode(
            color=alt.condition("datum.estimate === null", alt.value("#ffffff"), colour),
            opacity=alt.condition("datum.estimate === null", alt.value(0), sure),
            strokeWidth=chosen,
        )
        .add_params(picked)
    )


def _figures(base: alt.Chart) -> alt.Chart:
    return base.mark_text(color=_WORDS, fontSize=11, lineBreak="\n", lineHeight=13, dy=-6, cursor="pointer").encode(
        text="label:N",
        color=alt.condition("datum.estimate === null", alt.value("#59626b"), alt.value(_WORDS)),
    )


def _sentence(cells: Sequence[Cell], denominator: Denominator) -> str:
    number = {
        shown: sum(cell.shown == shown for cell in cells) for shown in ("estimate", "not enough notes", "not shown")
    }
    who = len({cell.clinician for cell in cells})
    hidden = f", {number['not shown']} rest on so few notes that they are not shown" if number["not shown"] else ""
    return (
        f"{who} clinician{'' if who == 1 else 's'}, by name: {number['estimate']} of {len(cells)} cells have enough "
        f"notes for an estimate ({ESTIMATES[denominator]}), {number['not enough notes']} do not{hidden}."
    )
