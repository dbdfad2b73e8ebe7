"""What all files for annotation tools have in common: never without the text, never half-written, never told aloud."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analyzer.interchange import brat, docbin, doccano, labelstudio, prodigy
from analyzer.interchange.document import Document
from analyzer.interchange.files import json_of
from analyzer.records import AnalyzerError, DataError
from tests.unit.interchange.awkward import CODED, MANY, ONE, document

WRITERS = pytest.mark.parametrize(
    "write",
    [brat.write, docbin.write, doccano.write, labelstudio.write, prodigy.write],
    ids=lambda write: write.__module__.rpartition(".")[2],
)
Write = Callable[..., None]


def left_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.rglob("*"))


@WRITERS
def test_notes_without_their_text_are_refused_with_what_to_do(tmp_path: Path, write: Write) -> None:
    with pytest.raises(AnalyzerError, match="--with-text"):
        write([ONE, document(text=None)], tmp_path / "out")
    assert left_in(tmp_path) == []


@WRITERS
def test_a_text_that_is_not_the_tagged_one_is_refused_by_note_and_place(tmp_path: Path, write: Write) -> None:
    with pytest.raises(DataError, match=r"(?s)note 'x{80}…'.*5:25.*0:9.*give the notes that were tagged") as error:
        write([document("x" * 10_000, "too short", tags=CODED)], tmp_path / "out")
    assert "short" not in str(error.value)
    assert left_in(tmp_path) == []


@WRITERS
def test_if_something_goes_wrong_midway_nothing_is_left(tmp_path: Path, write: Write) -> None:
    def breaking() -> Iterator[Document]:
        yield ONE
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(breaking(), tmp_path / "out")
    assert left_in(tmp_path) == []


@WRITERS
def test_a_place_that_does_not_exist_is_told_before_any_note_is_read(tmp_path: Path, write: Write) -> None:
    def never() -> Iterator[Document]:
        pytest.fail("a note was read")
        yield ONE

    with pytest.raises(AnalyzerError, match="nowhere"):
        write(never(), tmp_path / "nowhere" / "out")


@WRITERS
def test_the_same_notes_give_the_same_bytes(tmp_path: Path, write: Write) -> None:
    for name in ("first", "second"):
        write(iter(MANY), tmp_path / name)
    first, second = (sorted((tmp_path / name).rglob("*")) or [tmp_path / name] for name in ("first", "second"))
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]


@pytest.mark.parametrize("write", [docbin.write, doccano.write, labelstudio.write, prodigy.write])
def test_a_file_from_last_time_is_replaced_only_by_a_whole_one(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "out"
    path.write_text("last time")
    with pytest.raises(AnalyzerError):
        write([ONE, document(text=None)], path)
    assert path.read_text() == "last time"
    write([ONE], path)
    assert path.read_bytes() != b"last time"
    assert left_in(tmp_path) == ["out"]


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029"])
def test_a_rare_line_end_in_an_id_does_not_break_a_line_of_json(end: str) -> None:
    line = json_of({"note_id": f"a{end}b"})
    assert line.splitlines() == [line]
    assert json.loads(line) == {"note_id": f"a{end}b"}
