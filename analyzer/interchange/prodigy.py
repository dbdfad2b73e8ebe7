"""Prodigy: JSON Lines for ``spans.manual`` and ``spans.correct``, one line a note.

Spans are given in code points and in the project's own tokens, which stand beside them: Prodigy draws tokens, and would
otherwise refuse tags that its tokenizer splits elsewhere (Prodigy, Annotation interfaces, spans_manual). Tags may share
words, so use the interfaces for spans, not those for named entities.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analyzer.interchange.docbin import note_language, tokens_touched
from analyzer.interchange.document import Document, label_of, text_of
from analyzer.interchange.files import write_lines
from analyzer.records import Tag


def write(documents: Iterable[Document], path: Path) -> None:
    """Write ``text``, ``tokens``, ``spans`` (label: strategy:status) and ``meta`` with the note's id.

    Raises `AnalyzerError` where a document has no text or the file can't be written.
    """
    write_lines((_task(document) for document in documents), path)


def _task(document: Document) -> dict[str, Any]:
    text, analysis = text_of(document, "Prodigy"), document.analysis
    doc = note_language().make_doc(text)
    tokens = [
        {"text": t.text, "start": t.idx, "end": t.idx + len(t), "id": t.i, "ws": bool(t.whitespace_)} for t in doc
    ]
    touched = tokens_touched(doc)
    spans = [_span(tag, *touched(tag.start, tag.end)) for tag in analysis.tags]
    return {"text": text, "tokens": tokens, "spans": spans, "meta": {"note_id": analysis.note_id}}


def _span(tag: Tag, first_token: int, end_token: int) -> dict[str, Any]:
    return {
        "start": tag.start,
        "end": tag.end,
        "token_start": first_token,
        "token_end": end_token - 1,  # the last token itself, as Prodigy counts
        "label": label_of(tag),
        "confidence": tag.confidence,
        "source": tag.source,
    }
