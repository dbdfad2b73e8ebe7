"""Table files become rows: .csv, .tsv, .xlsx, .jsonl and .parquet, gone through one row at a time."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Final

from analyzer.notes.cells import Row, Table, cell, distinct, named_row, roles_of
from analyzer.notes.limits import check_office_file
from analyzer.notes.text import decode, is_blank
from analyzer.records import UnreadableNoteError

Columns = Mapping[str, str] | None

FIELDS: Final = ("note_id", "text", "clinician", "client", "date")
INDEX_FIELDS: Final = ("note_id", "file", "clinician", "client", "date")
BATCH_ROWS: Final = 1024
# A cell is checked against MAX_CHARS later on, with a clearer message than the csv module's at its own 131,072.
CELL_LIMIT: Final = 2**31 - 1

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def read_csv(name: str, data: bytes, columns: Columns) -> list[Table]:
    """A .csv or .tsv file; the delimiter is the one of comma, semicolon and tab under which the headings make sense."""
    decoded = decode(data)
    text = decoded.text
    if is_blank(text):
        raise UnreadableNoteError("holds only white space")
    csv.field_size_limit(max(csv.field_size_limit(), CELL_LIMIT))
    start = text.index("\n") + 1 if text.startswith("sep=") and "\n" in text else 0
    delimiter, headings = _delimiter(text, start, tabs_first=name.lower().endswith(".tsv"), columns=columns)
    remarks = (decoded.remark,) if decoded.remark else ()
    return [_table(name, headings, lambda: _csv_rows(text, start, delimiter, headings), remarks=remarks)]


def read_jsonl(name: str, data: bytes, columns: Columns) -> list[Table]:
    """A JSON Lines file, one object a line; its headings are all keys that any line has."""
    decoded = decode(data)
    if is_blank(decoded.text):
        raise UnreadableNoteError("holds only white space")
    headings: dict[str, None] = {}
    for _, content in _json_objects(decoded.text):
        headings |= dict.fromkeys(content or ())
    remarks = (decoded.remark,) if decoded.remark else ()
    return [_table(name, tuple(headings), lambda: _json_rows(decoded.text), unit="line", remarks=remarks)]


def read_xlsx(name: str, data: bytes, columns: Columns) -> list[Table]:
    """An Excel workbook: every sheet that has a text column, or all sheets where none has."""
    check_office_file(data, ".xlsx")
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of the styles and validations that it drops
        sheets = pd.read_excel(
            io.BytesIO(data), sheet_name=None, header=None, dtype=object, na_filter=False, engine="openpyxl"
        )
    filled = {str(sheet): found for sheet, frame in sheets.items() if (found := _sheet(frame.values.tolist()))}
    if not filled:
        raise UnreadableNoteError("is an empty workbook")
    fit = {sheet for sheet, (headings, _) in filled.items() if has_text(headings, columns)}
    told = tuple(f"sheet {sheet!r} has no text column and was not read" for sheet in filled if sheet not in fit)
    used = [sheet for sheet in filled if not fit or sheet in fit]
    tables = []
    for sheet in used:
        headings, rows = filled[sheet]
        remarks = told if fit and sheet == used[0] else ()
        many = sheet if len(used) > 1 else None
        tables.append(_table(name, headings, partial(_list_rows, headings, rows), sheet=many, remarks=remarks))
    return tables


def read_parquet(name: str, data: bytes, columns: Columns) -> list[Table]:
    """A Parquet file, a batch of rows at a time."""
    if not data:
        raise UnreadableNoteError("is empty")
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    names = pq.ParquetFile(pa.BufferReader(data)).schema_arrow.names
    # What pandas stores as its row labels is no column.
    kept = [at for at, heading in enumerate(names) if not heading.startswith("__index_level_")]
    headings = distinct([names[at] for at in kept])

    def rows() -> Iterator[Row]:
        number = 0
        for batch in pq.ParquetFile(pa.BufferReader(data)).iter_batches(batch_size=BATCH_ROWS):
            lists = [batch.column(at).to_pylist() for at in kept]
            for values in zip(*lists, strict=True):
                number += 1
                yield named_row(number, headings, values)

    return [_table(name, headings, rows)]


READERS: Final[Mapping[str, Callable[[str, bytes, Columns], list[Table]]]] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".xlsx": read_xlsx,
    ".jsonl": read_jsonl,
    ".parquet": read_parquet,
}


def has_text(headings: Sequence[str], columns: Columns) -> bool:
    """Whether one of the headings is the text's."""
    return "text" in roles_of(headings, columns, FIELDS).values()


def _table(
    name: str,
    headings: tuple[str, ...],
    rows: Callable[[], Iterator[Row]],
    *,
    unit: str = "row",
    sheet: str | None = None,
    remarks: tuple[str, ...] = (),
) -> Table:
    stem = PurePosixPath(name).stem
    if sheet is None:
        return Table(name, f"{name} {unit}", stem, headings, rows, remarks)
    return Table(f"{name} sheet {sheet}", f"{name} sheet {sheet} {unit}", f"{stem}-{sheet}", headings, rows, remarks)


def _delimiter(text: str, start: int, *, tabs_first: bool, columns: Columns) -> tuple[str, tuple[str, ...]]:
    """The delimiter under which a text (or index) column is found, else the one that makes the most headings."""
    found: list[tuple[bool, int, str, tuple[str, ...]]] = []
    for delimiter in "\t,;" if tabs_first else ",;\t":
        try:
            first = next(cells for cells in _csv_records(text, start, delimiter) if any(c.strip() for c in cells))
        except csv.Error:
            continue
        headings = distinct(first)
        fits = has_text(headings, columns) or "file" in roles_of(headings, columns, INDEX_FIELDS).values()
        found.append((fits, len(headings), delimiter, headings))
    if not found:
        raise UnreadableNoteError("has headings with quotation marks that don't close: mend the first line")
    _, _, delimiter, headings = max(found, key=lambda one: one[:2])
    return delimiter, headings


def _csv_records(text: str, start: int, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(_lines(text, start), delimiter=delimiter, strict=True)


def _lines(text: str, start: int) -> Iterator[str]:
    """Lines with their ends; only LF ends a line (`str.splitlines` would also cut at other signs)."""
    return map(re.Match.group, _LINE.finditer(text, start))


def _csv_rows(text: str, start: int, delimiter: str, headings: tuple[str, ...]) -> Iterator[Row]:
    records = _csv_records(text, start, delimiter)
    number = -1  # until the headings are passed
    while True:
        try:
            cells = next(records)
        except StopIteration:
            return
        except csv.Error:
            number += 1
            yield Row(
                number,
                problem="has a quotation mark out of place (write it twice inside quoted text); "
                "the rows after it may belong to it",
            )
            continue
        if number < 0:
            number += any(c.strip() for c in cells)
        elif any(cells) or len(cells) == 1:
            number += 1
            yield _csv_row(number, headings, cells)
        else:  # an empty line, or one of nothing but delimiters
            number += 1


def _csv_row(number: int, headings: tuple[str, ...], cells: list[str]) -> Row:
    if any(cells[len(headings) :]):
        problem = f"has {len(cells)} cells under {len(headings)} headings: put text with delimiters in quotation marks"
        return Row(number, problem=problem)
    return named_row(number, headings, cells)


def _json_rows(text: str) -> Iterator[Row]:
    for number, content in _json_objects(text):
        if content is None:
            yield Row(number, problem="is no JSON object: one {...} a line")
        else:
            yield named_row(number, list(content), list(content.values()))


def _json_objects(text: str) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Line number and object of each line that isn't empty; None for what is no object."""
    for number, line in enumerate(_lines(text, 0), 1):
        if is_blank(line):
            continue
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            content = None
        yield number, content if isinstance(content, dict) else None


def _sheet(values: list[list[Any]]) -> tuple[tuple[str, ...], list[list[Any]]] | None:
    """Headings (the first row with anything in it) and the rows under them; None where the sheet is empty."""
    for at, first in enumerate(values):
        if any(cell(value) for value in first):
            return distinct(first), values[at + 1 :]
    return None


def _list_rows(headings: tuple[str, ...], rows: list[list[Any]]) -> Iterator[Row]:
    for number, values in enumerate(rows, 1):
        # Excel writes out carriage returns.
        cells = [v.replace("_x000D_", "\r").replace("\r\n", "\n") if isinstance(v, str) else v for v in values]
        if any(cell(value) for value in cells) or len(cells) == 1:
            yield named_row(number, headings, cells)
