"""Training on a part of the corpus: files written, the same seed gives the same model, broken corpora are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.artifact import load_artifact
from analyzer.corpus import read_coded, write_coded
from analyzer.pipeline import load
from analyzer.records import DataError
from analyzer.train import train
from tests.conftest import ROOT

WRITERS = ("p01", "p04", "q01", "q17")


@pytest.fixture(scope="module")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "small.jsonl"
    notes = read_coded(ROOT / "models" / "corpus")
    chosen = [note for writer in WRITERS for note in [n for n in notes if n.writer == writer][:12]]
    write_coded(chosen, path)
    return path


@pytest.fixture(scope="module")
def model(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("model")
    shares: list[float] = []
    train(
        small_corpus,
        out,
        gold=small_corpus,
        seed=7,
        encoder=False,
        progress=lambda _, done: shares.append(done),
    )
    assert shares == sorted(shares)
    assert 0 <= shares[-1] <= 1
    return out


def test_a_model_folder_holds_model_card_and_metrics(model: Path) -> None:
    names = {path.name for path in model.iterdir()}
    assert names == {"model.skops", "vocabularies.json", "meta.json", "metrics.json", "README.md"}
    card = (model / "README.md").read_text(encoding="utf-8")
    assert "$" not in card
    assert "writers" in card
    metrics = json.loads((model / "metrics.json").read_text(encoding="utf-8"))
    assert 0 < metrics["gold"]["segments"]["micro"]["f1"]["value"] <= 1


def test_the_trained_pipeline_reads_notes(model: Path) -> None:
    doc = load(model)("Validated her grief. Reviewed limits of confidentiality with client.")
    found = {span.label_: span._.source for span in doc.spans["strategies"]}
    assert found == {"active_listening_empathy": "rule+model", "transparency": "rule+model"}


def test_the_same_corpus_and_seed_give_the_same_model(model: Path, small_corpus: Path, tmp_path: Path) -> None:
    train(small_corpus, tmp_path, gold=small_corpus, seed=7, encoder=False)
    for name in ("meta.json", "vocabularies.json", "metrics.json", "README.md"):
        assert (tmp_path / name).read_bytes() == (model / name).read_bytes()
    first, second = load_artifact(model), load_artifact(tmp_path)
    for head in first.estimators:
        a, b = (artifact.estimators[head].named_steps["head"] for artifact in (first, second))
        coefficients = [[e.coef_.tolist() for e in getattr(x, "estimators_", [x])] for x in (a, b)]
        assert coefficients[0] == coefficients[1]


def test_a_single_writer_is_not_enough(small_corpus: Path, tmp_path: Path) -> None:
    write_coded([n for n in read_coded(small_corpus) if n.writer == "p01"], tmp_path / "one.jsonl")
    with pytest.raises(DataError, match="two writers"):
        train(tmp_path / "one.jsonl", tmp_path / "out", encoder=False)
