"""A strategy of one's own is scored against human codes, and learns from examples."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import analyzer
from analyzer.cli import cli
from analyzer.examples import read_examples
from analyzer.manifest import files_read, read_manifest
from analyzer.methods import methods
from analyzer.pipeline import load
from analyzer.records import STRATEGIES, Analysis, DataError
from analyzer.trial import try_out
from tests.conftest import ROOT
from tests.unit.own.making import OWN, run


def test_human_codes_of_it_are_scored(
    shipped_example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Prayed with client before the hearing."
    tag = {"segment": 0, "strategy": OWN, "status": "delivered", "start": 0, "end": len(text) - 1}
    note = {"note_id": "g1", "text": text, "segments": [[0, len(text)]], "tags": [tag], "cues": [], "boilerplate": []}
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(note) + "\n", encoding="utf-8")
    assert run("evaluate", gold, "--codebook", shipped_example, "--model", "none", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    (own,) = [s for s in figures["segments"]["strategies"] if s["name"] == OWN]
    assert own["true_positives"] == 1
    assert run("evaluate", gold, "--model", "none") == 2
    assert "unknown strategy" in capsys.readouterr().err


def test_too_few_examples_are_counted_and_nothing_is_trained(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (project / "examples.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (project / "examples.jsonl").write_text("".join(lines[:12]), encoding="utf-8")
    assert run("train", "--codebook", project) == 2
    assert f"strategy {OWN}: 12 coded example(s), 30 are needed" in capsys.readouterr().err
    assert not (project / "model").exists()


def test_reviewed_notes_count_as_examples_too(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (project / "examples.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (project / "examples.jsonl").write_text("".join(lines[:12]), encoding="utf-8")
    tag = {"segment": 0, "strategy": OWN, "status": "delivered", "start": 0, "end": 18}
    note = {"note_id": "r1", "text": "Prayed with client.", "segments": [[0, 19]], "tags": [tag], "cues": []}
    reviewed = tmp_path / "reviewed.jsonl"
    reviewed.write_text(json.dumps({**note, "boilerplate": []}) + "\n", encoding="utf-8")
    assert run("train", "--codebook", project, "--with", reviewed) == 2
    assert f"strategy {OWN}: 13 coded example(s), 30 are needed" in capsys.readouterr().err


def test_sentences_and_whole_notes_stand_in_one_file_of_examples(project: Path) -> None:
    text = "Prayed with client."
    tag = {"segment": 0, "strategy": OWN, "status": "delivered", "start": 0, "end": 18}
    note = {"note_id": "g1", "text": text, "segments": [[0, 19]], "tags": [tag], "cues": [], "boilerplate": []}
    lines = [note, {"text": "Sat in quiet.", "strategy": OWN}, {"text": "Sat in quiet.", "strategy": "safe_space"}]
    (project / "examples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    found = read_examples(project, (*STRATEGIES, OWN))
    assert [[tag.strategy for tag in note.tags] for note in found] == [[OWN], [OWN, "safe_space"]]


@pytest.fixture(scope="module")
def trained(shipped_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example project with heads; a few notes of the corpus are enough here."""
    folder = Path(shutil.copytree(shipped_example, tmp_path_factory.mktemp("trained") / "project"))
    corpus = folder.parent / "few.jsonl"
    with (ROOT / "models" / "corpus" / "corpus_3.jsonl").open(encoding="utf-8") as file:
        corpus.write_text("".join(next(file) for _ in range(12)), encoding="utf-8")
    result = CliRunner().invoke(cli, ["train", "--codebook", str(folder), "--corpus", str(corpus)])
    assert result.exit_code == 0, result.output
    return folder


def test_heads_come_with_a_manifest_of_what_they_learned_from(trained: Path) -> None:
    manifest = read_manifest(trained / "model" / "manifest.json")
    read = {files.option: set(files.sha256) for files in manifest.inputs}
    assert read["corpus"] == {"few.jsonl"}
    assert {"codebook.yml", "examples.jsonl"} <= read["codebook"]
    assert not any(name.startswith("model/") for name in read["codebook"])
    assert "Heads for the project's own strategies were trained" in " ".join(methods(manifest).split())


def test_training_again_from_the_manifest_gives_the_same_heads_and_leaves_the_project_alone(trained: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (trained / "model").iterdir()}
    told = CliRunner().invoke(
        cli, ["reproduce", str(trained / "model" / "manifest.json"), "--inputs", str(trained.parent)]
    )
    assert "The bytes are the same: model." in told.output
    assert {path: path.stat().st_mtime_ns for path in (trained / "model").iterdir()} == before


def test_what_is_made_with_the_heads_names_them_and_their_examples_by_hash(trained: Path) -> None:
    assert {"examples.jsonl", "model/model.skops", "model/meta.json"} <= set(files_read("codebook", trained).sha256)


def test_training_adds_a_head_with_its_card_and_leaves_the_shipped_model_alone(trained: Path) -> None:
    assert sum(path.stat().st_size for path in (trained / "model").iterdir()) < 2_000_000
    card = (trained / "model" / "README.md").read_text(encoding="utf-8")
    assert "| Spiritual care | words and rules (the fast model) | 40 |" in card
    settings = json.loads((trained / "model" / "meta.json").read_text(encoding="utf-8"))
    assert all(0.1 <= limit <= 0.9 for limit in settings["thresholds"].values())


@pytest.mark.parametrize("model", ["fast", "default"])
def test_the_head_finds_what_no_rule_says(trained: Path, model: str) -> None:
    if model == "default" and not (ROOT / "models" / "accurate" / "model.skops").exists():
        pytest.skip("models/accurate is not installed; 'make model' makes it")
    texts = ["Prayed with client at her request. Reviewed the bus times.", "Sat with him in silence for the prayer."]
    first, second = analyzer.analyze(texts, model=model, codebook=trained)
    assert isinstance(first, Analysis)
    assert isinstance(second, Analysis)
    (tag,) = [tag for tag in first.tags if tag.strategy == OWN]
    assert (tag.source, tag.reason) == ("rule+model", "sp.prayed_with")
    if model == "default":
        (tag,) = [tag for tag in second.tags if tag.strategy == OWN]
        assert tag.source == "model"
        assert tag.reason.startswith("own-")


def test_a_sentence_tried_out_shows_the_score_of_its_head(trained: Path) -> None:
    tried = try_out("Prayed with client at her request.", load("fast", codebook=trained))
    assert [score.strategy for score in tried.scores] == [*STRATEGIES, OWN]
    assert tried.scores[-1].probability >= tried.scores[-1].threshold


def test_heads_trained_on_another_encoder_are_refused(trained: Path, tmp_path: Path) -> None:
    if not (ROOT / "models" / "accurate" / "model.skops").exists():
        pytest.skip("models/accurate is not installed; 'make model' makes it")
    folder = Path(shutil.copytree(trained, tmp_path / "moved"))
    settings = json.loads((folder / "model" / "meta.json").read_text(encoding="utf-8"))
    (folder / "model" / "meta.json").write_text(json.dumps(settings | {"encoder": "encoder-older"}))
    with pytest.raises(DataError, match="train anew"):
        list(analyzer.analyze(["Prayed with client."], codebook=folder))
