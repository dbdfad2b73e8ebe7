"""Strategies over notes: what is documented where."""

from __future__ import annotations

import streamlit as st

from analyzer.charts import strategies_over_notes
from analyzer.views import source
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
        st.write("No notes yet: choose some on the left.")
        return
    clinicians = sorted({a.clinician or "(not given)" for a in loaded.analyses})
    clinician = st.selectbox("Clinician", clinicians, key="overview-clinician")
    chosen = [a for a in loaded.analyses if (a.clinician or "(not given)") == clinician]
    show(strategies_over_notes(chosen), key="overview", how_to_read=_HOW)
