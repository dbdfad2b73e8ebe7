"""How every chart stands on a page: the sentence, the chart, how to read it, and the table behind it."""

from __future__ import annotations

import streamlit as st

from analyzer.charts import Figure


def show(figure: Figure, *, key: str, how_to_read: str) -> None:
    """Show a figure with its sentence first and its table last."""
    st.write(figure.sentence)
    if len(figure.table):
        st.altair_chart(figure.chart, width="stretch", key=f"{key}-chart")
    with st.expander("How to read this"):
        st.write(how_to_read)
    with st.expander("The same as a table"):
        st.dataframe(figure.table, hide_index=True, width="stretch", key=f"{key}-table")
