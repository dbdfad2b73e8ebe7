"""The store as programs use it: open it, save analyses, record decisions, read both back, remove."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from analyzer.records import Analysis, AnalyzerError
from analyzer.review.decisions import Decision
from analyzer.store.migrating import bring_up, revision_of
from analyzer.store.place import engine_of, file_of, new_file, shown, take_turns
from analyzer.store.removal import Removed, delete_file, remove, rewrite, rewriting_due
from analyzer.store.rows import body_of, decision_of, decision_row, packed, unpacked
from analyzer.store.schema import AnalysisRow, DecisionRow, SealedRow, SettingRow
from analyzer.store.sealing import Key, new_salt, opened
from analyzer.store.sentences import in_sentences

_CHECK = b"the key of this store"


@dataclass(frozen=True, slots=True)
class Settings:
    """What was chosen when the store was made: whether note text is kept (encrypted), and for how many days."""

    text: bool
    passphrase: bool
    retention_days: int | None


@dataclass(frozen=True, slots=True)
class Info:
    """What a store holds, in numbers."""

    place: str
    revision: str
    settings: Settings
    analyses: int
    texts: int
    decisions: int
    reviewers: int
    oldest: datetime | None


def create_store(place: str | Path, *, key: Key | None = None, retention_days: int | None = None) -> Store:
    """Make a store. With ``key`` the notes' text is kept, encrypted, for ``retention_days`` (None: until purged).

    Raises `AnalyzerError` where something is there already or the place can't be written.
    """
    if retention_days is not None and (key is None or retention_days < 1):
        raise AnalyzerError("retention days need a store that keeps text, and are 1 or more")
    file = file_of(place)
    if file is not None:
        new_file(file)
    engine = engine_of(place)
    try:
        bring_up(engine, place, new=True)
        with in_sentences(place), Session(engine) as session, session.begin():
            if session.get(SettingRow, "text") is not None:
                raise AnalyzerError(f"{shown(place)}: holds a store already; open it")
            salt = new_salt() if key and key.is_passphrase else None
            check = key.fernet(salt).encrypt(_CHECK).decode() if key else None
            chosen = {"text": key is not None, "salt": salt, "check": check, "retention_days": retention_days}
            session.add_all(SettingRow(name=name, value=value) for name, value in chosen.items())
    except AnalyzerError:
        if file is not None:
            delete_file(file)
        raise
    return open_store(place, key=key)


def open_store(place: str | Path, *, key: Key | None = None) -> Store:
    """Open a store, bring its tables up to date and remove the texts whose days are over.

    Without ``key`` a store that keeps text opens as well, but gives and takes none. Raises `AnalyzerError` where there
    is no store, it was written by a newer program, or the key is another one.
    """
    file = file_of(place)
    if file is not None and not file.is_file():
        raise AnalyzerError(f"{shown(place)}: there is no such file; 'analyzer store init' makes a store")
    engine = engine_of(place)
    bring_up(engine, place)
    store = Store(engine, str(place), key)
    store.purge_expired()
    return store


class Store:
    """An open store. Every method is one transaction, so several processes and sessions may use it at once."""

    def __init__(self, engine: Engine, place: str, key: Key | None = None) -> None:
        self.engine = engine
        self.place = place
        with self._reading() as session:
            held = {row.name: row.value for row in session.scalars(select(SettingRow))}
        if "text" not in held:
            raise AnalyzerError(
                f"{shown(place)}: is a store that was begun and not finished; remove it, and make or restore it again"
            )
        self.settings = Settings(bool(held.get("text")), held.get("salt") is not None, held.get("retention_days"))
        self._fernet = _checked(key, held, place) if key is not None and self.settings.text else None

    @property
    def unlocked(self) -> bool:
        """Whether note text can be read and written: it was chosen, and the key is at hand."""
        return self._fernet is not None

    def save(self, notes: Iterable[tuple[Analysis, str | None]], *, model: str = "") -> int:
        """Keep analyses, each with its (masked) text; a note stored before with the same text is replaced.

        The text goes in only where the store keeps text and is unlocked. Returns how many were saved.
        """
        count = 0
        now = datetime.now(UTC)
        with self._writing() as session:
            for count, (analysis, text) in enumerate(notes, 1):  # noqa: B007
                row = _row_of(session, analysis)
                row.model, row.stored_at, row.body = model, now, body_of(analysis)
                session.add(row)
                if self._fernet is not None and text is not None:
                    session.flush()
                    content = self._fernet.encrypt(packed(analysis, text))
                    session.merge(SealedRow(analysis_id=row.id, stored_at=now, content=content))
        return count

    def analyses(self) -> list[Analysis]:
        """The analyses in the order saved, without the notes' words."""
        with self._reading() as session:
            return [
                Analysis.from_dict(row.body) for row in session.scalars(select(AnalysisRow).order_by(AnalysisRow.id))
            ]

    def notes(self) -> list[tuple[Analysis, str]]:
        """The whole analyses with their text, as far as text is kept. Raises `AnalyzerError` without the key."""
        if self._fernet is None:
            raise AnalyzerError(f"{shown(self.place)}: gives no note text without its key; give the key or passphrase")
        self.purge_expired()
        with self._reading() as session:
            tokens = session.scalars(select(SealedRow.content).order_by(SealedRow.analysis_id)).all()
        return [unpacked(opened(self._fernet, token, where=shown(self.place))) for token in tokens]

    def record(self, decision: Decision) -> None:
        """Keep a decision."""
        with self._writing() as session:
            session.add(decision_row(decision))

    def undo(self, who: str) -> Decision | None:
        """Remove this person's last decision and return it; None where there is none."""
        with self._writing() as session:
            row = session.scalars(
                select(DecisionRow).where(DecisionRow.who == who).order_by(DecisionRow.id.desc()).limit(1)
            ).first()
            if row is None:
                return None
            session.delete(row)
            return decision_of(row)

    def decisions(self, note_id: str | None = None) -> list[Decision]:
        """The decisions, oldest first; of one note where ``note_id`` is given."""
        wanted = select(DecisionRow).order_by(DecisionRow.id)
        if note_id is not None:
            wanted = wanted.where(DecisionRow.note_id == note_id)
        with self._reading() as session:
            return [decision_of(row) for row in session.scalars(wanted)]

    def purge(
        self,
        *,
        texts: bool = False,
        note_ids: Sequence[str] = (),
        older_than_days: int | None = None,
        everything: bool = False,
    ) -> Removed:
        """Remove for good: all texts, all about some notes, all that is older, or everything but the settings.

        Texts whose days are over go as well. The file (on a server the tables) is rewritten, so that no byte of what
        was removed stays in it. Backups made before still hold it; so do a server's log until it is recycled, its
        archives and its replicas. Raises `AnalyzerError` where another program keeps it from being rewritten.
        """
        before = None if older_than_days is None else datetime.now(UTC) - timedelta(days=older_than_days)
        with in_sentences(self.place):
            removed = remove(self.engine, texts=texts, note_ids=note_ids, before=before, everything=everything)
            removed += self._remove_expired()
            if not rewrite(self.engine):
                raise AnalyzerError(
                    f"{shown(self.place)}: the rows are removed, but another program has the store open, so their "
                    "bytes may still be in its files; close that program and run 'analyzer store purge' again"
                )
        return removed

    def purge_expired(self) -> Removed:
        """Remove the texts whose days are over, and the bytes of all that is removed but was not rewritten yet."""
        with in_sentences(self.place):
            removed = self._remove_expired()
            if rewriting_due(self.engine):
                rewrite(self.engine)
        return removed

    def _remove_expired(self) -> Removed:
        if self.settings.retention_days is None:
            return Removed()
        return remove(self.engine, texts_before=datetime.now(UTC) - timedelta(days=self.settings.retention_days))

    def info(self) -> Info:
        """What the store holds, in numbers."""
        with self._reading() as session:

            def number(what: Any) -> int:
                return session.scalar(select(func.count(what))) or 0

            return Info(
                place=shown(self.place),
                revision=revision_of(session.connection()) or "",
                settings=self.settings,
                analyses=number(AnalysisRow.id),
                texts=number(SealedRow.analysis_id),
                decisions=number(DecisionRow.id),
                reviewers=number(DecisionRow.who.distinct()),
                oldest=session.scalar(select(func.min(AnalysisRow.stored_at))),
            )

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with in_sentences(self.place), Session(self.engine) as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with in_sentences(self.place), Session(self.engine) as session, session.begin():
            take_turns(session.connection())
            yield session


def _row_of(session: Session, analysis: Analysis) -> AnalysisRow:
    """The note's row where this text of it is stored already, else a new one."""
    found = session.scalars(
        select(AnalysisRow).where(
            AnalysisRow.note_id == analysis.note_id, AnalysisRow.text_sha256 == analysis.text_sha256
        )
    ).first()
    return found or AnalysisRow(note_id=analysis.note_id, text_sha256=analysis.text_sha256)


def _checked(key: Key, held: dict[str, Any], place: str) -> Fernet:
    """The cipher of the key that the store was made with."""
    if key.is_passphrase != (held["salt"] is not None):
        kind = "a passphrase" if held["salt"] is not None else "a key file"
        raise AnalyzerError(f"{shown(place)}: was made with {kind}; give that")
    fernet = key.fernet(held["salt"])
    opened(fernet, held["check"].encode(), where=shown(place))
    return fernet
