"""The store of this session's reviews: opened by the user, kept while pages change, closed with the session."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analyzer.artifact import load_shipped
from analyzer.pipeline import shipped_model_is_missing
from analyzer.records import Analysis, AnalyzerError
from analyzer.review.decisions import Decision
from analyzer.review.outcome import reviewed
from analyzer.store import Store, create_store, open_store
from analyzer.store.place import file_of
from analyzer.views import entry

_COUNTS = ("as the program tags", "as reviewed, where reviewed")


def store() -> Store | None:
    """The open store; None until the user has chosen a place."""
    opened: Store | None = st.session_state.get("review-store")
    return opened


def reviewer() -> str:
    """Who decides."""
    return str(st.session_state.get("review-name", ""))


def model_version() -> str:
    """The version of the model that tags this session's notes; "rules" where they are read by the rules alone."""
    return "rules" if shipped_model_is_missing() else load_shipped().version


def choose_store() -> Store | None:
    """The open store with a way to close it, or the form that opens one."""
    opened = store()
    if entry.team() is not None:
        return opened or _team_store()
    if opened is None:
        _form()
        return None
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.text(f"Reviews by {reviewer()} are kept in {opened.info().place}")
    if right.button("Close the store", key="review-close", width="stretch"):
        st.session_state["review-store"] = None
        st.rerun()
    return opened


def _team_store() -> Store | None:
    """The team's store, decided in by who is signed in; a page never names a place on a server."""
    known = entry.team()
    if known is None or known.reviews is None:
        st.info("Reviews are kept nowhere here: ask the administrator to name a place in the team's file (reviews).")
        return None
    _open(str(known.reviews), entry.person().id)
    return None


def _form() -> None:
    st.info(
        "Reviews are kept nowhere until you choose a place. A file is made there, readable by you alone; it holds what "
        "you decide and where, no words of the notes.",
        icon=":material/inventory_2:",
    )
    with st.form("review-store-form"):
        last = st.session_state.get("review-place", "")
        where = "Where to keep reviews: a file on this machine, or a postgresql:// address"
        place = st.text_input(where, value=last, key="review-where")
        who = st.text_input("Who reviews: a name or initials", value=reviewer(), key="review-who")
        if st.form_submit_button("Open or make this store", type="primary"):
            _open(place.strip(), who.strip())


def _open(place: str, who: str) -> None:
    if not place or not who:
        st.error("Give both: where to keep reviews, and who reviews.")
        return
    try:
        file = file_of(place)
        new = file is not None and not file.exists()
        opened = create_store(place) if new else open_store(place)
    except AnalyzerError as error:
        st.error(plain(str(error)))
        return
    for name, value in (("store", opened), ("place", place), ("name", who)):
        st.session_state[f"review-{name}"] = value
    st.rerun()


def decisions(analyses: Sequence[Analysis]) -> list[Decision]:
    """What was decided in the open store; in a team's, of these notes alone."""
    opened = store()
    every = [] if opened is None else opened.decisions()
    if entry.team() is None:
        return every
    ids = {analysis.note_id for analysis in analyses}
    return [decision for decision in every if decision.note_id in ids]


def plain(message: str) -> str:
    """A message that may hold a file's name, so that Markdown in it stays text."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|~<>$:&" else c for c in message)


def counted(notes: Sequence[tuple[Analysis, str]]) -> list[Analysis]:
    """The analyses to count: the program's, or as reviewed where a store is open and the user wants that.

    Each comes with its (masked) text. Draws the choice in the sidebar while a store is open.
    """
    opened = store()
    if opened is not None and _wants_reviewed():
        own: dict[str, list[Decision]] = {}
        for decision in opened.decisions():
            own.setdefault(decision.note_id, []).append(decision)
        return [reviewed(analysis, own.get(analysis.note_id, ()), text=text) for analysis, text in notes]
    return [analysis for analysis, _ in notes]


def _wants_reviewed() -> bool:
    with st.sidebar:
        kept = _COUNTS.index(st.session_state.get("review-counted", _COUNTS[0]))
        choice = st.radio("Counts", _COUNTS, index=kept, key="review-counts")
    st.session_state["review-counted"] = choice
    return choice != _COUNTS[0]
