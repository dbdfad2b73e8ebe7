"""The groups side by side, beside the limits of chance: for supervision, and no ranking."""

from __future__ import annotations

import streamlit as st

from analyzer.charts.funnel import funnel_chart
from analyzer.compare.funnel import build_funnel
from analyzer.compare.model import DENOMINATORS, Denominator
from analyzer.profiles import profile
from analyzer.views import source
from analyzer.views.figure import show
from analyzer.views.model import codebook

_HOW = (
    "A point is one clinician's notes. Further right are more occasions, so the limits of chance draw together: 95 in "
    "100 groups that do not truly differ lie within the inner limits, 998 in 1,000 within the outer ones. Where all "
    "groups differ more than chance explains, the limits are widened (Spiegelhalter 2005). A hollow point rests on too "
    "few notes to be judged. A point beyond the limits is a reason to read the notes together, not a judgement."
)
_PER: dict[Denominator, str] = {
    "opportunity": "per opportunity",
    "note": "per note",
    "1000 words": "per 1,000 words",
}


def page() -> None:
    """The page "Team"."""
    st.title("Team")
    loaded = source.banner()
    if not loaded.notes:
        st.write("No notes yet: choose some on the left.")
        return
    left, right = st.columns(2)
    book = codebook()
    strategy = left.selectbox("Strategy", book.ids, index=2, format_func=book.title_of, key="team-strategy")
    denominator = right.selectbox("Counted", DENOMINATORS, format_func=_PER.__getitem__, key="team-denominator")
    groups = profile(loaded.analyses, by="clinician")
    funnel = build_funnel(groups, strategy=strategy, denominator=denominator)
    show(funnel_chart(funnel), key="team", how_to_read=_HOW)
