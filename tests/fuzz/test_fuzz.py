"""Broken and hostile input in short: every target with sound and a few changed inputs (``make fuzz`` at length)."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.__main__ import dealt, rows
from tests.fuzz.engines import Keeper
from tests.fuzz.inputs import inputs
from tests.fuzz.targets import SLOWEST, TARGETS

# The same few on every run. CAS files take a quarter of a second each to read.
_FEW = settings(
    max_examples=3,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
QUICK_ENOUGH = [name for name, target in TARGETS.items() if target.share > SLOWEST]


@pytest.mark.parametrize("name", QUICK_ENOUGH)
def test_sound_and_changed_input_is_taken_or_refused_in_words(name: str) -> None:
    drive, seeds, _ = TARGETS[name]
    for content in seeds():
        drive(content)

    @_FEW
    @given(inputs(seeds()))
    def run(data: bytes) -> None:
        drive(data)

    run()


def test_a_fault_is_kept_once_with_the_input_that_shows_it(tmp_path: Path) -> None:
    def drive(data: bytes) -> None:
        assert b"!" not in data

    keeper = Keeper(drive, SimpleNamespace(value=0), tmp_path)
    for data in (b"calm", b"a fault!", b"the same fault, elsewhere!"):
        keeper(data)
    assert [path.read_bytes() for path in tmp_path.glob("*.bin")] == [b"a fault!"]
    assert "AssertionError" in next(tmp_path.glob("*.txt")).read_text(encoding="utf-8")


def test_the_cases_are_shared_out_and_every_target_gets_one() -> None:
    cases = dealt(100_000, {name: target.share for name, target in TARGETS.items()})
    assert cases.keys() == TARGETS.keys()
    assert min(cases.values()) >= 1
    assert 99_000 < sum(cases.values()) <= 100_000
    assert cases["text-segment"] > cases["notes-pdf"]


def test_every_target_was_fuzzed_and_its_last_run_found_nothing() -> None:
    last = {row["target"]: row for row in rows()}
    assert last.keys() == TARGETS.keys()
    assert [name for name, row in last.items() if int(row["findings"])] == []
    assert {row["engine"] for row in rows()} == {"atheris", "hypothesis"}
