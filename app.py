"""The dashboard: ``make app``, or ``streamlit run app.py``."""

import streamlit as st

from analyzer.views import (
    agenda_page,
    agreement_page,
    balance,
    codebook_page,
    export_page,
    feedback_page,
    gaps_page,
    notes,
    overview,
    review_page,
    source,
    team,
)

st.set_page_config(page_title="Session-note analyzer", page_icon=":material/fact_check:", layout="wide")
source.sidebar()
st.navigation(
    {
        "Clinician": [
            st.Page(notes.page, title="My notes", url_path="notes", icon=":material/description:", default=True),
            st.Page(overview.page, title="Overview", url_path="overview", icon=":material/grid_on:"),
            st.Page(balance.page, title="My balance", url_path="balance", icon=":material/balance:"),
            st.Page(feedback_page.page, title="Feedback", url_path="feedback", icon=":material/rate_review:"),
        ],
        "Supervisor": [
            st.Page(team.page, title="Team", url_path="team", icon=":material/groups:"),
            st.Page(gaps_page.page, title="Gaps", url_path="gaps", icon=":material/indeterminate_question_box:"),
            st.Page(agenda_page.page, title="Supervision agenda", url_path="agenda", icon=":material/checklist:"),
        ],
        "Researcher": [
            st.Page(export_page.page, title="Export", url_path="export", icon=":material/download:"),
            st.Page(agreement_page.page, title="Agreement", url_path="agreement", icon=":material/compare_arrows:"),
        ],
        "Everyone": [
            st.Page(review_page.page, title="Review", url_path="review", icon=":material/rule:"),
            st.Page(codebook_page.page, title="Codebook", url_path="codebook", icon=":material/menu_book:"),
        ],
    }
).run()
