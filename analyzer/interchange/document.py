"""What goes to other tools and comes back: an analysis, with its text where asked for, and a person's codes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

from analyzer.records import Analysis, AnalyzerError, CodedNote, DataError, Opportunity, Tag

# Ids may have 10,000 characters; an error shows enough of one to find it.
_SHOWN: Final = 80
_HALF: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Document:
    """One note to write; ``text`` is the (masked) text that the analysis' offsets speak of."""

    analysis: Analysis
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Coding:
    """What one person coded in one note; ``coder`` is the tool's name or number of the person."""

    coder: str
    note: CodedNote


class Writer(Protocol):
    """Writes documents to a file, or to a folder where the format needs several files; whole or not at all."""

    def __call__(self, documents: Iterable[Document], path: Path) -> None: ...


def text_of(document: Document, tool: str) -> str:
    """The document's text; half of a surrogate pair, which no file can hold, becomes U+FFFD, so offsets still fit.

    Raises `AnalyzerError` where the text was not asked for, `DataError` where it is not the one that was tagged.
    """
    analysis, text = document.analysis, document.text
    if text is None:
        raise AnalyzerError(f"{tool} needs the notes' text, which is left out unless asked for; add --with-text")
    places = [(found.start, found.end) for found in chain[Tag | Opportunity](analysis.tags, analysis.opportunities)]
    misfits = [f"{start}:{end}" for start, end in places if not 0 <= start < end <= len(text)]
    if misfits:
        problem = f"{', '.join(misfits)}: outside the text (0:{len(text)}) or empty; give the notes that were tagged"
        raise DataError(f"note {shown(analysis.note_id)}", [problem])
    return _HALF.sub("\ufffd", text)


def label_of(tag: Tag) -> str:
    """Strategy and status in one label, for tools whose spans have no attributes."""
    return f"{tag.strategy}:{tag.status}"


def utf16(text: str) -> Callable[[int], int]:
    """From code points into this text to UTF-16 code units, as JavaScript and Java count.

    >>> [utf16("a😀b")(offset) for offset in range(4)]
    [0, 1, 3, 4]
    """
    pairs = [place for place, character in enumerate(text) if character > "\uffff"]
    return lambda offset: offset + bisect_left(pairs, offset)


def shown(note_id: str) -> str:
    """A note's id for an error message, in quotation marks and cut where it is very long."""
    return repr(note_id if len(note_id) <= _SHOWN else note_id[:_SHOWN] + "…")
