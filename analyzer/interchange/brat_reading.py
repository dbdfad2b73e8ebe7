"""brat standoff read back: a folder of .txt and .ann pairs, as this program writes it and brat keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from analyzer.interchange.brat import CUE
from analyzer.interchange.document import Coding
from analyzer.interchange.spans import Reading, Span, names_in, text_of_file
from analyzer.records import STRATEGIES, DataError

_TEXT_BOUND: Final = re.compile(r"(T\d+)\t(\S+) (\d+) ((?:\d+;\d+ )*)(\d+)\t(.*)")
_STATUS: Final = re.compile(r"A\d+\tstatus (T\d+) (\S+)")


def read(path: Path, *, strategies: Sequence[str] = STRATEGIES) -> list[Coding]:
    """What was coded in each note; a strategy without the attribute ``status`` counts as delivered.

    Which note a pair is stands in notes.jsonl, else its file's name is taken. Parts of a discontinuous annotation are
    read as one stretch. Raises `DataError` with every line and code that doesn't fit, words beside their place
    included (brat issue 1115).
    """
    reading = Reading(path, strategies)
    names = names_in(path / "notes.jsonl")
    for file in sorted(path.glob("*.ann")):
        words = file.with_suffix(".txt")
        if not words.is_file():
            raise DataError(str(path), [f"{file.name} has no {words.name} beside it"])
        spans = list(_spans(file, reading))
        reading.add(names.get(words.name, words.stem), text_of_file(words), spans)
    return reading.codings()


def _spans(file: Path, reading: Reading) -> Iterator[Span]:
    lines = text_of_file(file).split("\n")
    statuses = {found[1]: found[2] for line in lines if (found := _STATUS.fullmatch(line))}
    for number, line in enumerate(lines, 1):
        if not line.startswith("T"):
            continue
        found = _TEXT_BOUND.fullmatch(line)
        if found is None:
            reading.problems.append(f"{file.name} line {number}: not a text-bound annotation of brat")
            continue
        mark, strategy, start, between, end, words = found.groups()
        if strategy != CUE:
            noted = None if between else words
            yield Span(int(start), int(end), strategy, statuses.get(mark, "delivered"), noted)
