"""Analyses -> the formats of qualitative analysis, annotation and clinical data tools, one module a format."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.interchange.document import Writer

if TYPE_CHECKING:  # the names of formats must not wait for the codebook
    from analyzer.codebook import Codebook


class Format(NamedTuple):
    """Where a format's writer stands; whether it writes a folder, needs or takes notes' text, writes the codebook."""

    module: str
    function: str = "write"
    folder: bool = False
    needs_text: bool = True
    takes_text: bool = True
    with_codebook: bool = False
    # By which other programs know the file; of a format that writes a folder, the one that names a single file all the
    # same.
    ending: str | None = None

    def is_folder(self, path: Path) -> bool:
        """Whether what is written at ``path`` is a folder."""
        return self.folder and path.suffix.lower() != self.ending


FORMATS: Final[dict[str, Format]] = {
    "omop": Format("omop", folder=True, needs_text=False),
    "qdc": Format("refi", "write_codebook", needs_text=False, takes_text=False, with_codebook=True, ending=".qdc"),
    "qdpx": Format("refi", "write_project", with_codebook=True, ending=".qdpx"),
    "labelstudio": Format("labelstudio", ending=".json"),
    "doccano": Format("doccano", ending=".jsonl"),
    "prodigy": Format("prodigy", ending=".jsonl"),
    "brat": Format("brat", folder=True),
    "webanno": Format("webanno", folder=True, ending=".tsv"),
    "cas": Format("cas", folder=True),
    "docbin": Format("docbin", ending=".spacy"),
}


def writer(name: str, codebook: Codebook | None = None) -> Writer:
    """The writer of one of `FORMATS`, with the ``codebook`` in use (None: the shipped one); imported only now."""
    found = FORMATS[name]
    write: Writer = getattr(import_module(f"analyzer.interchange.{found.module}"), found.function)
    return partial(write, codebook=codebook) if found.with_codebook else write  # type: ignore[call-arg]
