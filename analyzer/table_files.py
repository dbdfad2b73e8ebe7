"""Rows -> one table in a file that other tools read, whole or not at all, with its data dictionary beside it."""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from analyzer.files import add_member, check_writable, whole_file
from analyzer.records import AnalyzerError
from analyzer.spss import sav_writer

if TYPE_CHECKING:  # naming a table's columns must not wait for pandas
    import pandas as pd

DICTIONARY: Final = ".dictionary.csv"
_DTYPES: Final = {"text": "string", "integer": "int64", "number": "float64", "truth": "bool"}
# OWASP, CSV Injection: a cell that begins so is run as a formula by spreadsheet programs (full-width signs as well).
_FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")
# XML, and so an .xlsx file, can't hold these.
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Excel keeps no more characters of a cell (Microsoft, Excel specifications and limits).
_XLSX_CELL: Final = 32_767
_WRITTEN_AT: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*<")


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, what it means, its type, and all texts that it can hold where these are known."""

    name: str
    meaning: str
    type: Literal["text", "integer", "number", "truth"] = "integer"
    values: tuple[str, ...] = ()


def check_kind(path: Path) -> None:
    """Raises `AnalyzerError` where the ending of ``path`` names no kind of file, or it can't be written."""
    _writer(path, ())
    check_writable(path)


def write_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column], path: Path) -> None:
    """Write rows to ``path``; its ending says the kind: .csv .tsv .xlsx .parquet .jsonl .sav (SPSS).

    What the columns mean goes beside it (``FILE.dictionary.csv``). Text cells of .csv, .tsv and .xlsx that a
    spreadsheet would run as a formula get a leading apostrophe. Raises `AnalyzerError` where that can't be done, and
    leaves no half-written file.
    """
    import pandas as pd

    write = _writer(path, columns)
    check_writable(path)
    cells = ([_clean(row[column.name]) for column in columns] for row in rows)
    frame = pd.DataFrame(list(cells), columns=[column.name for column in columns])
    frame = frame.astype({column.name: _DTYPES[column.type] for column in columns})
    try:
        with whole_file(path) as part:
            write(frame, part)
            # Nothing can stand beside a device or a pipe.
            if part != path.resolve():
                _write_csv(meanings(columns), part.with_name(part.name + DICTIONARY))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it does not fit into this kind of file"
        raise AnalyzerError(f"{path}: could not be written ({reason}); choose another place or kind") from error


def meanings(columns: Sequence[Column]) -> pd.DataFrame:
    """The data dictionary: column, meaning, type, values."""
    import pandas as pd

    rows = [(column.name, column.meaning, column.type, " ".join(column.values)) for column in columns]
    return pd.DataFrame(rows, columns=["column", "meaning", "type", "values"], dtype="string")


def _writer(path: Path, columns: Sequence[Column]) -> Callable[[pd.DataFrame, Path], None]:
    kind = path.suffix.lower()
    if kind == ".sav":
        codes = {column.name: column.values for column in columns if column.values}
        return sav_writer({column.name: column.meaning for column in columns}, codes)
    if kind not in _WRITERS:
        kinds = " ".join([*_WRITERS, ".sav"])
        raise AnalyzerError(f"{path}: can't tell the kind of file; end its name in one of {kinds}")
    return _WRITERS[kind]


def _clean(value: Any) -> Any:
    """Half surrogate pairs can't be encoded and NaN means nothing to other tools."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value


def _each_text(frame: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    names = [name for name, dtype in frame.dtypes.items() if dtype == "string"]
    return frame.assign(**{str(name): frame[name].map(change, na_action="ignore") for name in names})


def _neutral(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA_STARTS) else cell


def _write_csv(frame: pd.DataFrame, path: Path, *, sep: str = ",") -> None:
    _each_text(frame, _neutral).to_csv(path, index=False, encoding="utf-8", sep=sep)


def _write_xlsx(frame: pd.DataFrame, path: Path) -> None:
    safe = _each_text(frame, lambda cell: _neutral(_NOT_XML.sub("\ufffd", cell)))
    if any(safe[name].str.len().max() > _XLSX_CELL for name in safe if safe[name].dtype == "string" and len(safe)):
        raise ValueError("a cell is too long")
    made = io.BytesIO()
    safe.to_excel(made, index=False, engine="openpyxl")
    # The same table shall give the same bytes, and the writer notes when it wrote.
    with zipfile.ZipFile(made) as read, zipfile.ZipFile(path, "w") as archive:
        for name in read.namelist():
            add_member(archive, name, _WRITTEN_AT.sub(rb"\g<1>1980-01-01T00:00:00Z<", read.read(name)))


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False)


def _write_jsonl(frame: pd.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
            file.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")


_WRITERS: Final[Mapping[str, Callable[[pd.DataFrame, Path], None]]] = {
    ".csv": _write_csv,
    ".tsv": partial(_write_csv, sep="\t"),
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
    ".jsonl": _write_jsonl,
}
