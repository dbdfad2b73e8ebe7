"""Which headings uploaded tables have, and which of them is likely what; nothing is drawn here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath

from analyzer.notes.archives import zip_entries
from analyzer.notes.cells import Table, roles_of
from analyzer.notes.folders import is_index
from analyzer.notes.reading import ARCHIVE
from analyzer.notes.tables import FIELDS, READERS

NOT_THERE = "(not in the table)"
_LOOKED_AT = 20


def headings_of(uploads: Sequence[tuple[str, bytes]]) -> tuple[tuple[str, ...], str | None]:
    """The headings of all tables of notes, those in archives too, and the one under which the longest cells stand.

    A table that can't be opened has none here; `read_uploads` says what is wrong with it.
    """
    headings: dict[str, int] = {}
    for name, data in uploads:
        for table in _tables(name, data):
            headings |= {heading: 0 for heading in table.headings if heading not in headings}
            for row in islice(table.rows(), _LOOKED_AT):
                for heading, text in row.cells.items():
                    headings[heading] = max(headings.get(heading, 0), len(text))
    longest = max(headings, key=headings.__getitem__) if headings else None
    return tuple(headings), longest


def guessed(field: str, headings: Sequence[str], longest: str | None) -> tuple[str, list[str]]:
    """The heading to propose for one of our fields, and all that can be chosen.

    A heading of the field's own name is taken whatever is said, so then there is no way to say that there is none.
    """
    own = [heading for heading, role in roles_of(headings, None, FIELDS).items() if role == field]
    if own:
        return own[0], list(headings)
    likely = longest if field == "text" and longest is not None else NOT_THERE
    return likely, [NOT_THERE, *headings]


def _tables(name: str, data: bytes) -> Iterator[Table]:
    suffix = PurePosixPath(name).suffix.lower()
    try:
        if suffix in READERS:
            yield from (table for table in READERS[suffix](name, data, None) if not is_index(name, table, None))
        elif suffix == ARCHIVE:
            for entry in zip_entries(name, data):
                if entry.suffix in READERS and not entry.problem:
                    yield from _tables(entry.key, entry.load())
    except Exception:  # told by read_uploads, in words
        return
