"""The reading view: one note with its evidence marked, and beside it what each mark stands on."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from analyzer.records import Analysis, Tag
from analyzer.views import source
from analyzer.views.model import codebook
from analyzer.views.span_html import evidence_html, legend_html, note_html, style_sheet


def page() -> None:
    """The page "Notes"."""
    st.title("Notes")
    loaded = source.banner()
    if not loaded.notes:
        st.write("No notes yet: choose files or paste a note on the left, then press “Read these notes”.")
        return
    by_id = {note.analysis.note_id: note for note in loaded.notes}
    chosen, shown = _choices(loaded.analyses)
    note = by_id[chosen]
    st.html(style_sheet(note.analysis.own) + legend_html(note.analysis))
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("The note", anchor=False)
        st.html(style_sheet(note.analysis.own) + note_html(note.text, note.analysis, strategies=shown))
    with right:
        st.subheader("The evidence", anchor=False)
        _evidence(note.analysis, shown)


def _choices(analyses: list[Analysis]) -> tuple[str, list[str]]:
    book = codebook()
    first, second, third = st.columns([1, 2, 3])
    clinicians = sorted({a.clinician or "(not given)" for a in analyses})
    clinician = first.selectbox("Clinician", ["all", *clinicians], key="clinician")
    wanted = [a for a in analyses if clinician == "all" or (a.clinician or "(not given)") == clinician]
    ids = [a.note_id for a in sorted(wanted, key=lambda a: (a.date or "", a.note_id))]
    labels = {a.note_id: f"{a.note_id}  {a.date or ''}".strip() for a in wanted}
    asked = st.query_params.get("note")
    start = ids.index(asked) if asked in ids else 0
    chosen = second.selectbox("Note", ids, index=start, format_func=labels.__getitem__, key=f"note-{clinician}")
    shown = third.multiselect(
        "Strategies shown",
        book.ids,
        default=[],
        format_func=book.title_of,
        key="strategies",
        placeholder="all of them",
    )
    return str(chosen), list(shown) or list(book.ids)


def _evidence(analysis: Analysis, shown: list[str]) -> None:
    book = codebook()
    tags = [tag for tag in analysis.tags if tag.strategy in shown]
    if tags:
        st.html(style_sheet(analysis.own) + evidence_html(tags, analysis.own))
        with st.expander("The same as a table"):
            st.dataframe(pd.DataFrame([_row(tag) for tag in tags]), hide_index=True, width="stretch", key="evidence")
    else:
        st.write("No evidence of these strategies is documented in this note.")
    st.markdown("**Opportunities**")
    for found in analysis.opportunities:
        titles = ", ".join(book.title_of(s).lower() for s in found.strategies)
        st.text(f"“{found.text}”\n{book.response_title(found.response).lower()} (calls for {titles})")
    if not analysis.opportunities:
        st.write("No opportunity was found in this note.")
    counts = [
        f"{analysis.n_segments} segments",
        f"{len(analysis.boilerplate)} template lines, greyed and never counted{_kinds(analysis)}",
    ]
    if analysis.identifiers:
        counts.append(f"{len(analysis.identifiers)} possible identifiers, masked")
    st.caption("; ".join(counts))


def _kinds(analysis: Analysis) -> str:
    """Why lines were taken for template text: " (checkbox 2, copied forward 3)"."""
    kinds = Counter(line.reason.replace("_", " ") for line in analysis.boilerplate)
    return f" ({', '.join(f'{kind} {count}' for kind, count in sorted(kinds.items()))})" if kinds else ""


def _row(tag: Tag) -> dict[str, str | float]:
    return {
        "words": tag.text,
        "strategy": codebook().title_of(tag.strategy),
        "status": codebook().status_title(tag.status),
        "because of": tag.cue or "",
        "confidence": tag.confidence,
        "found by": f"{tag.source}: {tag.reason}",
    }
