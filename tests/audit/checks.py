"""What is compared: the lock with requirements.txt, licences and findings with exceptions.yml."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tests.conftest import ROOT

LOCK: Final = ROOT / "requirements.lock"
LICENCES: Final = Path(__file__).with_name("licences.csv")
_PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE)


@cache
def exceptions() -> dict[str, Any]:
    """What is let stand, and why."""
    return yaml.safe_load(Path(__file__).with_name("exceptions.yml").read_text(encoding="utf-8"))


def locked() -> list[tuple[str, str]]:
    """Name and version of each locked release; a name comes again where the Python version decides."""
    return _PINNED.findall(LOCK.read_text(encoding="utf-8"))


def allowed(licence: str) -> bool:
    """Whether a licence, each of those joined by AND, or one of those joined by OR is in the list."""
    known = set(exceptions()["licences"])
    return any(all(part in known for part in either.split(" AND ")) for either in licence.split(" OR "))


def unexplained(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """bandit's findings that exceptions.yml does not explain."""
    explained = {(row["test"], row["file"]) for row in exceptions()["code"]}
    rows = [(row["test_id"], row["filename"], row["issue_text"]) for row in results]
    return [f"{file}: {test} {text}" for test, file, text in rows if (test, file) not in explained]


def no_longer(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """What exceptions.yml explains and bandit does not find any more."""
    found = {(row["test_id"], row["filename"]) for row in results}
    rows = [(row["test"], row["file"]) for row in exceptions()["code"]]
    return [
        f"{file}: {test} is explained but not found; take it out" for test, file in rows if (test, file) not in found
    ]
