"""The dashboard: ``make app``, or ``streamlit run app.py``."""

import streamlit as st

from analyzer.views import (
    agreement_page,
    balance,
    codebook_page,
    export_page,
    feedback_page,
    notes,
    overview,
    review_page,
    source,
    team,
)

st.set_page_config(page_title="Session-note analyzer", page_icon=":material/fact_check:", layout="wide")
source.sidebar()
st.navigation(
    [
        st.Page(notes.page, title="Notes", url_path="notes", icon=":material/description:", default=True),
        st.Page(overview.page, title="Overview", url_path="overview", icon=":material/grid_on:"),
        st.Page(balance.page, title="Balance", url_path="balance", icon=":material/balance:"),
        st.Page(feedback_page.page, title="Feedback", url_path="feedback", icon=":material/rate_review:"),
        st.Page(team.page, title="Team", url_path="team", icon=":material/groups:"),
        st.Page(review_page.page, title="Review", url_path="review", icon=":material/rule:"),
        st.Page(export_page.page, title="Export", url_path="export", icon=":material/download:"),
        st.Page(agreement_page.page, title="Agreement", url_path="agreement", icon=":material/compare_arrows:"),
        st.Page(codebook_page.page, title="Codebook", url_path="codebook", icon=":material/menu_book:"),
    ]
).run()
