"""The agenda for the next supervision with one clinician, to read, to print and to take away."""

from __future__ import annotations

import streamlit as st

from analyzer.feedback import agenda_for
from analyzer.views import hiding
from analyzer.views.documents import show_document


def page() -> None:
    """The page "Supervision agenda"."""
    st.title("Supervision agenda")
    if not hiding.told("An agenda, which is about one clinician,"):
        show_document(agenda_for, name="agenda")
