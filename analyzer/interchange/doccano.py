"""doccano: JSON Lines for a sequence labelling project, one line a note.

Offsets are UTF-16 code units, as JavaScript counts: that is what doccano draws and stores unless a project counts
grapheme clusters (doccano issues 2290 and 2484; v-annotator, Text.ts). Make the project with "Allow overlapping
spans", else doccano drops tags that share words, and without grapheme clusters. It passes over notes without any text.
What annotation tools share stands here too: the text that they need, labels, whole files, counting in UTF-16.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Final

from analyzer.export import check_writable, whole_file
from analyzer.interchange.document import Document
from analyzer.notes.text import whole_characters
from analyzer.records import AnalyzerError, DataError, Opportunity, Tag

# Ids may have 10,000 characters; an error shows enough of one to find it.
_SHOWN: Final = 80
_HALF: Final = re.compile("[\ud800-\udfff]")


def write(documents: Iterable[Document], path: Path) -> None:
    """Write ``text``, ``label`` [[start, end, "strategy:status"], ...] and ``note_id`` (kept by doccano as meta data).

    Raises `AnalyzerError` where a document has no text or the file can't be written.
    """
    write_lines((_line(document) for document in documents), path)


def _line(document: Document) -> dict[str, Any]:
    text, analysis = text_of(document, "doccano"), document.analysis
    units = utf16(text)
    labels = [[units(tag.start), units(tag.end), label_of(tag)] for tag in analysis.tags]
    return {"text": text, "label": labels, "note_id": analysis.note_id}


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


def shown(note_id: str) -> str:
    """A note's id for an error message, in quotation marks and cut where it is very long."""
    return repr(note_id if len(note_id) <= _SHOWN else note_id[:_SHOWN] + "…")


def json_of(record: Mapping[str, Any]) -> str:
    """The record as one line of JSON that UTF-8 can hold."""
    return whole_characters(json.dumps(record, ensure_ascii=False, allow_nan=False))


def write_lines(records: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write JSON Lines (UTF-8, LF), whole or not at all. Raises `AnalyzerError` where that can't be done."""
    with written_whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for record in records:
            file.write(json_of(record) + "\n")


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A place to write to that becomes ``path`` if all goes well; raises `AnalyzerError` where it can't be written."""
    check_writable(path)
    try:
        with whole_file(path) as part:
            yield part
    except OSError as error:
        raise AnalyzerError(f"{path}: could not be written ({error.strerror}); choose another place") from error
