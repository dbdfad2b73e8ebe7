"""Access: what each role sees, and the log of who saw which note; for whoever answers for privacy."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analyzer.access import check_log
from analyzer.access.policy import rights
from analyzer.records import DataError
from analyzer.views import entry

_HOW = (
    "A line is one moment in UTC. “Saw words of”: a page with figures or quotes was made of these notes. “Opened”: the "
    "whole note was on the screen; both are told once a session and page. “Took away”: a file of them was asked for. "
    "“Was refused”: somebody asked for what their role doesn’t show. “Purged”: these were removed from a store, on the "
    "server. The log holds no text. Each line is sealed by the checksum of the one before, so a changed or missing "
    "line is told; lines cut off at the end are not, so write the last seal down elsewhere now and then."
)


def page() -> None:
    """The page "Access"."""
    st.title("Access")
    st.header("What each role sees", anchor=False)
    rows = [
        (r.title, r.notes, r.words, "yes" if r.uploads else "no", ", ".join(r.pages), ", ".join(r.units),
         ", ".join(r.exports))
        for name, r in rights().items() if name != "alone"
    ]  # fmt: skip
    columns = ["role", "notes", "words", "uploads", "pages", "units", "exports"]
    st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True, key="access-roles", alt="What each role sees")
    st.header("Who saw which note", anchor=False)
    known = entry.team()
    if known is None:
        st.write("Nobody signs in here, so nothing is logged.")
        return
    try:
        found = check_log(known.audit)
    except DataError as error:
        st.error("\n".join(error.problems))
        return
    if not found:
        st.write("Nobody has seen a note yet.")
        return
    st.text(f"{len(found):,} lines, none changed and none missing before the last. Last seal: {found[-1].seal}")
    table = pd.DataFrame(
        [(e.at, e.who, e.role, e.page, e.did, e.what, ", ".join(e.notes)) for e in reversed(found)],
        columns=["when", "who", "role", "page", "did", "what", "notes"],
    )
    st.dataframe(table, hide_index=True, key="access-log", alt="Who saw which note")
    with st.expander("How to read this"):
        st.write(_HOW)
