"""What is handed to other tools: a note's analysis, with its text only where text was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from analyzer.records import Analysis


@dataclass(frozen=True, slots=True)
class Document:
    """One note to write; ``text`` is the (masked) text that the analysis' offsets speak of."""

    analysis: Analysis
    text: str | None = None


class Writer(Protocol):
    """Writes documents to a file, or to a folder where the format needs several files; whole or not at all."""

    def __call__(self, documents: Iterable[Document], path: Path) -> None: ...
