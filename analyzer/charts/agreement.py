"""Agreement by month -> chart, table and sentence: how far reviewers agree with the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from analyzer.charts import Figure
from analyzer.lexicons import read_data
from analyzer.review.agreement import Month

_ENOUGH, _FEW = "enough decisions", "few decisions"
# Filling says what the colour says.
_LOOKS: Final = {_ENOUGH: "#1f66a8", _FEW: "transparent"}
_COLUMNS: Final = ["month", "decided", "accepted", "added", "share", "low", "high", "rests on"]


def agreement_chart(months: Sequence[Month]) -> Figure:
    """The share of the program's tags that reviewers accepted as they were, by month, with its 95% interval."""
    enough = read_data("review.yml")["agreement"]["enough"]
    rows = [
        (m.month, m.decided, m.accepted, m.added, m.share, m.low, m.high, _ENOUGH if m.decided >= enough else _FEW)
        for m in months
    ]
    table = pd.DataFrame(rows, columns=_COLUMNS).astype({"share": float})
    drawn = alt.Chart(table.dropna(subset=["share"])).encode(
        x=alt.X("month:O", title="month of the decision (UTC)", axis=alt.Axis(labelAngle=-40)),
        tooltip=_COLUMNS,
    )
    scale = alt.Scale(domain=[0, 1])
    title = "share accepted as they were"
    lines = drawn.mark_rule(strokeWidth=2, color="#6f777f").encode(
        y=alt.Y("low:Q", scale=scale, title=title, axis=alt.Axis(format="%")), y2="high:Q"
    )
    points = drawn.mark_point(size=80, strokeWidth=1.6, opacity=1, color="#1f66a8").encode(
        y=alt.Y("share:Q", scale=scale, title=title),
        fill=alt.Fill(
            "rests on:N",
            scale=alt.Scale(domain=list(_LOOKS), range=list(_LOOKS.values())),
            legend=alt.Legend(orient="top", title=None),
        ),
    )
    return Figure((lines + points).properties(height=220), table, _sentence(months))


def _sentence(months: Sequence[Month]) -> str:
    decided = sum(m.decided for m in months)
    added = sum(m.added for m in months)
    if not decided:
        return f"No tag of the program is decided yet; {added} were added."
    accepted = sum(m.accepted for m in months)
    return (
        f"Of {decided} of the program's tags that were decided, {accepted} ({accepted / decided:.0%}) were accepted as "
        f"they were; {added} were added."
    )
