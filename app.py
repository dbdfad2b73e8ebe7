"""The dashboard: ``make app``, or ``streamlit run app.py``."""

from pathlib import Path

import streamlit as st

from analyzer.views import (
    access_page,
    agenda_page,
    agreement_page,
    balance,
    codebook_page,
    entry,
    export_page,
    feedback_page,
    gaps_page,
    notes,
    overview,
    review_page,
    source,
    team,
)

# A picture of our own: for the icon of a tab, Streamlit has the browser fetch its other icons from Google.
_ICON = Path(__file__).with_name("analyzer") / "data" / "icon.svg"
st.set_page_config(page_title="Session-note analyzer", page_icon=_ICON, layout="wide")
page = entry.navigation(
    {
        "Clinician": [
            (notes.page, "My notes", "notes", ":material/description:"),
            (overview.page, "Overview", "overview", ":material/grid_on:"),
            (balance.page, "My balance", "balance", ":material/balance:"),
            (feedback_page.page, "Feedback", "feedback", ":material/rate_review:"),
        ],
        "Supervisor": [
            (team.page, "Team", "team", ":material/groups:"),
            (gaps_page.page, "Gaps", "gaps", ":material/indeterminate_question_box:"),
            (agenda_page.page, "Supervision agenda", "agenda", ":material/checklist:"),
        ],
        "Researcher": [
            (export_page.page, "Export", "export", ":material/download:"),
            (agreement_page.page, "Agreement", "agreement", ":material/compare_arrows:"),
        ],
        "Administrator": [
            (access_page.page, "Access", "access", ":material/lock:"),
        ],
        "Everyone": [
            (review_page.page, "Review", "review", ":material/rule:"),
            (codebook_page.page, "Codebook", "codebook", ":material/menu_book:"),
        ],
    }
)
entry.sidebar()
source.sidebar()
page.run()
