"""Whose notes are looked at: the invented samples, or the user's own. Own notes are kept in this session alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from analyzer.notes import read_notes
from analyzer.views import entry, intake, reviewing
from analyzer.views.model import pipeline
from analyzer.views.reading import Loaded, Reading, ReadNote

__all__ = ["Loaded", "ReadNote", "banner", "sidebar"]

SAMPLES = Path(__file__).resolve().parents[2] / "sample_notes"
_SAMPLE, _OWN, _TEAM = "The invented sample notes", "My own notes", "The team's notes"
_LOOK_AGAIN = 0.25  # seconds


@st.cache_resource(show_spinner=False)
def _samples() -> Reading:
    # Invented, so all sessions may share them; own notes are never cached.
    return Reading("sample", list(read_notes([SAMPLES])), pipeline)


def sidebar() -> None:
    """The choice of notes, on every page; above the page the way in for one's own notes."""
    intake.begin_reading()
    own: Reading | None = st.session_state.get("own")
    with st.sidebar:
        choice = st.radio("Notes to look at", _choices(), key="source", persist_state="session")
        if choice == _OWN:
            held = own is not None or bool(st.session_state.get("intake"))
            st.button("Forget these notes", key="forget", on_click=intake.forget, disabled=not held, width="stretch")
        if entry.may("uploads"):
            st.caption(intake.PRIVACY)
    if choice == _OWN:
        with st.expander("Your own notes" if own is None else "Read other notes", expanded=own is None):
            intake.panel()


def banner() -> Loaded:
    """The notes of this session, under a banner that says whose they are and what could not be read.

    While notes are being read it shows how far that is and waits. Their tags are the program's or, where the user
    wants that, as reviewed.
    """
    # Said before they are read: that takes a while the first time.
    if st.session_state.get("source", _SAMPLE) == _SAMPLE:
        st.info(
            "These are invented sample notes by four invented clinicians; no one real is in them. "
            "Choose “My own notes” on the left to read yours.",
            icon=":material/science:",
        )
    st.caption(
        "A note tells what was documented, not what was done in the session. For reflection and supervision only."
    )
    loaded = entry.shown(_wait_for(_current()))
    st.session_state["loaded"] = loaded
    intake.show_skipped(loaded.skipped, key="skipped")
    if loaded.remarks:
        with st.expander(f"{len(loaded.remarks)} remarks on what was read"):
            rows = [{"where": r.source, "what": r.message} for r in loaded.remarks]
            st.dataframe(rows, hide_index=True, width="stretch", key="remarks")
    counted = reviewing.counted([(note.analysis, note.text) for note in loaded.notes])
    notes = (ReadNote(note.text, analysis) for note, analysis in zip(loaded.notes, counted, strict=True))
    return replace(loaded, notes=tuple(notes))


def _current() -> Reading | None:
    if st.session_state.get("source", _SAMPLE) == _SAMPLE:
        pipeline()  # here rather than below, so that a spinner is seen
        return _samples()
    if st.session_state["source"] == _TEAM:
        return _of_team()
    own: Reading | None = st.session_state.get("own")
    return own


def _choices() -> list[str]:
    """The samples, the team's notes where there are some, one's own where the role may bring them."""
    known = entry.team()
    of_team = known is not None and known.notes is not None and entry.may("words", "snippets")
    return [_SAMPLE, *([_TEAM] if of_team else ()), *([_OWN] if entry.may("uploads") else ())]


def _of_team() -> Reading | None:
    """Of the team's folder the notes that the role shows; read for this session alone, as notes are never cached."""
    reading: Reading | None = st.session_state.get("of-team")
    known = entry.team()
    if reading is None and known is not None and known.notes is not None:
        items = entry.admitted(read_notes([known.notes]), uploaded=False)
        reading = st.session_state["of-team"] = Reading("team", items, pipeline)
    return reading


def _wait_for(reading: Reading | None) -> Loaded:
    """What is read, once it is; meanwhile how many notes are done and how long the rest will take."""
    if reading is None:
        return Loaded("none")
    place = st.empty()
    if reading.running:
        with place.container():
            bar = st.progress(0.0)
            if reading.origin == "own":
                st.button("Stop, and keep what was read", key="stop", on_click=reading.stop)
            while reading.running:
                bar.progress(reading.done / max(1, reading.total), text=_how_far(reading))
                reading.wait(_LOOK_AGAIN)
        place.empty()
    if reading.stopped and reading.done < reading.total:
        st.warning(f"Stopped: {reading.done} of {reading.total} notes were read and are shown.")
    if reading.error:
        st.error(reviewing.plain(reading.error))
    return reading.loaded


def _how_far(reading: Reading) -> str:
    left = reading.seconds_left
    whose = "invented sample notes" if reading.origin == "sample" else "notes"
    told = f"{reading.done} of {reading.total} {whose} read"
    if left is None:
        return f"{told}; the first ones take longest"
    return f"{told}; about {_long(left)} left"


def _long(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"
