"""Removing for good: rows are deleted, then the file is rewritten so that none of their bytes stay."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, delete, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from analyzer.records import AnalyzerError
from analyzer.store.place import shown
from analyzer.store.schema import AnalysisRow, DecisionRow, SealedRow


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
    return Removed(analyses=counts[1], texts=counts[0], decisions=counts[2])


def _any(always: bool, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return true() if always else or_(false(), *conditions)


def _earlier(column: InstrumentedAttribute[datetime], limit: datetime | None) -> ColumnElement[bool]:
    return false() if limit is None else column < limit


def rewrite(engine: Engine, place: str | Path) -> None:
    """Rewrite the database without the space of removed rows; the write-ahead file is emptied too."""
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (FULL) analysis, sealed, decision")
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError:
        busy = True
    finally:
        raw.close()
    if busy:
        raise AnalyzerError(
            f"{shown(place)}: the rows are removed, but another program has the store open, so their bytes may "
            "still be in its files; close that program and run 'analyzer store purge' again"
        )


def delete_file(path: Path) -> None:
    """Remove a SQLite file that was begun and could not become a store."""
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)
