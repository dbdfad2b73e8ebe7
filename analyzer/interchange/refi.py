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
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Final, TypeAlias
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, indent, tostring
from xml.parsers import expat

from analyzer.codebook import Codebook, Strategy, load_codebook
from analyzer.components.segmenter import find_segments
from analyzer.interchange.doccano import shown, text_of, written_whole
from analyzer.interchange.document import Document
from analyzer.interchange.labelstudio import Coding
from analyzer.notes.archives import zip_entries
from analyzer.notes.entries import Entry
from analyzer.records import CodedNote, CodedTag, DataError, Status, Tag, UnreadableNoteError, sha256_of
from analyzer.version import __version__

_CODEBOOK: Final = "urn:QDA-XML:codebook:"
_PROJECT: Final = "urn:QDA-XML:project:"
_VERSION: Final = "1.0"
_PROGRAM: Final = "session-note-analyzer"
_OURS: Final = uuid5(NAMESPACE_URL, "urn:session-note-analyzer")
_VARIABLES: Final = ("note_id", "clinician", "client", "date")
# XML can't hold these.
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Programs make file names of the names of sources.
_LONGEST_NAME: Final = 120
_NOT_IN_NAMES: Final = re.compile(r'[\s/\\:*?"<>|]+')
# Ordinary code books are a few levels deep; reading goes down level by level.
_DEEPEST: Final = 100

_Meaning: TypeAlias = tuple[str, Status | None]


@dataclass(frozen=True, slots=True)
class Code:
    """A code as read: ``strategy`` and ``status`` where it is one of the codebook's, ``parent`` the GUID above it."""

    guid: str
    name: str
    description: str
    codable: bool
    parent: str | None
    strategy: str | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A project as read. ``left_out`` says, a sentence each, what could not become codes of the codebook."""

    codes: tuple[Code, ...]
    codings: tuple[Coding, ...]
    left_out: tuple[str, ...]


def write_codebook(documents: Iterable[Document], path: Path, *, codebook: Codebook | None = None) -> None:
    """Write the codebook alone (.qdc); the documents are not looked at. Raises `AnalyzerError` where it can't be."""
    root = Element("CodeBook", {"xmlns": _CODEBOOK + _VERSION, "origin": f"{_PROGRAM} {__version__}"})
    _add_codes(root, codebook or load_codebook())
    with written_whole(path) as part:
        part.write_bytes(_xml(root))


def write_project(documents: Iterable[Document], path: Path, *, codebook: Codebook | None = None) -> None:
    """Write notes, codebook and codes (.qdpx), coded by a user named session-note-analyzer.

    Note id, clinician, client and date are variables of each source. Raises `AnalyzerError` where a document has no
    text or the file can't be written, `DataError` where a tag's strategy is not in the codebook.
    """
    book = codebook or load_codebook()
    meanings = frozenset(_known(book).values())
    sources, seen = Element("Sources"), Counter[str]()
    with written_whole(path) as part, zipfile.ZipFile(part, "w") as archive:
        for document in documents:
            note_id = document.analysis.note_id
            seen[note_id] += 1
            guid = _guid("source", note_id, str(seen[note_id]))
            # A file that begins with a mark is counted differently by programs; this character is as wide and unseen.
            text = re.sub("^\ufeff", "\u2060", text_of(document, "REFI-QDA"))
            _store(archive, f"sources/{guid}.txt", text.encode())
            sources.append(_source(document, guid, meanings))
        _store(archive, "project.qde", _xml(_project(book, sources)))


def read_codebook(path: Path, *, codebook: Codebook | None = None) -> tuple[Code, ...]:
    """The codes of a .qdc, parents before children. Raises `DataError` where it is none, or holds entities."""
    root = _parsed(_bytes(path), str(path), _CODEBOOK)
    return tuple(_codes(root.find("{*}Codes"), None, _known(codebook or load_codebook())))


def read_project(path: Path, *, codebook: Codebook | None = None) -> Project:
    """What each coder coded in each text of a .qdpx, by the codebook's codes (known by GUID, else by name).

    Everybody who coded anything is taken to have read every text. A strategy's own code, without a status, counts as
    delivered. Segments are the program's own; ids that come again get ``#2``. Nothing is unpacked to the disk. Raises
    `DataError` with every selection that doesn't fit its text, and where the file is no project, holds entities or a
    path that leads out of it, or would unpack like a zip bomb.
    """
    where, entries = str(path), _entries(path)
    qde = next((entry for name, entry in entries.items() if name.endswith(".qde") and "/" not in name), None)
    if qde is None:
        raise DataError(where, ["holds no project.qde; export the project anew"])
    root = _parsed(_loaded(qde, where), where, _PROJECT)
    known = _known(codebook or load_codebook())
    reading = _Reading(root, tuple(_codes(root.find("{*}CodeBook/{*}Codes"), None, known)))
    for source in root.findall("{*}Sources/*"):
        reading.add(source, entries, where)
    if reading.problems:
        raise DataError(where, reading.problems)
    return reading.project()


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


def _store(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    # A fixed date: the same notes give the same bytes.
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


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
    root = Element("Project", {"xmlns": _PROJECT + _VERSION, **about})
    _add(_add(root, "Users"), "User", guid=user, name=_PROGRAM)
    _add_codes(_add(root, "CodeBook"), book)
    variables = _add(root, "Variables")
    for name in _VARIABLES:
        _add(variables, "Variable", guid=_guid("variable", name), name=name, typeOfVariable="Text")
    if len(sources):
        root.append(sources)
    _add(root, "Description", f"Coded by {_PROGRAM} {__version__} with: {book.title}, version {book.version}")
    return root


def _source(document: Document, guid: str, known: frozenset[_Meaning]) -> Element:
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
    for name in _VARIABLES:
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


def _known(book: Codebook) -> dict[str, _Meaning]:
    """What codes mean, by GUID and, for programs that give GUIDs of their own, by name or id."""
    known: dict[str, _Meaning] = {}
    for strategy in book.strategies:
        keys = _guid("code", strategy.id), strategy.title.casefold(), strategy.id
        known |= dict.fromkeys(keys, (strategy.id, None))
        for status in book.statuses:
            name = _child_name(strategy.title, status.title).casefold()
            keys = _guid("code", strategy.id, status.id), name, f"{strategy.id}:{status.id}"
            known |= dict.fromkeys(keys, (strategy.id, status.id))  # type: ignore[arg-type]
    return known


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(str(path), [f"can't be read ({error.strerror})"]) from error


def _entries(path: Path) -> dict[str, Entry]:
    """What the archive holds, by name in lower case: some programs write Sources, the standard says sources."""
    try:
        entries = zip_entries(path.name, _bytes(path))
    except UnreadableNoteError as error:
        raise DataError(str(path), [str(error)]) from error
    if problems := [f"{shown(entry.key)} {entry.problem}" for entry in entries if entry.problem]:
        raise DataError(str(path), problems)
    return {entry.key.lower(): entry for entry in entries}


def _loaded(entry: Entry, where: str) -> bytes:
    try:
        return entry.load()
    except UnreadableNoteError as error:
        raise DataError(where, [f"{shown(entry.key)} {error}"]) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise DataError(where, [f"{shown(entry.key)} is damaged; export the project anew"]) from error


def _parsed(data: bytes, where: str, namespace: str) -> Element:
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
        raise DataError(where, [f"is no REFI-QDA file of this kind (its namespace should be {namespace}{_VERSION})"])
    return root


def _same(guid: str | None) -> str:
    """A GUID in one spelling: the standard lets it stand in braces and in capitals."""
    return (guid or "").strip().strip("{}").lower()


def _codes(parent: Element | None, above: str | None, known: Mapping[str, _Meaning]) -> Iterator[Code]:
    for element in parent.findall("{*}Code") if parent is not None else ():
        guid, name = _same(element.get("guid")), element.get("name") or ""
        strategy, status = known.get(guid) or known.get(name.casefold()) or (None, None)
        about = element.findtext("{*}Description") or ""
        yield Code(guid, name, about, element.get("isCodable") != "false", above, strategy, status)
        yield from _codes(element, guid, known)


class _MisfitError(Exception):
    """Why a source is left out."""


class _Reading:
    """A project on its way to codes; ``problems`` are what makes it unusable, ``left_out`` what is no code."""

    def __init__(self, root: Element, codes: tuple[Code, ...]) -> None:
        self.problems: list[str] = []
        self._left_out: dict[str, int] = {}
        self._codes = codes
        self._by_guid = {code.guid: code for code in codes}
        users = [(_same(user.get("guid")), user.get("name") or "") for user in root.findall("{*}Users/{*}User")]
        shared = Counter(name for _, name in users)
        # Two people may go by one name; their codes must not become one person's.
        self._users = {guid: name if name and shared[name] == 1 else f"{name} {guid}".strip() for guid, name in users}
        named = (v for v in root.findall("{*}Variables/{*}Variable") if v.get("name") == _VARIABLES[0])
        self._note_ids = {_same(variable.get("guid")) for variable in named}
        self._texts: dict[str, str] = {}
        self._tags: dict[str, dict[str, dict[CodedTag, None]]] = {}

    def project(self) -> Project:
        left_out = (f"{what} ({number} times)" if number > 1 else what for what, number in self._left_out.items())
        return Project(self._codes, tuple(self._codings()), tuple(left_out))

    def _codings(self) -> Iterator[Coding]:
        for coder, coded in sorted(self._tags.items()):
            for note_id, text in self._texts.items():
                tags = tuple(sorted(coded.get(note_id, {}), key=lambda tag: (tag.start, tag.end)))
                yield Coding(coder, CodedNote(note_id, text, tuple(find_segments(text)), tags, (), ()))

    def add(self, source: Element, entries: Mapping[str, Entry], where: str) -> None:
        """Read one source and what is coded in it."""
        note_id = self._note_id(source)
        try:
            text, moved = _unix(_text(source, entries, where))
        except _MisfitError as error:
            self._leave_out(f"source {shown(note_id)}: {error}")
            return
        self._texts[note_id] = text
        segments = find_segments(text)
        if source.find("{*}Coding") is not None:
            self._leave_out(f"source {shown(note_id)}: codes of the whole text, which mark no evidence")
        for number, selection in enumerate(source.findall("{*}PlainTextSelection"), 1):
            try:
                start, end = (moved(int(selection.get(f"{side}Position", ""))) for side in ("start", "end"))
                if not 0 <= start < end <= len(text):
                    raise ValueError
            except ValueError:
                place = ":".join((selection.get(f"{side}Position") or "nothing")[:12] for side in ("start", "end"))
                self.problems.append(
                    f"source {shown(note_id)}: selection {number} ({place}) doesn't fit its text (0:{len(text)})"
                )
                continue
            segment = _segment(segments, start, end)
            for coder, code in self._picks(selection):
                if code.strategy and segment is not None:
                    tag = CodedTag(segment, code.strategy, code.status or "delivered", start, end)
                    self._tags.setdefault(coder, {}).setdefault(note_id, {})[tag] = None
                else:
                    # A code's name may be words of a note, so it isn't shown.
                    reason = "touches no sentence" if code.strategy else "is none of the codebook's"
                    self._leave_out(f"code {code.guid}: {reason}")

    def _picks(self, selection: Element) -> Iterator[tuple[str, Code]]:
        """Who gave a selection which code."""
        for coding in selection.findall("{*}Coding"):
            user = coding.get("creatingUser") or selection.get("creatingUser")
            coder = self._users.get(_same(user)) or _same(user) or "unknown"
            self._tags.setdefault(coder, {})
            reference = coding.find("{*}CodeRef")
            code = self._by_guid.get(_same(None if reference is None else reference.get("targetGUID")))
            if code is None:
                self.problems.append(f"coding {_same(coding.get('guid'))}: names a code that the project doesn't have")
            else:
                yield coder, code

    def _note_id(self, source: Element) -> str:
        """The variable note_id where there is one, else the source's name; one that comes again gets a number."""
        note_id = source.get("name") or _same(source.get("guid"))
        for value in source.findall("{*}VariableValue"):
            reference = value.find("{*}VariableRef")
            if reference is not None and _same(reference.get("targetGUID")) in self._note_ids:
                note_id = value.findtext("{*}TextValue", note_id)
        names = chain([note_id], (f"{note_id}#{number}" for number in count(2)))
        return next(name for name in names if name not in self._texts)

    def _leave_out(self, what: str) -> None:
        self._left_out[what] = self._left_out.get(what, 0) + 1


def _text(source: Element, entries: Mapping[str, Entry], where: str) -> str:
    """A source's plain text, from the archive or from the XML itself."""
    place = source.get("plainTextPath") or ""
    inline = source.findtext("{*}PlainTextContent")
    if not place and inline is not None:
        return inline
    if not place.startswith("internal://"):
        raise _MisfitError("its text is outside the project, and is not looked for there" if place else "is no text")
    entry = entries.get("sources/" + place.removeprefix("internal://").lstrip("/").lower())
    if entry is None:
        raise _MisfitError("its text is not in the project")
    try:
        # Some programs begin text files with a mark, which they don't count.
        return _loaded(entry, where).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _MisfitError("its text is not UTF-8") from None


def _unix(text: str) -> tuple[str, Callable[[int], int]]:
    """The text with LF for line ends, and where an offset into the text as it was is now."""
    dropped = [match.start() for match in re.finditer("\r\n", text)]
    return text.replace("\r\n", "\n").replace("\r", "\n"), lambda offset: offset - bisect_left(dropped, offset)


def _segment(segments: Sequence[tuple[int, int]], start: int, end: int) -> int | None:
    """The segment that holds most of these characters, the first of them where several do."""
    shared = [min(end, last) - max(start, first) for first, last in segments]
    return shared.index(max(shared)) if max(shared, default=0) > 0 else None
