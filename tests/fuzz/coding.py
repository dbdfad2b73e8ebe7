"""Drivers of the readers of codes and of what people may edit: each is read, or refused with an AnalyzerError."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from analyzer.interchange.reading import read_codings
from analyzer.interchange.refi_reading import read_codebook
from analyzer.project import load_project
from analyzer.records import AnalyzerError
from analyzer.workflow import read_analyses
from tests.conftest import ROOT
from tests.fuzz.seeds import WORDS, codes_of
from tests.unit.notes.making import with_member


@cache
def place() -> Path:
    """A folder to write inputs into."""
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def _tried(read: Callable[[Path], Any], path: Path) -> Any:
    try:
        return read(path)
    except AnalyzerError as error:
        assert WORDS not in str(error)
        return None


def read_codes(name: str, data: bytes) -> None:
    """A file of codes under this name."""
    path = place() / name
    path.write_bytes(data)
    _check(_tried(read_codings, path))


def read_folder(name: str, part: str, data: bytes) -> None:
    """A folder as the program writes it, in which one file (or the only one with this ending) holds these bytes."""
    folder = place() / f"{name}-{part.strip('*.')}"
    if not folder.is_dir():
        folder.mkdir()
        for path, content in codes_of(name).items():
            (folder / path).write_bytes(content)
    next(folder.glob(part)).write_bytes(data)
    _check(_tried(read_codings, folder))


def read_qdpx(data: bytes) -> None:
    """A REFI-QDA project whose project.qde holds these bytes."""
    (made,) = codes_of("qdpx").values()
    read_codes("p.qdpx", with_member(made, "project.qde", data))


def read_qdc(data: bytes) -> None:
    """A REFI-QDA codebook of these bytes."""
    path = place() / "c.qdc"
    path.write_bytes(data)
    _tried(read_codebook, path)


def read_tagged(data: bytes) -> None:
    """What claims to be the output of ``analyzer tag``."""
    path = place() / "tags.jsonl"
    path.write_bytes(data)
    list(read_analyses(path))


def read_project(part: str, data: bytes) -> None:
    """A project folder in which a codebook or rule file holds these bytes."""
    folder = place() / f"project-{Path(part).stem}"
    if not folder.is_dir():
        shutil.copytree(ROOT / "analyzer" / "data" / "templates" / "project", folder)
    (folder / part).write_bytes(data)
    with suppress(AnalyzerError):
        load_project(folder)


def _check(found: Any) -> None:
    for coding in found.codings if found else ():
        for tag in coding.note.tags:
            assert 0 <= tag.start < tag.end <= len(coding.note.text)
