"""Comparisons of one group -> chart, table and sentence: estimates with their intervals, hollow where notes are few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from analyzer.charts import Figure
from analyzer.charts.limits import ESTIMATES, in_lines
from analyzer.codebook import names_of
from analyzer.compare import VERDICTS, Comparison
from analyzer.lexicons import read_data

_SHOWN: Final = ["estimate", "low80", "high80", "low", "high", "expected"]
_COLUMNS: Final = [
    "strategy",
    "verdict",
    *_SHOWN,
    "count",
    "opportunities",
    "notes",
    "as counted",
    "probability",
    "q value",
]
_EMPTY = "transparent"


def shares(comparisons: Sequence[Comparison]) -> Figure:
    """Estimates with 80% (thick) and 95% (thin) intervals; corrected ones where the comparisons are corrected."""
    titles = {name.id: name.title for name in names_of(c.own for c in comparisons if c.own).values()}
    table = pd.DataFrame([_row(c, titles[c.strategy]) for c in comparisons], columns=_COLUMNS)
    table = table.astype(dict.fromkeys([*_SHOWN, "as counted", "probability", "q value"], float))
    denominator = comparisons[0].denominator if comparisons else "opportunity"
    corrected = any(c.corrected is not None for c in comparisons)
    form = "~r" if denominator == "1000 words" else "%"
    title = f"{ESTIMATES[denominator]}{', corrected for the errors of the program' if corrected else ''}"
    chart = _drawn(table, alt.Axis(format=form), in_lines(title), list(titles.values()))
    return Figure(chart, table, _sentence(comparisons, titles))


def _row(c: Comparison, title: str) -> tuple[object, ...]:
    found = c if c.corrected is None else c.corrected
    figures = [found.estimate, found.low80, found.high80, found.low, found.high, found.expected]
    counted = (c.count, c.opportunities, c.notes, c.estimate, c.probability, c.q_value)
    return (title, VERDICTS[c.verdict], *figures, *counted)


def _drawn(table: pd.DataFrame, axis: alt.Axis, title: list[str], rows: list[str]) -> alt.LayerChart:
    palette = read_data("palette.yml")
    looks = [palette["verdicts"][verdict] for verdict in VERDICTS]
    kinds, colours = list(VERDICTS.values()), [look["line"] for look in looks]
    filled = [_EMPTY if verdict == "not_enough_notes" else palette["verdicts"][verdict]["line"] for verdict in VERDICTS]
    legend = alt.Legend(orient="top", title=None, labelLimit=240, symbolOpacity=1)
    y = alt.Y("strategy:N", scale=alt.Scale(domain=rows), sort=None, title=None, axis=alt.Axis(labelLimit=260))
    colour = alt.Color("verdict:N", scale=alt.Scale(domain=kinds, range=colours), legend=legend)
    base = alt.Chart(table.dropna(subset=["estimate", "low", "high"])).encode(
        y=y, color=colour, tooltip=_COLUMNS[: _COLUMNS.index("as counted")]
    )
    wide = base.mark_rule(strokeWidth=1.5).encode(x=alt.X("low:Q", title=title, axis=axis), x2="high:Q")
    narrow = base.mark_rule(strokeWidth=5, opacity=0.55).encode(x="low80:Q", x2="high80:Q")
    points = base.mark_point(size=90, strokeWidth=2, opacity=1).encode(
        x="estimate:Q",
        shape=alt.Shape("verdict:N", scale=alt.Scale(domain=kinds, range=[k["shape"] for k in looks]), legend=legend),
        fill=alt.Fill("verdict:N", scale=alt.Scale(domain=kinds, range=filled), legend=legend),
    )
    expected = alt.Chart(table.dropna(subset=["expected"]))
    ticks = expected.mark_tick(thickness=3, size=18, color=palette["plain"]).encode(x="expected:Q", y=y)
    return (wide + narrow + ticks + points).properties(height=alt.Step(30))


def _sentence(comparisons: Sequence[Comparison], titles: dict[str, str]) -> str:
    named = {verdict: [titles[c.strategy].lower() for c in comparisons if c.verdict == verdict] for verdict in VERDICTS}
    parts = [f"{VERDICTS[v]}: {', '.join(named[v])}" for v in ("under_used", "over_used") if named[v]]
    few = len(named["not_enough_notes"])
    judged = len(comparisons) - few
    said = "; ".join(parts) if parts else "nothing stands out"
    if not judged:
        return f"For none of {few} strategies are there enough notes and opportunities yet, so nothing is said."
    return f"Of {judged} strategies with enough notes and opportunities, {said}. For {few} there are not enough yet."
