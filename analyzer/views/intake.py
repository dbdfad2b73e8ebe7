"""One's own notes: given as files or pasted, looked at before they are read, and forgotten when asked."""

from __future__ import annotations

import streamlit as st

from analyzer.notes import SUFFIXES, read_uploads
from analyzer.records import Note, Remark, Skipped
from analyzer.views import entry
from analyzer.views.columns import NOT_THERE, guessed, headings_of
from analyzer.views.model import pipeline
from analyzer.views.reading import Reading

Items = tuple[Note | Skipped | Remark, ...]
Uploads = list[tuple[str, bytes]]
PRIVACY = (
    "Uploaded notes stay in this session's memory on this machine. Their words are not written to disk, not "
    "logged, not shared with other sessions and not sent anywhere; closing the page forgets them."
)
_FIRST_ROWS, _FIRST_CHARS = 8, 160
_FIELDS = {
    "text": "The note's text",
    "note_id": "Note id",
    "clinician": "Clinician",
    "client": "Client",
    "date": "Date",
}
# Only an uploader with a new key is an empty one.
_UPLOADER = "uploader"
# What stays when notes are forgotten: where reviews are kept, who reviews, and whose notes are looked at.
_STAYS = ("source", "review-store", "review-place", "review-name")


def panel() -> None:
    """The way in: files or a pasted note, a preview of what was recognised, and the button that reads it."""
    files, paste = st.columns(2, gap="large")
    given = files.file_uploader(
        "De-identified notes: files, a folder's .zip, or a table",
        type=[suffix.removeprefix(".") for suffix in SUFFIXES],
        accept_multiple_files=True,
        key=f"files-{st.session_state.get(_UPLOADER, 0)}",
        help="Each file is a note; each row of a table is a note. A folder's index.csv tells whose each file is.",
    )
    pasted = paste.text_area("Or paste one note", key="pasted", height=150)
    if not given and not pasted.strip():
        return
    uploads = [(file.name, file.getvalue()) for file in given]
    columns = _mapping(uploads)
    items = _items(tuple(file.file_id for file in given), uploads, pasted, columns)
    _preview(items)
    number_of = sum(isinstance(item, Note) for item in items)
    st.button("Read these notes", type="primary", disabled=not number_of, key="read", on_click=_begin, args=(items,))


def forget() -> None:
    """Drop everything of this session's notes: texts, findings, files, choices."""
    number = st.session_state.get(_UPLOADER, 0)
    running: Reading | None = st.session_state.get("own")
    if running is not None:
        running.stop()
    for key in list(st.session_state):
        if key not in _STAYS:
            del st.session_state[key]
    st.session_state[_UPLOADER] = number
    _empty()


def _begin(items: Items) -> None:
    st.session_state["to-read"] = items
    _empty()


def _empty() -> None:
    """Nothing given: what is being read is held once, not twice."""
    st.session_state["pasted"] = ""
    st.session_state[_UPLOADER] = st.session_state.get(_UPLOADER, 0) + 1
    st.session_state.pop("intake", None)


def begin_reading() -> None:
    """Start reading what the user has just approved of, if anything."""
    items: Items | None = st.session_state.pop("to-read", None)
    if items is not None:
        st.session_state["own"] = Reading("own", items, pipeline)


def _mapping(uploads: Uploads) -> dict[str, str]:
    """Which heading is what, asked where there is a table."""
    headings, longest = headings_of(uploads)
    if not headings:
        return {}
    st.markdown("**Which column is what** (other columns are carried along)")
    chosen = {}
    for place, (field, label) in zip(st.columns(len(_FIELDS)), _FIELDS.items(), strict=True):
        guess, options = guessed(field, headings, longest)
        heading = place.selectbox(label, options, index=options.index(guess), key=f"column-{field}-{hash(headings)}")
        if heading != NOT_THERE:
            chosen[field] = heading
    return chosen


def _items(ids: tuple[str, ...], uploads: Uploads, pasted: str, columns: dict[str, str]) -> Items:
    """What there is to read; parsed once for these files, columns and words."""
    asked = (ids, pasted, tuple(columns.items()))
    made: tuple[object, Items] | None = st.session_state.get("intake")
    if made is None or made[0] != asked:
        items: list[Note | Skipped | Remark] = list(read_uploads(uploads, columns=columns or None)) if uploads else []
        if pasted.strip():
            items.append(Note(note_id="pasted note", text=pasted, source="pasted"))
        made = (asked, tuple(entry.admitted(items, uploaded=True)))
        st.session_state["intake"] = made
    return made[1]


def _preview(items: Items) -> None:
    notes = [item for item in items if isinstance(item, Note)]
    skipped = [item for item in items if isinstance(item, Skipped)]
    found = "1 note" if len(notes) == 1 else f"{len(notes):,} notes"
    who = len({note.clinician for note in notes if note.clinician})
    dated = sum(note.date is not None for note in notes)
    st.write(f"**Recognised: {found}**, of {who} named clinicians, {dated:,} with a date. Nothing is read yet.")
    if notes:
        st.dataframe([_row(note) for note in notes[:_FIRST_ROWS]], hide_index=True, width="stretch", key="preview")
        if len(notes) > _FIRST_ROWS:
            st.caption(f"The first {_FIRST_ROWS} of {len(notes):,}.")
    show_skipped(tuple(skipped), key="preview-skipped")


def show_skipped(skipped: tuple[Skipped, ...], *, key: str) -> None:
    """The one list of what could not be read, and why."""
    if skipped:
        with st.expander(f"{len(skipped)} could not be read", expanded=True):
            rows = [{"where": s.source, "why": s.reason} for s in skipped]
            st.dataframe(rows, hide_index=True, width="stretch", key=key)


def _row(note: Note) -> dict[str, str | None]:
    text = " ".join(note.text[: 2 * _FIRST_CHARS].split())
    return {
        "note id": note.note_id,
        "clinician": note.clinician,
        "client": note.client,
        "date": note.date,
        "text": text if len(text) <= _FIRST_CHARS else f"{text[:_FIRST_CHARS]}…",
        "from": note.source,
    }
