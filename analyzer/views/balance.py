"""Over- and under-use against a reference, with the uncertainty."""

from __future__ import annotations

import streamlit as st

from analyzer.charts import balance
from analyzer.charts.trend import trend_chart
from analyzer.compare import compare
from analyzer.compare import sentence as in_words
from analyzer.compare.model import Reference
from analyzer.compare.trend import build_trend
from analyzer.views import source
from analyzer.views.figure import show
from analyzer.views.model import codebook

_HOW = (
    "A point is the estimate, its line the 95% interval, the upright stroke what the reference leads one to expect. "
    "A wide line means few notes or few opportunities. The verdict is given only where notes and opportunities "
    "suffice, and it speaks of what is documented, never of what was done."
)
_OVER_TIME = (
    "A point is a month (or a note, where notes span less than a year): the share of its relevant opportunities with a "
    "documented response. The rules of run charts (Anhøj & Olesen 2014) say when a long run on one side of the median "
    "is more than chance; from ten points on, limits are drawn as well. Few opportunities a month give wide limits."
)
_REFERENCES: dict[Reference, str] = {
    "opportunities": "the occasions in the same notes that called for it",
    "peers": "the other clinicians in these notes",
    "past": "the same clinician's earlier notes",
}


def page() -> None:
    """The page "Balance"."""
    st.title("Balance")
    loaded = source.banner()
    if not loaded.notes:
        st.write("No notes yet: choose some on the left.")
        return
    left, right = st.columns(2)
    clinicians = sorted({a.clinician or "(not given)" for a in loaded.analyses})
    clinician = left.selectbox("Clinician", clinicians, key="balance-clinician")
    reference = right.selectbox(
        "Compared with", list(_REFERENCES), format_func=_REFERENCES.__getitem__, key="balance-reference"
    )
    rows = [row for row in compare(loaded.analyses, by="clinician", reference=reference) if row.group == clinician]
    show(balance(rows), key="balance", how_to_read=_HOW)
    notable = [row for row in rows if row.verdict in ("over_used", "under_used")]
    for row in notable:
        st.write(in_words(row))
    st.subheader("Over time", anchor=False)
    book = codebook()
    strategy = st.selectbox("Strategy", book.ids, index=2, format_func=book.title_of, key="balance-strategy")
    own = [a for a in loaded.analyses if (a.clinician or "(not given)") == clinician]
    show(trend_chart(build_trend(own, strategy=strategy)), key="trend", how_to_read=_OVER_TIME)
