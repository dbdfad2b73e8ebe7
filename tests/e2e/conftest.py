"""Fixtures that tests of the dashboard share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest
from spacy.language import Language

from analyzer.notes import read_notes
from analyzer.views import intake, source


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, rules_only: Language) -> Iterator[None]:
    """Rules alone read the notes, and three sample notes stand for all."""
    monkeypatch.setattr(source, "pipeline", lambda: rules_only)
    monkeypatch.setattr(intake, "pipeline", lambda: rules_only)
    monkeypatch.setattr(source, "read_notes", lambda paths: islice(read_notes(paths), 3))
    source._samples.clear()
    yield
    source._samples.clear()
