"""Backup and restore. A backup is a store in one file, whatever held it, so it also moves a store to or from a server.

A store in a file is copied page by page (https://sqlite.org/backup.html), one on a server row by row from one snapshot.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import Connection, Engine, delete, func, insert, select, text

from analyzer.files import UnfinishedError, whole_file
from analyzer.lexicons import read_data
from analyzer.records import AnalyzerError
from analyzer.store.migrating import bring_up, holds_store
from analyzer.store.place import engine_of, file_of, new_file, shown
from analyzer.store.removal import delete_file, leave_to_rewrite, rewrite
from analyzer.store.schema import Base
from analyzer.store.sentences import in_sentences
from analyzer.store.store import Store, open_store

_ROWS: Final = 500
_SQLITE: Final = b"SQLite format 3\0"
_NO_ROOM: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def backup(place: str | Path, to: Path) -> None:
    """Copy a store to a single file, also while others write to it; sealed text stays sealed.

    Raises `AnalyzerError` where there is no store, the copy can't be written, or something is there already.
    """
    if to.exists():
        raise AnalyzerError(f"{to}: is there already; a backup is never written over, so name a new file")
    source, store = file_of(place), open_store(place)
    with whole_file(to) as part:
        new_file(part)
        if source is not None:
            _copied(source, part)
        else:
            bring_up(engine_of(part), part, new=True)
            with in_sentences(place):
                _copy_rows(store.engine, engine_of(part))
        with closing(sqlite3.connect(part)) as copied:
            # One file, without a write-ahead file beside it.
            copied.execute("PRAGMA journal_mode=DELETE")


def restore(copy: Path, place: str | Path, *, replace: bool = False) -> None:
    """Put a backup back, all of it or nothing. It is checked and brought up to date first, and stays as it is.

    Raises `AnalyzerError` where it is damaged or no backup, or ``place`` holds something and ``replace`` is not given.
    """
    target = file_of(place)
    if not copy.is_file():
        raise AnalyzerError(f"{copy}: there is no such file; give a file that 'analyzer store backup' wrote")
    if target is not None and not target.parent.is_dir():
        raise AnalyzerError(f"{target}: the folder does not exist; make it first")
    if not replace and (holds_store(engine_of(place), place) if target is None else target.exists()):
        raise AnalyzerError(f"{shown(place)}: is there already; add --replace to put the backup in its place")
    # Renaming asks for the same disk.
    with TemporaryDirectory(dir=target and target.parent) as folder:
        part = _checked(copy, Path(folder) / "restored")
        if target is None:
            _to_server(part, place)
        else:
            _to_file(part, target)


def _checked(copy: Path, part: Path) -> Path:
    """A whole backup of today's tables, as a file of our own."""
    new_file(part)
    _copied(copy, part)
    engine = engine_of(part)
    bring_up(engine, copy)
    if not _is_whole(part) or _cut_short(copy):
        raise AnalyzerError(f"{copy}: is damaged; take another backup")
    Store(engine, str(copy))
    return part


def _is_whole(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(file)) as checked:
            return bool(checked.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def _cut_short(file: Path) -> bool:
    """Whether bytes are missing at the end, which SQLite reads as zeros (https://sqlite.org/fileformat.html)."""
    with file.open("rb") as stream:
        head = stream.read(100)
    page_size, pages = int.from_bytes(head[16:18]), int.from_bytes(head[28:32])
    return file.stat().st_size < (65536 if page_size == 1 else page_size) * pages


def _to_server(part: Path, place: str | Path) -> None:
    engine = engine_of(place)
    bring_up(engine, place, new=True)
    with in_sentences(place):
        _copy_rows(engine_of(part), engine)
        rewrite(engine)


def _to_file(part: Path, target: Path) -> None:
    if target.exists():
        with target.open("rb") as file:
            if file.read(len(_SQLITE)) not in (_SQLITE, b""):
                raise AnalyzerError(f"{target}: is no store; choose another place")
        try:
            # Page by page: programs that have the store open go on with the restored one.
            _copy_pages(part, target)
            with in_sentences(target):
                rewrite(engine_of(target))
            return
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in _DAMAGED:
                raise AnalyzerError(f"{target}: can't be written ({error}); nothing was changed") from error
        # Too damaged to be written over: it gives way as a whole.
        delete_file(target)
    part.replace(target)


def _copied(source: Path, part: Path) -> None:
    try:
        _copy_pages(source, part)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in _NO_ROOM:
            raise UnfinishedError(f"{source}: can't be copied ({error}); look for room on the disk") from error
        raise AnalyzerError(f"{source}: can't be copied ({error}); check that it is a store") from error


def _copy_pages(source: Path, target: Path) -> None:
    """All pages in one go, waiting where others write."""
    wait = read_data("store.yml")["wait_seconds"]
    with closing(sqlite3.connect(source, timeout=wait)) as old, closing(sqlite3.connect(target, timeout=wait)) as new:
        old.backup(new)


def _copy_rows(source: Engine, target: Engine) -> None:
    """All rows in the place of those that are there, each side in one transaction."""
    if source.dialect.name == "postgresql":
        source = source.execution_options(isolation_level="REPEATABLE READ")
    tables = Base.metadata.sorted_tables
    with source.begin() as old, target.begin() as new:
        if new.dialect.name == "postgresql":
            new.exec_driver_sql(f"LOCK TABLE {', '.join(table.name for table in tables)}")
        for table in reversed(tables):
            new.execute(delete(table))
        for table in tables:
            rows = old.execution_options(yield_per=_ROWS).execute(select(table).order_by(*table.primary_key))
            for some in rows.mappings().partitions():
                new.execute(insert(table), [dict(row) for row in some])
        if new.dialect.name == "postgresql":
            _number_on(new)
            leave_to_rewrite(new)


def _number_on(connection: Connection) -> None:
    """Let new rows be numbered after those that came with their numbers."""
    for table in Base.metadata.sorted_tables:
        if "id" in table.c:
            last = connection.scalar(select(func.max(table.c.id))) or 0
            ask = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :next, false)")
            connection.execute(ask, {"name": table.name, "next": last + 1})
