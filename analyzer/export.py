"""Analyses -> tables for other tools: what each exporter writes, into which kinds of file, whole or not at all."""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd

from analyzer.files import add_member, check_writable, whole_file
from analyzer.profiles import BYS, NOT_GIVEN, By, Profile, StrategyCounts, check_by, given, noting_own, profile
from analyzer.records import (
    RESPONSES,
    STATUSES,
    STRATEGIES,
    Analysis,
    AnalyzerError,
    StrategyName,
    strategies_of,
)
from analyzer.spss import sav_writer

Row = dict[str, Any]
DICTIONARY: Final = ".dictionary.csv"
_DTYPES: Final = {"text": "string", "integer": "int64", "number": "float64", "truth": "bool"}
# OWASP, CSV Injection: a cell that begins so is run as a formula by spreadsheet programs (full-width signs as well).
_FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")
# XML, and so an .xlsx file, can't hold these.
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_WRITTEN_AT: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*<")


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, what it means, its type, and all texts that it can hold where these are known."""

    name: str
    meaning: str
    type: Literal["text", "integer", "number", "truth"] = "integer"
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exporter:
    """A table's columns, given the strategies, and how its rows are made from analyses and the grouping."""

    columns: Callable[[Sequence[str]], tuple[Column, ...]]
    rows: Callable[[Iterable[Analysis], By], Iterator[Row]]


def export(
    analyses: Iterable[Analysis], name: str, path: Path, *, by: By = "clinician", with_text: bool = False
) -> None:
    """Write one table to ``path``; its ending says the kind: .csv .tsv .xlsx .parquet .jsonl .sav (SPSS).

    Its data dictionary goes beside it (``FILE.dictionary.csv``). ``by`` groups the counts. ``with_text`` adds the
    evidence's words to ``tags``, which otherwise leave them out. Text cells of .csv, .tsv and
    .xlsx that a spreadsheet would run as a formula get a leading apostrophe. Raises `AnalyzerError` before any note is
    read where the call can't work, and leaves no half-written file.
    """
    exporter = _exporter(name)
    check_by(by)
    _writer(path, ())
    check_writable(path)
    own: dict[str, StrategyName] = {}
    # Which strategies there are is known when the notes have been read.
    rows = list(exporter.rows(noting_own(analyses, own), by))
    columns = [c for c in exporter.columns(strategies_of(own.values())) if with_text or c is not _TEXT]
    write_table(rows, columns, path)


def write_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column], path: Path) -> None:
    """Write rows to ``path`` and what the columns mean beside it, as `export` does and with its errors."""
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
                _write_csv(_meanings(columns), part.with_name(part.name + DICTIONARY))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it does not fit into this kind of file"
        raise AnalyzerError(f"{path}: could not be written ({reason}); choose another place or kind") from error


def dictionary(name: str, *, strategies: Sequence[str] = STRATEGIES) -> pd.DataFrame:
    """The data dictionary of one exporter: column, meaning, type, values. Raises `AnalyzerError`."""
    return _meanings(_exporter(name).columns(strategies))


def _meanings(columns: Sequence[Column]) -> pd.DataFrame:
    rows = [(column.name, column.meaning, column.type, " ".join(column.values)) for column in columns]
    return pd.DataFrame(rows, columns=["column", "meaning", "type", "values"], dtype="string")


def _exporter(name: str) -> Exporter:
    if name not in EXPORTERS:
        raise AnalyzerError(f"no export {name!r}; choose one of {', '.join(EXPORTERS)}")
    return EXPORTERS[name]


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


def _counts(analyses: Iterable[Analysis], by: By) -> Iterator[Row]:
    for group in profile(analyses, by=by):
        for counts in group.strategies:
            shared = _of_group(group) | {"strategy": counts.strategy} | _of_strategy(counts)
            for status in STATUSES:
                yield shared | {"status": status, "count": counts.by_status[status]}


def _counts_wide(analyses: Iterable[Analysis], by: By) -> Iterator[Row]:
    for group in profile(analyses, by=by):
        row = _of_group(group)
        for counts in group.strategies:
            figures = dict(counts.by_status) | _of_strategy(counts)
            row |= {f"{counts.strategy}.{figure}": number for figure, number in figures.items()}
        yield row


def _of_group(group: Profile) -> Row:
    return {"unit": group.by} | {column: getattr(group, column) for column in ("group", "notes", "words", "clients")}


def _of_strategy(counts: StrategyCounts) -> Row:
    return {column.name: getattr(counts, column.name) for column in _FIGURES}


def _tags(analyses: Iterable[Analysis], by: By) -> Iterator[Row]:
    for analysis in analyses:
        values = {column.name: getattr(analysis, column.name) for column in _NOTE}
        about = {name: value if given(value) else None for name, value in values.items()}
        counted = analysis.counted
        for tag in analysis.tags:
            found = {column.name: getattr(tag, column.name) for column in _OF_TAGS if column is not _COUNTED}
            # What follows the colon are words of the note, and text is written only on request.
            yield about | found | {"reason": tag.reason.partition(":")[0], _COUNTED.name: tag in counted}


_GROUP: Final = (
    Column("unit", "what the notes are grouped by: clinician, client, period (calendar month) or note", "text", BYS),
    Column("group", f"the group's name; {NOT_GIVEN} where the notes do not say", "text"),
)
_SIZE: Final = (
    Column("notes", "notes in the group"),
    Column("words", "words in these notes"),
    Column("clients", "different clients named in these notes"),
)
_FIGURES: Final = (
    Column("notes_used", "notes that document the strategy as done at least once"),
    Column("opportunities", "cues in the client's content that call for the strategy"),
    *(Column(response, f"of these cues, those answered so: {response.replace('_', ' ')}") for response in RESPONSES),
)
_STRATEGY: Final = Column("strategy", "the strategy's id in the codebook", "text")
_COUNTS: Final = (
    *_GROUP,
    _STRATEGY,
    Column("status", "the status of the tags that are counted in this row", "text", STATUSES),
    Column("count", "tags of this strategy with this status"),
    *(Column(c.name, f"{c.meaning} (the same in all rows of the group: do not add up)") for c in _SIZE),
    *(Column(c.name, f"{c.meaning} (the same for each status: do not add up)") for c in _FIGURES),
)


def _wide(strategies: Sequence[str]) -> tuple[Column, ...]:
    of_each = (
        column
        for strategy in strategies
        for column in (
            *(Column(f"{strategy}.{status}", f"{strategy}: tags with the status {status}") for status in STATUSES),
            *(Column(f"{strategy}.{c.name}", f"{strategy}: {c.meaning}") for c in _FIGURES),
        )
    )
    return (*_GROUP, *_SIZE, *of_each)


def _among(columns: Iterable[Column], strategies: Sequence[str]) -> tuple[Column, ...]:
    """The columns, with the strategies that there are as values."""
    return tuple(replace(c, values=tuple(strategies)) if c is _STRATEGY else c for c in columns)


_TEXT: Final = Column("text", "the evidence's words (identifiers masked); written only on request", "text")
_COUNTED: Final = Column(
    "counted", "whether the counts have it: a block copied from an earlier note is left out", "truth"
)
_OF_TAGS: Final = (
    _STRATEGY,
    Column("status", "delivered, planned, negated, hypothetical, other_agent or historical", "text", STATUSES),
    Column("start", "where the evidence begins: code points into the note's text as read"),
    Column("end", "where it ends (the first code point after it)"),
    Column("confidence", "the probability that the strategy is there, whatever its status, 0 to 1", "number"),
    Column("source", "what found it: rule, model or rule+model", "text"),
    Column("reason", "the rule's id or the model's version", "text"),
    Column("section", "the note's section in which it stands", "text"),
    Column("cue", "the words that decided the status; empty where nothing speaks against delivered", "text"),
    Column("repeated", "whether the same words stand in other notes of the clinician", "truth"),
    _COUNTED,
    _TEXT,
)
_NOTE: Final = tuple(
    Column(name, meaning, "text")
    for name, meaning in (
        ("note_id", "the note's id"),
        ("clinician", "the clinician as given, empty where not"),
        ("client", "the client's code as given, empty where not"),
        ("date", "the note's date, YYYY-MM-DD where it could be understood"),
    )
)

EXPORTERS: Final[Mapping[str, Exporter]] = {
    "counts": Exporter(partial(_among, _COUNTS), _counts),
    "counts-wide": Exporter(_wide, _counts_wide),
    "tags": Exporter(partial(_among, (*_NOTE, *_OF_TAGS)), _tags),
}
_WRITERS: Final[Mapping[str, Callable[[pd.DataFrame, Path], None]]] = {
    ".csv": _write_csv,
    ".tsv": partial(_write_csv, sep="\t"),
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
    ".jsonl": _write_jsonl,
}
