"""Words of notes in a table, and the way from a row to its note: pages that lead to quotes share it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analyzer.views import notes


def quoted(table: pd.DataFrame, *, key: str) -> None:
    """A table with the columns *note* and *words* among others; the row picked stands below it with a link to its note.

    The link stays in this session: in a new tab of the browser uploaded notes would not be there.
    """
    picked = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        key=f"{key}-table",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "words": st.column_config.TextColumn("words", width="large"),
            "note": st.column_config.TextColumn("note", pinned=True),
        },
    )
    rows = picked["selection"]["rows"]
    # Rows stay picked when the table changes under them.
    row = table.iloc[rows[0] if rows and rows[0] < len(table) else 0]
    words, link = st.columns([4, 1], vertical_alignment="center")
    words.text(f"“{row['words']}”\n{row['note']}, {row['date'] or 'no date'}")
    with link:
        st.page_link(
            st.Page(notes.page, title="My notes", url_path="notes", default=True),
            label="Read this note",
            icon=":material/description:",
            query_params={"note": row["note"]},
        )
