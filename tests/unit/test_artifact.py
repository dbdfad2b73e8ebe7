"""Model files are read safely: nothing that could run code, and clear words for what is broken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from skops.io import dumps

from analyzer.artifact import SHIPPED, load_artifact, load_shipped
from analyzer.records import STRATEGIES, DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED["default"], tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_is_small_and_whole(name: str) -> None:
    assert sum(path.stat().st_size for path in SHIPPED[name].iterdir()) < 30_000_000
    artifact = load_shipped(name)
    assert set(artifact.thresholds) == set(STRATEGIES)
    assert all(0 < limit < 1 for limit in artifact.thresholds.values())


@pytest.mark.parametrize("name", SHIPPED)
def test_the_card_speaks_of_the_model_beside_it(name: str) -> None:
    assert load_shipped(name).version in (SHIPPED[name] / "README.md").read_text(encoding="utf-8")


def test_a_type_that_could_run_code_is_refused(folder: Path) -> None:
    (folder / "model.skops").write_bytes(dumps({"strategies": shutil.rmtree}))
    with pytest.raises(DataError, match=r"untrusted type shutil\.rmtree"):
        load_artifact(folder)


@pytest.mark.parametrize("name", ["model.skops", "meta.json", "vocabularies.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(DataError, match=name):
        load_artifact(folder)


@pytest.mark.parametrize("name", ["model.skops", "meta.json", "vocabularies.json"])
def test_a_broken_file_is_told(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"{nonsense")
    with pytest.raises(DataError):
        load_artifact(folder)


def test_a_missing_threshold_is_named(folder: Path) -> None:
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    del meta["cue_threshold"]
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    with pytest.raises(DataError, match="cue_threshold"):
        load_artifact(folder)
