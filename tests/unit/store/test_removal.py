"""What is removed is gone: the rows, and every byte of them in the store's files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from analyzer.records import AnalyzerError
from analyzer.store import Key, Store, create_store, open_store
from analyzer.store.schema import AnalysisRow, SealedRow
from tests.unit.review.making import TEXT, analysis
from tests.unit.store.writing import decision

Held = Callable[[], bytes]


def age(store: Store, days: int) -> None:
    """Make everything in the store older."""
    with store.engine.begin() as connection:
        for row in (AnalysisRow, SealedRow):
            connection.execute(update(row).values(stored_at=datetime.now(UTC) - timedelta(days=days)))


def test_text_is_gone_when_its_days_are_over(place: str, key: Key) -> None:
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
def test_purge_removes_what_was_asked(place: str, key: Key, what: dict, left: tuple[int, int, int]) -> None:
    store = create_store(place, key=key)
    for note_id in ("n-secret", "n1"):
        store.save([(analysis(note_id=note_id), TEXT)])
        store.record(decision(note_id))
    age(store, 20)
    removed = store.purge(**what)
    found = store.info()
    assert (found.analyses, found.texts, found.decisions) == left
    assert (2 - removed.analyses, 2 - removed.texts, 2 - removed.decisions) == left


def test_no_byte_of_what_was_purged_stays(place: str, key: Key, held: Held) -> None:
    store = create_store(place, key=key)
    many = [(analysis(note_id=f"n-secret-{i}"), TEXT) for i in range(40)]
    store.save([*many, (analysis(note_id="n-kept"), TEXT)])
    store.record(decision("n-secret-7"))
    with store.engine.connect() as connection:
        tokens = list(connection.scalars(select(SealedRow.content).order_by(SealedRow.analysis_id)))
    assert tokens[7][:60] in held()
    assert b"n-secret" in held()
    store.purge(note_ids=[note.note_id for note, _ in many])
    after = held()
    assert b"n-secret" not in after
    assert not any(token[:60] in after or token[-60:] in after for token in tokens[:-1])
    assert b"n-kept" in after
    assert store.notes() == [(analysis(note_id="n-kept"), TEXT)]


def test_text_whose_days_are_over_leaves_no_byte_when_the_store_is_opened(place: str, key: Key, held: Held) -> None:
    store = create_store(place, key=key, retention_days=30)
    store.save([(analysis(), TEXT)])
    with store.engine.connect() as connection:
        token = connection.scalar(select(SealedRow.content)) or b"nothing"
    age(store, 31)
    assert token[:60] in held()
    open_store(place)
    assert token[:60] not in held()


def test_text_whose_days_end_while_the_store_is_open_is_not_given(place: str, key: Key) -> None:
    store = create_store(place, key=key, retention_days=30)
    store.save([(analysis(), TEXT)])
    age(store, 31)
    assert store.notes() == []
    assert store.info().texts == 0


def test_what_a_purge_that_was_killed_left_goes_when_the_store_is_opened(
    place: str, key: Key, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = create_store(place, key=key)
    store.save([(analysis(note_id="n-secret"), TEXT)])
    with store.engine.connect() as connection:
        token = connection.scalar(select(SealedRow.content)) or b"nothing"

    def killed(_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("analyzer.store.store.rewrite", killed)
        store.purge(everything=True)
    # A file's removed rows are zeros already; a server keeps them until the tables are rewritten.
    assert ("://" in place) == (token[:60] in held())
    open_store(place)
    assert token[:60] not in held()
    assert b"n-secret" not in held()


@pytest.mark.usefixtures("impatient")
def test_purge_says_so_where_another_program_keeps_old_pages(place: str) -> None:
    create_store(place).save([(analysis(), None)])
    with closing(open_store(place).engine.raw_connection()) as reader:
        cursor = reader.cursor()
        for statement in ("BEGIN", "SELECT count(*) FROM analysis"):
            cursor.execute(statement)
        with pytest.raises(AnalyzerError, match="another program"):
            open_store(place).purge(everything=True)
    assert open_store(place).info().analyses == 0
