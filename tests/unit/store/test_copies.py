"""Backup and restore, as commands and from Python."""

from __future__ import annotations

import resource
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from analyzer.cli.store import command
from analyzer.records import AnalyzerError
from analyzer.store import Key, Store, backup, copies, create_store, key_from_file, open_store, restore
from analyzer.store.schema import SealedRow
from tests.conftest import ROOT
from tests.unit.review.making import TEXT, analysis
from tests.unit.store.server import Server
from tests.unit.store.writing import decision


def run(*arguments: object) -> str:
    result = CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def everything(store: Store) -> tuple[Any, ...]:
    """All that a store holds, to compare two."""
    with store.engine.connect() as connection:
        sealed = connection.execute(select(SealedRow).order_by(SealedRow.analysis_id)).all()
    info = replace(store.info(), place="")
    return info, sealed, store.analyses(), store.decisions()


def filled(place: object, key: Key | None = None) -> Store:
    """A store with some of everything, whose numbers have a gap."""
    store = create_store(str(place), key=key, retention_days=30 if key else None)
    store.save([(analysis(note_id=f"n{i}"), TEXT) for i in range(3)], model="words-0.1")
    for one in (decision(), decision("n2", "SS")):
        store.record(one)
    store.purge(note_ids=["n1"])
    store.save([(analysis(note_id="n3"), TEXT)])
    return store


def test_a_backup_brings_back_what_was_there(place: str, tmp_path: Path) -> None:
    copy = tmp_path / "s.backup"
    run("init", place, "--key-file", tmp_path / "key", "--retention-days", "30")
    key = key_from_file(tmp_path / "key")
    open_store(place, key=key).save([(analysis(), TEXT)])
    run("backup", place, copy)
    run("purge", place, "--everything")
    assert open_store(place).info().analyses == 0
    run("restore", copy, place, "--replace")
    assert open_store(place, key=key).notes() == [(analysis(), TEXT)]
    told = run("info", place)
    assert "removed after 30 days" in told
    assert "raid" not in told
    assert sorted(file.name for file in tmp_path.iterdir()) in (["kept", "key", "s.backup"], ["key", "s.backup"])


def test_a_restored_store_equals_the_first_whatever_holds_it(
    place: str, key: Key, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first = filled(place, key)
    backup(place, tmp_path / "copy")
    places = [str(tmp_path / "other.db")]
    if "://" in place:
        places.append(request.getfixturevalue("server").empty_database("other"))
    for other in places:
        restore(tmp_path / "copy", other)
        again = open_store(other, key=key)
        assert everything(again) == everything(first)
        assert again.notes() == first.notes()
        # New rows find a number of their own.
        again.save([(analysis(note_id="n-new"), TEXT)])
        again.record(decision("n-new"))
        assert [note.note_id for note in again.analyses()] == ["n0", "n2", "n3", "n-new"]


def test_a_store_in_a_file_moves_to_a_server(server: Server, key: Key, tmp_path: Path) -> None:
    first, url = filled(tmp_path / "s.db", key), server.empty_database()
    backup(tmp_path / "s.db", tmp_path / "copy")
    restore(tmp_path / "copy", url)
    assert everything(open_store(url, key=key)) == everything(first)
    create_store(server.empty_database()).save([(analysis(note_id="n-secret"), None)])
    with pytest.raises(AnalyzerError, match="--replace"):
        restore(tmp_path / "copy", url)
    restore(tmp_path / "copy", url, replace=True)
    assert everything(open_store(url, key=key)) == everything(first)
    assert b"n-secret" not in server.tables(url)


def test_no_command_repeats_the_password(server: Server, tmp_path: Path) -> None:
    url, copy = server.empty_database(), tmp_path / "copy"
    calls = [("init", url), ("info", url), ("backup", url, copy), ("purge", url), ("restore", copy, url, "--replace")]
    told = "".join(run(*call) for call in calls)
    assert "postgresql://tester:***@127.0.0.1" in told
    assert "the server's log, archives and replicas" in told
    assert server.password not in told


def test_a_backup_holds_ciphertext_alone_and_others_cannot_read_it(place: str, key: Key, tmp_path: Path) -> None:
    filled(place, key)
    backup(place, tmp_path / "copy")
    held = (tmp_path / "copy").read_bytes()
    assert b"n3" in held
    assert b"fear" not in held
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600


def test_what_a_restored_backup_replaces_leaves_no_byte(tmp_path: Path) -> None:
    create_store(tmp_path / "old.db")
    backup(tmp_path / "old.db", tmp_path / "copy")
    (tmp_path / "kept").mkdir()
    store = create_store(tmp_path / "kept" / "s.db")
    store.save([(analysis(note_id=f"n-secret-{i}"), None) for i in range(40)])
    restore(tmp_path / "copy", tmp_path / "kept" / "s.db", replace=True)
    assert b"n-secret" not in b"".join(file.read_bytes() for file in (tmp_path / "kept").iterdir())
    assert store.analyses() == []


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


@pytest.mark.parametrize("damage", ["cut at a tenth", "cut at half", "cut at the last byte", "pages of noise", "empty"])
def test_a_damaged_backup_is_refused_and_the_store_stays(tmp_path: Path, damage: str) -> None:
    store = create_store(tmp_path / "s.db")
    store.save([(analysis(note_id=f"n{i}"), None) for i in range(30)])
    backup(tmp_path / "s.db", tmp_path / "copy")
    whole = (tmp_path / "copy").read_bytes()
    damaged = {
        "cut at a tenth": whole[: len(whole) // 10],
        "cut at half": whole[: len(whole) // 2],
        "cut at the last byte": whole[:-1],
        "pages of noise": whole[: 4096 * 2] + b"\xff" * 8192 + whole[4096 * 4 :],
        "empty": b"",
    }
    (tmp_path / "copy").write_bytes(damaged[damage])
    with pytest.raises(
        AnalyzerError, match="copy: (is damaged|can't be copied|is no store|can't be opened|holds no store)"
    ):
        restore(tmp_path / "copy", tmp_path / "s.db", replace=True)
    assert open_store(tmp_path / "s.db").info().analyses == 30
    assert not [file for file in tmp_path.iterdir() if file.is_dir()]


@pytest.mark.parametrize("damage", ["cut at half", "pages of noise"])
def test_a_damaged_store_gives_way_to_its_backup(tmp_path: Path, damage: str) -> None:
    place = tmp_path / "s.db"
    first = filled(place)
    expected = everything(first)
    backup(place, tmp_path / "copy")
    whole = place.read_bytes()
    noise = whole[:100] + b"\xff" * 8192 + whole[100 + 8192 :]
    place.write_bytes(whole[: len(whole) // 2] if damage == "cut at half" else noise)
    with pytest.raises(AnalyzerError, match="damaged|opened|another program"):
        open_store(place).analyses()
    restore(tmp_path / "copy", place, replace=True)
    assert everything(open_store(place)) == expected


def test_a_file_of_another_kind_never_gives_way(tmp_path: Path) -> None:
    create_store(tmp_path / "s.db")
    backup(tmp_path / "s.db", tmp_path / "copy")
    (tmp_path / "letter.txt").write_text("Dear colleague", encoding="utf-8")
    with pytest.raises(AnalyzerError, match=r"letter\.txt: is no store"):
        restore(tmp_path / "copy", tmp_path / "letter.txt", replace=True)
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "Dear colleague"


def test_a_backup_of_a_newer_program_is_refused(place: str, tmp_path: Path) -> None:
    create_store(tmp_path / "s.db")
    backup(tmp_path / "s.db", tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    with pytest.raises(AnalyzerError, match="copy: was written by a newer version"):
        restore(tmp_path / "copy", place)


def test_a_restore_that_breaks_off_leaves_the_store_as_it_was(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled(place)
    before = everything(store)
    create_store(tmp_path / "empty.db")
    backup(tmp_path / "empty.db", tmp_path / "copy")

    def broken(*_: object) -> None:
        raise AnalyzerError("the machine stops here")

    monkeypatch.setattr(copies, "_number_on" if "://" in place else "_to_file", broken)
    with pytest.raises(AnalyzerError, match="stops here"):
        restore(tmp_path / "copy", place, replace=True)
    assert everything(store) == before


def test_a_backup_on_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    store = create_store(tmp_path / "s.db")
    store.save([(analysis(note_id=f"n{i}"), None) for i in range(90)])
    room = (tmp_path / "s.db").stat().st_size // 2

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    call = [sys.executable, "-m", "analyzer", "store", "backup", str(tmp_path / "s.db"), str(tmp_path / "copy")]
    done = subprocess.run(call, cwd=ROOT, preexec_fn=small, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "can't be copied" in done.stderr
    assert "Traceback" not in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["s.db"]


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
