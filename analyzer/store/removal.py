"""Removing for good: rows are deleted, then the file is rewritten so that none of their bytes stay."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, false, insert, or_, select, true
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import InstrumentedAttribute, Session

from analyzer.store.schema import AnalysisRow, DecisionRow, SealedRow, SettingRow

# https://www.postgresql.org/docs/15/errcodes-appendix.html
_LOCK_NOT_AVAILABLE: Final = "55P03"
# A setting for each removal whose bytes are still there: its program may end before it could rewrite them.
_DUE: Final = "rewrite-due-"


@dataclass(frozen=True, slots=True)
class Removed:
    """How many of each were removed."""

    analyses: int = 0
    texts: int = 0
    decisions: int = 0

    def __add__(self, other: Removed) -> Removed:
        return Removed(self.analyses + other.analyses, self.texts + other.texts, self.decisions + other.decisions)


def remove(
    engine: Engine,
    *,
    texts: bool = False,
    texts_before: datetime | None = None,
    note_ids: Sequence[str] = (),
    before: datetime | None = None,
    everything: bool = False,
) -> Removed:
    """Delete the rows that any of the conditions names, in one transaction."""
    ids = list(note_ids)
    analyses = _any(everything, AnalysisRow.note_id.in_(ids), _earlier(AnalysisRow.stored_at, before))
    decisions = _any(everything, DecisionRow.note_id.in_(ids), _earlier(DecisionRow.at, before))
    with Session(engine) as session, session.begin():
        of_gone = SealedRow.analysis_id.in_(select(AnalysisRow.id).where(analyses))
        sealed = _any(texts, of_gone, _earlier(SealedRow.stored_at, texts_before))
        gone = [
            session.execute(delete(row).where(which))
            for row, which in ((SealedRow, sealed), (AnalysisRow, analyses), (DecisionRow, decisions))
        ]
        counts = [result.rowcount for result in gone]  # type: ignore[attr-defined]
        if any(counts):
            leave_to_rewrite(session.connection())
    return Removed(analyses=counts[1], texts=counts[0], decisions=counts[2])


def _any(always: bool, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return true() if always else or_(false(), *conditions)


def _earlier(column: InstrumentedAttribute[datetime], limit: datetime | None) -> ColumnElement[bool]:
    return false() if limit is None else column < limit


def leave_to_rewrite(connection: Connection) -> None:
    """Say in the store that bytes of removed rows are in it, until `rewrite` has been there."""
    connection.execute(insert(SettingRow).values(name=f"{_DUE}{secrets.token_hex(8)}", value=True))


def rewriting_due(engine: Engine) -> list[str]:
    """The removals that wait for `rewrite`."""
    with engine.connect() as connection:
        return list(connection.scalars(select(SettingRow.name).where(SettingRow.name.startswith(_DUE))))


def rewrite(engine: Engine) -> bool:
    """Rewrite the database without the space of removed rows; False where another program keeps it from that.

    SQLite's write-ahead file is emptied too. A server's own log, its archives and replicas are not in our hands.
    """
    due = rewriting_due(engine)
    done = _rewrite_file(engine) if engine.dialect.name == "sqlite" else _rewrite_tables(engine)
    if done and due:
        with engine.begin() as connection:
            connection.execute(delete(SettingRow).where(SettingRow.name.in_(due)))
    return done


def _rewrite_tables(engine: Engine) -> bool:
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (FULL) analysis, sealed, decision")
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def _rewrite_file(engine: Engine) -> bool:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        return not cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise OperationalError("VACUUM", None, error) from None
        return False
    finally:
        raw.close()


def delete_file(path: Path) -> None:
    """Remove a SQLite file that was begun and could not become a store."""
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)
