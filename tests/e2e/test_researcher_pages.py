"""The researcher's pages without a browser: files made, codes compared, a sentence tried; hostile text stays text."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analyzer.codebook import load_codebook
from analyzer.corpus import write_coded
from analyzer.manifest import read_manifest
from analyzer.pipeline import load
from analyzer.records import Analysis, CodedNote, CodedTag, Note
from analyzer.tagging import tag_notes
from analyzer.trial import try_out
from analyzer.views.codebook_lookup import neighbours, search
from analyzer.views.source import Loaded, ReadNote

_TEXT = "Validated her grief. Client unsure whether talking helps.\nPlan: will review limits of confidentiality."
_HOSTILE = "<img src=x onerror=alert(1)> [a](javascript:x) $x^2$ =1+1"


@pytest.fixture(scope="module")
def notes() -> Loaded:
    """Two notes of two invented clinicians, read by the rules alone."""
    given = [
        Note("n1", _TEXT, "n.txt", clinician="C1", client="A", date="2024-01-05"),
        Note("n2", f"Offered two choices. {_HOSTILE} Validated his anger.", "n.txt", clinician=_HOSTILE, client="B"),
    ]
    tagged = [a for a in tag_notes(given, load(model=None)) if isinstance(a, Analysis)]
    return Loaded("own", tuple(ReadNote(note.text, a) for note, a in zip(given, tagged, strict=True)))


def _run(page: str) -> None:
    from analyzer.views import agreement_page, codebook_page, export_page

    {"export": export_page, "agreement": agreement_page, "codebook": codebook_page}[page].page()


Opened = Callable[[str], AppTest]


@pytest.fixture
def opened(notes: Loaded, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens a page on these notes, with the rules alone as the pipeline."""
    from analyzer.views import agreement_page, codebook_page

    rules = load(model=None)
    for module in (agreement_page, codebook_page):
        monkeypatch.setattr(module, "pipeline", lambda: rules)

    def open_page(page: str) -> AppTest:
        app = AppTest.from_function(_run, default_timeout=60, kwargs={"page": page})
        app.session_state["loaded"] = notes
        return app.run()

    return open_page


def test_debug(opened: Opened) -> None:
    for page in ("export", "agreement", "codebook"):
        app = opened(page)
        assert not app.exception, app.exception[0].stack_trace
        print(app)
