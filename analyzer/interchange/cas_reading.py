"""UIMA CAS XMI read back: a folder with TypeSystem.xml and an .xmi a note, or one .xmi beside it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.parsers import expat

from analyzer.interchange.document import Coding
from analyzer.interchange.spans import Reading, Span
from analyzer.interchange.webanno import LAYER
from analyzer.records import STRATEGIES, AnalyzerError, DataError

_ABOUT = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"


def read(path: Path, *, strategies: Sequence[str] = STRATEGIES) -> list[Coding]:
    """What was coded in each note on the layer ``webanno.custom.Strategy``; no status counts as delivered.

    Raises `AnalyzerError` where dkpro-cassis is not installed, `DataError` where files are no XMI or declare entities,
    and with every code that doesn't fit.
    """
    try:
        cassis: Any = import_module("cassis")
    except ImportError as error:
        raise AnalyzerError("UIMA CAS needs dkpro-cassis, which is not installed: pip install dkpro-cassis") from error
    folder = path if path.is_dir() else path.parent
    reading = Reading(path, strategies)
    types = _types(cassis, folder / "TypeSystem.xml")
    for file in sorted(folder.glob("*.xmi")) if path.is_dir() else [path]:
        data = _checked(file)
        try:
            cas = cassis.load_cas_from_xmi(data.decode("utf-8"), typesystem=types)
            about = next(iter(cas.select(_ABOUT)), None)
            spans = [
                Span(found.begin, found.end, found.strategy or "", found.status or "delivered")
                for found in cas.select(LAYER)
            ]
        except Exception as error:  # cassis and lxml raise of many kinds for a broken file
            raise DataError(str(path), [f"{file.name} is no CAS of these types; export it anew"]) from error
        note_id = (about.documentId or about.documentTitle) if about is not None else None
        reading.add(note_id or file.stem, cas.sofa_string or "", spans)
    return reading.codings()


def _types(cassis: Any, file: Path) -> Any:
    data = _checked(file)
    try:
        return cassis.load_typesystem(data.decode("utf-8"))
    except Exception as error:  # of many kinds, as above
        raise DataError(str(file), ["is no list of UIMA types; export it anew"]) from error


def _checked(file: Path) -> bytes:
    """The file, if it is XML without a document type, so without entities."""

    def refuse(*_: object) -> None:
        raise DataError(str(file), ["declares a document type or entities, as attacks on readers do; export it anew"])

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        data = file.read_bytes()
        parser.Parse(data, True)
    except OSError as error:
        raise DataError(str(file), [f"can't be read ({error.strerror})"]) from error
    except expat.ExpatError as error:
        raise DataError(str(file), ["is not well-formed XML; export it anew"]) from error
    return data
