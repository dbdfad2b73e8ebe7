"""One clinician's page about their own notes, to read, to print and to take away."""

from __future__ import annotations

import streamlit as st

from analyzer.feedback import feedback_for
from analyzer.views.documents import show_document


def page() -> None:
    """The page "Feedback"."""
    st.title("Feedback")
    show_document(feedback_for, name="feedback")
