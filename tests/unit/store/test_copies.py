"""Backup and restore, as commands and from Python."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer.cli.store import command
from analyzer.records import AnalyzerError
from analyzer.store import backup, create_store, key_from_file, open_store, restore
from tests.unit.review.making import TEXT, analysis


def run(*arguments: object) -> str:
    result = CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_backup_brings_back_what_was_there(tmp_path: Path) -> None:
    store, copy = tmp_path / "s.db", tmp_path / "s.backup"
    run("init", store, "--key-file", tmp_path / "key", "--retention-days", "30")
    key = key_from_file(tmp_path / "key")
    open_store(store, key=key).save([(analysis(), TEXT)])
    run("backup", store, copy)
    run("purge", store, "--everything")
    assert open_store(store).info().analyses == 0
    run("restore", copy, store, "--replace")
    assert open_store(store, key=key).notes() == [(analysis(), TEXT)]
    told = run("info", store)
    assert "removed after 30 days" in told
    assert "raid" not in told
    assert sorted(file.name for file in tmp_path.iterdir() if file.suffix not in ("", ".db-wal", ".db-shm")) == [
        "s.backup",
        "s.db",
    ]


def test_a_backup_can_be_made_while_the_store_is_in_use_and_restored_elsewhere(tmp_path: Path) -> None:
    store = create_store(tmp_path / "s.db")
    store.save([(analysis(), None)])
    with closing(sqlite3.connect(tmp_path / "s.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM analysis").fetchall()
        backup(tmp_path / "s.db", tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "other.db")
    assert open_store(tmp_path / "other.db").analyses() == store.analyses()


def test_nothing_is_written_over_unasked(tmp_path: Path) -> None:
    create_store(tmp_path / "s.db")
    backup(tmp_path / "s.db", tmp_path / "copy")
    with pytest.raises(AnalyzerError, match="never written over"):
        backup(tmp_path / "s.db", tmp_path / "copy")
    with pytest.raises(AnalyzerError, match="--replace"):
        restore(tmp_path / "copy", tmp_path / "s.db")


def test_a_damaged_backup_is_refused_and_the_store_stays(tmp_path: Path) -> None:
    store = create_store(tmp_path / "s.db")
    store.save([(analysis(note_id=f"n{i}"), None) for i in range(30)])
    backup(tmp_path / "s.db", tmp_path / "copy")
    damaged = bytearray((tmp_path / "copy").read_bytes())
    damaged[4096 * 2 : 4096 * 4] = b"\xff" * 8192
    (tmp_path / "copy").write_bytes(damaged)
    with pytest.raises(AnalyzerError, match="damaged|copied|no store|opened"):
        restore(tmp_path / "copy", tmp_path / "s.db", replace=True)
    assert open_store(tmp_path / "s.db").info().analyses == 30
    assert not [file for file in tmp_path.iterdir() if file.is_dir()]


def test_a_server_is_backed_up_with_its_own_tools(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError, match="pg_dump"):
        backup("postgresql://reader:hunter2@host/notes", tmp_path / "copy")


def test_text_without_a_key_is_a_wrong_call(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["init", str(tmp_path / "s.db"), "--retention-days", "3"])
    assert result.exit_code == 2
    assert not (tmp_path / "s.db").exists()


@pytest.mark.usefixtures("quick_passphrases")
def test_a_passphrase_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    words = "a lamp by the river"
    result = CliRunner().invoke(command, ["init", str(tmp_path / "s.db"), "--passphrase"], input=f"{words}\n{words}\n")
    assert result.exit_code == 0
    assert words not in result.output
    assert open_store(tmp_path / "s.db").info().settings.passphrase
