"""Spans that people gave a strategy and a status, from any tool's file -> coded notes on the program's own segments."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeGuard

from analyzer.components.segmenter import find_segments
from analyzer.interchange.document import Coding, shown, utf16
from analyzer.records import STATUSES, STRATEGIES, CodedNote, CodedTag, DataError, Status

_SPACE: Final = re.compile(r"\s")


class Span(NamedTuple):
    """One code: offsets in code points, and the words that the tool noted with it, where it does."""

    start: int
    end: int
    strategy: str
    status: str
    words: str | None = None


class Reading:
    """Codes on their way to coded notes; every misfit is kept until `codings` reports all in one go."""

    def __init__(self, path: Path, strategies: Sequence[str] = STRATEGIES) -> None:
        self.problems: list[str] = []
        self._strategies = strategies
        self._path = path
        self._codings: dict[tuple[str, str], Coding] = {}

    def add(self, note_id: str, text: str, spans: Iterable[Span], *, coder: str | None = None) -> None:
        """What one person (the file's own name where the tool does not say who) coded in one note."""
        who, where = coder or coder_of(self._path), f"note {shown(note_id)}"
        segments = tuple(find_segments(text))
        tags: dict[CodedTag, None] = {}
        if not note_id.strip():
            self.problems.append("a note has no id; note_id must say which it is")
        if "\r" in text:
            self.problems.append(f"{where}: the text holds carriage returns; turn line ends into LF and code it again")
        if (who, note_id) in self._codings:
            self.problems.append(f"{where}: coded twice by one person, or two notes have this id; keep one")
        for span in spans:
            tag = self._tag(span, text, segments, where)
            if tag is not None:
                tags[tag] = None
        self._codings[who, note_id] = Coding(who, CodedNote(note_id, text, segments, tuple(tags), (), ()))

    def codings(self) -> list[Coding]:
        """All that was added. Raises `DataError` with every problem, or where nothing was."""
        if not self._codings and not self.problems:
            self.problems.append("holds no coded notes")
        if self.problems:
            raise DataError(str(self._path), self.problems)
        return list(self._codings.values())

    def _tag(self, span: Span, text: str, segments: Sequence[tuple[int, int]], where: str) -> CodedTag | None:
        place = f"{where}, code {span.start}:{span.end}"
        if span.strategy not in self._strategies:
            # The label itself may be words of the note.
            self.problems.append(f"{place}: the strategy is unknown; known are {', '.join(self._strategies)}")
        elif not _is_status(span.status):
            self.problems.append(f"{place}: the status is unknown; known are {', '.join(STATUSES)}")
        elif not _fits(span, text):
            self.problems.append(f"{place}: offsets don't fit the text (0:{len(text)}), or not the words noted there")
        elif (segment := held_by(segments, span.start, span.end)) is None:
            self.problems.append(f"{place}: touches no sentence of the note")
        else:
            return CodedTag(segment, span.strategy, span.status, span.start, span.end)
        return None


def coder_of(path: Path) -> str:
    """Who coded, where only the file's or folder's name can say so."""
    return path.resolve().stem if path.is_file() else path.resolve().name


def held_by(segments: Sequence[tuple[int, int]], start: int, end: int) -> int | None:
    """The segment that holds most of these characters, the first of them where several do."""
    shared = [min(end, last) - max(start, first) for first, last in segments]
    return shared.index(max(shared)) if max(shared, default=0) > 0 else None


def parted(label: str) -> tuple[str, str]:
    """Strategy and status from ``strategy:status``; a strategy alone counts as delivered."""
    strategy, _, status = label.partition(":")
    return strategy, status or "delivered"


def code_points(text: str, start: int, end: int) -> tuple[int, int]:
    """From UTF-16 code units, as JavaScript and Java count, to code points; past the text where it is too short.

    >>> code_points("a😀b", 1, 3)
    (1, 2)
    """
    units = utf16(text)
    places = range(len(text) + 1)
    first, last = (bisect_left(places, unit, key=units) if unit >= 0 else unit for unit in (start, end))
    return first, last


def records_of(path: Path, reading: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    """The numbered objects of a JSON Lines file; other lines are problems. Raises `DataError` for no such file."""
    for number, line in enumerate(text_of_file(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            yield number, record
        else:
            reading.problems.append(f"line {number}: not a JSON object")


def text_of_file(path: Path) -> str:
    """The file's text, in UTF-8. Raises `DataError` where it can't be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(str(path), [f"can't be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise DataError(str(path), [f"not UTF-8 at byte {error.start}; save it as UTF-8"]) from error


def names_in(index: Path) -> dict[str, str]:
    """Which note each file of a folder is, as the index beside them says; empty where there is none."""
    if not index.is_file():
        return {}
    reading = Reading(index)
    return {str(record.get("file")): str(record.get("note_id")) for _, record in records_of(index, reading)}


def _is_status(value: str) -> TypeGuard[Status]:
    return value in STATUSES


def _fits(span: Span, text: str) -> bool:
    inside = 0 <= span.start < span.end <= len(text)
    return inside and (span.words is None or _SPACE.sub("", span.words) == _SPACE.sub("", text[span.start : span.end]))
