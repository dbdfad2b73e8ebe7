"""Team: clinicians by strategies with the uncertainty, what is behind each cell, the limits of chance; no ranking."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analyzer.charts.funnel import funnel_chart
from analyzer.charts.heat_map import heat_map
from analyzer.compare.funnel import build_funnel
from analyzer.compare.model import DENOMINATORS, Denominator
from analyzer.profiles import group_of, profile
from analyzer.records import Analysis
from analyzer.team.behind import behind
from analyzer.team.cells import cells, is_small, without_names
from analyzer.team.settings import load_team_settings
from analyzer.views import hiding, source
from analyzer.views.choices import keep_valid
from analyzer.views.figure import show
from analyzer.views.model import codebook
from analyzer.views.quoted import quoted

_HOW_CELLS = (
    "A row is one clinician's notes, a column a strategy. The upper figure in a cell, and its colour, is the estimate; "
    "the figures below it are the 95% interval: where the true value may well lie. The wider the interval, the paler "
    "the cell. “Few notes” means that nothing can be said yet. Caseloads and forms of notes differ, so cells are a "
    "reason to read, never an order of people. A click on a cell leads to its words, as do the boxes below."
)
_HOW_FUNNEL = (
    "A point is one clinician's notes. Further right are more occasions, so the limits of chance draw together: 95 in "
    "100 groups that do not truly differ lie within the inner limits, 998 in 1,000 within the outer ones. Where all "
    "groups differ more than chance explains, the limits are widened (Spiegelhalter 2005). A hollow point rests on too "
    "few notes to be judged. A point beyond the limits is a reason to read the notes together, not a judgement."
)
_HIDDEN = (
    "Names are hidden: each clinician has a number drawn by lot for this session. Notes and quotes could tell who "
    "wrote them, so what is behind the cells is not shown."
)
_PER: dict[Denominator, str] = {
    "opportunity": "per opportunity",
    "note": "per note",
    "1000 words": "per 1,000 words",
}
_WHO, _WHAT = "team-clinician", "team-strategy"
_FIRST_STRATEGY = "active_listening_empathy"


def page() -> None:
    """The page "Team"."""
    st.title("Team")
    loaded = source.banner()
    if not loaded.notes:
        st.write("No notes yet: give files or paste a note above, then press “Read these notes”.")
        return
    analyses, denominator, smallest = _choices(loaded.analyses)
    clinicians = sorted({group_of(a, "clinician") for a in analyses})
    found = cells(analyses, denominator=denominator, smallest=smallest)
    shown = heat_map(found, denominator=denominator, own=codebook().own_names)
    st.header("Clinicians and strategies", anchor=False)
    on_select = _pick if smallest is None else None
    show(shown, key="team-cells", how_to_read=_HOW_CELLS, on_select=on_select, columns=_columns(denominator))
    strategy = _behind(analyses, clinicians, hidden=smallest is not None)
    st.header(f"Beside the limits of chance: {codebook().title_of(strategy).lower()}", anchor=False)
    groups = profile(analyses, by="clinician")
    if smallest is not None:
        groups = [g for g in groups if not is_small(g, strategy, denominator, smallest)]
    funnel = build_funnel(groups, strategy=strategy, denominator=denominator)
    show(funnel_chart(funnel), key="team", how_to_read=_HOW_FUNNEL, columns=_columns(denominator))


def _choices(analyses: Sequence[Analysis]) -> tuple[list[Analysis], Denominator, int | None]:
    """The notes to show, by numbers instead of names where that is wanted; the smallest cell is None where it isn't."""
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    denominator: Denominator = left.selectbox(
        "Counted", DENOMINATORS, format_func=_PER.__getitem__, key="team-denominator", persist_state="session"
    )
    hide = middle.toggle("Hide names and small cells", key=hiding.HIDE, persist_state="session")
    if not hide:
        return list(analyses), denominator, None
    rules = load_team_settings().small_cells
    right.selectbox(
        "Smallest cell shown",
        [rule.notes for rule in rules],
        format_func=lambda notes: f"{notes} notes",
        key=hiding.SMALLEST,
        persist_state="session",
        help="\n\n".join(f"{rule.notes}: {rule.source}" for rule in rules),
    )
    seed = st.session_state.setdefault("team-seed", secrets.randbits(32))
    return without_names(analyses, seed=seed), denominator, hiding.smallest()


def _pick() -> None:
    """A cell picked on the chart becomes the choice of the two boxes."""
    cell = next(iter(st.session_state["team-cells-chart"]["selection"].get("cell", ())), None)
    by_title = {strategy.title: strategy.id for strategy in codebook().strategies}
    if cell and cell.get("strategy") in by_title:
        st.session_state[_WHO], st.session_state[_WHAT] = cell["clinician"], by_title[cell["strategy"]]


def _behind(analyses: Sequence[Analysis], clinicians: list[str], *, hidden: bool) -> str:
    """The strategy chosen, after the words that are behind its cell."""
    st.header("Behind a cell: the notes and their words", anchor=False)
    left, right = st.columns(2)
    who = None
    if not hidden:
        keep_valid(_WHO, clinicians)
        who = left.selectbox("Clinician", clinicians, key=_WHO, persist_state="session")
    # No default of the box itself: a cell picked on the chart sets the same value.
    st.session_state.setdefault(_WHAT, _FIRST_STRATEGY)
    strategy = str(
        right.selectbox(
            "Strategy",
            codebook().ids,
            format_func=codebook().title_of,
            key=_WHAT,
            persist_state="session",
        )
    )
    if who is None:
        st.info(_HIDDEN, icon=":material/visibility_off:")
        return strategy
    pieces = behind(analyses, clinician=who, strategy=strategy, codebook=codebook())
    if not pieces:
        st.write("These notes hold no evidence of this strategy and no opportunity for it.")
        return strategy
    table = pd.DataFrame(
        [
            [p.note_id, p.date, p.kind, p.status.lower(), p.words, p.section, "" if p.counted else "template text"]
            for p in pieces
        ],
        columns=["note", "date", "what", "status", "words", "section", "not counted"],
    )
    quoted(table, key="team-behind")
    return strategy


def _columns(denominator: Denominator) -> dict[str, Any]:
    form = "%.2f" if denominator == "1000 words" else "percent"
    shares = ("estimate", "low", "high", "low95", "high95", "low998", "high998")
    return {name: st.column_config.NumberColumn(name, format=form) for name in shares}
