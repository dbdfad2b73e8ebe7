"""A store keeps what it is given, and no word of a note unless that was chosen; then only with the key."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from analyzer.records import AnalyzerError
from analyzer.review.outcome import reviewed
from analyzer.store import Key, Store, create_store, key_from_file, new_key_file, open_store
from analyzer.store.rows import without_words
from analyzer.store.sealing import passphrase
from tests.conftest import ROOT
from tests.unit.review.making import LIMITS, TEXT, analysis
from tests.unit.store.writing import WRITES, decision


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return new_key_file(tmp_path / "key")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "store.db"


def bytes_of(place: Path) -> bytes:
    """All bytes of the store's files, the write-ahead file among them."""
    return b"".join(file.read_bytes() for file in sorted(place.parent.iterdir()))


def age(store: Store, days: int) -> None:
    """Make everything in the store older."""
    then = (datetime.now(UTC) - timedelta(days=days)).replace(tzinfo=None).isoformat(" ")
    with store.engine.begin() as connection:
        for table in ("analysis", "sealed"):
            connection.execute(sql(f"UPDATE {table} SET stored_at = :then"), {"then": then})


def test_analyses_and_decisions_come_back_as_they_were(place: Path) -> None:
    store = create_store(place)
    made = [decision(), decision("n2", "SS", LIMITS)]
    store.save([(analysis(), TEXT), (analysis(note_id="n2"), TEXT)], model="words-0.1")
    for one in made:
        store.record(one)
    again = open_store(place)
    assert again.decisions() == made
    assert again.decisions("n2") == made[1:]
    assert again.analyses() == [without_words(analysis()), without_words(analysis(note_id="n2"))]
    assert [t.source for t in reviewed(again.analyses()[0], made).tags] == ["review", "rule+model", "model"]


def test_saving_a_note_again_replaces_it(place: Path) -> None:
    store = create_store(place)
    for _ in range(2):
        store.save([(analysis(), None)])
    assert store.info().analyses == 1


def test_no_word_of_a_note_is_in_the_file_unless_that_was_chosen(place: Path) -> None:
    store = create_store(place)
    store.save([(analysis(), TEXT)])
    store.record(decision())
    assert not store.unlocked
    held = bytes_of(place)
    assert b"n1" in held
    for word in (b"fear", b"confidentiality", b"raid", b"river"):
        assert word not in held


def test_text_that_was_chosen_to_be_kept_is_read_with_the_key_alone(place: Path, key: Key) -> None:
    store = create_store(place, key=key)
    store.save([(analysis(), TEXT)])
    assert open_store(place, key=key).notes() == [(analysis(), TEXT)]
    for word in (b"fear", b"confidentiality", b"raid"):
        assert word not in bytes_of(place)
    locked = open_store(place)
    assert locked.analyses() == [without_words(analysis())]
    with pytest.raises(AnalyzerError, match="key or passphrase"):
        locked.notes()


def test_another_key_is_refused(place: Path, key: Key, tmp_path: Path) -> None:
    create_store(place, key=key)
    with pytest.raises(AnalyzerError, match="not the one"):
        open_store(place, key=new_key_file(tmp_path / "another"))
    with pytest.raises(AnalyzerError, match="made with a key file"):
        open_store(place, key=passphrase("a lamp by the river"))


@pytest.mark.usefixtures("quick_passphrases")
def test_a_passphrase_opens_what_it_closed(place: Path) -> None:
    words = passphrase("a lamp by the river")
    create_store(place, key=words).save([(analysis(), TEXT)])
    assert open_store(place, key=passphrase(" a lamp by the river ")).notes() == [(analysis(), TEXT)]
    with pytest.raises(AnalyzerError, match="not the one"):
        open_store(place, key=passphrase("a lamp by the road"))


def test_a_short_passphrase_is_refused_and_a_key_never_written_over(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError, match="at least 12"):
        passphrase("secret")
    new_key_file(tmp_path / "k")
    with pytest.raises(AnalyzerError, match="never written over"):
        new_key_file(tmp_path / "k")
    (tmp_path / "none").write_text("no key", encoding="utf-8")
    with pytest.raises(AnalyzerError, match="holds no key"):
        key_from_file(tmp_path / "none")
    assert "secret" not in repr(passphrase("a secret of twelve"))


def test_others_on_the_machine_cannot_read_store_and_key(place: Path, key: Key, tmp_path: Path) -> None:
    create_store(place, key=key).save([(analysis(), TEXT)])
    for file in (place, tmp_path / "key"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_undo_takes_back_ones_own_last_decision(place: Path) -> None:
    store = create_store(place)
    mine, last, other = decision(), decision(found=LIMITS), decision(who="SS")
    for one in (mine, last, other):
        store.record(one)
    assert store.undo("RR") == last
    assert store.decisions() == [mine, other]
    assert store.undo("TT") is None


def test_text_is_gone_when_its_days_are_over(place: Path, key: Key) -> None:
    store = create_store(place, key=key, retention_days=30)
    store.save([(analysis(), TEXT)])
    age(store, 29)
    assert open_store(place, key=key).info().texts == 1
    age(store, 31)
    after = open_store(place, key=key).info()
    assert (after.texts, after.analyses) == (0, 1)


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ({"texts": True}, (2, 0, 2)),
        ({"note_ids": ["n-secret"]}, (1, 1, 1)),
        ({"everything": True}, (0, 0, 0)),
        ({"older_than_days": 10}, (0, 0, 2)),
        ({}, (2, 2, 2)),
    ],
)
def test_purge_removes_what_was_asked(place: Path, key: Key, what: dict, left: tuple[int, int, int]) -> None:
    store = create_store(place, key=key)
    for note_id in ("n-secret", "n1"):
        store.save([(analysis(note_id=note_id), TEXT)])
        store.record(decision(note_id))
    age(store, 20)
    store.purge(**what)
    found = store.info()
    assert (found.analyses, found.texts, found.decisions) == left


def test_no_byte_of_what_was_purged_stays_in_the_files(place: Path, key: Key) -> None:
    store = create_store(place, key=key)
    many = [(analysis(note_id=f"n-secret-{i}"), TEXT) for i in range(40)]
    store.save([*many, (analysis(note_id="n-kept"), TEXT)])
    store.record(decision("n-secret-7"))
    with closing(sqlite3.connect(place)) as raw:
        tokens = [row[0] for row in raw.execute("SELECT content FROM sealed ORDER BY analysis_id")]
    assert tokens[7] in bytes_of(place)
    assert b"n-secret" in bytes_of(place)
    store.purge(note_ids=[note.note_id for note, _ in many])
    after = bytes_of(place)
    assert b"n-secret" not in after
    assert not any(token[:60] in after or token[-60:] in after for token in tokens[:-1])
    assert b"n-kept" in after
    assert store.notes() == [(analysis(note_id="n-kept"), TEXT)]


def test_purge_says_so_where_another_program_keeps_old_pages(place: Path) -> None:
    store = create_store(place)
    store.save([(analysis(), None)])
    with closing(sqlite3.connect(place)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM analysis").fetchone()
        with pytest.raises(AnalyzerError, match="another program"):
            _impatient(store).purge(everything=True)


def _impatient(store: Store) -> Store:
    """The same store, waiting a moment only."""
    from sqlalchemy import event

    event.listen(store.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=50"))
    return store


def test_two_programs_writing_at_once_lose_nothing(place: Path) -> None:
    create_store(place)
    calls = [[sys.executable, "-m", "tests.unit.store.writing", str(place), who] for who in ("RR", "SS")]
    writers = [subprocess.Popen(call, cwd=ROOT) for call in calls]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    store = open_store(place)
    assert sorted(d.note_id for d in store.decisions()) == sorted(
        f"{who}-{i}" for who in ("RR", "SS") for i in range(WRITES)
    )
    assert store.info().analyses == 2 * WRITES
    with closing(sqlite3.connect(place)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
