"""Names and small cells hidden: chosen on the page "Team", it holds for every page that tells who wrote what."""

from __future__ import annotations

import streamlit as st

from analyzer.team.settings import load_team_settings

HIDE, SMALLEST = "team-hide", "team-smallest"
_HIDDEN = (
    "Names and small cells are hidden. {} could tell who wrote the notes, so this is not shown; the page “Team” shows "
    "names again."
)


def smallest() -> int | None:
    """From how many notes on a figure is shown; None where names are shown and every figure is."""
    if not st.session_state.get(HIDE):
        return None
    return int(st.session_state.get(SMALLEST) or load_team_settings().small_cells[0].notes)


def told(what: str) -> bool:
    """Whether names are hidden; the page then says that ``what`` could tell who wrote the notes."""
    if smallest() is None:
        return False
    st.info(_HIDDEN.format(what), icon=":material/visibility_off:")
    return True
