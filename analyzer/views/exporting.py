"""What the page "Export" offers, and the files made of it, as bytes: nothing stays on the disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from analyzer.codebook import Codebook
from analyzer.export import EXPORTERS, Row
from analyzer.files import add_member
from analyzer.interchange import FORMATS, writer
from analyzer.interchange.document import Document
from analyzer.keyness import key_words, rows_of
from analyzer.keyness.table import COLUMNS as KEYNESS_COLUMNS
from analyzer.manifest import BESIDE_FILES, Files, Option, begin, files_read, files_written, finish, manifest_of
from analyzer.profiles import By
from analyzer.project import codebook_of
from analyzer.records import RESPONSES, STATUSES, AnalyzerError, strategies_of
from analyzer.table_files import DICTIONARY, Column, write_table

TABLES: Final = {
    "counts": "Counts: a row for each group, strategy and status",
    "counts-wide": "Counts, wide: a row for each group, as SPSS and R like it",
    "tags": "Tags: a row for each piece of evidence",
    "keyness": "Key words: which words set one group's notes apart",
}
# In the order of interchange.FORMATS: what it is called. A folder is sent as .zip.
TOOLS: Final = {
    "omop": "OMOP: NOTE and NOTE_NLP tables of the OMOP common data model (a .zip of files)",
    "qdc": "REFI-QDA codebook for NVivo, ATLAS.ti, MAXQDA and others: strategies without notes",
    "qdpx": "REFI-QDA project for NVivo, ATLAS.ti, MAXQDA and others: notes with codes",
    "labelstudio": "Label Studio: tasks with predictions",
    "doccano": "doccano: notes with spans",
    "prodigy": "Prodigy: notes with spans",
    "brat": "brat standoff (a .zip of files)",
    "webanno": "WebAnno TSV for INCEpTION (a .zip of files)",
    "cas": "UIMA CAS XMI for INCEpTION and others (a .zip of files)",
    "docbin": "spaCy DocBin, to train or evaluate with",
}
ENDINGS: Final = {
    ".csv": ("CSV", "text/csv"),
    ".xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".parquet": ("Parquet", "application/vnd.apache.parquet"),
    ".sav": ("SPSS", "application/x-spss-sav"),
    ".tsv": ("TSV", "text/tab-separated-values"),
    ".jsonl": ("JSON Lines", "application/jsonl"),
}
# Columns that others are divided by, under what they are called on the page.
DENOMINATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "notes": ("notes",),
    "words": ("words",),
    "clients": ("clients",),
    "notes that document the strategy": ("notes_used",),
    "opportunities and their responses": ("opportunities", *RESPONSES),
}
_MIMES: Final = {".json": "application/json", ".qdc": "application/xml"} | {k: mime for k, (_, mime) in ENDINGS.items()}
_ANY_BYTES: Final = "application/octet-stream"


class Keyed(NamedTuple):
    """The choices of a keyness table, as `analyzer.keyness.key_words` takes them."""

    by: str
    group: str
    against: str | None = None
    where: str = "all"
    strategy: str | None = None
    bigrams: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be written: one of `TABLES` or `TOOLS`, and how. ``ending`` is a table's."""

    what: str
    by: By = "clinician"
    statuses: tuple[str, ...] = STATUSES
    denominators: tuple[str, ...] = tuple(DENOMINATORS)
    ending: str = ".csv"
    with_text: bool = False
    keyed: Keyed | None = None

    @property
    def is_table(self) -> bool:
        """Whether it is a table, with a data dictionary."""
        return self.what in TABLES

    @property
    def lacks_text(self) -> bool:
        """Whether it can't be written as the notes' text was not asked for."""
        return not self.is_table and FORMATS[self.what].needs_text and not self.with_text

    @property
    def name(self) -> str:
        """The file's name, or the folder's."""
        if self.what in ("counts", "counts-wide"):
            return f"{self.what}-by-{self.by}{self.ending}"
        if self.is_table:
            return f"{self.what}{self.ending}"
        tool = FORMATS[self.what]
        return f"notes-{self.what}{'' if tool.folder else tool.ending}"


@dataclass(frozen=True, slots=True)
class Made:
    """Files to download. ``parts`` are the files inside, by name, with their bytes' number."""

    name: str
    mime: str
    data: bytes
    manifest: str
    dictionary: bytes | None
    parts: tuple[tuple[str, int], ...]


def table(choice: Choice, documents: Sequence[Document]) -> tuple[list[Row], list[Column]]:
    """The rows and columns of a table, as chosen. Raises `AnalyzerError` where the choices don't go together."""
    if choice.what == "keyness":
        if choice.keyed is None:
            raise AnalyzerError("key words need a group whose words are looked for; choose one")
        return rows_of(key_words(documents, **choice.keyed._asdict())), list(KEYNESS_COLUMNS)
    exporter = EXPORTERS[choice.what]
    own = {name.id: name for document in documents for name in document.analysis.own}
    rows = exporter.rows((document.analysis for document in documents), choice.by)
    kept = [row for row in rows if "status" not in row or row["status"] in choice.statuses]
    return kept, [column for column in exporter.columns(strategies_of(own.values())) if _wanted(column, choice)]


def make(
    choice: Choice,
    documents: Sequence[Document],
    *,
    inputs: Iterable[Files],
    reviewed: bool = False,
    project: Path | None = None,
) -> Made:
    """Write the files into a temporary folder, which is removed, and give their bytes with a manifest.

    ``project`` is the folder of own strategies in use.

    Raises `AnalyzerError` where the text is needed and not asked for, and what the writers raise.
    """
    if choice.lacks_text:
        raise AnalyzerError(f"{choice.what} needs the notes' text, which is left out unless asked for")
    begun = begin(
        _command(choice, reviewed),
        options=_options(choice, reviewed),
        inputs=[*inputs, *([files_read("codebook", project)] if project else [])],
        model="default",
        codebook=project,
    )
    with TemporaryDirectory(prefix="analyzer-") as folder:
        path = Path(folder) / choice.name
        try:
            _write(choice, documents, path, codebook_of(project))
        except AnalyzerError as error:
            # The folder means nothing to whoever reads the message.
            raise AnalyzerError(str(error).replace(f"{folder}/", "")) from error
        counts = {"notes": len(documents), "tags": sum(len(document.analysis.tags) for document in documents)}
        manifest = finish(begun, outputs=[files_written("output", path)], counts=counts).to_json()
        beside = path.with_name(path.name + DICTIONARY)
        dictionary = beside.read_bytes() if beside.is_file() else None
        if path.is_dir():
            manifest_of(path).write_text(manifest, encoding="utf-8", newline="\n")
            parts = {file.relative_to(path.parent).as_posix(): file.read_bytes() for file in _files(path)}
            sizes = tuple((name, len(data)) for name, data in parts.items())
            return Made(f"{path.name}.zip", "application/zip", _zipped(parts), manifest, dictionary, sizes)
        data = path.read_bytes()
        mime = _MIMES.get(path.suffix, _ANY_BYTES)
        return Made(path.name, mime, data, manifest, dictionary, ((path.name, len(data)),))


def manifest_name(made: Made) -> str:
    """What to call the manifest of a download."""
    return made.name + BESIDE_FILES


def first(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], most: int) -> list[dict[str, Any]]:
    """The first rows, with the chosen columns in order."""
    return [{column.name: row[column.name] for column in columns} for row in islice(rows, most)]


def _wanted(column: Column, choice: Choice) -> bool:
    """Whether a column was chosen; wide counts have a column for each strategy's status and figure."""
    _, _, figure = column.name.rpartition(".")
    left_out = {name for key, names in DENOMINATORS.items() if key not in choice.denominators for name in names}
    if choice.what == "tags":
        return column.name != "text" or choice.with_text
    return figure not in left_out and (figure not in STATUSES or figure in choice.statuses)


def _write(choice: Choice, documents: Sequence[Document], path: Path, codebook: Codebook) -> None:
    if choice.is_table:
        rows, columns = table(choice, documents)
        write_table(rows, columns, path)
        return
    write = writer(choice.what, codebook)
    if choice.with_text and FORMATS[choice.what].takes_text:
        write(documents, path)
    else:
        write((Document(document.analysis) for document in documents), path)


def _command(choice: Choice, reviewed: bool) -> str:
    """The command that writes the same; only the dashboard leaves out statuses and columns, and writes reviews."""
    whole = set(choice.statuses) == set(STATUSES) and set(choice.denominators) == set(DENOMINATORS)
    if reviewed or not whole:
        return "dashboard export"
    return "keyness" if choice.what == "keyness" else "export"


def _options(choice: Choice, reviewed: bool) -> dict[str, Option]:
    """The options, named as the command's parameters are."""
    options: dict[str, Option] = {"identifiers": "mask", "model": "default"}
    if choice.keyed is not None and choice.what == "keyness":
        return options | {name: value for name, value in choice.keyed._asdict().items() if value is not None}
    options |= {"name": choice.what, "by": choice.by, "with_text": choice.with_text}
    if _command(choice, reviewed) == "dashboard export":
        options |= {"statuses": list(choice.statuses), "denominators": list(choice.denominators), "reviewed": reviewed}
    return options


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in parts.items():
            add_member(archive, name, data)
    return made.getvalue()
