"""WebAnno TSV 3 read back, as INCEpTION and WebAnno write it: one .tsv, or a folder of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analyzer.interchange.document import Coding
from analyzer.interchange.spans import Reading, Span, code_points, names_in, text_of_file
from analyzer.interchange.webanno import LAYER
from analyzer.records import STRATEGIES, DataError

_RESERVED: Final = re.compile(r"\\(->|[\\\[\]|_;tn*])")
_CONTROL: Final = re.compile(r"\\(.)", re.DOTALL)
_BETWEEN: Final = re.compile(r"(?<!\\)\|")
_MARK: Final = re.compile(r"(?<!\\)\[(\d+)\]$")
_WORDS_FOR: Final = {"t": "\t", "f": "\f", "r": "\r", "b": "\b"}


@dataclass(slots=True)
class _Place:
    start: int
    end: int


def read(path: Path, *, strategies: Sequence[str] = STRATEGIES) -> list[Coding]:
    """What was coded in each note on the layer ``webanno.custom.Strategy``; no status counts as delivered.

    Which note a file is stands in files.jsonl beside it, else its name is taken. Raises `DataError` where a file is no
    WebAnno TSV 3 with this layer first, and with every code that doesn't fit.
    """
    reading = Reading(path, strategies)
    folder = path if path.is_dir() else path.parent
    names = names_in(folder / "files.jsonl")
    for file in sorted(folder.glob("*.tsv")) if path.is_dir() else [path]:
        try:
            text, spans = _note(text_of_file(file))
        except (ValueError, IndexError) as error:
            problem = f"{file.name}: no WebAnno TSV 3 with the layer {LAYER} (strategy, status) first"
            raise DataError(str(path), [problem]) from error
        reading.add(names.get(file.name, file.stem), text, spans)
    return reading.codings()


def _note(content: str) -> tuple[str, list[Span]]:
    """The text and its codes."""
    header = [line for line in content.split("\n") if line.startswith("#T_")]
    if not header or not header[0].startswith(f"#T_SP={LAYER}|strategy|status"):
        raise ValueError("layer")
    text = bytearray()  # UTF-16, since offsets count its units
    found: list[tuple[_Place, str, str]] = []
    numbered: dict[str, _Place] = {}
    pending = ""
    for line in content.split("\n"):
        if line.startswith("#Text="):
            pending += _CONTROL.sub(lambda match: _WORDS_FOR.get(match[1], match[1]), line[6:]) + "\n"
        elif line and not line.startswith("#"):
            cells = line.split("\t")
            start, end = (int(unit) for unit in cells[1].split("-"))
            if pending:
                _append(text, pending, start)
                pending = ""
            _read_codes(cells[3:5], start, end, found, numbered)
    decoded = (text + pending.encode("utf-16-le", "surrogatepass")).decode("utf-16-le", "surrogatepass")
    spans = [Span(*code_points(decoded, place.start, place.end), strategy, status) for place, strategy, status in found]
    return decoded.removesuffix("\n"), spans


def _append(text: bytearray, sentence: str, start: int) -> None:
    """A sentence at its place: the line break after the last one may be no part of the text, gaps are spaces."""
    if len(text) // 2 > start:
        del text[2 * start :]
    text += b" \0" * (start - len(text) // 2) + sentence.encode("utf-16-le", "surrogatepass")


def _read_codes(
    cells: Sequence[str], start: int, end: int, found: list[tuple[_Place, str, str]], numbered: dict[str, _Place]
) -> None:
    """The codes of one line; one with a number that was there before goes on over this line."""
    if cells[0] == "_":
        return
    for strategy, status in _stacked(cells):
        mark = _MARK.search(strategy)
        if mark and mark[1] in numbered:
            numbered[mark[1]].end = end
            continue
        place = _Place(start, end)
        if mark:
            numbered[mark[1]] = place
        strategy, status = (_RESERVED.sub(r"\1", _MARK.sub("", value)) for value in (strategy, status))
        found.append((place, strategy, "delivered" if status == "*" else status))


def _stacked(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from zip(*(_BETWEEN.split(cell) for cell in cells[:2]), strict=True)
