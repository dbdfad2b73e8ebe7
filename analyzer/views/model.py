"""The pipeline that reads notes: built once a server. Only the model is cached over sessions, never a note."""

from __future__ import annotations

import streamlit as st
from spacy.language import Language

from analyzer.pipeline import load


@st.cache_resource(show_spinner="Loading the model")
def pipeline() -> Language:
    """The pipeline as it ships."""
    return load()
