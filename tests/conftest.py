"""Fixtures that many tests share: pipelines are built once a worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from spacy.language import Language

from analyzer.pipeline import load

# The first example pays for loading; speed is measured in tests/benchmarks, not here.
settings.register_profile("plain", deadline=None, max_examples=60)
settings.load_profile("plain")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def rules_only() -> Language:
    """The pipeline without a model: rules and the codebook's order of status cues alone."""
    return load(model=None)


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The pipeline as it ships."""
    return load()


@pytest.fixture(scope="session")
def gold_dev() -> Path:
    """The coded notes that the project measures on; users don't have them."""
    path = SHARED / "gold_dev" / "gold_dev.jsonl"
    if not path.exists():
        pytest.skip("the project's shared gold notes are not on this machine")
    return path
