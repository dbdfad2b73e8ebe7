"""How every chart stands on a page: the sentence, the chart, how to read it, and the table behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

import altair as alt
import streamlit as st

from analyzer.charts import Figure
from analyzer.lexicons import read_data

# A legend is a row, and a column where a row would run off the screen; a signal of Vega's says how wide the chart is.
_COLUMNS: Final = alt.ExprRef("width < 420 ? 1 : 0")


def show(
    figure: Figure,
    *,
    key: str,
    how_to_read: str,
    on_select: Callable[[], None] | None = None,
    columns: Mapping[str, Any] | None = None,
) -> None:
    """Show a figure with its sentence first and its table last.

    ``on_select`` is called when something is picked on the chart: the session's state then has it under
    ``{key}-chart``. ``columns`` say how the table's columns look.
    """
    # It may name a file, and a file may be called anything.
    st.html(f"<p>{escape(figure.sentence)}</p>")
    if len(figure.table):
        st.altair_chart(
            _legible(figure.chart),
            width="stretch",
            key=f"{key}-chart",
            on_select=on_select or "ignore",
            alt=figure.sentence,
        )
    with st.expander("How to read this"):
        st.write(how_to_read)
    with st.expander("The same as a table"):
        st.dataframe(
            figure.table,
            hide_index=True,
            width="stretch",
            column_config=columns,
            key=f"{key}-table",
            alt=figure.sentence,
        )


def _legible(chart: alt.Chart | alt.LayerChart) -> alt.Chart | alt.LayerChart:
    """The chart with words that can be read: Streamlit's own grey has a contrast of 3.7 to 1 on white.

    A screen reader is told the sentence, and led to the table, rather than each mark.
    """
    ink = read_data("palette.yml")["ink"]
    colour = ink.get(st.context.theme.type, ink["light"])
    words = {"labelColor": colour, "titleColor": colour}
    legends = chart.configure_axis(**words).configure_legend(**words, columns=_COLUMNS)
    worded = legends.configure_text(color=colour)
    return worded.configure_mark(aria=False)
