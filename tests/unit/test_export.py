"""Tables for other tools: every kind of file holds the same, no formula runs, no file is left half-written."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.export import EXPORTERS, dictionary, export
from analyzer.files import check_writable, whole_file
from analyzer.records import RESPONSES, STATUSES, STRATEGIES, Analysis, AnalyzerError
from tests.unit.test_profiles import AL, TR, note, notes

KINDS = [".csv", ".tsv", ".xlsx", ".parquet", ".jsonl"]
TWO_NOTES = [
    note("n1", (AL, "delivered"), (TR, "planned"), cues=[((TR,), "planned_only")]),
    note("n2", (AL, "delivered"), clinician=None, client="K2", date=None),
]


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of any of the kinds of file; an empty cell is None."""
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    frame = {
        ".csv": lambda: pd.read_csv(path, keep_default_na=False, na_values=[""]),
        ".tsv": lambda: pd.read_csv(path, sep="\t", keep_default_na=False, na_values=[""]),
        ".xlsx": lambda: pd.read_excel(path, keep_default_na=False, na_values=[""]),
        ".parquet": lambda: pd.read_parquet(path),
    }[path.suffix]()
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def written(
    tmp_path: Path, name: str, analyses: list[Analysis] = TWO_NOTES, *, kind: str = ".jsonl", **options: Any
) -> list:
    path = tmp_path / f"table{kind}"
    export(analyses, name, path, **options)
    return read(path)


def test_tags_have_a_row_each_and_no_words_unless_asked_for(tmp_path: Path) -> None:
    rows = written(tmp_path, "tags")
    assert rows[0] == {
        "note_id": "n1", "clinician": "C1", "client": "K1", "date": "2026-03-05", "strategy": AL, "status": "delivered",
        "start": 0, "end": 4, "confidence": 0.9, "source": "rule", "reason": "r1", "section": "plan", "cue": None,
        "repeated": False, "counted": True,
    }  # fmt: skip
    assert [(r["note_id"], r["strategy"], r["clinician"]) for r in rows[1:]] == [("n1", TR, "C1"), ("n2", AL, None)]
    assert [r["text"] for r in written(tmp_path, "tags", with_text=True)] == ["text"] * 3


def test_counts_have_a_row_for_each_group_strategy_and_status(tmp_path: Path) -> None:
    rows = written(tmp_path, "counts")
    assert len(rows) == 2 * len(STRATEGIES) * len(STATUSES)
    (planned,) = [r for r in rows if (r["group"], r["strategy"], r["status"]) == ("C1", TR, "planned")]
    assert (planned["unit"], planned["count"], planned["notes"], planned["words"]) == ("clinician", 1, 1, 100)
    assert (planned["opportunities"], planned["planned_only"], planned["responded"]) == (1, 1, 0)
    assert sum(r["count"] for r in rows) == 3


def test_wide_counts_have_a_row_for_each_group(tmp_path: Path) -> None:
    first, second = written(tmp_path, "counts-wide", by="note")
    assert (first["group"], first[f"{TR}.planned"], first[f"{TR}.opportunities"]) == ("n1", 1, 1)
    assert (second["group"], second[f"{AL}.delivered"], second[f"{AL}.notes_used"]) == ("n2", 1, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", EXPORTERS)
def test_every_kind_of_file_holds_the_same(tmp_path: Path, name: str, kind: str) -> None:
    expected = written(tmp_path, name, with_text=True)
    assert written(tmp_path, name, kind=kind, with_text=True) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", EXPORTERS)
def test_without_notes_the_columns_are_still_there(tmp_path: Path, name: str, kind: str) -> None:
    assert written(tmp_path, name, [], kind=kind) == []
    if kind != ".jsonl":
        first = {".parquet": pd.read_parquet, ".xlsx": pd.read_excel}.get(kind, pd.read_csv)
        options = {"sep": "\t"} if kind == ".tsv" else {}
        columns = list(first(tmp_path / f"table{kind}", **options).columns)
        assert columns == [c for c in dictionary(name)["column"] if c != "text"]


@settings(max_examples=20)
@given(st.lists(notes, max_size=6), st.sampled_from(["clinician", "client", "period", "note"]))
def test_exported_counts_add_up(tmp_path_factory: pytest.TempPathFactory, analyses: list[Analysis], by: str) -> None:
    folder = tmp_path_factory.mktemp("counts")
    long, wide = written(folder, "counts", analyses, by=by), written(folder, "counts-wide", analyses, by=by)
    tags = written(folder, "tags", analyses)
    wide_tags = sum(row[f"{strategy}.{status}"] for row in wide for strategy in STRATEGIES for status in STATUSES)
    assert sum(row["count"] for row in long) == wide_tags == sum(row["counted"] for row in tags)
    assert len(tags) == sum(len(a.tags) for a in analyses)
    assert all(row["opportunities"] == sum(row[response] for response in RESPONSES) for row in long)


@pytest.mark.parametrize("kind", [".csv", ".tsv", ".xlsx"])
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(tmp_path: Path, kind: str, start: str) -> None:
    name = f'{start}HYPERLINK("http://x.example","y")'
    rows = written(tmp_path, "tags", [note("n1", (AL, "delivered"), clinician=name)], kind=kind)
    assert rows[0]["clinician"] == "'" + name


def test_a_carriage_return_in_front_gets_an_apostrophe_too(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    export([note("n1", (AL, "delivered"), clinician="\r=1")], "tags", path)
    assert b"'\r=1" in path.read_bytes()


@pytest.mark.parametrize("kind", [".parquet", ".jsonl"])
def test_files_that_no_spreadsheet_opens_by_itself_keep_names_as_they_are(tmp_path: Path, kind: str) -> None:
    rows = written(tmp_path, "tags", [note("n1", (AL, "delivered"), clinician="=1+1")], kind=kind)
    assert rows[0]["clinician"] == "=1+1"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["\ud800", "a\x00b\x07", "Ünal 李 😢", 'quo"te, and\nlines', "\uffff"])
def test_odd_names_break_no_kind_of_file(tmp_path: Path, kind: str, name: str) -> None:
    (row,) = written(tmp_path, "tags", [note("n1", (AL, "delivered"), clinician=name)], kind=kind)
    if name.isprintable() or "\n" in name:
        assert row["clinician"] == name


@pytest.mark.parametrize("name", EXPORTERS)
def test_the_data_dictionary_explains_every_column_once(name: str) -> None:
    table = dictionary(name)
    assert list(table.columns) == ["column", "meaning", "type", "values"]
    assert table["column"].is_unique
    assert set(table["type"]) <= {"text", "integer", "number", "truth"}
    assert table["meaning"].str.len().min() > 10


def test_a_half_written_file_is_never_left(tmp_path: Path) -> None:
    target = tmp_path / "t.csv"
    target.write_text("old")
    with pytest.raises(RuntimeError, match="power cut"), whole_file(target) as part:
        part.write_text("half")
        raise RuntimeError("power cut")
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]
    assert target.read_text() == "old"


def test_notes_that_cannot_be_read_to_the_end_leave_the_old_file(tmp_path: Path) -> None:
    def broken() -> Any:
        yield TWO_NOTES[0]
        raise RuntimeError("disk gone")

    target = tmp_path / "t.csv"
    target.write_text("old")
    with pytest.raises(RuntimeError):
        export(broken(), "tags", target)
    assert ([p.name for p in tmp_path.iterdir()], target.read_text()) == (["t.csv"], "old")


def test_a_replaced_file_keeps_its_permissions_and_a_link_its_target(tmp_path: Path) -> None:
    target, link = tmp_path / "t.csv", tmp_path / "link.csv"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    export(TWO_NOTES, "tags", link)
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert len(read(target)) == 3


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("none/t.csv", "does not exist"),
        (".", "is a folder"),
        ("file.txt/t.csv", "does not exist"),
        ("x" * 300 + ".csv", "can't be written"),
        ("nul\x00.csv", "can't be written"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path, path: str, told: str) -> None:
    (tmp_path / "file.txt").touch()
    with pytest.raises(AnalyzerError, match=told):
        check_writable(tmp_path / path)
    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions bind only ordinary users, and this is root")
def test_a_write_protected_folder_is_told_before_the_work(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(AnalyzerError, match="can't be written"):
            check_writable(tmp_path / "t.csv")
    finally:
        tmp_path.chmod(0o700)


def test_a_device_is_written_to_and_not_replaced() -> None:
    null = Path(os.devnull)
    check_writable(null)
    with whole_file(null) as part:
        part.write_bytes(b"x")
    assert stat.S_ISCHR(null.stat().st_mode)


@pytest.mark.parametrize(
    ("name", "path", "options", "told"),
    [
        ("counts", "t.docx", {}, r"\.csv \.tsv \.xlsx \.parquet \.jsonl"),
        ("counts", "t", {}, r"\.csv"),
        ("feelings", "t.csv", {}, "counts, counts-wide, tags"),
        ("counts", "t.csv", {"by": "agency"}, "'agency'"),
        ("counts", "none/t.csv", {}, "does not exist"),
    ],
)
def test_a_wrong_call_is_told_before_any_note_is_read(
    tmp_path: Path, name: str, path: str, options: dict, told: str
) -> None:
    def unread() -> Any:
        pytest.fail("a note was read")
        yield

    with pytest.raises(AnalyzerError, match=told):
        export(unread(), name, tmp_path / path, **options)


def test_the_end_of_the_name_may_be_in_capitals(tmp_path: Path) -> None:
    export(TWO_NOTES, "tags", tmp_path / "T.CSV")
    assert (tmp_path / "T.CSV").read_text().startswith("note_id,")


def test_a_cell_that_excel_would_cut_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    long = note("x" * 40_000, (AL, "delivered"))
    with pytest.raises(AnalyzerError, match="does not fit into this kind of file"):
        export([long], "tags", tmp_path / "t.xlsx")
    assert not list(tmp_path.iterdir())
    export([long], "tags", tmp_path / "t.csv")
