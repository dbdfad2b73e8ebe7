"""My notes: a timeline with filters, and the reading view of one note with its evidence marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from analyzer.charts.timeline import timeline
from analyzer.records import Analysis, Tag
from analyzer.views import entry, filters, review_page, source
from analyzer.views.choices import keep_valid
from analyzer.views.figure import show
from analyzer.views.matching import Wanted, matching
from analyzer.views.model import codebook
from analyzer.views.reading import ReadNote
from analyzer.views.span_html import evidence_list_html, legend_html, note_html, style_sheet

_HOW = (
    "A circle is a note: across by its date, on its clinician's line. The larger, the more words in it are evidence of "
    "a strategy. Hollow: something in it called for a strategy and no response is documented. A small circle is no "
    "fault: short notes hold little, and not every session calls for much."
)
_HOW_TO_READ = (
    "Coloured words are evidence; the label behind them names the strategy by its two letters and the status, and the "
    "line below them says the status again. Words with bands of colours are evidence of several strategies, each with "
    "its own line and label. Dotted lines mark opportunities, with what answered them in the margin. Hatched "
    "shading is template text, which is never counted. A label leads to its entry under “The evidence”, "
    "which opens to the definition, the reason and how sure the program is."
)
_CHOSEN, _TAG, _ADDRESS = "notes-chosen", "notes-tag", "notes-address"


def page() -> None:
    """The page "My notes"."""
    st.title("My notes")
    loaded = source.banner()
    if not loaded.notes:
        st.write("No notes yet: give files or paste a note above, then press “Read these notes”.")
        return
    asked = _asked()
    filters.clear_if_asked()
    wanted = filters.choose(loaded.analyses)
    found = matching(loaded.notes, wanted)
    if _hidden(asked, loaded.notes, found, wanted):
        filters.clear()
    if asked[0] and all(note.analysis.note_id != asked[0] for note in loaded.notes):
        entry.refused(f"note {asked[0]}")
        st.warning("The note that the address names is not among these notes; another one is shown.")
    if not found:
        st.write(f"None of {len(loaded.notes)} notes fit these choices. Take one of them back to see notes again.")
        return
    with st.expander(f"Timeline: {len(found)} of {len(loaded.notes)} notes", expanded=True):
        show(timeline([note.analysis for note in found]), key="timeline", how_to_read=_HOW)
    note = _choose(found, asked[0])
    entry.log("opened", [note.analysis.note_id], loaded.origin)
    _reading_view(note, list(wanted.strategies) or list(codebook().ids), asked[1])
    st.session_state[_ADDRESS] = st.query_params.get("note"), st.query_params.get("tag")


def _asked() -> tuple[str | None, str | None]:
    """The note and the tag that a link leads to; none in the address that this page wrote itself."""
    asked = st.query_params.get("note"), st.query_params.get("tag")
    return (None, None) if asked == st.session_state.get(_ADDRESS) else asked


def _hidden(
    asked: tuple[str | None, str | None], notes: Sequence[ReadNote], found: Sequence[ReadNote], wanted: Wanted
) -> bool:
    """Whether the choices kept from before leave out the note or the tag that a link leads to."""
    note = next((note for note in notes if note.analysis.note_id == asked[0]), None)
    if note is None:
        return False
    number = _number(asked[1])
    tags = note.analysis.tags
    left_out = number in range(len(tags)) and wanted.strategies and tags[number].strategy not in wanted.strategies
    return note not in found or bool(left_out)


def _choose(found: list[ReadNote], asked: str | None) -> ReadNote:
    """One of the notes: by list, one by one, or by the page's address (?note=ID)."""
    by_id = {note.analysis.note_id: note for note in found}
    ids = list(by_id)
    if asked in by_id:
        st.session_state[_CHOSEN] = asked
    keep_valid(_CHOSEN, ids)
    before, box, after = st.columns([1, 5, 1], vertical_alignment="bottom")
    chosen = box.selectbox(
        "Note", ids, format_func=lambda i: _label(by_id[i]), key=_CHOSEN, persist_state="session", width="stretch"
    )
    at = ids.index(chosen)
    for place, label, to in ((before, "Previous", at - 1), (after, "Next", at + 1)):
        there = 0 <= to < len(ids)
        go = _go_to(ids[to] if there else chosen)
        place.button(label, key=f"notes-{label.lower()}", disabled=not there, on_click=go, width="stretch")
    st.query_params["note"] = chosen
    return by_id[chosen]


def _go_to(note_id: str) -> Callable[[], None]:
    def go() -> None:
        st.session_state[_CHOSEN] = note_id

    return go


def _label(note: ReadNote) -> str:
    analysis = note.analysis
    about = [analysis.note_id, analysis.date or "no date", f"{len(analysis.counted)} pieces of evidence"]
    return "  ·  ".join(about)


def _reading_view(note: ReadNote, shown: list[str], asked: str | None) -> None:
    numbers = [n for n, tag in enumerate(note.analysis.tags) if tag.strategy in shown]
    tag = _choose_tag(note.analysis, numbers, asked)
    style = style_sheet(note.analysis.own)
    st.html(style + legend_html(note.analysis))
    st.header("The note", anchor=False)
    st.html(style + note_html(note.text, note.analysis, strategies=shown, beside=True, chosen=tag))
    with st.expander("How to read this"):
        st.write(_HOW_TO_READ)
    st.header("The evidence", anchor=False)
    _evidence(note.analysis, shown, tag)
    _to_review(note.analysis)


def _choose_tag(analysis: Analysis, numbers: list[int], asked: str | None) -> int | None:
    """The piece of evidence to point out: by list, or by the page's address (?tag=N, from 1)."""
    key = f"{_TAG}-{analysis.note_id}"
    number = _number(asked)
    if number in numbers:
        st.session_state[key] = number
    keep_valid(key, [None, *numbers])
    chosen: int | None = st.selectbox(
        "Point out a piece of evidence",
        [None, *numbers],
        format_func=lambda n: "none" if n is None else _tag_label(n, analysis.tags[n]),
        key=key,
        persist_state="session",
    )
    if chosen is None:
        st.query_params.pop("tag", None)
    else:
        st.query_params["tag"] = str(chosen + 1)
    return chosen


def _number(asked: str | None) -> int:
    """The tag's number from 0; -1 for none."""
    return int(asked) - 1 if asked and asked.isdecimal() and len(asked) < 6 else -1


def _tag_label(number: int, tag: Tag) -> str:
    book = codebook()
    words = " ".join(tag.text.split())
    return f"{number + 1}. {book.title_of(tag.strategy)}, {book.status_title(tag.status).lower()}: {words[:80]}"


def _evidence(analysis: Analysis, shown: list[str], chosen: int | None) -> None:
    tags = [tag for tag in analysis.tags if tag.strategy in shown]
    if tags:
        st.html(style_sheet(analysis.own) + evidence_list_html(analysis, strategies=shown, chosen=chosen))
        with st.expander("The same as a table"):
            st.dataframe(pd.DataFrame([_row(tag) for tag in tags]), hide_index=True, width="stretch", key="evidence")
    else:
        st.write("No evidence of these strategies is documented in this note.")
    if not analysis.opportunities:
        st.write("No opportunity was found in this note.")
    counts = [
        f"{analysis.n_segments} segments",
        f"{len(analysis.boilerplate)} template lines, greyed and never counted{_kinds(analysis)}",
    ]
    if analysis.identifiers:
        counts.append(f"{len(analysis.identifiers)} possible identifiers, masked")
    st.caption("; ".join(counts))


def _to_review(analysis: Analysis) -> None:
    """The way to the page Review, which then begins with this note."""
    if st.button("This is wrong, or something is missing", icon=":material/rule:", key="notes-review"):
        st.session_state["review-note"] = analysis.note_id
        st.switch_page(st.Page(review_page.page, title="Review", url_path="review"))


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
