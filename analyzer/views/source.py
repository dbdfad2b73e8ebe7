"""Whose notes are looked at: the invented samples, or the user's own. Kept in this session's memory alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from spacy.language import Language

from analyzer.codebook import Codebook
from analyzer.identifiers import mask
from analyzer.notes import read_notes, read_uploads
from analyzer.pipeline import load
from analyzer.project import codebook_of
from analyzer.records import Analysis, AnalyzerError, Note, Remark, Skipped
from analyzer.tagging import tag_notes

# The environment variable that names a project folder.
CODEBOOK = "ANALYZER_CODEBOOK"
SAMPLES = Path(__file__).resolve().parents[2] / "sample_notes"
_TYPES = ["txt", "md", "docx", "pdf", "rtf", "csv", "tsv", "xlsx", "jsonl", "parquet", "zip"]
_SAMPLE, _OWN = "The invented sample notes", "My own notes"


@dataclass(frozen=True, slots=True)
class ReadNote:
    """A note's (masked) text beside what was found in it."""

    text: str
    analysis: Analysis


@dataclass(frozen=True, slots=True)
class Loaded:
    """What this session looks at: ``origin`` is "sample" or "own"."""

    origin: str
    notes: tuple[ReadNote, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def analyses(self) -> list[Analysis]:
        """The analyses alone, in order."""
        return [note.analysis for note in self.notes]


@st.cache_resource(show_spinner="Loading the model")
def _pipeline() -> Language:
    # Only the model is cached over sessions: never a note.
    return load(codebook=os.environ.get(CODEBOOK))


@st.cache_resource(show_spinner=False)
def codebook() -> Codebook:
    """The codebook in use: the shipped one, or with the project laid over it that ``analyzer app --codebook`` names."""
    return codebook_of(os.environ.get(CODEBOOK))


def sidebar() -> None:
    """The choice of notes, on every page."""
    with st.sidebar:
        choice = st.radio("Notes to look at", [_SAMPLE, _OWN], key="source")
        if choice == _OWN:
            _own_notes()
        elif st.session_state.get("loaded", Loaded("none")).origin != "sample":
            st.session_state["loaded"] = _analyse("sample", list(read_notes([SAMPLES])))
        st.caption(
            "Uploaded notes stay in this session's memory on this machine. They are not written to disk, not logged "
            "and not sent anywhere; closing the page forgets them."
        )


def _own_notes() -> None:
    loaded: Loaded = st.session_state.get("loaded", Loaded("none"))
    if loaded.origin == "sample":
        st.session_state["loaded"] = Loaded("own")
    files = st.file_uploader(
        "De-identified notes: files, a folder's .zip, or a table", type=_TYPES, accept_multiple_files=True, key="files"
    )
    pasted = st.text_area("Or paste one note", key="pasted", height=160)
    text_column = st.text_input("Heading of a table's text column, if it is not “text”", key="text_column")
    if st.button("Read these notes", type="primary", disabled=not (files or pasted.strip()), key="read"):
        uploads = [(file.name, file.getvalue()) for file in files or []]
        columns = {"text": text_column.strip()} if text_column.strip() else None
        items: list[Note | Skipped | Remark] = list(read_uploads(uploads, columns=columns))
        if pasted.strip():
            items.append(Note(note_id="pasted note", text=pasted, source="pasted"))
        st.session_state["loaded"] = _analyse("own", items)


def _analyse(origin: str, items: Sequence[Note | Skipped | Remark]) -> Loaded:
    notes = [item for item in items if isinstance(item, Note)]
    skipped = [item for item in items if isinstance(item, Skipped)]
    remarks = [item for item in items if isinstance(item, Remark)]
    read: list[ReadNote] = []
    bar = st.progress(0.0, text=f"Reading {len(notes)} notes") if notes else None
    try:
        for note, result in zip(notes, _results(notes), strict=True):
            if isinstance(result, Analysis):
                read.append(ReadNote(mask(note.text, result.identifiers), result))
            else:
                skipped.append(result)
            done = len(read) + len(skipped)
            if bar is not None:
                bar.progress(min(1.0, done / len(notes)), text=f"{done} of {len(notes)} notes read")
    except AnalyzerError as error:
        st.error(str(error))
    if bar is not None:
        bar.empty()
    return Loaded(origin, tuple(read), tuple(skipped), tuple(remarks))


def _results(notes: Iterable[Note]) -> Iterable[Analysis | Skipped]:
    return tag_notes(notes, _pipeline())


def banner() -> Loaded:
    """The notes of this session, under a banner that says whose they are and what could not be read."""
    loaded: Loaded = st.session_state.get("loaded", Loaded("none"))
    if loaded.origin == "sample":
        st.info(
            "These are invented sample notes by four invented clinicians; no one real is in them. "
            "Choose “My own notes” on the left to read yours.",
            icon=":material/science:",
        )
    st.caption(
        "A note tells what was documented, not what was done in the session. For reflection and supervision only."
    )
    if loaded.skipped:
        with st.expander(f"{len(loaded.skipped)} could not be read", expanded=True):
            st.dataframe(
                [{"where": s.source, "why": s.reason} for s in loaded.skipped], hide_index=True, width="stretch"
            )
    if loaded.remarks:
        with st.expander(f"{len(loaded.remarks)} remarks on what was read"):
            st.dataframe(
                [{"where": r.source, "what": r.message} for r in loaded.remarks], hide_index=True, width="stretch"
            )
    return loaded
