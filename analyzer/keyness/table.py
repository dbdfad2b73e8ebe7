"""Keyness as a table: for reading, and as a file for other tools."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Final

from analyzer.keyness.comparing import Keyness, KeyWord, false_discovery_rate
from analyzer.table_files import Column, write_table

COLUMNS: Final = (
    Column("group", "the group whose words these are", "text"),
    Column("against", "what it is compared with", "text"),
    Column("word", "the word, or two adjoining words, in small letters", "text"),
    Column("notes", "notes of the group that hold it (a note counts once)"),
    Column("notes_against", "notes of the others that hold it"),
    Column("of", "notes of the group with any word to count (the same in all rows)"),
    Column("of_against", "notes of the others with any word to count (the same in all rows)"),
    Column("share", "notes over of", "number"),
    Column("share_against", "notes_against over of_against", "number"),
    Column("log_ratio", "log2 of share over share_against; 0 notes count as half a note (Hardie 2014)", "number"),
    Column("low", "lower end of its 95% interval (Katz et al. 1978)", "number"),
    Column("high", "upper end of its 95% interval", "number"),
    Column("g2", "log-likelihood of the table of notes with and without the word (Dunning 1993)", "number"),
    Column("p_value", "tail of chi-squared with one degree of freedom", "number"),
    Column("q_value", "after Benjamini and Hochberg (1995) over all words tested", "number"),
)
_WIDEST_NAME: Final = 20
_CAUTION: Final = (
    "A word counts once a note. Notes of one client are alike, and what happened in clients' lives has words of its "
    "own: read the notes before a word is taken for a way of working."
)


def rows_of(found: Keyness) -> list[dict[str, object]]:
    """One mapping of `COLUMNS` a word."""
    shared = {"group": found.group, "against": found.against, "of": found.notes, "of_against": found.notes_against}
    return [shared | key.to_dict() for key in found.words]


def write_keyness(found: Keyness, path: Path) -> None:
    """Write all words tested to ``path``; its ending says the kind, as for `analyzer.export.export`."""
    write_table(rows_of(found), COLUMNS, path)


def format_table(found: Keyness, *, top: int = 25) -> str:
    """The ``top`` words on either side whose q-value is within the false discovery rate, and what they rest on."""
    rate = false_discovery_rate()
    likely = [key for key in found.words if key.q_value <= rate]
    sides = [
        (f"Commoner in the notes of {found.group}", [key for key in likely if key.log_ratio > 0]),
        (f"Commoner in the notes of {found.against}", [key for key in likely if key.log_ratio <= 0]),
    ]
    lines = [
        f"{found.notes} notes of {found.group}, {found.notes_against} of {found.against}; {len(found.words)} words "
        f"tested, {len(likely)} within a false discovery rate of {rate:.0%}."
    ]
    for title, keys in sides:
        shown = f", the {top} with the highest G2 of {len(keys)}" if len(keys) > top else ""
        lines += ["", f"{title}{shown}:", *(_lines(found, keys[:top]) if keys else ["  none"])]
    return "\n".join([*lines, "", _CAUTION])


def _lines(found: Keyness, keys: list[KeyWord]) -> list[str]:
    sides = (textwrap.shorten(name, _WIDEST_NAME, placeholder="…") for name in (found.group, found.against))
    rows = [("word", *sides, "log ratio", "95% interval", "G2", "q"), *map(_row, keys)]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]


def _row(key: KeyWord) -> tuple[str, ...]:
    return (
        key.word,
        f"{key.notes} ({key.share:.0%})",
        f"{key.notes_against} ({key.share_against:.0%})",
        f"{key.log_ratio:+.2f}",
        f"{key.low:+.2f} to {key.high:+.2f}",
        f"{key.g2:.1f}",
        f"{key.q_value:.3f}" if key.q_value >= 0.001 else "<0.001",
    )
