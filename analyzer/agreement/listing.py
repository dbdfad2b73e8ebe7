"""Where coders disagree, side by side, and as a table. Text is left out unless asked for, and masked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from analyzer.agreement.coders import Coder
from analyzer.agreement.units import Units, lay
from analyzer.identifiers import find_identifiers, mask
from analyzer.records import STATUSES
from analyzer.table_files import Column, write_table

_NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One strategy in one segment on which coders differ.

    ``kind`` is *strategy* (some give it, some don't) or *status* (all give it, otherwise). ``said`` holds for each
    coder the statuses given, *none* for none, "" where the coder has no say there. ``text`` is the masked segment.
    """

    note_id: str
    segment: int
    start: int
    end: int
    kind: Literal["strategy", "status"]
    strategy: str
    said: tuple[tuple[str, str], ...]
    text: str | None = None


def disagreements(coders: Sequence[Coder], *, with_text: bool = False) -> list[Disagreement]:
    """Every disagreement, in order; ``with_text``: with the segments' (masked) words. Raises as `agreement` does."""
    return list(_found(lay(coders), with_text=with_text))


def write_disagreements(
    rows: Sequence[Disagreement], coders: Sequence[str], path: Path, *, with_text: bool = False
) -> None:
    """Write them as a table, a column a coder, ``with_text`` the words; the ending says the kind, as for `export`."""
    columns = [
        Column("note_id", "the note's id", "text"),
        Column("segment", "the segment's number in the note, from 0"),
        Column("start", "where the segment begins: code points into the note's text"),
        Column("end", "where it ends (the first code point after it)"),
        Column("kind", "strategy: some coders give it, some don't; status: all give it, with other statuses", "text"),
        Column("strategy", "the strategy's id in the codebook", "text"),
    ]
    says = "statuses that this coder gave; none where it gave none, empty where there is no answer"
    # A number keeps a coder's name apart from the other columns.
    names = {name: f"coder_{number}: {name}" for number, name in enumerate(coders, 1)}
    columns += [Column(name, says, "text") for name in names.values()]
    if with_text:
        columns.append(Column("text", "the segment's words (identifiers masked)", "text"))
    told = ("note_id", "segment", "start", "end", "kind", "strategy", "text")
    table = ({key: getattr(row, key) for key in told} | {names[who]: what for who, what in row.said} for row in rows)
    write_table(table, columns, path)


def _found(units: Units, *, with_text: bool) -> Iterator[Disagreement]:
    said = np.where(units.rated, units.said.astype(np.int16), -1)
    least = np.where(units.rated, said, 64).min(1)
    first = np.searchsorted(units.note_of, np.arange(len(units.notes)))
    masked: dict[int, str] = {}
    # Differing answers among those given: the largest is not the smallest.
    for place, column in np.argwhere(said.max(1) > least):
        note = int(units.note_of[place])
        segment = int(place - first[note])
        start, end = units.segments[note][segment]
        answers = said[place, :, column]
        text = None
        if with_text:
            if note not in masked:
                whole = units.notes[note].text
                masked[note] = mask(whole, find_identifiers(whole))
            text = masked[note][start:end]
        yield Disagreement(
            units.notes[note].note_id,
            segment,
            start,
            end,
            "strategy" if (answers == 0).any() else "status",
            units.strategies[column],
            tuple((who, _told(int(bits))) for who, bits in zip(units.coders, answers, strict=True)),
            text,
        )


def _told(bits: int) -> str:
    if bits < 0:
        return ""
    return ", ".join(status for place, status in enumerate(STATUSES) if bits >> place & 1) or _NOTHING
