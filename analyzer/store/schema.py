"""The tables. What changes here needs a migration beside it (``store/migrations``); a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Double, ForeignKey, LargeBinary, String, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no time zone, so it is given back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database: UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Out of it: UTC again, and saying so."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables of the store."""


class SettingRow(Base):
    """One setting."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class AnalysisRow(Base):
    """One analysis without the note's words; ``sealed`` holds these encrypted, only where that was chosen."""

    __tablename__ = "analysis"
    __table_args__ = (UniqueConstraint("note_id", "text_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[str]
    text_sha256: Mapped[str] = mapped_column(String(64))
    model: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(Moment)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class SealedRow(Base):
    """A note's text and the words of its analysis, encrypted."""

    __tablename__ = "sealed"

    analysis_id: Mapped[int] = mapped_column(ForeignKey("analysis.id", ondelete="CASCADE"), primary_key=True)
    stored_at: Mapped[datetime] = mapped_column(Moment, index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DecisionRow(Base):
    """One decision of a reviewer: see `analyzer.review.Decision`."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[str] = mapped_column(index=True)
    text_sha256: Mapped[str] = mapped_column(String(64))
    segment_start: Mapped[int]
    segment_end: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    strategy: Mapped[str | None] = mapped_column(String(60))
    status: Mapped[str | None] = mapped_column(String(30))
    verdict: Mapped[str] = mapped_column(String(30))
    said_status: Mapped[str | None] = mapped_column(String(30))
    said_confidence: Mapped[float | None] = mapped_column(Double)
    said_source: Mapped[str | None] = mapped_column(String(30))
    said_reason: Mapped[str | None]
    model: Mapped[str]
    who: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)
