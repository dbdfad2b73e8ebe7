"""REFI-QDA 1.0: codebook (.qdc) and coded notes (.qdpx) for NVivo, ATLAS.ti, MAXQDA, QualCoder and others, and back.

Each strategy is a code with a child code for each status; names are unique in the whole book, since some programs merge
codes of one name. Offsets are code points into a note's text file, the end exclusive. Ids (GUIDs) are made from names
(RFC 4122, version 5), so they are the same on every run; moments in time are left out, since they would differ.
Source: REFI-QDA standard 1.5 (2019), qdasoftware.org, and its schemas Codebook.xsd and Project.xsd, version 1.0.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final, TypeAlias
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from analyzer.codebook import Codebook, Strategy, load_codebook
from analyzer.files import add_member, whole_file
from analyzer.interchange.document import Document, shown, text_of
from analyzer.records import DataError, Status, Tag, sha256_of
from analyzer.version import __version__

CODEBOOK: Final = "urn:QDA-XML:codebook:"
PROJECT: Final = "urn:QDA-XML:project:"
VERSION: Final = "1.0"
_PROGRAM: Final = "session-note-analyzer"
_OURS: Final = uuid5(NAMESPACE_URL, "urn:session-note-analyzer")
VARIABLES: Final = ("note_id", "clinician", "client", "date")
# XML can't hold these.
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Programs make file names of the names of sources.
_LONGEST_NAME: Final = 120
_NOT_IN_NAMES: Final = re.compile(r'[\s/\\:*?"<>|]+')
Meaning: TypeAlias = tuple[str, Status | None]


def write_codebook(documents: Iterable[Document], path: Path, *, codebook: Codebook | None = None) -> None:
    """Write the codebook alone (.qdc); the documents are not looked at. Raises `AnalyzerError` where it can't be."""
    root = Element("CodeBook", {"xmlns": CODEBOOK + VERSION, "origin": f"{_PROGRAM} {__version__}"})
    _add_codes(root, codebook or load_codebook())
    with whole_file(path) as part:
        part.write_bytes(_xml(root))


def write_project(documents: Iterable[Document], path: Path, *, codebook: Codebook | None = None) -> None:
    """Write notes, codebook and codes (.qdpx), coded by a user named session-note-analyzer.

    Note id, clinician, client and date are variables of each source. Raises `AnalyzerError` where a document has no
    text or the file can't be written, `DataError` where a tag's strategy is not in the codebook.
    """
    book = codebook or load_codebook()
    meanings = frozenset(known_codes(book).values())
    sources, seen = Element("Sources"), Counter[str]()
    with whole_file(path) as part, zipfile.ZipFile(part, "w") as archive:
        for document in documents:
            note_id = document.analysis.note_id
            seen[note_id] += 1
            guid = _guid("source", note_id, str(seen[note_id]))
            # A file that begins with a mark is counted differently by programs; this character is as wide and unseen.
            text = re.sub("^\ufeff", "\u2060", text_of(document, "REFI-QDA"))
            add_member(archive, f"sources/{guid}.txt", text.encode())
            sources.append(_source(document, guid, meanings))
        add_member(archive, "project.qde", _xml(_project(book, sources)))


def _guid(*parts: str) -> str:
    return str(uuid5(_OURS, json.dumps(parts)))


def legal_in_xml(text: str) -> str:
    """The text with U+FFFD for each character that XML 1.0 can't hold, so that offsets still fit."""
    return _NOT_XML.sub("\ufffd", text)


def _add(parent: Element, name: str, text: str | None = None, /, **attributes: str) -> Element:
    element = SubElement(parent, name, {key: legal_in_xml(value) for key, value in attributes.items()})
    element.text = None if text is None else legal_in_xml(text)
    return element


def _xml(root: Element) -> bytes:
    indent(root)
    # ElementTree leaves carriage returns in text as they are, and reading would turn them into LF.
    body = tostring(root, encoding="utf-8", xml_declaration=False).replace(b"\r", b"&#13;")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def _add_codes(parent: Element, book: Codebook) -> None:
    codes = _add(parent, "Codes")
    for strategy in book.strategies:
        code = _add(codes, "Code", guid=_guid("code", strategy.id), name=strategy.title, isCodable="true")
        _add(code, "Description", _about(strategy))
        for status in book.statuses:
            name = _child_name(strategy.title, status.title)
            child = _add(code, "Code", guid=_guid("code", strategy.id, status.id), name=name, isCodable="true")
            _add(child, "Description", status.test)


def _child_name(strategy: str, status: str) -> str:
    return f"{strategy}: {status}"


def _about(strategy: Strategy) -> str:
    exclude = [f"{e.what} (instead: {e.instead})" for e in strategy.exclude]
    examples = [example.text for example in strategy.examples.positive]
    lists = {"Include": strategy.include, "Exclude": exclude, "Examples (invented)": examples}
    parts = [f"{head}:\n" + "\n".join(f"- {line}" for line in lines) for head, lines in lists.items()]
    return "\n\n".join([strategy.definition, *parts, f"Boundary: {strategy.boundary}"])


def _project(book: Codebook, sources: Element) -> Element:
    user = _guid("user", _PROGRAM)
    about = {"name": "Session notes", "origin": f"{_PROGRAM} {__version__}", "creatingUserGUID": user}
    root = Element("Project", {"xmlns": PROJECT + VERSION, **about})
    _add(_add(root, "Users"), "User", guid=user, name=_PROGRAM)
    _add_codes(_add(root, "CodeBook"), book)
    variables = _add(root, "Variables")
    for name in VARIABLES:
        _add(variables, "Variable", guid=_guid("variable", name), name=name, typeOfVariable="Text")
    if len(sources):
        root.append(sources)
    _add(root, "Description", f"Coded by {_PROGRAM} {__version__} with: {book.title}, version {book.version}")
    return root


def _source(document: Document, guid: str, known: frozenset[Meaning]) -> Element:
    analysis, user = document.analysis, _guid("user", _PROGRAM)
    about = {"guid": guid, "name": _name(analysis.note_id), "plainTextPath": f"internal://{guid}.txt"}
    source = Element("TextSource", {**about, "creatingUser": user})
    unknown = sorted({tag.strategy for tag in analysis.tags if (tag.strategy, tag.status) not in known})
    if unknown:
        problem = f"{', '.join(unknown)}: not in the codebook; give the one that the notes were tagged with"
        raise DataError(f"note {shown(analysis.note_id)}", [problem])
    for number, tag in enumerate(analysis.tags):
        place = {"startPosition": str(tag.start), "endPosition": str(tag.end), "creatingUser": user}
        selection = _add(source, "PlainTextSelection", guid=_guid("selection", guid, str(number)), **place)
        _add(selection, "Description", _found_by(tag))
        coding = _add(selection, "Coding", guid=_guid("coding", guid, str(number)), creatingUser=user)
        _add(coding, "CodeRef", targetGUID=_guid("code", tag.strategy, tag.status))
    for name in VARIABLES:
        if (value := getattr(analysis, name)) is not None:
            pair = _add(source, "VariableValue")
            _add(pair, "VariableRef", targetGUID=_guid("variable", name))
            _add(pair, "TextValue", value)
    return source


def _name(note_id: str) -> str:
    """The id where it can name a file in any program, else what is left of it and a part of its SHA-256."""
    name = _NOT_IN_NAMES.sub(" ", legal_in_xml(note_id[: _LONGEST_NAME + 1])).strip()
    return name if name == note_id and len(name) <= _LONGEST_NAME else f"{name[:80]} {sha256_of(note_id)[:12]}"


def _found_by(tag: Tag) -> str:
    # After the colon stand words of the note.
    reason = tag.reason.partition(":")[0]
    return f"found by {tag.source} ({reason}), confidence {tag.confidence:.2f}, section {tag.section}"


def known_codes(book: Codebook) -> dict[str, Meaning]:
    """What codes mean, by GUID and, for programs that give GUIDs of their own, by name or id."""
    known: dict[str, Meaning] = {}
    for strategy in book.strategies:
        keys = _guid("code", strategy.id), strategy.title.casefold(), strategy.id
        known |= dict.fromkeys(keys, (strategy.id, None))
        for status in book.statuses:
            name = _child_name(strategy.title, status.title).casefold()
            keys = _guid("code", strategy.id, status.id), name, f"{strategy.id}:{status.id}"
            known |= dict.fromkeys(keys, (strategy.id, status.id))  # type: ignore[arg-type]
    return known
