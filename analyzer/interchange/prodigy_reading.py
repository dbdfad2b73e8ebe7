"""Prodigy's ``db-out`` read back (JSON Lines): what each annotator accepted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analyzer.interchange.document import Coding
from analyzer.interchange.spans import Reading, Span, parted, records_of
from analyzer.records import STRATEGIES


def read(path: Path, *, strategies: Sequence[str] = STRATEGIES) -> list[Coding]:
    """What each annotator coded in each note; rejected and ignored tasks are passed over.

    The coder is ``_annotator_id`` (or ``_session_id``), else the file's name. Raises `DataError` with every line and
    code that doesn't fit.
    """
    reading = Reading(path, strategies)
    for number, record in records_of(path, reading):
        if record.get("answer", "accept") != "accept":
            continue
        about, text = record.get("meta"), record.get("text")
        note_id = about.get("note_id") if isinstance(about, dict) else None
        try:
            if not isinstance(note_id, str) or not isinstance(text, str):
                raise ValueError
            given = record.get("spans") or ()
            spans = [Span(int(s["start"]), int(s["end"]), *parted(str(s["label"]))) for s in given]
        except (ValueError, TypeError, KeyError):
            reading.problems.append(f"line {number}: needs text, meta.note_id and spans with start, end and label")
            continue
        who = record.get("_annotator_id") or record.get("_session_id")
        reading.add(note_id, text, spans, coder=str(who) if who else None)
    return reading.codings()
