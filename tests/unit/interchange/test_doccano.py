"""doccano draws each label on the words that were tagged, emoji or not."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings

from analyzer.interchange import doccano
from analyzer.interchange.document import Document
from tests.unit.interchange.awkward import CODED, MANY, documents, whole


def read(path: Path) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Note id, text and each label with its words, cut out as JavaScript's substring does."""
    lines = [json.loads(line) for line in path.read_bytes().decode("utf-8").split("\n")[:-1]]
    return [
        (row["note_id"], row["text"], [(substring(row["text"], a, b), label) for a, b, label in row["label"]])
        for row in lines
    ]


def substring(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def test_every_note_comes_back_with_its_words_and_labels(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    doccano.write(iter(MANY), path)
    labels = [(tag.text, f"{tag.strategy}:{tag.status}") for tag in CODED]
    assert ("reviewed limits of confidentiality", "trauma_informed:other_agent") in labels
    expected = [(whole(d.analysis.note_id), d.text, labels if d.text else []) for d in MANY]
    assert read(path) == expected


def test_an_emoji_counts_two_as_in_the_browser(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    doccano.write(MANY[:1], path)
    first = json.loads(path.read_text(encoding="utf-8"))["label"][0]
    assert MANY[0].text is not None
    assert MANY[0].text.index("validated") == 5
    assert first == [6, 26, "active_listening_empathy:delivered"]


@settings(max_examples=40)
@given(documents())
def test_any_text_keeps_its_labels_on_their_words(tmp_path_factory, document: Document) -> None:
    path = tmp_path_factory.mktemp("doccano") / "notes.jsonl"
    doccano.write([document], path)
    ((_, text, labels),) = read(path)
    assert text == document.text
    assert labels == [(tag.text, f"{tag.strategy}:{tag.status}") for tag in document.analysis.tags]
