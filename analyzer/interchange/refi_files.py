"""REFI-QDA files opened: the archive's members, its XML and the plain text of its sources.

Documents that declare a type or an entity, or nest too deep, and archives that unpack to too much are refused. Nothing
is unpacked to the disk.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from analyzer.interchange.document import shown
from analyzer.interchange.refi import VERSION
from analyzer.notes.archives import zip_entries
from analyzer.notes.entries import Entry
from analyzer.records import DataError, UnreadableNoteError

# Ordinary code books are a few levels deep; reading goes down level by level.
_DEEPEST: Final = 100


class MisfitError(Exception):
    """Why a source is left out."""


def bytes_of(path: Path) -> bytes:
    """A file's bytes. Raises `DataError` where it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(str(path), [f"can't be read ({error.strerror})"]) from error


def entries_of(path: Path) -> dict[str, Entry]:
    """What the archive holds, by name in lower case: some programs write Sources, the standard says sources."""
    try:
        entries = zip_entries(path.name, bytes_of(path))
    except UnreadableNoteError as error:
        raise DataError(str(path), [str(error)]) from error
    if problems := [f"{shown(entry.key)} {entry.problem}" for entry in entries if entry.problem]:
        raise DataError(str(path), problems)
    return {entry.key.lower(): entry for entry in entries}


def loaded(entry: Entry, where: str) -> bytes:
    """A member's bytes. Raises `DataError` where it is damaged or unpacks to too much."""
    try:
        return entry.load()
    except UnreadableNoteError as error:
        raise DataError(where, [f"{shown(entry.key)} {error}"]) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise DataError(where, [f"{shown(entry.key)} is damaged; export the project anew"]) from error


def parsed(data: bytes, where: str, namespace: str) -> Element:
    """The root of an XML document without a document type, so without entities, in this namespace."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    open_elements: list[str] = []

    def refuse(*_: object) -> None:
        raise DataError(where, ["declares a document type or entities, as attacks on readers do; export it anew"])

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        open_elements.append(tag)
        if len(open_elements) > _DEEPEST:
            raise DataError(where, [f"is nested more than {_DEEPEST} levels deep; export it anew"])
        builder.start("{" + tag if "}" in tag else tag, dict(attributes))

    def end(tag: str) -> None:
        builder.end(open_elements.pop())

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    try:
        parser.Parse(data, True)
        root = builder.close()
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise DataError(where, ["is not well-formed XML; export it anew"]) from error
    if not root.tag.startswith("{" + namespace):
        raise DataError(where, [f"is no REFI-QDA file of this kind (its namespace should be {namespace}{VERSION})"])
    return root


def text_of(source: Element, entries: Mapping[str, Entry], where: str) -> str:
    """A source's plain text, from the archive or from the XML itself."""
    place = source.get("plainTextPath") or ""
    inline = source.findtext("{*}PlainTextContent")
    if not place and inline is not None:
        return inline
    if not place.startswith("internal://"):
        raise MisfitError("its text is outside the project, and is not looked for there" if place else "is no text")
    entry = entries.get("sources/" + place.removeprefix("internal://").lstrip("/").lower())
    if entry is None:
        raise MisfitError("its text is not in the project")
    try:
        # Some programs begin text files with a mark, which they don't count.
        return loaded(entry, where).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MisfitError("its text is not UTF-8") from None
