"""brat: a folder of .txt and .ann pairs, annotation.conf, and notes.jsonl that says which note each pair is.

Offsets are code points, as brat's server counts; its browser side counts UTF-16 code units, so what is annotated by
hand after an emoji may be drawn and stored beside its place (brat issue 1115). Tags are text-bound annotations with the
attribute ``status``, opportunities have ``response`` and one attribute for each strategy that they call for.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

from analyzer.interchange.doccano import json_of, text_of
from analyzer.interchange.document import Document
from analyzer.records import RESPONSES, STATUSES, STRATEGIES, Analysis, AnalyzerError, Opportunity, Tag

_CUE: Final = "opportunity"
# Names that every file system takes (Windows keeps some for devices) and that brat shows (it hides "hidden_...").
_SAFE: Final = re.compile(
    r"(?!(?:con|prn|aux|nul|com\d|lpt\d)$|hidden_)[a-z0-9][a-z0-9_-]{0,79}", re.IGNORECASE | re.ASCII
)
# Besides LF, what brat's reading of .ann files takes for the end of a line (Python's str.splitlines).
_LINE_ENDS: Final = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def write(documents: Iterable[Document], path: Path) -> None:
    """Fill the new or empty folder ``path``.

    A .txt holds the note's text, with spaces for line ends that brat can't keep (inside a tag, and rare kinds), so that
    offsets hold. Raises `AnalyzerError` where a document has no text, or the folder holds something or can't be made.
    """
    taken: set[str] = set()
    strategies = dict.fromkeys(STRATEGIES)
    with whole_folder(path) as folder, _new(folder / "notes.jsonl") as index:
        for document in documents:
            analysis, text = document.analysis, _one_line_spans(text_of(document, "brat"), document.analysis)
            name = _file_name(analysis.note_id, taken)
            for ending, content in ((".txt", text), (".ann", "".join(_annotations(analysis, text)))):
                with _new(folder / (name + ending)) as file:
                    file.write(content)
            index.write(json_of({"file": f"{name}.txt", "note_id": analysis.note_id}) + "\n")
            strategies |= dict.fromkeys(tag.strategy for tag in analysis.tags)
        with _new(folder / "annotation.conf") as file:
            file.write(_configuration(tuple(strategies)))
