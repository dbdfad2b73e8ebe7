"""brat opens the folder: a safe file name for any id, lines that its parser takes, and nobody's annotations lost."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from analyzer.interchange import brat
from analyzer.interchange.document import Document
from analyzer.records import STATUSES, AnalyzerError
from tests.unit.interchange.awkward import CODED, CUES, MANY, ONE, TEXT, document, documents, tag, whole

Found = tuple[str, str, dict[str, Any]]


def read(folder: Path) -> dict[str, tuple[str, list[Found]]]:
    """Text and annotations (type, words, attributes) by note id, as brat's standoff format is described.

    A line is ID, tab, TYPE START END, tab, the words themselves; attributes are ID, tab, NAME TARGET [VALUE].
    """
    notes = {}
    for line in (folder / "notes.jsonl").read_text(encoding="utf-8").splitlines():
        about = json.loads(line)
        text = (folder / about["file"]).read_bytes().decode("utf-8")
        ann = (folder / about["file"]).with_suffix(".ann").read_bytes().decode("utf-8")
        notes[about["note_id"]] = (text, annotations(text, ann))
    return notes


def annotations(text: str, ann: str) -> list[Found]:
    found: dict[str, Found] = {}
    # brat splits lines where str.splitlines does; each must then be whole.
    for line in ann.splitlines():
        mark, data, *rest = line.split("\t", 2)
        if mark.startswith("T"):
            kind, start, end = data.split(" ")
            assert ";" not in data
            assert text[int(start) : int(end)] == rest[0]
            assert mark not in found
            found[mark] = (kind, rest[0], {})
        elif mark.startswith("A"):
            name, target, *value = data.split(" ")
            found[target][2][name] = value[0] if value else True
        else:
            assert re.fullmatch(r"#\d+", mark)
            name, target = data.split(" ")
            assert name == "AnnotatorNotes"
            found[target][2]["note"] = rest[0]
    return list(found.values())


def test_every_note_comes_back_with_its_words_strategies_and_statuses(tmp_path: Path) -> None:
    brat.write(iter(MANY), tmp_path / "brat")
    notes = read(tmp_path / "brat")
    assert list(notes) == list(dict.fromkeys(whole(d.analysis.note_id) for d in MANY))
    assert notes.pop("empty") == ("", [])
    for text, found in notes.values():
        assert text == TEXT
        assert [(kind, words, about["status"]) for kind, words, about in found[:-1]] == [
            (tag.strategy, tag.text, tag.status) for tag in CODED
        ]
        assert found[0][2]["note"] == "confidence 0.75, found by rule+model: r1"
        called = {"response": "planned_only", "calls_for_safe_space": True, "calls_for_transparency": True}
        assert found[-1] == ("opportunity", CUES[0].text, called)


def test_any_id_gives_a_file_name_that_every_system_takes(tmp_path: Path) -> None:
    brat.write(iter(MANY), tmp_path / "brat")
    names = [file.name for file in (tmp_path / "brat").iterdir()]
    assert len(names) == 2 * len(MANY) + 2
    assert len({name.casefold() for name in names}) == len(names)
    assert {"n1.txt", "n1.ann", "empty.txt", "annotation.conf", "notes.jsonl"} <= set(names)
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.(txt|ann|conf|jsonl)", name)
        assert not re.match(r"(con|com1)\.|hidden_", name, re.IGNORECASE)
    assert list(tmp_path.iterdir()) == [tmp_path / "brat"]


def test_the_configuration_offers_all_types_and_attributes(tmp_path: Path) -> None:
    brat.write([ONE], tmp_path / "brat")
    sections = re.split(r"^\[(\w+)\]\n", (tmp_path / "brat" / "annotation.conf").read_text(), flags=re.MULTILINE)[1:]
    content = {name: part.split("\n") for name, part in zip(sections[::2], sections[1::2], strict=True)}
    assert list(content) == ["entities", "relations", "events", "attributes"]
    entities = [line for line in content["entities"] if line]
    attributes = dict(line.split("\t") for line in content["attributes"] if line)
    (_, found) = read(tmp_path / "brat")["n1"]
    for kind, _, about in found:
        assert kind in entities
        for name, value in about.items():
            if name != "note":
                assert kind in attributes[name].split("Arg:")[1].split(",")[0].split("|")
                assert value is True or value in attributes[name].split("Value:")[1].split("|")
    assert attributes["status"].endswith("Value:" + "|".join(STATUSES))


def test_a_folder_with_somebodys_annotations_is_not_replaced(tmp_path: Path) -> None:
    brat.write([ONE], tmp_path / "brat")
    (tmp_path / "brat" / "n1.ann").write_text("T1\tsafe_space 0 1\t😀\n", encoding="utf-8")
    with pytest.raises(AnalyzerError, match="holds files already"):
        brat.write([ONE], tmp_path / "brat")
    assert "safe_space" in (tmp_path / "brat" / "n1.ann").read_text(encoding="utf-8")


def test_an_empty_folder_is_filled_and_a_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    brat.write([ONE], tmp_path / "empty")
    assert "n1" in read(tmp_path / "empty")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(AnalyzerError, match="is a file"):
        brat.write([ONE], tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
    for name in ("nul\0", "x" * 300):
        with pytest.raises(AnalyzerError, match="can't be written"):
            brat.write([ONE], tmp_path / name)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["empty", "file"]


def test_a_line_break_within_a_tag_becomes_a_space_and_no_other_does(tmp_path: Path) -> None:
    text = "set goals\ntogether\nand wrote them down"
    tags = (tag(text, "goals\ntogether", "collaborative_decision_making"),)
    brat.write([document("n1", text, tags)], tmp_path / "brat")
    written, found = read(tmp_path / "brat")["n1"]
    assert written == "set goals together\nand wrote them down"
    assert found[0][1] == "goals together"


@settings(max_examples=40)
@given(documents())
def test_any_text_keeps_its_tags_on_their_words(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    folder = tmp_path_factory.mktemp("brat") / "notes"
    brat.write([document], folder)
    ((text, found),) = read(folder).values()
    assert document.text is not None
    assert len(text) == len(document.text)
    blank = str.maketrans(dict.fromkeys("\n\x0b\x85\u2028", " "))
    tags = [(t.strategy, t.text.translate(blank), t.status) for t in document.analysis.tags]
    assert [(kind, words, about["status"]) for kind, words, about in found if "status" in about] == tags
