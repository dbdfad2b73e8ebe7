"""The cells of any table become strings, and headings are told apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from analyzer.notes.text import whole_characters

# How pandas writes an empty cell where it is asked for strings.
_MISSING = {"", "NaN", "nan"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: heading -> cell, without the empty cells; ``number`` counts from 1 under the headings.

    ``problem`` says why the row could not be read; ``nested`` names cells that held a list or an object.
    """

    number: int
    cells: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None
    nested: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows can be gone through more than once, one at a time.

    ``place`` is what a row's number is set behind (``notes.csv row``), ``stem`` what note ids are made from.
    """

    name: str
    place: str
    stem: str
    headings: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]
    remarks: tuple[str, ...] = ()


def cell(value: Any) -> str | None:
    """A cell as a string: '007' stays '007', whole numbers lose '.0', dates become ISO 8601; None where it is empty."""
    if value is None or value is False or value is True:
        return None if value is None else str(value).lower()
    if isinstance(value, str):
        return None if value in _MISSING else value
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if value != value:  # NaN and NaT
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def named_row(number: int, headings: Sequence[str], values: Sequence[Any]) -> Row:
    """The row of a table with fixed headings."""
    pairs = [(heading, value, cell(value)) for heading, value in zip(headings, values, strict=False)]
    return Row(
        number,
        {heading: text for heading, _, text in pairs if text is not None},
        nested=frozenset(heading for heading, value, _ in pairs if isinstance(value, (list, dict))),
    )


def distinct(headings: Sequence[Any]) -> tuple[str, ...]:
    """Headings without surrounding space; an empty one is named by its column, a repeated one gets a number."""
    names: list[str] = []
    taken: set[str] = set()
    for column, heading in enumerate(headings, 1):
        name = (cell(heading) or "").strip() or f"column {column}"
        number = 2
        while name in taken:
            name = f"{name.removesuffix(f' ({number - 1})')} ({number})"
            number += 1
        taken.add(name)
        names.append(name)
    return tuple(names)


def roles_of(headings: Sequence[str], columns: Mapping[str, str] | None, fields: Sequence[str]) -> dict[str, str]:
    """Heading -> our name for it, comparing without case and surrounding space.

    A heading that ``columns`` maps comes first; a field whose mapped heading isn't there falls back on its own name.
    """
    plain = {heading: heading.strip().casefold() for heading in headings}
    roles: dict[str, str] = {}
    for name, wanted in (columns or {}).items():
        if name in fields:
            roles |= {h: name for h, p in plain.items() if p == wanted.strip().casefold() and h not in roles}
    filled = set(roles.values())
    own = {h: p for h, p in plain.items() if p in fields and p not in filled and h not in roles}
    return roles | own


def split_row(row: Row, roles: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The row's cells under our names, and the others under their own."""
    fields: dict[str, str] = {}
    extra: dict[str, str] = {}
    for heading, text in row.cells.items():
        name = roles.get(heading)
        if name is None or name in fields:
            extra[whole_characters(heading)] = whole_characters(text)
        elif name == "text" or text.strip():
            fields[name] = text if name == "text" else whole_characters(text.strip())
    return fields, extra
