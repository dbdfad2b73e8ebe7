"""Where coders differ, on the page "Agreement": a table, one of them side by side, and the file."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from analyzer.agreement import Coder, Disagreement
from analyzer.agreement.confusion import NOTHING
from analyzer.views import coding, entry
from analyzer.views.agreement_html import reading_html
from analyzer.views.model import codebook
from analyzer.views.span_html import style_sheet


def disagreement_list(coders: list[Coder], rows: list[Disagreement]) -> None:
    """The disagreements to filter, to read side by side and to take away."""
    st.header("Where they differ", anchor=False)
    book = codebook()
    # Coders may have used strategies that the codebook in use lacks.
    differ = {row.strategy for row in rows}
    present = [*(name for name in book.ids if name in differ), *sorted(differ.difference(book.ids))]
    left, right = st.columns(2)
    wanted = left.multiselect(
        "Strategies", present, format_func=book.title_of, placeholder="all of them", key="agreement-of"
    )
    kinds = {"strategy": "some give it, some don't", "status": "all give it, with other statuses"}
    kind = right.multiselect(
        "Kind", list(kinds), format_func=kinds.__getitem__, placeholder="both", key="agreement-kind"
    )
    shown = [row for row in rows if (not wanted or row.strategy in wanted) and (not kind or row.kind in kind)]
    if not shown:
        st.text("They differ nowhere." if not rows else "No disagreement is of this kind.")
        return
    _list(coders, shown)
    # A shorter list may end before the number that was looked at.
    kept = st.session_state.get("agreement-number", 1)
    st.session_state["agreement-number"] = min(max(int(kept), 1), len(shown))
    place = st.number_input(f"Side by side: number 1 to {len(shown)}", 1, len(shown), key="agreement-number")
    _side_by_side(coders, shown[int(place) - 1])
    _download(coders, shown)


def _list(coders: list[Coder], rows: list[Disagreement]) -> None:
    book = codebook()
    table = pd.DataFrame(
        [
            (n, row.note_id, row.segment, book.title_of(row.strategy), *(_said(what) for _, what in row.said), row.text)
            for n, row in enumerate(rows, 1)
        ],
        columns=["number", "note", "segment", "strategy", *(f"{coder.name} says" for coder in coders), "words"],
    )
    st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(rows), 300),
        column_config={"words": st.column_config.TextColumn(width="large")},
        key="agreement-list",
        alt="Where the coders differ",
    )


def _side_by_side(coders: list[Coder], row: Disagreement) -> None:
    book = codebook()
    st.text(f"{row.note_id}, segment {row.segment}: {book.title_of(row.strategy)}")
    said = dict(row.said)
    for places in (coders[n : n + 3] for n in range(0, len(coders), 3)):
        for coder, place in zip(places, st.columns(len(places), gap="large", border=True), strict=True):
            place.text(f"{coder.name}: {_said(said[coder.name])}")
            marks = coding.words_of(coder, row)
            place.html(style_sheet(book.own_names) + reading_html(row.text or "", row.strategy, marks))
    if row.strategy not in book.ids:
        st.text("The codebook in use lacks this strategy.")
        return
    with st.expander(f"What counts as {book.title_of(row.strategy).lower()}"):
        st.text(book.strategy(row.strategy).definition)
        st.text(book.strategy(row.strategy).boundary)


def _said(statuses: str) -> str:
    if not statuses:
        return "no answer"
    titles = ("not given" if s == NOTHING else codebook().status_title(s).lower() for s in statuses.split(", "))
    return ", ".join(titles)


def _download(coders: list[Coder], rows: list[Disagreement]) -> None:
    kind, words, button = st.columns([2, 3, 3], vertical_alignment="bottom")
    ending = kind.selectbox("Kind of file", [".csv", ".xlsx", ".jsonl", ".parquet"], key="agreement-ending")
    with_text = words.checkbox(
        "With the segments' words", help="Masked, yet notes' text: keep the file where you keep the notes.",
        key="agreement-text",
    )  # fmt: skip
    names = [coder.name for coder in coders]
    make = partial(coding.listing, rows, names, str(ending), with_text=bool(with_text))
    notes = list(dict.fromkeys(row.note_id for row in rows))
    button.download_button(
        f"Download these {len(rows)} disagreements",
        entry.taken(make, notes, "codes", what="disagreements"),
        disabled=not entry.may("export", "disagreements"),
        file_name=f"disagreements{ending}",
        key="agreement-download",
        on_click="ignore",
        width="stretch",
    )
