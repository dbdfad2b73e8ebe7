"""Reading as a whole: what is given is read or named, whatever is in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.notes import MAX_CHARS, SUFFIXES, read_notes, read_uploads
from analyzer.records import AnalyzerError, Note, Remark, Skipped

from .making import SENTENCE, excel, notes, parquet, pdf, read, skipped, texts, word, zipped

WHOLE = {
    ".txt": SENTENCE.encode(),
    ".md": f"# Plan\n{SENTENCE}".encode("utf-16"),
    ".docx": word("Plan", SENTENCE),
    ".pdf": pdf(SENTENCE),
    ".rtf": rb"{\rtf1\ansi Words \'e9\par more}",
    ".csv": b'note_id,text,date\n1,"One, two",03/04/2026\n2,Three,\n',
    ".tsv": b"note_id\ttext\n1\tOne\n",
    ".xlsx": excel({"S": [["text", "date"], ["One", "2026-01-01"]]}),
    ".jsonl": b'{"text": "One", "date": "2026-01-01"}\n{"text": "Two"}\n',
    ".parquet": parquet({"text": ["One", "Two"], "n": [1, 2]}),
    ".zip": zipped({"a.txt": SENTENCE, "in/b.csv": "text\nOne\n"}),
}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_of_file_that_is_promised_is_read_in_any_case_of_its_ending(suffix: str) -> None:
    assert notes(read({f"A{suffix.upper()}": WHOLE[suffix]}))


def test_paths_are_read_in_the_order_given(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text(f"Note {name}")
    found = list(read_notes([tmp_path / "b.txt", tmp_path / "a.txt"]))
    assert [item.source for item in found] == ["b.txt", "a.txt"]


def test_files_read_from_the_disk_and_uploaded_give_the_same(tmp_path: Path) -> None:
    files = [(f"{number}{suffix}", data) for number, (suffix, data) in enumerate(WHOLE.items())]
    for name, data in files:
        (tmp_path / name).write_bytes(data)
    assert list(read_notes([tmp_path])) == list(read_uploads(files))


def test_a_path_that_does_not_exist_is_an_error_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A")
    with pytest.raises(AnalyzerError, match=r"gone\.txt: there is no such file or folder"):
        read_notes([tmp_path / "a.txt", tmp_path / "gone.txt"])
    with pytest.raises(AnalyzerError, match="can't be opened"):
        read_notes([tmp_path / "a\0.txt"])


def test_an_unknown_column_name_is_an_error() -> None:
    with pytest.raises(AnalyzerError, match="columns: words unknown; name one of client, clinician, date"):
        read_uploads([], columns={"words": "Progress Note"})


def test_a_readme_that_is_named_by_the_user_is_read(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(SENTENCE)
    assert texts(list(read_notes([tmp_path / "README.md"]))) == {"README": SENTENCE}


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("a.doc", ".docx"),
        ("a.xls", ".xlsx"),
        ("a.odt", ".docx"),
        ("a.json", ".jsonl"),
        ("a.tar.gz", ".zip"),
        ("a.xyz", ".txt"),
    ],
)
def test_a_kind_that_is_not_read_says_what_to_save_it_as(name: str, advice: str) -> None:
    assert advice in skipped(read({name: b"\xd0\xcf\x11\xe0"}))[name]


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl"])
def test_a_note_of_over_a_million_characters_is_named_with_its_size(name: str) -> None:
    def made(length: int) -> bytes:
        text = "x" * length
        return {"a.txt": text, "a.csv": f"text\n{text}\n", "a.jsonl": f'{{"text": "{text}"}}'}[name].encode()

    assert len(notes(read({name: made(MAX_CHARS)}))) == 1
    [reason] = skipped(read({name: made(MAX_CHARS + 1)})).values()
    assert reason == "is 1,000,001 characters long, more than 1,000,000: split it into its notes"


def test_a_file_that_may_not_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("A")

    def refuse(_path: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert skipped(list(read_notes([tmp_path]))) == {"a.txt": "can't be opened (PermissionError)"}


def test_an_upload_whose_name_is_a_path_is_only_called_by_it() -> None:
    assert texts(read({"../../a.txt": SENTENCE, "C:\\notes\\b.txt": "B"})) == {"a": SENTENCE, "b": "B"}


def test_no_upload_says_so() -> None:
    assert "holds no notes" in skipped(read({}))["uploads"]


def test_uploads_touch_no_disk(tmp_path: Path) -> None:
    script = (
        "import os, sys; from analyzer.notes import read_uploads\n"
        "def hook(event, args):\n"
        "    if event == 'open' and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT): print('wrote', args[0])\n"
        "files = [(f'a{s}', open(f, 'rb').read()) for s, f in (p.split('=', 1) for p in sys.argv[1:])]\n"
        "list(read_uploads(files)); sys.addaudithook(hook); print(len(list(read_uploads(files))))\n"
    )
    given_files = []
    for suffix, data in WHOLE.items():
        (tmp_path / f"a{suffix}").write_bytes(data)
        given_files.append(f"{suffix}={tmp_path / f'a{suffix}'}")
    done = subprocess.run([sys.executable, "-c", script, *given_files], capture_output=True, text=True, check=True)
    assert done.stdout.strip().isdigit()
    assert done.stderr == ""


def test_asking_for_the_reader_loads_no_heavy_library() -> None:
    script = (
        "import sys, analyzer.notes; print(sorted({'pandas', 'docx', 'pypdf', 'pyarrow', 'striprtf', 'openpyxl',"
        " 'charset_normalizer'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def only_the_three_kinds(files: list[tuple[str, bytes]]) -> None:
    found = list(read_uploads(files))
    assert found
    for item in found:
        assert isinstance(item, (Note, Skipped, Remark))
        item.source.encode()
        if isinstance(item, Note):
            assert item.text.strip()
            assert "\r" not in item.text
            repr(item.text.encode())


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SUFFIXES), st.binary(max_size=600))
def test_any_bytes_under_any_ending_give_notes_or_reasons_and_never_an_exception(suffix: str, data: bytes) -> None:
    only_the_three_kinds([(f"a{suffix}", data)])
    only_the_three_kinds([("b.zip", zipped({f"a{suffix}": data}))])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SUFFIXES), st.data())
def test_any_damage_to_a_good_file_gives_notes_or_reasons_and_never_an_exception(
    suffix: str, data: st.DataObject
) -> None:
    damaged = bytearray(WHOLE[suffix])
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=12)):
        damaged[at] = data.draw(st.integers(0, 255))
    only_the_three_kinds([(f"a{suffix}", bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))])


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=20), st.sampled_from(list(WHOLE.values()))), min_size=1, max_size=4),
    st.sampled_from(["", *SUFFIXES]),
)
def test_any_file_names_give_notes_or_reasons_and_never_an_exception(
    files: list[tuple[str, bytes]], suffix: str
) -> None:
    only_the_three_kinds([(name + suffix, data) for name, data in files])
