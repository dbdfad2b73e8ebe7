"""The same store on a real PostgreSQL server, where one is given."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.records import AnalyzerError
from analyzer.store import Store, create_store, new_key_file, open_store
from analyzer.store.schema import Base
from tests.unit.review.making import TEXT, analysis
from tests.unit.store.writing import decision

URL = os.environ.get("ANALYZER_TEST_POSTGRESQL", "")
pytestmark = pytest.mark.skipif(
    not URL,
    reason="ANALYZER_TEST_POSTGRESQL names no server: give postgresql://USER@HOST/DATABASE of an empty database",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store that keeps text, removed in the end."""
    made = create_store(URL, key=new_key_file(tmp_path / "key"))
    yield made
    Base.metadata.drop_all(made.engine)
    with made.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    made.engine.dispose()


def test_a_server_keeps_what_a_file_keeps(store: Store) -> None:
    store.save([(analysis(), TEXT), (analysis(note_id="n2"), TEXT)])
    store.save([(analysis(), TEXT)])
    made = [decision(), decision("n2", "SS")]
    for one in made:
        store.record(one)
    assert [note.note_id for note, _ in store.notes()] == ["n1", "n2"]
    again = open_store(URL)
    assert again.decisions() == made
    assert (again.info().analyses, again.info().texts, again.info().reviewers) == (2, 2, 2)
    removed = store.purge(note_ids=["n1"])
    assert (removed.analyses, removed.texts, removed.decisions) == (1, 1, 1)
    assert store.undo("SS") is not None
    with pytest.raises(AnalyzerError, match="already"):
        create_store(URL)
