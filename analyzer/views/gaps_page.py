"""Gaps: moments in a team's notes that have no documented response, by strategy and by theme, with the words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analyzer.charts.gaps import gaps_chart
from analyzer.team.gaps import GROUPED_BY, GroupedBy, Moment, Theme, gaps, moments, theme_titles
from analyzer.team.themes import find_themes
from analyzer.views import hiding, source
from analyzer.views.choices import keep_valid
from analyzer.views.figure import show
from analyzer.views.model import codebook
from analyzer.views.quoted import quoted
from analyzer.views.reading import ReadNote

_HOW = (
    "A bar is all moments that call for a strategy, or are of one theme. The dark part, counted at the bar's end, has "
    "no documented response; the grey part was taken up or planned; the light part has one. Where acute risk came "
    "first, or the client did not want it, a moment is left out. A moment that calls for several strategies stands in "
    "several bars; it has one theme. Themes come from the rule that found the moment, else from the strategies that it "
    "calls for (codebook, section 4). A gap is one of documentation: what a note leaves out may have taken place."
)
_ALL = "all"
_BY, _STRATEGY, _THEME, _WHO = "gaps-by", "gaps-strategy", "gaps-theme", "gaps-clinician"


def page() -> None:
    """The page "Gaps"."""
    st.title("Gaps")
    loaded = source.banner()
    if not loaded.notes:
        st.write("No notes yet: give files or paste a note above, then press “Read these notes”.")
        return
    found = moments(loaded.analyses, _themes(loaded.notes))
    left, right = st.columns(2)
    by: GroupedBy = left.radio("Counted by", GROUPED_BY, key=_BY, horizontal=True, persist_state="session")
    least = hiding.smallest()
    if least is None:
        names = sorted({moment.clinician for moment in found})
        keep_valid(_WHO, [None, *names])
        who = right.selectbox(
            "Whose notes", [None, *names], format_func=lambda name: name or _ALL, key=_WHO, persist_state="session"
        )
        found = [moment for moment in found if who in (None, moment.clinician)]
    every = gaps(found, by=by, own=codebook().own_names)
    shown = [gap for gap in every if least is None or gap.notes >= least]
    if len(shown) < len(every):
        st.caption(f"{len(every) - len(shown)} of {len(every)} rest on fewer than {least} notes and are not shown.")
    if shown:
        pick = _pick if least is None else None
        show(gaps_chart(shown, by=by), key="gaps", how_to_read=_HOW, on_select=pick)
    if not hiding.told("Notes and quotes"):
        _quotes(found)


def _themes(notes: Sequence[ReadNote]) -> dict[str, tuple[Theme, ...]]:
    """What each note's moments are about, by the text's SHA-256; looked for once a session and forgotten with it."""
    held: dict[str, tuple[Theme, ...]] = st.session_state.get("gaps-themes", {})
    kept = {
        note.analysis.text_sha256: held.get(note.analysis.text_sha256) or find_themes(note.text)
        for note in notes
        if note.analysis.opportunities
    }
    st.session_state["gaps-themes"] = kept
    return kept


def _pick() -> None:
    """A bar picked on the chart becomes the choice below it."""
    bar = next(iter(st.session_state["gaps-chart"]["selection"].get("gap", ())), None)
    if not bar:
        return
    by_title = {strategy.title: strategy.id for strategy in codebook().strategies}
    if st.session_state[_BY] == "theme":
        st.session_state[_THEME] = bar["name"]
        st.session_state.pop(_STRATEGY, None)
    elif bar["name"] in by_title:
        st.session_state[_STRATEGY] = by_title[bar["name"]]
        st.session_state.pop(_THEME, None)


def _quotes(found: Sequence[Moment]) -> None:
    book, themes = codebook(), theme_titles(found)
    st.header("Moments without a documented response", anchor=False)
    left, right = st.columns(2)
    strategy = left.selectbox(
        "Calls for",
        [None, *book.ids],
        format_func=lambda s: book.title_of(s) if s else _ALL,
        key=_STRATEGY,
        persist_state="session",
    )
    keep_valid(_THEME, [None, *themes])
    theme = right.selectbox(
        "Theme", [None, *themes], format_func=lambda title: title or _ALL, key=_THEME, persist_state="session"
    )
    rows = [
        [m.note_id, m.date, m.clinician, m.words, m.theme, ", ".join(map(book.title_of, m.strategies))]
        for m in found
        if m.is_open and (strategy is None or strategy in m.strategies) and theme in (None, m.theme)
    ]
    if not rows:
        st.write("No such moment is without a documented response.")
        return
    st.write(f"{len(rows)} moment{'' if len(rows) == 1 else 's'}:")
    table = pd.DataFrame(rows, columns=["note", "date", "clinician", "words", "theme", "calls for"])
    quoted(table, key="gaps-quotes")
