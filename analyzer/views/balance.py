"""My balance: over- and under-use against a chosen reference, with the uncertainty, and one's own course over time."""

from __future__ import annotations

import streamlit as st
import yaml

from analyzer.artifact import SHIPPED
from analyzer.charts.shares import shares
from analyzer.charts.trend import trend_chart
from analyzer.compare import Comparison, compare
from analyzer.compare import sentence as in_words
from analyzer.compare.error_rates import ErrorRates, error_rates
from analyzer.compare.model import DENOMINATORS, Denominator, Reference
from analyzer.compare.settings import Ranges, check_targets
from analyzer.compare.trend import build_trend
from analyzer.lexicons import read_data
from analyzer.profiles import group_of
from analyzer.records import Analysis, DataError
from analyzer.views import source
from analyzer.views.choices import keep_valid
from analyzer.views.figure import show
from analyzer.views.model import codebook
from analyzer.views.reviewing import plain

_HOW = (
    "A point is the estimate; the thick line holds the true value in 80 of 100 such cases, the thin one in 95. The "
    "grey upright stroke is what the reference leads one to expect. Long lines mean few notes or few opportunities; a "
    "hollow circle, that there are not enough to say anything. A verdict is given only where notes and opportunities "
    "suffice, after a correction for looking at many strategies at once; it speaks of what is documented, never of "
    "what was done. Corrected shares allow for the program's own errors, as measured on notes coded by people: their "
    "lines are longer, since those errors are known only roughly."
)
_OVER_TIME = (
    "A point is a month (or a note, where notes span less than a year): the share of its relevant opportunities with a "
    "documented response. The rules of run charts (Anhøj & Olesen 2014) say when a long run on one side of the median "
    "is more than chance; from ten points on, limits are drawn as well. Few opportunities a month give wide limits, "
    "and so do few clients, since notes of one client are taken to be alike (Rao & Scott 1992). The rules of run "
    "charts take months to be independent; clients who stay for some of them make these alike, so that longer runs are "
    "asked for."
)
_REFERENCES: dict[Reference, str] = {
    "opportunities": "the occasions in the same notes that called for it",
    "peers": "the other clinicians in these notes",
    "past": "the same clinician's earlier notes",
    "targets": "targets that the team agreed on",
}
_PER: dict[Denominator, str] = {
    "opportunity": "per opportunity",
    "note": "per note",
    "1000 words": "per 1,000 words",
}
_EXAMPLE = "targets.example.yml"
_FIRST_STRATEGY = "active_listening_empathy"


def page() -> None:
    """The page "My balance"."""
    st.title("My balance")
    loaded = source.banner()
    if not loaded.notes:
        st.write("No notes yet: give files or paste a note above, then press “Read these notes”.")
        return
    first, second, third = st.columns([1, 2, 1])
    clinicians = sorted({group_of(a, "clinician") for a in loaded.analyses})
    keep_valid("balance-clinician", clinicians)
    clinician = str(first.selectbox("Clinician", clinicians, key="balance-clinician", persist_state="session"))
    reference: Reference = second.selectbox(
        "Compared with",
        list(_REFERENCES),
        format_func=_REFERENCES.__getitem__,
        key="balance-reference",
        persist_state="session",
    )
    # What goes with what is said by `analyzer.compare.comparing.check_choices`.
    countable = {"opportunities": DENOMINATORS[:1], "targets": DENOMINATORS[:2]}.get(reference, DENOMINATORS)
    keep_valid("balance-denominator", countable)
    denominator: Denominator = third.selectbox(
        "Counted", countable, format_func=_PER.__getitem__, key="balance-denominator", persist_state="session"
    )
    targets = _targets() if reference == "targets" else None
    rates = _rates(denominator)
    corrected = st.toggle(
        "Corrected for the program's own errors",
        key="balance-corrected",
        disabled=not rates,
        help="Off: shares as the program counted them. Not possible per 1,000 words, where errors can't be counted.",
        persist_state="session",
    )
    rows = compare(
        loaded.analyses,
        by="clinician",
        reference=reference,
        denominator=denominator,
        targets=targets,
        rates=rates if corrected and rates else None,
    )
    _verdicts([row for row in rows if row.group == clinician], reference)
    _course([a for a in loaded.analyses if group_of(a, "clinician") == clinician])


def _targets() -> Ranges:
    """The ranges of the user's own file, or of the shipped example."""
    file = st.file_uploader(
        "A file of targets (.yml): one line a strategy, for example “transparency: [0.5, 1.0]”",
        type=["yml", "yaml"],
        key="balance-targets",
    )
    if file is not None:
        try:
            return check_targets("the file of targets", yaml.safe_load(file.getvalue()))
        except DataError as error:
            st.error(plain(str(error)))
        except yaml.YAMLError:
            st.error("The file of targets is not valid YAML; write lines such as “transparency: [0.5, 1.0]”.")
    st.caption("Until a file is given, an example is used that ships with the program; its figures are no advice.")
    return check_targets(_EXAMPLE, read_data(_EXAMPLE))


def _rates(denominator: Denominator) -> dict[str, ErrorRates]:
    """The shipped model's measured errors; empty where they are not known or can't be used."""
    try:
        return error_rates(SHIPPED["default"], denominator=denominator)
    except DataError:
        return {}


def _verdicts(rows: list[Comparison], reference: Reference) -> None:
    if reference == "peers" and all(row.verdict == "not_enough_notes" for row in rows):
        st.info("There are not enough notes by others, or of this clinician, to compare with peers.")
    show(shares(rows), key="balance", how_to_read=_HOW)
    for row in rows:
        if row.verdict in ("over_used", "under_used"):
            st.write(plain(in_words(row)))
    few = [row for row in rows if row.verdict == "not_enough_notes"]
    if few:
        with st.expander(f"Not enough notes yet: {len(few)} of {len(rows)} strategies, and what is missing"):
            for row in few:
                st.write(plain(in_words(row)))


def _course(own: list[Analysis]) -> None:
    st.header("Over time", anchor=False)
    book = codebook()
    strategy = st.selectbox(
        "Strategy",
        book.ids,
        index=book.ids.index(_FIRST_STRATEGY),
        format_func=book.title_of,
        key="balance-strategy",
        persist_state="session",
    )
    show(trend_chart(build_trend(own, strategy=str(strategy))), key="trend", how_to_read=_OVER_TIME)
