"""What unit tests of more than one part share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.store.server import Server, programs, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A real PostgreSQL server."""
    pytest.importorskip("psycopg", reason="PostgreSQL's driver is not installed: requirements-postgresql.txt")
    place = programs()
    if place is None:
        pytest.skip("PostgreSQL's programs are not on this machine: apt-get install postgresql")
    with running(place) as started:
        yield started
