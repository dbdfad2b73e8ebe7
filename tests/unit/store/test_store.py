"""A store keeps what it is given, and no word of a note unless that was chosen; then only with the key."""

from __future__ import annotations

import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event

from analyzer.records import AnalyzerError
from analyzer.review.outcome import reviewed
from analyzer.store import Key, create_store, key_from_file, new_key_file, open_store
from analyzer.store.rows import without_words
from analyzer.store.schema import SettingRow
from analyzer.store.sealing import passphrase
from tests.conftest import ROOT
from tests.unit.review.making import LIMITS, TEXT, analysis
from tests.unit.store.server import Server
from tests.unit.store.writing import WRITES, decision

Held = Callable[[], bytes]


def test_analyses_and_decisions_come_back_as_they_were(place: str) -> None:
    store = create_store(place)
    made = [decision(), decision("n2", "SS", LIMITS)]
    store.save([(analysis(), TEXT), (analysis(note_id="n2"), TEXT)], model="words-0.1")
    for one in made:
        store.record(one)
    again = open_store(place)
    assert again.decisions() == made
    assert again.decisions("n2") == made[1:]
    assert again.info().reviewers == 2
    assert again.analyses() == [without_words(analysis()), without_words(analysis(note_id="n2"))]
    assert [t.source for t in reviewed(again.analyses()[0], made).tags] == ["review", "rule+model", "model"]


def test_saving_a_note_again_replaces_it(place: str) -> None:
    store = create_store(place)
    for _ in range(2):
        store.save([(analysis(), None)])
    assert store.info().analyses == 1


def test_no_word_of_a_note_is_kept_unless_that_was_chosen(place: str, held: Held) -> None:
    store = create_store(place)
    store.save([(analysis(), TEXT)])
    store.record(decision())
    assert not store.unlocked
    found = held()
    assert b"n1" in found
    for word in (b"fear", b"confidentiality", b"raid", b"river"):
        assert word not in found


def test_text_that_was_chosen_to_be_kept_is_read_with_the_key_alone(place: str, key: Key, held: Held) -> None:
    store = create_store(place, key=key)
    store.save([(analysis(), TEXT)])
    assert open_store(place, key=key).notes() == [(analysis(), TEXT)]
    for word in (b"fear", b"confidentiality", b"raid"):
        assert word not in held()
    locked = open_store(place)
    assert locked.analyses() == [without_words(analysis())]
    with pytest.raises(AnalyzerError, match="key or passphrase"):
        locked.notes()


def test_another_key_is_refused(place: str, key: Key, tmp_path: Path) -> None:
    create_store(place, key=key)
    with pytest.raises(AnalyzerError, match="not the one"):
        open_store(place, key=new_key_file(tmp_path / "another"))
    with pytest.raises(AnalyzerError, match="made with a key file"):
        open_store(place, key=passphrase("a lamp by the river"))


@pytest.mark.usefixtures("quick_passphrases")
def test_a_passphrase_opens_what_it_closed(place: str) -> None:
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


def test_others_on_the_machine_cannot_read_store_and_key(tmp_path: Path, key: Key) -> None:
    create_store(tmp_path / "s.db", key=key).save([(analysis(), TEXT)])
    for name in ("s.db", "key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_undo_takes_back_ones_own_last_decision(place: str) -> None:
    store = create_store(place)
    mine, last, other = decision(), decision(found=LIMITS), decision(who="SS")
    for one in (mine, last, other):
        store.record(one)
    assert store.undo("RR") == last
    assert store.decisions() == [mine, other]
    assert store.undo("TT") is None


def test_two_programs_writing_at_once_lose_nothing(place: str) -> None:
    create_store(place)
    calls = [[sys.executable, "-m", "tests.unit.store.writing", place, who] for who in ("RR", "SS")]
    writers = [subprocess.Popen(call, cwd=ROOT) for call in calls]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    store = open_store(place)
    assert sorted(d.note_id for d in store.decisions()) == sorted(
        f"{who}-{i}" for who in ("RR", "SS") for i in range(WRITES)
    )
    # The note that both saved again and again stands once.
    assert store.info().analyses == 2 * WRITES + 1


def test_a_full_disk_is_told_in_a_sentence_and_what_was_kept_stays(tmp_path: Path) -> None:
    store = create_store(tmp_path / "s.db")
    store.save([(analysis(), None)])

    def small(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count=12")

    event.listen(store.engine, "connect", small)
    with pytest.raises(AnalyzerError, match=r"s\.db: can't be .*written \(database or disk is full\)") as told:
        store.save([(analysis(note_id=f"n-{'x' * 900}-{i}"), None) for i in range(40)])
    assert "xxx" not in str(told.value)
    assert [note.note_id for note in open_store(tmp_path / "s.db").analyses()] == ["n1"]


def test_a_note_id_that_no_database_can_keep_is_told_without_it(place: str) -> None:
    store = create_store(place)
    with pytest.raises(AnalyzerError, match="can't keep a note's id") as told:
        store.save([(analysis(note_id="Rosalind\ud800"), None)])
    assert "Rosalind" not in str(told.value)
    assert store.info().analyses == 0


def test_a_server_that_is_away_is_told_without_the_password(server: Server) -> None:
    url = server.empty_database().replace(server.password, "a-wrong-one")
    with pytest.raises(AnalyzerError, match="can't be opened") as told:
        open_store(url)
    assert "a-wrong-one" not in str(told.value)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        away = url.replace(f":{server.port}/", f":{probe.getsockname()[1]}/")
        with pytest.raises(AnalyzerError, match="can't be opened") as told:
            create_store(away)
    assert "a-wrong-one" not in str(told.value)


def test_a_store_is_made_once(place: str) -> None:
    create_store(place)
    with pytest.raises(AnalyzerError, match="already"):
        create_store(place)


def test_a_store_that_was_begun_and_not_finished_is_told_of(place: str) -> None:
    store = create_store(place)
    with store.engine.begin() as connection:
        connection.execute(delete(SettingRow))
    with pytest.raises(AnalyzerError, match="begun and not finished"):
        open_store(place)
