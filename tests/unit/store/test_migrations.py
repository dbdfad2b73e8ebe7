"""Stores of other versions, and files that are no store."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from analyzer.records import AnalyzerError
from analyzer.store import Key, backup, create_store, open_store, restore
from analyzer.store.place import engine_of, shown
from analyzer.store.schema import Base
from tests.conftest import ROOT
from tests.unit.review.making import TEXT, analysis
from tests.unit.store.writing import decision

NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    op.add_column("decision", sa.Column("room", sa.String()))
    op.execute("UPDATE decision SET room = 'the old one'")
"""
Newer = Callable[[str], None]


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newer:
    """Make this the next version of the program, whose tables change by one revision."""

    def become(revision: str) -> None:
        shutil.copytree(ROOT / "analyzer" / "store" / "migrations", tmp_path / "program" / "migrations")
        (tmp_path / "program" / "migrations" / "versions" / "v0002.py").write_text(revision, encoding="utf-8")
        monkeypatch.setattr("analyzer.store.migrating.files", lambda _: tmp_path / "program")

    return become


def test_an_older_store_and_its_backup_are_brought_up_to_date_with_all_they_hold(
    place: str, key: Key, tmp_path: Path, newer: Newer
) -> None:
    store = create_store(place, key=key)
    store.save([(analysis(), TEXT)])
    store.record(made := decision())
    backup(place, tmp_path / "copy")
    newer(NEXT)
    restore(tmp_path / "copy", tmp_path / "restored.db")
    for one in (place, tmp_path / "restored.db"):
        again = open_store(one, key=key)
        assert again.info().revision == "0002"
        assert again.notes() == [(analysis(), TEXT)]
        assert again.decisions() == [made]
        with again.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT room FROM decision").scalar() == "the old one"


def test_a_change_of_tables_that_breaks_off_leaves_the_store_as_it_was(place: str, newer: Newer) -> None:
    store = create_store(place)
    store.record(made := decision())
    newer(NEXT + "    op.execute('SELECT no_such_column FROM decision')\n")
    with pytest.raises(AnalyzerError) as told:
        open_store(place)
    assert "SELECT" not in str(told.value)
    assert store.info().revision == "0001"
    assert store.decisions() == [made]
    assert "room" not in {column["name"] for column in inspect(store.engine).get_columns("decision")}


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
