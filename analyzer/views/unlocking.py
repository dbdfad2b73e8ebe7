"""A store that keeps note text asks for its key here; the key stays in this session's memory."""

from __future__ import annotations

import streamlit as st

from analyzer.records import AnalyzerError
from analyzer.store import Key, Store, open_store
from analyzer.store.sealing import key_of, passphrase
from analyzer.views import reviewing

_LOCKED = (
    "This store was made to keep the text of reviewed notes, encrypted. Without its key only decisions are kept. The "
    "key stays in this session's memory and is forgotten with it."
)
_OPEN = "The text of the notes that you review goes into this store, encrypted. Its key is held in this session alone."


def offer(opened: Store) -> None:
    """Ask for the key of a locked store, once; say what an unlocked one keeps."""
    if not opened.settings.text:
        return
    if opened.unlocked:
        st.caption(_OPEN)
        return
    with st.expander("The key of this store", icon=":material/lock:", expanded=True), st.form("review-key-form"):
        st.write(_LOCKED)
        given = _asked(opened)
        if st.form_submit_button("Unlock"):
            _unlock(opened, given)


def _asked(opened: Store) -> str | bytes:
    """The passphrase typed or the key file's content; empty for none."""
    if opened.settings.passphrase:
        return st.text_input("Passphrase", type="password", key="review-passphrase") or ""
    file = st.file_uploader("The key file", key="review-key-file")
    return file.getvalue() if file is not None else b""


def _unlock(opened: Store, given: str | bytes) -> None:
    if not given:
        st.error("Give the key first.")
        return
    try:
        key: Key = passphrase(given) if isinstance(given, str) else key_of(given, where="the key file")
        unlocked = open_store(opened.place, key=key)
    except AnalyzerError as error:
        st.error(reviewing.plain(str(error)))
        return
    st.session_state["review-store"] = unlocked
    st.rerun()
