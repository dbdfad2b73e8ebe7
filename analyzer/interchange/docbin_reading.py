"""spaCy's DocBin read back: the span group ``strategies`` of each Doc."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from analyzer.interchange.document import Coding
from analyzer.interchange.spans import Reading, Span
from analyzer.records import STRATEGIES, DataError

# As notes of this many bytes are refused unpacked, so is what holds them (`analyzer.notes.limits`).
_MOST_BYTES: Final = 1024**3


def read(path: Path, *, strategies: Sequence[str] = STRATEGIES) -> list[Coding]:
    """What was coded in each Doc: label for the strategy, span id for the status (none: delivered).

    The note's id stands in ``user_data``, under ``note_id`` or in ``analysis``. Raises `DataError` where this is no
    DocBin or would unpack like a bomb, and with every code that doesn't fit.
    """
    import spacy
    from spacy.tokens import DocBin

    reading = Reading(path, strategies)
    try:
        docs = list(DocBin(store_user_data=True).from_bytes(_checked(path)).get_docs(spacy.blank("en").vocab))
    except DataError:
        raise
    except Exception as error:  # spaCy and msgpack raise of many kinds for a broken file
        raise DataError(str(path), ["is no DocBin of spaCy; write it with DocBin.to_disk"]) from error
    for number, doc in enumerate(docs, 1):
        about = doc.user_data.get("analysis") or doc.user_data
        note_id = about.get("note_id")
        if not isinstance(note_id, str):
            reading.problems.append(f"doc {number}: user_data has no note_id")
            continue
        group = doc.spans.get("strategies", ())
        spans = [Span(s.start_char, s.end_char, s.label_, s.id_ or "delivered") for s in group]
        reading.add(note_id, doc.text, spans)
    return reading.codings()


def _checked(path: Path) -> bytes:
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise DataError(str(path), [f"can't be read ({error.strerror})"]) from error
    unpacking = zlib.decompressobj()
    unpacking.decompress(packed, _MOST_BYTES)
    if unpacking.unconsumed_tail:
        raise DataError(str(path), ["unpacks to more than 1 GB; split it"])
    return packed
