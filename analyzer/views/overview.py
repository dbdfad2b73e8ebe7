"""Strategies over notes: what is documented where."""

from __future__ import annotations

import streamlit as st

from analyzer.charts import strategies_over_notes
from analyzer.profiles import group_of
from analyzer.views import source
from analyzer.views.choices import keep_valid
from analyzer.views.figure import show

_HOW = (
    "One column is one note, in the order of dates; one row is one strategy. A filled circle: the note documents it as "
    "done. A triangle: only planned. A cross: something in the client's content called for it and no response is "
    "documented. Empty: neither was found, which is no fault: not every session calls for every strategy."
)


def page() -> None:
    """The page "Overview"."""
    st.title("Strategies over notes")
    loaded = source.banner()
    if not loaded.notes:
        st.write("No notes yet: give files or paste a note above, then press “Read these notes”.")
        return
    clinicians = sorted({group_of(a, "clinician") for a in loaded.analyses})
    keep_valid("overview-clinician", clinicians)
    clinician = st.selectbox("Clinician", clinicians, key="overview-clinician", persist_state="session")
    chosen = [a for a in loaded.analyses if group_of(a, "clinician") == clinician]
    show(strategies_over_notes(chosen), key="overview", how_to_read=_HOW)
