"""Prodigy opens the tasks with the tags on whole tokens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings

from analyzer.interchange import prodigy
from analyzer.interchange.document import Document
from tests.unit.interchange.awkward import CODED, MANY, TEXT, documents, whole


def read(path: Path) -> list[dict[str, Any]]:
    """The tasks, checked as Prodigy's documentation asks: tokens in order that make up the text, spans on tokens."""
    tasks = [json.loads(line) for line in path.read_bytes().decode("utf-8").split("\n")[:-1]]
    for task in tasks:
        tokens = task["tokens"]
        assert "".join(t["text"] + " " * t["ws"] for t in tokens) == task["text"]
        assert [t["id"] for t in tokens] == list(range(len(tokens)))
        assert all(task["text"][t["start"] : t["end"]] == t["text"] for t in tokens)
        for span in task["spans"]:
            first, last = tokens[span["token_start"]], tokens[span["token_end"]]
            assert first["start"] <= span["start"] < span["end"] <= last["end"] + last["ws"]
            # No token more than the span needs.
            assert span["start"] < first["end"] + first["ws"]
            assert last["start"] < span["end"]
    return tasks


def test_every_note_comes_back_with_its_words_and_labels(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    prodigy.write(iter(MANY), path)
    tasks = read(path)
    assert [(t["meta"]["note_id"], t["text"]) for t in tasks] == [(whole(d.analysis.note_id), d.text) for d in MANY]
    spans = [(TEXT[s["start"] : s["end"]], s["label"], s["confidence"]) for s in tasks[0]["spans"]]
    assert spans == [(tag.text, f"{tag.strategy}:{tag.status}", 0.75) for tag in CODED]
    assert tasks[-1] == {"text": "", "tokens": [], "spans": [], "meta": {"note_id": "empty"}}


def test_tags_of_whole_words_begin_and_end_with_tokens(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    prodigy.write(MANY[:1], path)
    (task,) = read(path)
    for span in task["spans"]:
        assert task["tokens"][span["token_start"]]["start"] == span["start"]
        assert task["tokens"][span["token_end"]]["end"] == span["end"]


@settings(max_examples=40)
@given(documents())
def test_any_text_keeps_its_labels_on_their_words(tmp_path_factory, document: Document) -> None:
    path = tmp_path_factory.mktemp("prodigy") / "notes.jsonl"
    prodigy.write([document], path)
    (task,) = read(path)
    assert [task["text"][s["start"] : s["end"]] for s in task["spans"]] == [t.text for t in document.analysis.tags]
