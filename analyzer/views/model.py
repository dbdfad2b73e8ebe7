"""The pipeline that reads notes, and its codebook: built once a server. Never a note is cached over sessions."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st
from spacy.language import Language

from analyzer.codebook import Codebook
from analyzer.pipeline import load
from analyzer.project import codebook_of

# The environment variable that names a project folder; ``analyzer app --codebook`` sets it.
CODEBOOK = "ANALYZER_CODEBOOK"


def project_folder() -> Path | None:
    """The project folder in use, None for the eleven as they ship."""
    named = os.environ.get(CODEBOOK)
    return Path(named) if named else None


@st.cache_resource(show_spinner="Loading the model")
def pipeline() -> Language:
    """The pipeline as it ships, or with a project's strategies."""
    return load(codebook=project_folder())


@st.cache_resource(show_spinner="Loading the rules")
def rules_alone() -> Language:
    """The rules without a model, as a second reader."""
    return load(model=None, codebook=project_folder())


@st.cache_resource(show_spinner=False)
def codebook() -> Codebook:
    """The codebook in use: the shipped one, or with a project laid over it."""
    return codebook_of(project_folder())
