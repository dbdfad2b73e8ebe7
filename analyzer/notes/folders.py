"""What a folder's index.csv says of its files, and the ids of those it says nothing of."""

from __future__ import annotations

import posixpath
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from analyzer.notes.cells import Table, roles_of
from analyzer.notes.entries import Entry
from analyzer.notes.limits import shown
from analyzer.notes.rows import Metadata, index_rows
from analyzer.notes.tables import INDEX_FIELDS, Columns, has_text, read_csv
from analyzer.records import Remark, Skipped

INDEX: Final = "index.csv"


@dataclass(slots=True)
class Index:
    """What all index.csv files of a folder say: file's key -> metadata, the indexes' own keys, and what to tell."""

    about: dict[str, Metadata] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    told: list[Skipped | Remark] = field(default_factory=list)


def read_indexes(entries: Sequence[Entry], columns: Columns) -> Index:
    """Read the index.csv of a folder and of the folders below it; each speaks of files relative to where it lies.

    One that can't be read, or that has a text column instead of a file column, is left to be read as any table.
    """
    index = Index()
    exact = {unicodedata.normalize("NFC", entry.key): entry.key for entry in entries}
    loose = {key.casefold(): entry_key for key, entry_key in exact.items()}
    for entry in entries:
        if entry.problem or PurePosixPath(entry.key).name.lower() != INDEX:
            continue
        try:
            table = read_csv(entry.name, entry.load(), columns)[0]
            if not is_index(entry.key, table, columns):
                continue
            index.keys.add(entry.key)
            _take(table, posixpath.dirname(entry.key), (exact, loose), index, columns)
        except Exception:  # it is read again as a table, and its fault is told there
            index.keys.discard(entry.key)
    return index


def is_index(key: str, table: Table, columns: Columns) -> bool:
    """Whether a table tells whose the files of a folder are: an index.csv with a file column and no text column."""
    return (
        PurePosixPath(key).name.lower() == INDEX
        and not has_text(table.headings, columns)
        and "file" in roles_of(table.headings, columns, INDEX_FIELDS).values()
    )


def _take(
    table: Table, base: str, known: tuple[dict[str, str], dict[str, str]], index: Index, columns: Columns
) -> None:
    exact, loose = known
    for item in index_rows(table, columns):
        if isinstance(item, (Skipped, Remark)):
            index.told.append(item)
            continue
        source, file, about = item
        path = unicodedata.normalize("NFC", posixpath.normpath(posixpath.join(base, file.replace("\\", "/"))))
        key = exact.get(path) or loose.get(path.casefold())
        if key is None:
            index.told.append(Skipped(source, f"names the file {shown(file)}, which is not in the folder"))
        elif key in index.about:
            index.told.append(Remark(source, f"names the file {shown(file)} again: its first row was taken"))
        else:
            index.about[key] = about


def note_ids(keys: Sequence[str]) -> dict[str, str]:
    """The ids of files: the name without its ending, with the path where names collide, with the ending if need be.

    >>> note_ids(["a/1.txt", "b/1.txt", "b/2.txt", "b/2.md"])
    {'a/1.txt': 'a/1', 'b/1.txt': 'b/1', 'b/2.txt': 'b/2.txt', 'b/2.md': 'b/2.md'}
    """
    stems = Counter(PurePosixPath(key).stem for key in keys)
    paths = Counter(_without_suffix(key) for key in keys)
    ids = {}
    for key in keys:
        path = _without_suffix(key)
        ids[key] = PurePosixPath(key).stem if stems[PurePosixPath(key).stem] == 1 else path if paths[path] == 1 else key
    return ids


def _without_suffix(key: str) -> str:
    return PurePosixPath(key).with_suffix("").as_posix() if PurePosixPath(key).name else key
