"""The choices above "My notes": kept while pages change, taken back where a link leads to a note that they hide."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

import streamlit as st

from analyzer.profiles import group_of, iso_date
from analyzer.records import STATUSES, Analysis
from analyzer.views.choices import keep_valid
from analyzer.views.matching import Wanted
from analyzer.views.model import codebook

_ANY = "any"
_CLEAR, _DATES = "notes-clear", "notes-dates"


def clear() -> NoReturn:
    """Draw the page again with every choice taken back."""
    st.session_state[_CLEAR] = True
    st.rerun()


def clear_if_asked() -> None:
    """Take every choice back before the boxes are drawn, where a link needs that, and say so."""
    if st.session_state.pop(_CLEAR, False):
        for name, nothing in (
            ("clinician", None),
            ("client", None),
            ("strategies", []),
            ("statuses", []),
            ("words", ""),
        ):
            st.session_state[f"notes-{name}"] = nothing
        # Only a box of dates with a new key asks for all days again.
        st.session_state[_DATES] = st.session_state.get(_DATES, 0) + 1
        st.info(
            "Your choices hid the note that this link leads to, so they were cleared.", icon=":material/filter_alt_off:"
        )


def choose(analyses: list[Analysis]) -> Wanted:
    """Draw the boxes and say what is asked for."""
    first, second, third = st.columns(3)
    clinician = _one_of(first, "Clinician", sorted({group_of(a, "clinician") for a in analyses}), "notes-clinician")
    client = _one_of(second, "Client", sorted({group_of(a, "client") for a in analyses}), "notes-client")
    dates = _dates(third, analyses)
    fourth, fifth, sixth = st.columns(3)
    book = codebook()
    strategies = fourth.multiselect(
        "Strategy",
        book.ids,
        format_func=book.title_of,
        key="notes-strategies",
        placeholder=_ANY,
        persist_state="session",
    )
    statuses = fifth.multiselect(
        "Status",
        STATUSES,
        format_func=book.status_title,
        key="notes-statuses",
        placeholder=_ANY,
        persist_state="session",
    )
    words = sixth.text_input("Words in the note", key="notes-words", placeholder=_ANY, persist_state="session")
    return Wanted(clinician, client, dates, tuple(strategies), tuple(statuses), words or "")


def _one_of(place: st.delta_generator.DeltaGenerator, label: str, names: list[str], key: str) -> str | None:
    keep_valid(key, [None, *names])
    chosen: str | None = place.selectbox(
        label, [None, *names], format_func=lambda name: name or _ANY, key=key, persist_state="session"
    )
    return chosen


def _dates(place: st.delta_generator.DeltaGenerator, analyses: list[Analysis]) -> tuple[str, str] | None:
    """The first and the last day asked for; None while all days are."""
    days = sorted(day for a in analyses if (day := iso_date(a)))
    if not days:
        place.text_input("Dates", value="no note has a date", disabled=True, key="notes-no-dates")
        return None
    whole = (date.fromisoformat(days[0]), date.fromisoformat(days[-1]))
    # The key tells the span: for other notes another choice is asked.
    key = f"notes-dates-{days[0]}-{days[-1]}-{st.session_state.get(_DATES, 0)}"
    asked = place.date_input(
        "Dates", value=whole, min_value=whole[0], max_value=whole[1], key=key, persist_state="session"
    )
    if not isinstance(asked, tuple) or len(asked) != 2 or asked == whole:
        return None
    return asked[0].isoformat(), asked[1].isoformat()
