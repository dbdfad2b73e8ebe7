"""Folders and what their index.csv says of the files in them."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from analyzer.notes import read_notes
from analyzer.records import Note

from .making import SENTENCE, notes, read, remarks, skipped, texts, zipped


def folder(base: Path, files: dict[str, str | bytes]) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        path = base / "clinic" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return base / "clinic"


def test_a_folder_is_read_with_the_folders_in_it_in_a_fixed_order(tmp_path: Path) -> None:
    clinic = folder(tmp_path, {"b.txt": "B", "a/2.md": "A2", "a/1.txt": "A1", "c.zip": zipped({"in/x.txt": "X"})})
    expected = [
        Note("1", "A1", "a/1.txt"),
        Note("2", "A2", "a/2.md"),
        Note("b", "B", "b.txt"),
        Note("x", "X", "c.zip/in/x.txt"),
    ]
    assert list(read_notes([clinic])) == expected
    assert list(read_notes([clinic])) == expected


def test_hidden_files_and_readmes_are_left_out_quietly_and_unknown_kinds_are_named(tmp_path: Path) -> None:
    quiet = [
        ".hidden.txt",
        ".git/a.txt",
        "README",
        "readme.md",
        "sub/README.txt",
        "~$note.docx",
        "Thumbs.db",
        "__MACOSX/a.txt",
    ]
    clinic = folder(tmp_path, {"a.txt": "A", "old.doc": "x", "pic.png": "x", "noend": "x", **dict.fromkeys(quiet, "x")})
    found = list(read_notes([clinic]))
    assert texts(found) == {"a": "A"}
    assert sorted(skipped(found)) == ["noend", "old.doc", "pic.png"]
    assert "save it as .docx" in skipped(found)["old.doc"]
    assert "OCR" in skipped(found)["pic.png"]
    assert "has no file ending" in skipped(found)["noend"]


def test_a_folder_without_notes_says_so(tmp_path: Path) -> None:
    clinic = folder(tmp_path, {"README.md": "x"})
    assert list(skipped(read_notes([clinic]))) == ["clinic"]
    assert "holds no notes" in skipped(read_notes([clinic]))["clinic"]
    (tmp_path / "empty").mkdir()
    assert "holds no notes" in skipped(read_notes([tmp_path / "empty"]))["empty"]


def test_the_same_name_in_two_folders_is_told_apart_by_its_path() -> None:
    files = {"may/1.txt": "A", "june/1.txt": "B", "june/2.txt": "C", "june/3.txt": "D", "june/3.md": "E"}
    assert texts(read(files)) == {"may/1": "A", "june/1": "B", "2": "C", "june/3.txt": "D", "june/3.md": "E"}


def test_an_index_gives_metadata_and_files_that_it_does_not_name_are_read_too() -> None:
    index = "File,note_id,Clinician,client,date,Room\na.txt,N1,DR,C1,13/04/2026,4\nsub\\b.txt,,KT,,03/04/2026,\n"
    found = read({"index.csv": index, "a.txt": "A", "sub/b.txt": "B", "c.txt": "C"})
    assert found == [
        Note("N1", "A", "a.txt", "DR", "C1", "2026-04-13", {"Room": "4"}),
        Note("c", "C", "c.txt"),
        Note("b", "B", "sub/b.txt", "KT", None, "2026-04-03"),
    ]


def test_an_index_may_have_other_headings_too() -> None:
    index = "Document,Therapist\na.txt,DR\n"
    [note] = read({"index.csv": index, "a.txt": "A"}, columns={"file": "Document", "clinician": "Therapist"})
    assert isinstance(note, Note)
    assert note.clinician == "DR"


def test_what_is_wrong_in_an_index_is_named_by_row() -> None:
    index = "file,date\ngone.txt,\n,\n,2026-01-01\n../b.txt,\na.txt,03/04/2026\na.txt,\n"
    found = read({"index.csv": index, "a.txt": "A"})
    assert texts(found) == {"a": "A"}
    assert skipped(found) == {
        "index.csv row 1": "names the file 'gone.txt', which is not in the folder",
        "index.csv row 3": "names no file",
        "index.csv row 4": "names the file '../b.txt', which is not in the folder",
    }
    assert remarks(found) == [
        "index.csv row 6: names the file 'a.txt' again: its first row was taken",
        "index.csv: 1 date(s) kept as written (1 may put the day or the month first): write them as YYYY-MM-DD",
    ]


def test_an_index_in_a_folder_below_speaks_of_the_files_beside_it() -> None:
    files = {"a.txt": "A", "sub/a.txt": "B", "sub/index.csv": "file,clinician\na.txt,DR\n"}
    assert [(n.source, n.clinician) for n in notes(read(files))] == [("a.txt", None), ("sub/a.txt", "DR")]


def test_an_index_finds_names_in_another_case_or_accent_form_and_readmes_that_it_names() -> None:
    index = "file,clinician\nZoé.TXT,DR\nreadme_1.txt,KT\n"
    files = {"index.csv": index, unicodedata.normalize("NFD", "zoé.txt"): "A", "readme_1.txt": "B"}
    assert [note.clinician for note in notes(read(files))] == ["KT", "DR"]


def test_the_columns_of_a_table_rule_over_the_index() -> None:
    index = "file,note_id,clinician,client,date\nn.csv,N9,DR,C9,2026-03-04\n"
    found = notes(read({"index.csv": index, "n.csv": "note_id,text,clinician\n1,One,KT\n2,Two,\n"}))
    assert [(n.note_id, n.clinician, n.client, n.date) for n in found] == [
        ("1", "KT", "C9", "2026-03-04"),
        ("2", "DR", "C9", "2026-03-04"),
    ]


def test_an_index_that_is_a_table_of_notes_is_read_as_one() -> None:
    assert texts(read({"index.csv": "note_id,text\n1,One\n"})) == {"1": "One"}


def test_an_index_that_cannot_be_read_is_told_and_the_files_are_read() -> None:
    found = read({"index.csv": "\x00\x01\x02\x03\x04\x05\x06\x07", "a.txt": "A"})
    assert texts(found) == {"a": "A"}
    assert "binary" in skipped(found)["index.csv"]


def test_an_index_given_by_itself_asks_for_its_folder(tmp_path: Path) -> None:
    clinic = folder(tmp_path, {"index.csv": "file,clinician\na.txt,DR\n", "a.txt": "A"})
    found = list(read_notes([clinic / "a.txt", clinic / "index.csv"]))
    assert texts(found) == {"a": "A"}
    assert "give the folder that holds it" in skipped(found)["index.csv"]


def test_an_index_works_inside_an_archive() -> None:
    archive = zipped({"batch/index.csv": "file,clinician\na.txt,DR\n", "batch/a.txt": "A"})
    assert read({"b.zip": archive}) == [Note("a", "A", "b.zip/batch/a.txt", "DR")]


def test_links_in_circles_pipes_and_dangling_links_are_named_and_do_not_hang(tmp_path: Path) -> None:
    clinic = folder(tmp_path, {"a.txt": SENTENCE})
    (clinic / "circle").symlink_to(clinic, target_is_directory=True)
    (clinic / "gone.txt").symlink_to(clinic / "nowhere.txt")
    os.mkfifo(clinic / "pipe.txt")
    found = list(read_notes([clinic]))
    assert texts(found) == {"a": SENTENCE}
    assert skipped(found) == {
        "circle": "is a link to a folder and was not followed: give that folder itself",
        "gone.txt": "can't be opened (FileNotFoundError)",
        "pipe.txt": "is no ordinary file",
    }


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such file names")
def test_a_file_name_that_is_not_utf_8_can_be_printed(tmp_path: Path) -> None:
    (tmp_path / "clinic").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "clinic") + b"/caf\xe9.txt")).write_text("A")
    [note] = read_notes([tmp_path / "clinic"])
    assert isinstance(note, Note)
    assert (note.note_id, note.source) == ("caf\ufffd", "caf\ufffd.txt")
