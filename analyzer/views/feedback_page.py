"""One clinician's page, to read and to print, or the agenda for their supervision."""

from __future__ import annotations

import streamlit as st

from analyzer.artifact import SHIPPED
from analyzer.compare.error_rates import ErrorRates, error_rates
from analyzer.feedback import agenda_for, feedback_for, html_page
from analyzer.records import DataError
from analyzer.views import source
from analyzer.views.model import codebook

_READERS = {"clinician": "for the clinician", "supervisor": "for supervision: an agenda"}
_HEIGHT = 1100


def page() -> None:
    """The page "Feedback"."""
    st.title("Feedback")
    loaded = source.banner()
    if not loaded.notes:
        st.write("No notes yet: choose some on the left.")
        return
    left, right = st.columns(2)
    clinicians = sorted({a.clinician or "(not given)" for a in loaded.analyses})
    clinician = left.selectbox("Clinician", clinicians, key="feedback-clinician")
    reader = right.radio("Written", list(_READERS), format_func=_READERS.__getitem__, horizontal=True, key="reader")
    make = agenda_for if reader == "supervisor" else feedback_for
    texts = {note.analysis.note_id: note.text for note in loaded.notes}
    document = make(loaded.analyses, clinician, texts=texts, rates=_measured_errors(), codebook=codebook())
    written = html_page(document)
    st.download_button(
        "Download this page (HTML, to print)", written, file_name="feedback.html", mime="text/html", key="download"
    )
    st.caption("It quotes notes: keep it where you keep them.")
    st.iframe(written, height=_HEIGHT)


def _measured_errors() -> dict[str, ErrorRates]:
    """The shipped model's, empty where it isn't installed."""
    try:
        return error_rates(SHIPPED["default"])
    except DataError:
        return {}
