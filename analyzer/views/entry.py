"""Who is at the door: one user on this machine, or a team whose members sign in. Pages ask here, the policy decides."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, wraps
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from analyzer import access
from analyzer.access import ALONE, Kind, Person, Team
from analyzer.access.audit import Did
from analyzer.access.policy import Item
from analyzer.records import AnalyzerError
from analyzer.views.reading import Loaded, ReadNote

# The environment variable that names the team's file; ``analyzer app --team`` sets it.
TEAM = "ANALYZER_TEAM"
_HERE_ALONE = ("localhost", "127.0.0.1", "::1")
_SAID = (
    "One user: nobody signs in, so this program answers this machine alone. For a team, start it with "
    "“analyzer app --team FILE”."
)
_OF = "shown-of"  # which note is shown under which name
_LONGEST = 80  # characters of what was asked for in vain
Place = tuple[Callable[[], None], str, str, str]  # the page's function, title, address and icon


def team() -> Team | None:
    """The team's file as it is now, so that a change holds from the next click; None for one user."""
    name = os.environ.get(TEAM)
    if not name:
        return None
    try:
        return _team(Path(name), Path(name).stat().st_mtime_ns)
    except (AnalyzerError, OSError) as error:
        _stop(f"The team's file can't be used, so nobody is let in; ask the administrator. ({_kind(error)})")


@cache
def _team(path: Path, changed: int) -> Team:
    return access.load_team(path)


def claims() -> Mapping[str, Any] | None:
    """What the sign-in service says of who is here; None before they have signed in."""
    return dict(st.user) if getattr(st.user, "is_logged_in", False) else None


def person() -> Person:
    """Who is here. Where people must sign in and nobody has, the page ends with the way in."""
    known = team()
    if known is None:
        return ALONE
    said = claims()
    if said is None:
        st.title("Session-note analyzer")
        st.write("Sign in to see the notes that your role shows. Who sees which note is logged.")
        st.button("Sign in", type="primary", on_click=st.login, key="sign-in")
        st.stop()
    try:
        return access.person_of(said, known)
    except AnalyzerError as error:
        _log_refusal(known, access.name_in(said, known) or "somebody without a name", "none", "entry")
        st.error(_plain(str(error)))
        st.button("Sign out", on_click=st.logout, key="sign-out-refused")
        st.stop()


def may(kind: Kind, name: str | None = None) -> bool:
    """Whether who is here may do this: the policy's word."""
    return access.permits(person(), kind, name)


def require(kind: Kind, name: str | None = None) -> None:
    """End the page with a sentence where the policy does not permit this."""
    if not may(kind, name):
        refused(kind if name is None else f"{kind} {name}")
        title = access.role_title(person()).lower()
        _stop(f"This is not part of your role ({title}). Choose a page on the left.")


def navigation(sections: Mapping[str, Iterable[Place]]) -> StreamlitPage:
    """The menu of who is here. The other pages have an address as well, and refuse whoever types it."""
    _only_here()
    pages: dict[str, list[StreamlitPage]] = {}
    hidden: list[StreamlitPage] = []
    default = True
    for section, places in sections.items():
        for page, title, address, icon in places:
            if may("page", address):
                shown = st.Page(guarded(page, address), title=title, url_path=address, icon=icon, default=default)
                pages.setdefault(section, []).append(shown)
                default = False
            else:
                hidden.append(
                    st.Page(guarded(page, address), title=title, url_path=address, icon=icon, visibility="hidden")
                )
    pages[next(reversed(pages))].extend(hidden)
    return st.navigation(pages)


def guarded(page: Callable[[], None], address: str) -> Callable[[], None]:
    """The page, refused to whoever may not open it, whichever way they came."""

    @wraps(page)
    def run() -> None:
        st.session_state["page"] = address
        require("page", address)
        page()

    return run


def sidebar() -> None:
    """Who is here, and the way out; for one user, that it is so."""
    here = person()
    # A browser that somebody else has signed in with must not find the notes of the one before.
    if st.session_state.get("person", here) != here:
        st.session_state.clear()
    st.session_state["person"] = here
    with st.sidebar:
        if here == ALONE:
            st.caption(_SAID)
            return
        st.text(f"{here.id}\n{access.role_title(here)}{f', {here.team}' if here.team else ''}")
        st.button("Sign out", on_click=st.logout, key="sign-out", width="stretch")
        st.caption("Which notes you see is logged, without their words.")


def admitted(items: Iterable[Item], *, uploaded: bool) -> list[Item]:
    """What may be read for who is here; notes alone where nobody may bring any."""
    if uploaded:
        require("uploads")
    return access.admitted(items, person(), uploaded=uploaded)


def shown(loaded: Loaded) -> Loaded:
    """The notes as who is here may see them, after that is logged. The samples are invented: all may see them."""
    if loaded.origin == "sample" or team() is None or not loaded.notes:
        return loaded
    if not may("words", "snippets"):
        return Loaded("none")
    known = [note for note in loaded.notes if may("note", note.analysis.clinician)]
    log("saw words of", [note.analysis.note_id for note in known], loaded.origin)
    kept = access.within([(note.text, note.analysis) for note in known], person())
    st.session_state[_OF] = {seen.analysis.note_id: seen.of for seen in kept}
    if len(known) == len(loaded.notes) and may("words", "whole"):
        return loaded
    notes = tuple(ReadNote(seen.text, seen.analysis) for seen in kept)
    return replace(loaded, notes=notes, skipped=(), remarks=())


def log(did: Did, notes: Iterable[str], origin: str) -> None:
    """Say in the team's log who did what with which notes, once a session and page; else the page ends."""
    known, here = team(), person()
    if known is None or origin == "sample":
        return
    page, told = _page(), _told()
    new = [note for note in notes if (page, did, note) not in told]
    if not new:
        return
    try:
        access.record(known.audit, who=here.id, role=here.role, page=page, did=did, notes=_named(new))
    except AnalyzerError as error:
        _stop(str(error))
    told.update((page, did, note) for note in new)


def taken(make: Callable[[], bytes], notes: Iterable[str], origin: str, *, what: str) -> Callable[[], bytes]:
    """``make`` for a download button: asked for the file, it says in the log who takes it away, then makes it.

    The file is made outside the page, so what is permitted and who is here are settled now. It raises `AnalyzerError`
    where the policy does not permit this kind of file, or the log can't be written.
    """
    known, here, page, ids, permitted = team(), person(), _page(), _named(notes), may("export", what)

    def run() -> bytes:
        if not permitted:
            raise AnalyzerError("this kind of file is not part of your role")
        if known is not None and origin != "sample":
            access.record(known.audit, who=here.id, role=here.role, page=page, did="took away", what=what, notes=ids)
        return make()

    return run


def refused(what: str) -> None:
    """Say in the team's log what who is here asked for in vain, once a session and page."""
    known = team()
    if known is not None:
        here = person()
        _log_refusal(known, here.id, here.role, what)


def _log_refusal(known: Team, who: str, role: str, what: str) -> None:
    page, told, what = _page(), _told(), what[:_LONGEST]
    if (page, "was refused", what) in told:
        return
    try:
        access.record(known.audit, who=who, role=role, page=page, did="was refused", what=what)
    except AnalyzerError as error:
        _stop(str(error))
    told.add((page, "was refused", what))


def _page() -> str:
    return str(st.session_state.get("page", ""))


def _told() -> set[tuple[str, str, str]]:
    """What this session has logged: page, what was done, and with which note or what."""
    told: set[tuple[str, str, str]] = st.session_state.setdefault("logged", set())
    return told


def _named(notes: Iterable[str]) -> list[str]:
    """The ids of notes that may be shown under numbers."""
    names: Mapping[str, str] = st.session_state.get(_OF, {})
    return [names.get(note, note) for note in notes]


def _only_here() -> None:
    address = st.get_option("server.address")
    if team() is None and address not in _HERE_ALONE:
        _stop(
            "This program would answer other machines, and nobody signs in: it shows nothing. Start it with "
            "“analyzer app”, which answers this machine alone, or with “analyzer app --team FILE”."
        )


def _kind(error: Exception) -> str:
    # The file's faults may name people: the administrator sees them on the command line.
    return type(error).__name__


def _stop(message: str) -> NoReturn:
    st.error(_plain(message))
    st.stop()


def _plain(message: str) -> str:
    # It may hold a file's name or a claim, so Markdown in it stays text.
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>$" else c for c in message)
