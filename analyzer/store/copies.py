"""Backup and restore of a store in a file; on a PostgreSQL server its own tools do that."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from analyzer.files import whole_file
from analyzer.lexicons import read_data
from analyzer.records import AnalyzerError
from analyzer.store.migrating import bring_up
from analyzer.store.place import engine_of, file_of, new_file, shown


def backup(place: str | Path, to: Path) -> None:
    """Copy a store to a single file, also while others write to it; sealed text stays sealed.

    Raises `AnalyzerError` where there is no store, the copy can't be written, or something is there already.
    """
    source = _file(place, "pg_dump DATABASE > FILE")
    if to.exists():
        raise AnalyzerError(f"{to}: is there already; a backup is never written over, so name a new file")
    if not source.is_file():
        raise AnalyzerError(f"{source}: there is no such file")
    bring_up(engine_of(source), source)
    with whole_file(to) as part:
        new_file(part)
        _copy(source, part)
        with closing(sqlite3.connect(part)) as copied:
            # One file, without a write-ahead file beside it.
            copied.execute("PRAGMA journal_mode=DELETE")


def restore(copy: Path, place: str | Path, *, replace: bool = False) -> None:
    """Put a backup back. The backup is checked and brought up to date first; it stays as it is.

    Raises `AnalyzerError` where it is damaged or no backup, or ``place`` holds something and ``replace`` is not given.
    """
    target = _file(place, "psql DATABASE < FILE")
    if not copy.is_file():
        raise AnalyzerError(f"{copy}: there is no such file; give a file that 'analyzer store backup' wrote")
    if target.exists() and not replace:
        raise AnalyzerError(f"{target}: is there already; add --replace to put the backup in its place")
    if not target.parent.is_dir():
        raise AnalyzerError(f"{target}: the folder does not exist; make it first")
    with TemporaryDirectory(dir=target.parent) as folder:
        part = Path(folder) / "restored"
        new_file(part)
        _copy(copy, part)
        engine = engine_of(part)
        bring_up(engine, copy)
        if not _is_whole(part):
            raise AnalyzerError(f"{copy}: is damaged; take another backup")
        if not target.exists():
            new_file(target)
        # Page by page rather than by renaming: programs that have the store open go on with the restored one.
        _copy(part, target)
    bring_up(engine_of(target), target)


def _file(place: str | Path, tool: str) -> Path:
    file = file_of(place)
    if file is None:
        raise AnalyzerError(f"{shown(place)}: is on a server; use PostgreSQL's own tools ({tool})")
    return file


def _is_whole(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(file)) as checked:
            return bool(checked.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def _copy(source: Path, target: Path) -> None:
    """All pages in one go, waiting where others write."""
    wait = read_data("store.yml")["wait_seconds"]
    try:
        with (
            closing(sqlite3.connect(source, timeout=wait)) as old,
            closing(sqlite3.connect(target, timeout=wait)) as new,
        ):
            old.backup(new)
    except sqlite3.DatabaseError as error:
        raise AnalyzerError(f"{source}: can't be copied ({str(error)[:200]}); check that it is a store") from error
