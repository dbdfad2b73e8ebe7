"""A project with a strategy of its own, and notes that were read with it: made once, as loading takes longest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import analyzer
from analyzer.cli import cli
from analyzer.records import Analysis
from tests.unit.own.making import FIRST, SECOND, run


@pytest.fixture(scope="session")
def shipped_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own") / "example"
    assert CliRunner().invoke(cli, ["init-codebook", str(folder)]).exit_code == 0
    return folder


@pytest.fixture
def project(shipped_example: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(shipped_example, tmp_path / "project"))


@pytest.fixture(scope="session")
def tagged(shipped_example: Path) -> list[Analysis]:
    notes = [
        {"note_id": "n1", "text": FIRST, "clinician": "C1", "client": "K1", "date": "2026-03-01"},
        {"note_id": "n2", "text": SECOND, "clinician": "C2", "client": "K2", "date": "2026-03-02"},
    ]
    found = list(analyzer.analyze(notes, model=None, codebook=shipped_example))
    assert all(isinstance(analysis, Analysis) for analysis in found)
    return [analysis for analysis in found if isinstance(analysis, Analysis)]


@pytest.fixture(scope="session")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notes") / "notes.jsonl"
    rows = [{"note_id": "n1", "text": FIRST, "clinician": "C1"}, {"note_id": "n2", "text": SECOND, "clinician": "C2"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def lines(shipped_example: Path, notes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``analyzer tag --codebook`` writes: made once, since loading the pipeline takes longest."""
    path = tmp_path_factory.mktemp("tagged") / "tagged.jsonl"
    assert run("tag", notes, "--codebook", shipped_example, "--model", "none", "-o", path) == 0
    return path


@pytest.fixture(scope="session")
def plain() -> Analysis:
    """A note read without the folder."""
    (analysis,) = analyzer.analyze([{"note_id": "n3", "text": FIRST, "clinician": "C3"}], model=None)
    assert isinstance(analysis, Analysis)
    return analysis
