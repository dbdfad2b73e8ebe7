"""Stores of other versions, and files that are no store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from analyzer.records import AnalyzerError
from analyzer.store import create_store, open_store
from analyzer.store.place import engine_of, shown
from analyzer.store.schema import Base


def test_the_migrations_make_the_tables_that_the_program_expects(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    store = create_store(tmp_path / "s.db")
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_store_of_a_newer_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "s.db"
    create_store(place)
    with closing(sqlite3.connect(place)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    with pytest.raises(AnalyzerError, match=r"newer version of this program \(tables 9999, here 0001\)"):
        open_store(place)
    with closing(sqlite3.connect(place)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_store_is_never_made_over_something_else(tmp_path: Path) -> None:
    place = tmp_path / "s.db"
    create_store(place)
    with pytest.raises(AnalyzerError, match="there already"):
        create_store(place)


def test_files_that_are_no_store_are_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "words.db").write_text("Validated her fear. " * 200, encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "other.db")) as raw:
        raw.execute("CREATE TABLE recipes (soup TEXT)")
    (tmp_path / "empty.db").touch()
    for name, told in {"words": "is no store", "other": "another program", "empty": "no store yet"}.items():
        with pytest.raises(AnalyzerError, match=told) as error:
            open_store(tmp_path / f"{name}.db")
        assert "fear" not in str(error.value)
    with pytest.raises(AnalyzerError, match="no such file"):
        open_store(tmp_path / "nowhere.db")
    with pytest.raises(AnalyzerError, match="can't be made"):
        create_store(tmp_path / "no" / "folder" / "s.db")


def test_other_servers_are_refused_and_passwords_not_repeated() -> None:
    with pytest.raises(AnalyzerError, match="not 'mysql'"):
        engine_of("mysql://reader:hunter2@host/notes")
    assert "hunter2" not in shown("postgresql://reader:hunter2@host/notes")
