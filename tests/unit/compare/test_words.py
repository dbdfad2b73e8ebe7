"""Sentences, the table and the file of targets, as people read and write them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyzer.compare import compare, format_table, load_targets, sentence
from analyzer.records import STRATEGIES, DataError
from tests.conftest import ROOT
from tests.unit.compare.judged import answering, row
from tests.unit.test_profiles import note


def test_the_sentence_says_what_the_notes_show() -> None:
    found = row(compare(answering("no_documented_response", 10) + answering("responded", 2)))
    assert sentence(found) == (
        "Transparency in the notes of C1: possible under-use; the notes show 2 of 12 relevant opportunities with a "
        "documented response (17%, 95% interval 4% to 44%), beside 50% as the codebook's starting value."
    )


def test_the_table_names_reference_denominator_and_minimum() -> None:
    lines = format_table(compare(answering("no_documented_response", 10))).splitlines()
    heading = " ".join(lines[:3])
    for part in (
        "half of the relevant opportunities",
        "per relevant opportunity",
        "5 notes and 3 opportunities",
        "no ranking",
    ):
        assert part in heading
    table = lines[4:]
    assert len(table) == 2 + len(STRATEGIES)
    assert re.search(
        r"C1 +Transparency +10 +10 +10 +0 +0% +0%–12% +0%–22% +50% +possible under-use +1\.00 +0\.00$", table[5]
    )


def test_long_and_many_lined_names_leave_the_table_in_order() -> None:
    lines = format_table(compare([note(clinician="A" * 200 + "\nB")])).splitlines()
    assert len(lines) == 4 + 2 + len(STRATEGIES)
    assert max(map(len, lines[4:])) < 180


def test_the_shipped_example_of_targets_can_be_used() -> None:
    targets = load_targets(ROOT / "analyzer" / "data" / "targets.example.yml")
    assert targets["transparency"] == (0.5, 1.0)
    assert list(targets) == [s for s in STRATEGIES if s in targets]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("kindness: [0.1, 0.2]", ["'kindness' is no known strategy"]),
        ("transparency: [0.9, 0.2]\nsafe_space: [0, 2]", ["transparency: must be", "safe_space: must be"]),
        ("transparency: [.nan, 0.2]", ["transparency: must be"]),
        ("transparency: [no, yes]", ["transparency: must be"]),
        ("transparency: 0.5", ["transparency: must be"]),
        ("transparency: [0.1, 0.2]\ntransparency: [0.3, 0.4]", ["transparency: stands twice"]),
        ("- transparency", ["must be a mapping"]),
        ("", ["must be a mapping"]),
        ("transparency: [0.1", ["not valid YAML"]),
        ("1: [0.1, 0.2]", ["1 is no known strategy"]),
        (b"\xff\xfe\x00", ["is not UTF-8"]),
    ],
)
def test_broken_targets_are_named_all_at_once(tmp_path: Path, content: str | bytes, told: list[str]) -> None:
    file = tmp_path / "targets.yml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError) as error:
        load_targets(file)
    assert all(part in str(error.value) for part in ["targets.yml", *told])
    assert len(error.value.problems) == len(told)


def test_a_targets_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load_targets(tmp_path / "none.yml")
