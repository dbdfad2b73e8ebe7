"""Disagreements side by side: where, what each said, and text only when asked for."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from analyzer.agreement import disagreements, write_disagreements
from tests.unit.agreement.making import CHOSE, SEGMENTS, TOLD, WILL, coder

ANA = coder("ana", {"n1": (TOLD, CHOSE), "=n2": (WILL,)})
BEN = coder("ben", {"n1": (TOLD,), "=n2": ((3, "transparency", "hypothetical"),)})


def test_each_row_says_where_and_what_each_coder_said() -> None:
    first, second = disagreements([ANA, BEN])
    assert (first.note_id, first.segment, first.kind) == ("n1", 1, "strategy")
    assert (first.start, first.end) == SEGMENTS[1]
    assert first.said == (("ana", "delivered"), ("ben", "none"))
    assert (second.kind, second.said) == ("status", (("ana", "planned"), ("ben", "hypothetical")))


def test_a_coder_who_did_not_read_the_note_has_no_answer() -> None:
    (row, *_) = disagreements([ANA, BEN, coder("cem", {"=n2": (WILL,)})])
    assert row.said[2] == ("cem", "")


def test_coders_who_agree_leave_no_row() -> None:
    assert disagreements([ANA, ANA]) == []


def test_text_comes_only_on_request_and_masked() -> None:
    phone = coder("cem", {"n1": ((2, "safe_space", "delivered"),)})
    plain, told = (disagreements([ANA, phone], with_text=asked) for asked in (False, True))
    assert {row.text for row in plain} == {None}
    text = next(row.text for row in told if row.strategy == "safe_space")
    assert text is not None and text.startswith("Call") and "█" in text and "3344" not in text


@pytest.mark.parametrize("with_text", [False, True])
def test_the_table_has_a_column_a_coder_and_no_formulas(with_text: bool, tmp_path: Path) -> None:
    rows = disagreements([ANA, BEN], with_text=with_text)
    for ending in ("csv", "xlsx", "jsonl"):
        write_disagreements(rows, ("ana", "ben"), tmp_path / f"d.{ending}", with_text=with_text)
    with (tmp_path / "d.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [(row["coder_1: ana"], row["coder_2: ben"]) for row in table] == [
        ("delivered", "none"),
        ("planned", "hypothetical"),
    ]
    assert table[1]["note_id"] == "'=n2"
    assert ("text" in table[0]) == with_text
    sheet = openpyxl.load_workbook(tmp_path / "d.xlsx").active
    assert sheet is not None and sheet["A3"].value == "'=n2"
    assert ("Offered" in (tmp_path / "d.jsonl").read_text(encoding="utf-8")) == with_text
