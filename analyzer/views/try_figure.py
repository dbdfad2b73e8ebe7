"""What the model says of a sentence -> chart, table and sentence."""

from __future__ import annotations

from typing import Final

import altair as alt
import pandas as pd

from analyzer.charts import Figure
from analyzer.codebook import Codebook
from analyzer.trial import Trial

_TAG, _NONE = "tagged", "not tagged"
_COLOURS: Final = {_TAG: "#1f66a8", _NONE: "#8a929b"}
_COLUMNS: Final = ["strategy", "score", "threshold", "verdict", "segment"]


def score_figure(tried: Trial, book: Codebook) -> Figure:
    """The model's probability of each strategy as a bar, beside the threshold from which it is a tag as a stroke."""
    rows = [
        (book.title_of(s.strategy), s.probability, s.threshold, _verdict(tried, s.strategy), s.segment)
        for s in tried.scores
    ]
    table = pd.DataFrame(rows, columns=_COLUMNS).astype({"score": float, "threshold": float})
    drawn = alt.Chart(table).encode(
        y=alt.Y("strategy:N", sort=None, title=None, axis=alt.Axis(labelLimit=260, ticks=False)),
        tooltip=["strategy", alt.Tooltip("score", format=".2f"), alt.Tooltip("threshold", format=".2f"), "verdict"],
    )
    axis = alt.X("score:Q", scale=alt.Scale(domain=[0, 1]), title="score of the model; stroke: the threshold")
    colour = alt.Color(
        "verdict:N",
        scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
        legend=alt.Legend(orient="top", title=None),
    )
    bars = drawn.mark_bar(height=10).encode(x=axis, color=colour)
    strokes = drawn.mark_tick(thickness=2, size=18, color="#be392f").encode(x=alt.X("threshold:Q"))
    return Figure((bars + strokes).properties(height=alt.Step(24)), table, _sentence(tried, book))


def _verdict(tried: Trial, strategy: str) -> str:
    return _TAG if any(tag.strategy == strategy for tag in tried.analysis.tags) else _NONE


def _sentence(tried: Trial, book: Codebook) -> str:
    if not tried.scores:
        return "No model takes part here: what a rule finds is a tag, and there is no score."
    over = [s for s in tried.scores if s.probability >= s.threshold]
    if not over:
        nearest = max(tried.scores, key=lambda s: s.probability - s.threshold)
        return (
            f"No strategy reaches its threshold; nearest is {book.title_of(nearest.strategy).lower()} "
            f"({nearest.probability:.2f}, a tag from {nearest.threshold:.2f})."
        )
    named = (f"{book.title_of(s.strategy).lower()} ({s.probability:.2f}, from {s.threshold:.2f})" for s in over)
    return f"At or over the threshold: {', '.join(named)}."
