"""Tables: one note a row, all cells as they are written, and every row that is not read is named."""

from __future__ import annotations

import datetime as dt
import io
import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analyzer.notes import read_notes
from analyzer.records import Note

from .making import SENTENCE, excel, multiplying_entities, notes, parquet, read, remarks, skipped, texts, with_member

COLUMNS = ("note_id", "text", "clinician", "client", "date", "Site")
FIRST = ("007", SENTENCE, "DR", "C1", "2026-03-04", "North")
NOTE = Note("007", SENTENCE, "", "DR", "C1", "2026-03-04", {"Site": "North"})
LINE = ",".join(COLUMNS) + "\n" + ",".join(FIRST) + "\n"


@pytest.mark.parametrize(
    ("name", "data", "row"),
    [
        ("n.csv", LINE.encode(), "row 1"),
        ("n.csv", LINE.replace(",", ";").encode("cp1252"), "row 1"),
        ("n.csv", LINE.replace(",", "\t").encode("utf-16"), "row 1"),
        ("n.csv", b"\xef\xbb\xbf" + LINE.replace("\n", "\r\n").encode(), "row 1"),
        ("n.csv", b"sep=;\n" + LINE.replace(",", ";").encode(), "row 1"),
        ("n.tsv", LINE.replace(",", "\t").encode(), "row 1"),
        ("n.xlsx", excel({"Sheet1": [list(COLUMNS), list(FIRST)]}), "row 1"),
        ("n.jsonl", json.dumps(dict(zip(COLUMNS, FIRST, strict=True))).encode(), "line 1"),
        ("n.parquet", parquet({name: [value] for name, value in zip(COLUMNS, FIRST, strict=True)}), "row 1"),
    ],
    ids=["csv", "semicolons", "tabs", "Excel's UTF-8", "sep=", "tsv", "xlsx", "jsonl", "parquet"],
)
def test_the_same_row_is_the_same_note_in_every_kind_of_table(name: str, data: bytes, row: str) -> None:
    assert read({name: data}) == [replace(NOTE, source=f"{name} {row}")]


def test_headings_are_known_in_any_case_and_with_spaces_around() -> None:
    [note] = notes(read({"n.csv": " Note_ID ,TEXT, Clinician\n 1 ,One , A \n"}))
    assert (note.note_id, note.text, note.clinician) == ("1", "One ", "A")


def test_the_delimiter_is_the_one_under_which_there_is_a_text_column() -> None:
    assert texts(read({"n.csv": "note_id;text;mood (low, flat, bright, other)\n1;One, two;low\n"})) == {"1": "One, two"}


def test_the_row_labels_of_pandas_are_no_column() -> None:
    buffer = io.BytesIO()
    pd.DataFrame({"text": ["One", "Two"]}, index=[5, 9]).to_parquet(buffer)
    assert [note.extra for note in notes(read({"n.parquet": buffer.getvalue()}))] == [{}, {}]


def test_other_headings_are_mapped_by_the_user() -> None:
    csv = "ID,Progress Note,Text\n5,One,not the note\n"
    [note] = notes(read({"n.csv": csv}, columns={"text": " progress note", "note_id": "ID"}))
    assert (note.note_id, note.text, note.extra) == ("5", "One", {"Text": "not the note"})


def test_a_mapped_heading_that_is_missing_is_told_and_our_own_name_stands_in() -> None:
    found = read({"n.csv": "text\nOne\n"}, columns={"text": "Progress Note", "client": "Alias"})
    assert texts(found) == {"n-1": "One"}
    assert remarks(found) == [
        "n.csv: has no column 'Progress Note' for text (its own column of that name was taken)",
        "n.csv: has no column 'Alias' for client",
    ]


def test_a_table_without_a_text_column_names_its_headings_and_the_option() -> None:
    reason = skipped(read({"n.csv": "ID,Progress Note\n1,One\n"}))["n.csv"]
    assert "'ID', 'Progress Note'" in reason
    assert "--columns text=HEADING" in reason


def test_a_table_without_headings_does_not_show_its_first_note_as_a_heading() -> None:
    reason = skipped(read({"n.csv": f'1,"{SENTENCE} {SENTENCE}"\n'}))["n.csv"]
    assert "confidentiality" not in reason


@pytest.mark.parametrize(
    "line", ["1,Mother died", "C1,2026-03-04,Mother died", "C1,Mother died today.", '"Mother died today!"']
)
def test_a_short_note_in_a_table_without_headings_is_not_shown_either(line: str) -> None:
    reason = skipped(read({"n.csv": f"{line}\n"}))["n.csv"]
    assert "Mother" not in reason
    assert "headings found: none" in reason
    assert "--columns text=HEADING" in reason


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("n.csv", b"note_id,text\na,One\nb,\nc,Three\n"),
        ("n.xlsx", excel({"S": [["note_id", "text"], ["a", "One"], ["b", None], ["c", "Three"]]})),
        ("n.parquet", parquet({"note_id": ["a", "b", "c"], "text": ["One", None, "Three"]})),
    ],
)
def test_a_row_without_text_is_named_and_the_rest_go_on(name: str, data: bytes) -> None:
    found = read({name: data})
    assert texts(found) == {"a": "One", "c": "Three"}
    assert skipped(found) == {f"{name} row 2": "has no text"}


def test_a_row_without_an_id_is_called_by_file_and_row() -> None:
    assert texts(read({"march.csv": "note_id,text\n,One\nb,Two\n,Three\n"})) == {
        "march-1": "One",
        "b": "Two",
        "march-3": "Three",
    }


def test_numbers_dates_and_gaps_become_strings_as_a_person_would_write_them() -> None:
    day = dt.datetime(2026, 3, 4)
    rows = [
        ["note_id", "text", "date", "n", "share", "at", "gap"],
        [7, "One", day, 3.0, 0.5, dt.datetime(2026, 3, 4, 9, 30), None],
    ]
    extra = {"n": "3", "share": "0.5", "at": "2026-03-04T09:30:00"}
    for found in (
        read({"n.xlsx": excel({"S": rows})}),
        read({"n.parquet": parquet({name: [value] for name, value in zip(*rows, strict=True)})}),
    ):
        [note] = notes(found)
        assert (note.note_id, note.date, note.extra) == ("7", "2026-03-04", extra)


def test_the_word_na_in_a_cell_is_a_word_and_an_exported_nan_is_a_gap() -> None:
    [note] = notes(read({"n.csv": "text,clinician,client,mood\nOne,NA,NaN,None\n"}))
    assert (note.clinician, note.client, note.extra) == ("NA", None, {"mood": "None"})


def test_a_note_of_several_lines_keeps_them() -> None:
    assert texts(read({"n.csv": b'text\r\n"One,\r\n""two"""\r\n'})) == {"n-1": 'One,\n"two"'}
    assert texts(read({"n.xlsx": excel({"S": [["text"], ["One_x000D_\ntwo"]]})})) == {"n-1": "One\ntwo"}


def test_a_cell_longer_than_the_csv_module_likes_is_read() -> None:
    assert len(texts(read({"n.csv": "text\n" + "word " * 60_000}))["n-1"]) == 300_000


def test_a_row_with_too_many_cells_is_named_rather_than_cut() -> None:
    found = read({"n.csv": "note_id,text\na,One, two\nb,Three\nc,Four,,\n"})
    assert texts(found) == {"b": "Three", "c": "Four"}
    assert "has 3 cells under 2 headings" in skipped(found)["n.csv row 1"]


def test_a_quotation_mark_out_of_place_costs_its_row_and_not_the_file() -> None:
    found = read({"n.csv": 'note_id,text\na,"She said "no" twice"\nb,Three\nc,"never closed\n'})
    assert texts(found) == {"b": "Three"}
    assert list(skipped(found)) == ["n.csv row 1", "n.csv row 3"]


def test_empty_lines_are_passed_over_and_counted() -> None:
    found = read({"n.csv": "\nnote_id,text\na,One\n\n,\n,Four\n"})
    assert texts(found) == {"a": "One", "n-4": "Four"}
    assert skipped(found) == {}


def test_repeated_and_empty_headings_lose_nothing() -> None:
    [note] = notes(read({"n.csv": "text,text,,mood,mood\nOne,Two,x,low,flat\n"}))
    assert (note.text, note.extra) == ("One", {"text (2)": "Two", "column 3": "x", "mood": "low", "mood (2)": "flat"})


def test_a_table_of_headings_only_says_so() -> None:
    assert skipped(read({"n.csv": "note_id,text\n"})) == {"n.csv": "has headings but no rows"}


def test_every_sheet_with_a_text_column_is_read_and_the_others_are_named() -> None:
    sheets = {"Codes": [["code"], ["x"]], "May": [["Text"], ["One"]], "June": [["text"], ["Two"]], "Blank": [[None]]}
    found = read({"n.xlsx": excel(sheets)})
    assert [(n.note_id, n.text, n.source) for n in notes(found)] == [
        ("n-May-1", "One", "n.xlsx sheet May row 1"),
        ("n-June-1", "Two", "n.xlsx sheet June row 1"),
    ]
    assert len(remarks(found)) == 1
    assert "sheet 'Codes' has no text column" in remarks(found)[0]


def test_a_workbook_without_a_text_column_names_its_headings() -> None:
    assert "'code'" in skipped(read({"n.xlsx": excel({"S": [["code"], ["x"]]})}))["n.xlsx"]
    assert "empty workbook" in skipped(read({"n.xlsx": excel({"S": [[None]]})}))["n.xlsx"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("no json", "is no JSON object"),
        ("[1, 2]", "is no JSON object"),
        ('"words"', "is no JSON object"),
        ("[" * 100_000, "is no JSON object"),
        ('{"text": ["a", "b"]}', "a list or an object"),
        ('{"text": null}', "has no text"),
        ('{"text": "  "}', "has no text"),
        ('{"words": "x"}', "has no text"),
    ],
)
def test_a_broken_line_of_json_lines_is_named_and_the_rest_go_on(line: str, reason: str) -> None:
    found = read({"n.jsonl": f'{{"note_id": 1, "text": "One"}}\n{line}\n\n{{"text": "Four"}}\n'})
    assert texts(found) == {"1": "One", "n-4": "Four"}
    assert list(skipped(found)) == ["n.jsonl line 2"]
    assert reason in skipped(found)["n.jsonl line 2"]


def test_json_lines_without_any_text_are_told_once() -> None:
    found = read({"n.jsonl": '{"body": "One"}\n{"body": "Two"}\n'})
    assert list(skipped(found)) == ["n.jsonl"]
    assert "'body'" in skipped(found)["n.jsonl"]
    assert list(skipped(read({"n.jsonl": "no json\n[]\n"}))) == ["n.jsonl line 1", "n.jsonl line 2"]


def test_nested_json_is_carried_along_as_json() -> None:
    [note] = notes(read({"n.jsonl": '{"text": "One", "codes": [{"a": 1}], "ok": true, "n": 2.0}'}))
    assert note.extra == {"codes": '[{"a": 1}]', "ok": "true", "n": "2"}


def test_a_cut_off_emoji_is_replaced_and_told_so_that_the_note_can_be_written_out() -> None:
    found = read({"n.jsonl": '{"text": "Fine \\ud83d", "client": "\\ud83d\\ude00"}'})
    [note] = notes(found)
    assert (note.text, note.client) == ("Fine \ufffd", "😀")
    assert "half character" in remarks(found)[0]


@pytest.mark.parametrize("name", ["n.xlsx", "n.parquet"])
@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_damaged_table_is_skipped(name: str, keep: float) -> None:
    data = excel({"S": [["text"], ["One"]]}) if name == "n.xlsx" else parquet({"text": ["One"]})
    found = read({name: data[: int(len(data) * keep)]})
    assert not notes(found)
    assert "damaged" in skipped(found)[name]


def test_entities_that_multiply_in_a_workbook_do_not_fill_the_memory() -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cell = '<c r="A1" t="inlineStr"><is><t>&x8;</t></is></c>'
    sheet = f'<worksheet xmlns="{main}"><sheetData><row r="1">{cell}</row></sheetData></worksheet>'
    xml = multiplying_entities(8) + sheet.encode()
    found = read({"n.xlsx": with_member(excel({"S": [["text"]]}), "xl/worksheets/sheet1.xml", xml)})
    assert "can't be read as .xlsx" in skipped(found)["n.xlsx"]


def test_a_large_table_is_read_without_holding_all_its_notes(tmp_path: Path) -> None:
    lines = io.StringIO()
    for number in range(4000):
        lines.write(f'{{"note_id": {number}, "text": "Session {number}. {"Talked about work. " * 100}"}}\n')
    (tmp_path / "n.jsonl").write_text(lines.getvalue())
    size = (tmp_path / "n.jsonl").stat().st_size
    tracemalloc.start()
    try:
        assert sum(isinstance(item, Note) for item in read_notes([tmp_path / "n.jsonl"])) == 4000
        # The file's bytes and its text, and not the notes beside them.
        assert tracemalloc.get_traced_memory()[1] < 2.5 * size
    finally:
        tracemalloc.stop()
