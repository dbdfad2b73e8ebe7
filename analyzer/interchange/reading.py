"""Codes in any of the formats that this program writes or reads -> codings, by what the file or folder holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

from analyzer.codebook import Codebook, load_codebook
from analyzer.interchange.document import Coding
from analyzer.interchange.spans import coder_of
from analyzer.records import AnalyzerError, DataError

KINDS: Final = "coded notes, 'analyzer tag' output, Label Studio, .qdpx, doccano, Prodigy, brat, WebAnno, CAS or DocBin"
_BY_ENDING: Final = {
    ".json": "labelstudio_reading",
    ".spacy": "docbin_reading",
    ".tsv": "webanno_reading",
    ".xmi": "cas_reading",
}
_IN_FOLDERS: Final = {"*.ann": "brat_reading", "*.xmi": "cas_reading", "*.tsv": "webanno_reading"}
# The fields by which lines of JSON are told apart, the most telling first.
_BY_FIELD: Final = {"spans": "prodigy_reading", "label": "doccano_reading", "entities": "doccano_reading"}


class Codings(NamedTuple):
    """What was read, and in a sentence each what could not become codes of the codebook."""

    codings: list[Coding]
    left_out: tuple[str, ...] = ()


def read_codings(path: Path, *, codebook: Codebook | None = None) -> Codings:
    """What each coder coded in each note; a file that doesn't say who coded stands for one coder of its name.

    ``codebook`` is a project's, where its strategies were coded. Raises `DataError` with every code that doesn't fit
    its note, `AnalyzerError` where the format isn't one of these.
    """
    if not path.exists():
        raise AnalyzerError(f"{path}: no such file or folder")
    if path.suffix.lower() == ".qdpx":
        from analyzer.interchange.refi_reading import read_project

        project = read_project(path, codebook=codebook)
        return Codings(list(project.codings), project.left_out)
    module, strategies = _module(path), (codebook or load_codebook()).ids
    if module is None:
        from analyzer.corpus import read_coded

        return Codings([Coding(coder_of(path), note) for note in read_coded(path, strategies=strategies)])
    read: Callable[..., list[Coding]] = import_module(f"analyzer.interchange.{module}").read
    return Codings(read(path, strategies=strategies))


def first_record(path: Path) -> dict[str, Any]:
    """The first object of a JSON Lines file, by which its kind is told; empty where there is none."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            record = json.loads(next((line for line in file if line.strip()), ""))
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _module(path: Path) -> str | None:
    """The module that reads this; None for coded notes (the format of models/corpus/README.md)."""
    if path.is_dir():
        found = next((module for kind, module in _IN_FOLDERS.items() if next(path.glob(kind), None)), None)
        if found is None and next(path.glob("*.jsonl"), None) is None:
            raise DataError(str(path), [f"holds no codes; give {KINDS}"])
        return found
    if path.suffix.lower() in _BY_ENDING:
        return _BY_ENDING[path.suffix.lower()]
    if path.suffix.lower() != ".jsonl":
        raise DataError(str(path), [f"can't tell what this is; give {KINDS}"])
    record = first_record(path)
    return None if "segments" in record else next((m for field, m in _BY_FIELD.items() if field in record), None)
