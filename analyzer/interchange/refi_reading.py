"""REFI-QDA read back: codebooks (.qdc) and projects (.qdpx) of this or another program, as codes and coded notes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from xml.etree.ElementTree import Element

from analyzer.codebook import Codebook, load_codebook
from analyzer.components.segmenter import find_segments
from analyzer.interchange.document import Coding, shown
from analyzer.interchange.refi import CODEBOOK, PROJECT, VARIABLES, Meaning, known_codes
from analyzer.interchange.refi_files import MisfitError, bytes_of, entries_of, loaded, parsed, text_of
from analyzer.interchange.spans import held_by
from analyzer.notes.entries import Entry
from analyzer.records import CodedNote, CodedTag, DataError, Status


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


def read_codebook(path: Path, *, codebook: Codebook | None = None) -> tuple[Code, ...]:
    """The codes of a .qdc, parents before children. Raises `DataError` where it is none, or holds entities."""
    root = parsed(bytes_of(path), str(path), CODEBOOK)
    return tuple(_codes(root.find("{*}Codes"), None, known_codes(codebook or load_codebook())))


def read_project(path: Path, *, codebook: Codebook | None = None) -> Project:
    """What each coder coded in each text of a .qdpx, by the codebook's codes (known by GUID, else by name).

    Everybody who coded anything is taken to have read every text. A strategy's own code, without a status, counts as
    delivered. Segments are the program's own; ids that come again get ``#2``. Nothing is unpacked to the disk. Raises
    `DataError` with every selection that doesn't fit its text, and where the file is no project, holds entities or a
    path that leads out of it, or would unpack like a zip bomb.
    """
    where, entries = str(path), entries_of(path)
    qde = next((entry for name, entry in entries.items() if name.endswith(".qde") and "/" not in name), None)
    if qde is None:
        raise DataError(where, ["holds no project.qde; export the project anew"])
    root = parsed(loaded(qde, where), where, PROJECT)
    known = known_codes(codebook or load_codebook())
    reading = _Reading(root, tuple(_codes(root.find("{*}CodeBook/{*}Codes"), None, known)))
    for source in root.findall("{*}Sources/*"):
        reading.add(source, entries, where)
    if reading.problems:
        raise DataError(where, reading.problems)
    return reading.project()


def _same(guid: str | None) -> str:
    """A GUID in one spelling: the standard lets it stand in braces and in capitals."""
    return (guid or "").strip().strip("{}").lower()


def _codes(parent: Element | None, above: str | None, known: Mapping[str, Meaning]) -> Iterator[Code]:
    for element in parent.findall("{*}Code") if parent is not None else ():
        guid, name = _same(element.get("guid")), element.get("name") or ""
        strategy, status = known.get(guid) or known.get(name.casefold()) or (None, None)
        about = element.findtext("{*}Description") or ""
        yield Code(guid, name, about, element.get("isCodable") != "false", above, strategy, status)
        yield from _codes(element, guid, known)


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
        named = (v for v in root.findall("{*}Variables/{*}Variable") if v.get("name") == VARIABLES[0])
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
            text, moved = _unix(text_of(source, entries, where))
        except MisfitError as error:
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
            segment = held_by(segments, start, end)
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


def _unix(text: str) -> tuple[str, Callable[[int], int]]:
    """The text with LF for line ends, and where an offset into the text as it was is now."""
    dropped = [match.start() for match in re.finditer("\r\n", text)]
    return text.replace("\r\n", "\n").replace("\r", "\n"), lambda offset: offset - bisect_left(dropped, offset)
