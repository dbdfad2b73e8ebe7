"""Choices that outlive the page they stand on: kept while pages change, dropped where they no longer fit."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def keep_valid(key: str, options: Sequence[object]) -> None:
    """Forget a kept choice that is not among the options any more; call it before the widget is drawn."""
    if key in st.session_state and st.session_state[key] not in options:
        del st.session_state[key]
