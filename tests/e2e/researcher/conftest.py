"""Two invented notes, read by the rules alone, and the researcher's pages opened on them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from spacy.language import Language
from streamlit.testing.v1 import AppTest

from analyzer.interchange.document import Document
from analyzer.records import Analysis, Note
from analyzer.tagging import tag_notes
from analyzer.views.reading import Loaded, ReadNote
from tests.e2e.researcher.pages import HOSTILE, OTHER, TEXT, Opened


@pytest.fixture(scope="module")
def notes(rules_only: Language) -> Loaded:
    """Two notes of two invented clinicians, one of them with a hostile name, read by the rules alone."""
    given = [
        Note("n1", TEXT, "n.txt", clinician="C1", client="A", date="2024-01-05"),
        Note("n2", OTHER, "n.txt", clinician=HOSTILE, client="B", date="2024-02-05"),
    ]
    tagged = [a for a in tag_notes(given, rules_only) if isinstance(a, Analysis)]
    return Loaded("own", tuple(ReadNote(note.text, a) for note, a in zip(given, tagged, strict=True)))


@pytest.fixture(scope="module")
def documents(notes: Loaded) -> list[Document]:
    return [Document(note.analysis, note.text) for note in notes.notes]


def _run(page: str) -> None:
    from analyzer.views import agreement_page, codebook_page, export_page

    {"export": export_page, "agreement": agreement_page, "codebook": codebook_page}[page].page()


@pytest.fixture
def opened(notes: Loaded, rules_only: Language, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens a page on these notes, with the rules alone as the program."""
    from analyzer.views import agreement_page, codebook_page, source

    monkeypatch.setattr(agreement_page, "pipeline", lambda: rules_only)
    monkeypatch.setattr(agreement_page, "rules_alone", lambda: rules_only)
    monkeypatch.setattr(codebook_page, "pipeline", lambda: rules_only)
    read = SimpleNamespace(running=False, stopped=False, error=None, loaded=notes)
    monkeypatch.setattr(source, "_current", lambda: read)

    def open_page(page: str) -> AppTest:
        return AppTest.from_function(_run, default_timeout=60, kwargs={"page": page}).run()

    return open_page
