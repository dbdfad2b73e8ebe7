"""What tests of the store share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.lexicons import read_data
from analyzer.store import Key, new_key_file
from tests.unit.store.server import Server


@pytest.fixture
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases that take no second each; their cost is kept in the store, so this is a matter of time alone."""
    monkeypatch.setitem(read_data("store.yml")["scrypt"], "n", 1024)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program waits for another one a second only."""
    monkeypatch.setitem(read_data("store.yml"), "wait_seconds", 1)


@pytest.fixture
def key(tmp_path: Path) -> Key:
    """A new key file's key."""
    return new_key_file(tmp_path / "key")


@pytest.fixture(params=["file", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store can be made: a file, and an empty database on a server."""
    if request.param == "server":
        found: Server = request.getfixturevalue("server")
        return found.empty_database()
    (tmp_path / "kept").mkdir()
    return str(tmp_path / "kept" / "store.db")


@pytest.fixture
def held(place: str, request: pytest.FixtureRequest) -> Callable[[], bytes]:
    """All bytes that the store's files hold: the write-ahead file among them, or a server's tables."""
    if "://" in place:
        found: Server = request.getfixturevalue("server")
        return lambda: found.tables(place)
    return lambda: b"".join(file.read_bytes() for file in sorted(Path(place).parent.iterdir()))
