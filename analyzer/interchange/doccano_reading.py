"""doccano's export read back (JSON Lines): one file a person, as doccano writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analyzer.interchange.document import Coding
from analyzer.interchange.spans import Reading, Span, code_points, parted, records_of
from analyzer.records import STRATEGIES


def read(path: Path, *, strategies: Sequence[str] = STRATEGIES) -> list[Coding]:
    """What was coded in each note: ``text``, ``label`` (or ``entities``) and ``note_id``, also under ``meta``.

    Offsets are UTF-16 code units (see `analyzer.interchange.doccano`). Raises `DataError` with every line and code that
    doesn't fit.
    """
    reading = Reading(path, strategies)
    for number, record in records_of(path, reading):
        about = record.get("meta")
        note_id = record.get("note_id", about.get("note_id") if isinstance(about, dict) else None)
        text = record.get("text")
        try:
            if not isinstance(note_id, str) or not isinstance(text, str):
                raise ValueError
            spans = list(_spans(record, text))
        except (ValueError, TypeError, KeyError):
            reading.problems.append(f"line {number}: needs note_id, text and label [[start, end, label], ...]")
            continue
        reading.add(note_id, text, spans)
    return reading.codings()


def _spans(record: Mapping[str, Any], text: str) -> Iterator[Span]:
    for label in record.get("label") or ():
        start, end, name = label
        yield _span(text, start, end, name)
    for entity in record.get("entities") or ():
        yield _span(text, entity["start_offset"], entity["end_offset"], entity["label"])


def _span(text: str, start: Any, end: Any, label: Any) -> Span:
    return Span(*code_points(text, int(start), int(end)), *parted(str(label)))
