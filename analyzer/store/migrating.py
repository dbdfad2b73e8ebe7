"""Brings a store to today's tables when it is opened; a store of a newer program is refused."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from importlib.resources import as_file, files
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DatabaseError, OperationalError

from analyzer.lexicons import read_data
from analyzer.records import AnalyzerError
from analyzer.store.place import shown, take_turns
from analyzer.store.sentences import in_sentences

_MARK = "alembic_version"


def bring_up(engine: Engine, place: str | Path, *, new: bool = False) -> None:
    """Run the migrations that are missing. Raises `AnalyzerError` where the place holds no store, or a newer one."""
    with in_sentences(place):
        _write_ahead(engine)
        with engine.begin() as connection:
            _migrate(connection, place, new=new)


def holds_store(engine: Engine, place: str | Path) -> bool:
    """Whether there are tables of ours, whatever is in them."""
    with in_sentences(place), engine.connect() as connection:
        return _MARK in inspect(connection).get_table_names()


def revision_of(connection: Connection) -> str | None:
    """The store's revision; None where it has none."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _migrate(connection: Connection, place: str | Path, *, new: bool) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    take_turns(connection)  # two may open a new store at once
    tables = set(inspect(connection).get_table_names())
    if _MARK not in tables and (tables or not new):
        what = "holds tables of another program" if tables else "holds no store yet; 'analyzer store init' makes one"
        raise AnalyzerError(f"{shown(place)}: {what}")
    with as_file(files("analyzer.store") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        script = ScriptDirectory.from_config(config)
        known = {revision.revision for revision in script.walk_revisions()}
        current = revision_of(connection) if _MARK in tables else None
        if current is not None and current not in known:
            raise AnalyzerError(
                f"{shown(place)}: was written by a newer version of this program (tables {current}, here "
                f"{script.get_current_head()}); install that version, or restore an older backup"
            )
        if current != script.get_current_head():
            command.upgrade(config, "head")


def _write_ahead(engine: Engine) -> None:
    """Readers and a writer at once (https://sqlite.org/wal.html); the mode stays with the file once set."""
    if engine.dialect.name != "sqlite":
        return
    deadline = time.monotonic() + read_data("store.yml")["wait_seconds"]
    while True:
        try:
            with closing(engine.raw_connection()) as raw:
                if raw.cursor().execute("PRAGMA journal_mode=WAL").fetchone()[0] == "wal":
                    return
        except sqlite3.OperationalError as error:
            if time.monotonic() > deadline:
                raise OperationalError("journal mode", None, error) from error
        except sqlite3.DatabaseError as error:
            raise DatabaseError("journal mode", None, error) from error
        # SQLite does not wait by itself while another process sets the mode.
        time.sleep(0.05)
