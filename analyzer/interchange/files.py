"""Files for other tools: UTF-8 with LF, under names that every file system takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import chain, count
from pathlib import Path
from typing import Any, Final, TextIO

from analyzer.files import whole_file
from analyzer.notes.text import whole_characters
from analyzer.records import sha256_of

# Names that every file system takes (Windows keeps some for devices) and that brat shows (it hides "hidden_...").
_SAFE: Final = re.compile(
    r"(?!(?:con|prn|aux|nul|com\d|lpt\d)$|hidden_)[a-z0-9][a-z0-9_-]{0,79}", re.IGNORECASE | re.ASCII
)

# JSON lets these stand as they are, and many readers (Python's str.splitlines among them) end a line there.
_LINE_ENDS: Final = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}


def json_of(record: Mapping[str, Any]) -> str:
    """The record as one line of JSON that UTF-8 can hold, whichever characters a reader takes for the end of a line."""
    line = whole_characters(json.dumps(record, ensure_ascii=False, allow_nan=False))
    return line.translate(_LINE_ENDS)


def write_lines(records: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write JSON Lines (UTF-8, LF), whole or not at all. Raises `AnalyzerError` where that can't be done."""
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for record in records:
            file.write(json_of(record) + "\n")


def new_file(path: Path) -> TextIO:
    """Open for writing, UTF-8 with LF."""
    return path.open("w", encoding="utf-8", newline="\n")


def file_name(note_id: str, taken: set[str]) -> str:
    """The id where any file system takes it, else what is left of it and a part of its SHA-256; numbered if taken."""
    letters = re.sub("[^A-Za-z0-9]+", "-", note_id[:200])[:40].strip("-") or "note"
    marked = f"{letters}-{sha256_of(note_id)[:12]}"
    names = chain([note_id] if _SAFE.fullmatch(note_id) else [], [marked], (f"{marked}-{n}" for n in count(2)))
    # Some file systems take "N1" and "n1" for the same.
    name = next(name for name in names if name.casefold() not in taken)
    taken.add(name.casefold())
    return name
