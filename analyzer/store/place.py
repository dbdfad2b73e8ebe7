"""Where a store is: a file (SQLite) or a PostgreSQL URL, and the engine that speaks to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from analyzer.lexicons import read_data
from analyzer.records import AnalyzerError

# Any number that other programs of the same database do not use.
_TURN: Final = 737301


def url_of(place: str | Path) -> URL:
    """The database URL of a path or URL. Raises `AnalyzerError` for a database of another kind."""
    text = str(place)
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser().absolute()))
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise AnalyzerError("the store's URL can't be read; give postgresql://USER@HOST/DATABASE, or a path") from error
    if url.get_backend_name() != "postgresql":
        raise AnalyzerError(
            f"a store is a file (SQLite) or a postgresql:// URL, not {url.get_backend_name()!r}; give one of these"
        )
    return url.set(drivername="postgresql+psycopg")


def shown(place: str | Path) -> str:
    """The place for people: a path, or a URL without its password."""
    if "://" not in str(place):
        return str(place)
    return url_of(place).set(drivername="postgresql").render_as_string(hide_password=True)


def file_of(place: str | Path) -> Path | None:
    """The SQLite file; None for a server."""
    url = url_of(place)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def new_file(path: Path) -> None:
    """Make an empty file that its owner alone can read."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise AnalyzerError(f"{path}: is there already; open it, or choose another name") from error
    except OSError as error:
        raise AnalyzerError(f"{path}: can't be made ({error.strerror}); choose another place") from error


def engine_of(place: str | Path) -> Engine:
    """The engine: connections are closed after use, and a writer waits for another one.

    On SQLite removed rows are written over with zeros. Raises `AnalyzerError` where PostgreSQL's driver is missing.
    """
    url = url_of(place)
    wait = read_data("store.yml")["wait_seconds"]
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": wait})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return engine
    arguments = {"connect_timeout": wait, "options": f"-c lock_timeout={wait}s"}
    try:
        return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=arguments)
    except ImportError as error:
        raise AnalyzerError("PostgreSQL needs its driver: pip install -r requirements-postgresql.txt") from error


def take_turns(connection: Connection) -> None:
    """Wait until no other program writes; SQLite sees to that by itself."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")


def _prepare(connection: Any, _record: Any) -> None:
    # Python's own handling begins no transaction before DDL; SQLAlchemy's begin event does it for all.
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "secure_delete=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
