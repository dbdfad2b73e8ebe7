"""What tests of the store share."""

from __future__ import annotations

import pytest

from analyzer.lexicons import read_data


@pytest.fixture
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases that take no second each; their cost is kept in the store, so this is a matter of time alone."""
    monkeypatch.setitem(read_data("store.yml")["scrypt"], "n", 1024)
