"""Records -> Altair charts, each with the table and the sentence that say the same. No Streamlit here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle

import altair as alt
import pandas as pd

from analyzer.codebook import names_of
from analyzer.lexicons import read_data
from analyzer.records import Analysis

_MARKS = {
    "documented": "documented as done",
    "planned": "planned only",
    "open": "no documented response",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the table behind it and one sentence that says what it shows."""

    chart: alt.Chart | alt.LayerChart
    table: pd.DataFrame
    sentence: str


def strategy_colours(strategies: Iterable[str]) -> dict[str, dict[str, str]]:
    """Strategy -> ``line`` and ``mark`` colours of palette.yml; a project's own take turns at those kept for them."""
    palette = read_data("palette.yml")
    spare = cycle(palette["own_strategies"])
    return {name: palette["strategies"].get(name) or next(spare) for name in strategies}


def strategies_over_notes(analyses: Sequence[Analysis]) -> Figure:
    """Strategy by note, in the order of dates: documented as done, planned only, or an opportunity left open."""
    ordered = sorted(analyses, key=lambda a: (a.date or "", a.note_id))
    own = {strategy.id: strategy for analysis in ordered for strategy in analysis.own}.values()
    titles = {name.id: name.title for name in names_of(own).values()}
    table = pd.DataFrame(
        [
            {"note": a.note_id, "date": a.date or "", "strategy": titles[strategy], "shown": mark, "times": times}
            for a in ordered
            for strategy in titles
            for mark, times in _marks(a, strategy)
        ],
        columns=["note", "date", "strategy", "shown", "times"],
    )
    colours = [colour["line"] for colour in strategy_colours(titles).values()]
    plain = read_data("palette.yml")["plain"]
    base = alt.Chart(table).encode(
        x=alt.X(
            "note:N",
            scale=alt.Scale(domain=[a.note_id for a in ordered]),
            title="notes, by date",
            sort=None,
            axis=alt.Axis(labelAngle=-60),
        ),
        y=_rows(titles),
        tooltip=["note", "date", "strategy", "shown", "times"],
    )
    chart = base.mark_point(size=90, strokeWidth=1.8, opacity=1).encode(
        shape=alt.Shape(
            "shown:N",
            scale=alt.Scale(domain=list(_MARKS.values()), range=["circle", "triangle-up", "cross"]),
            # Else they are black, which the dark theme swallows.
            legend=alt.Legend(orient="top", title=None, labelLimit=320, symbolFillColor=plain, symbolStrokeColor=plain),
        ),
        color=alt.Color(
            "strategy:N", scale=alt.Scale(domain=list(titles.values()), range=colours), legend=None, sort=None
        ),
        fillOpacity=alt.condition(f"datum.shown == '{_MARKS['documented']}'", alt.value(0.85), alt.value(0)),
        fill=alt.Fill(
            "strategy:N", scale=alt.Scale(domain=list(titles.values()), range=colours), legend=None, sort=None
        ),
    )
    return Figure(chart.properties(height=alt.Step(26)), table, _notes_sentence(ordered, titles))


def _rows(titles: dict[str, str]) -> alt.Y:
    """A row for each strategy, also where there is nothing to show."""
    domain = alt.Scale(domain=list(titles.values()))
    return alt.Y("strategy:N", scale=domain, sort=None, title=None, axis=alt.Axis(labelLimit=260, ticks=False))


def _marks(analysis: Analysis, strategy: str) -> list[tuple[str, int]]:
    done = sum(t.strategy == strategy and t.status == "delivered" for t in analysis.counted)
    planned = sum(t.strategy == strategy and t.status == "planned" for t in analysis.counted)
    missed = sum(strategy in o.strategies and o.response == "no_documented_response" for o in analysis.opportunities)
    if done:
        return [(_MARKS["documented"], done)]
    return [(_MARKS[key], times) for key, times in (("planned", planned), ("open", missed)) if times][:1]


def _notes_sentence(analyses: Sequence[Analysis], titles: dict[str, str]) -> str:
    if not analyses:
        return "There are no notes to show."
    used = {
        strategy: sum(any(t.strategy == strategy and t.status == "delivered" for t in a.counted) for a in analyses)
        for strategy in titles
    }
    most, least = max(titles, key=lambda s: used[s]), min(titles, key=lambda s: used[s])
    return (
        f"In {len(analyses)} note{'s' if len(analyses) != 1 else ''}, {titles[most].lower()} is documented most widely "
        f"({used[most]}) and {titles[least].lower()} least ({used[least]}); whether that is much or little depends "
        "on the occasions, which the page My balance looks at."
    )
