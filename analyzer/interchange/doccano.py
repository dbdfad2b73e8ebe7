"""doccano: JSON Lines for a sequence labelling project, one line a note.

Offsets are UTF-16 code units, as JavaScript counts: that is what doccano draws and stores unless a project counts
grapheme clusters (doccano issues 2290 and 2484; v-annotator, Text.ts). Make the project with "Allow overlapping
spans", else doccano drops tags that share words, and without grapheme clusters. It passes over notes without any text.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analyzer.interchange.document import Document, label_of, text_of, utf16
from analyzer.interchange.files import write_lines


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
