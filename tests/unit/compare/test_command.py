"""``analyzer compare`` by hand: whatever is in the notes, there is a sentence to read and no trace."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analyzer.cli.compare import command
from analyzer.compare.model import REFERENCES
from analyzer.records import STRATEGIES, Analysis, AnalyzerError
from tests.unit.compare.judged import ACCUSING, answering
from tests.unit.test_profiles import TR, note

NAMED = (
    *("group", "strategy", "reference", "denominator", "notes", "opportunities", "count", "estimate", "low", "high"),
    *("expected", "verdict", "probability", "q_value"),
)


def tagged(folder: Path, analyses: Sequence[Analysis]) -> Path:
    """What ``analyzer tag`` would have written."""
    path = folder / "tags.jsonl"
    path.write_text("".join(json.dumps(a.to_dict()) + "\n" for a in analyses), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(a) for a in arguments])


def compared(folder: Path, analyses: Sequence[Analysis], *options: str) -> tuple[str, list[dict[str, Any]], str]:
    """The table, the rows and what stood on standard error beside the rows."""
    path = tagged(folder, analyses)
    table, rows = run(path, *options), run(path, *options, "--json")
    for result in (table, rows):
        assert (result.exit_code, result.exception) == (0, None), result.output
        assert not re.search(r"\bnan\b|traceback|\binf\b", result.output, re.IGNORECASE)
        assert not ACCUSING.search(result.output)
    return table.output, [json.loads(line) for line in rows.stdout.splitlines()], rows.stderr


USUAL = answering("responded", 6) + answering("no_documented_response", 6) + answering("responded", 8, clinician="C2")
FUTURE = (date.today() + timedelta(days=400)).isoformat()
ODD = {
    "one note": [note("n")],
    "one clinician": answering("responded", 9),
    "no dates": [replace(n, date=None) for n in USUAL],
    "dates in other formats": [replace(n, date=f"{i}/3/26") for i, n in enumerate(USUAL, 1)],
    "dates in the future": [replace(n, date=FUTURE) for n in USUAL],
    "no opportunities": [note(f"n{i}", client=f"K{i}") for i in range(9)],
    "all zero counts": answering("no_documented_response", 12),
    "everything counted": answering("responded", 12),
    "one client": answering("responded", 4, client="K1") + answering("no_documented_response", 5, client="K1"),
    "no clients": answering("responded", 4, client=None) + answering("no_documented_response", 5, client=None),
    "no clinician": [replace(n, clinician=None) for n in USUAL],
    "no words": [replace(n, n_words=0) for n in USUAL],
}


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("what", ODD)
def test_odd_notes_get_rows_and_a_sentence(tmp_path: Path, what: str, reference: str) -> None:
    targets = tmp_path / "targets.yml"
    targets.write_text(f"{TR}: [0.4, 0.7]\n", encoding="utf-8")
    more = ["--targets", str(targets)] if reference == "targets" else []
    table, rows, told = compared(tmp_path, ODD[what], "--reference", reference, *more)
    assert rows and "Self-check" in table and "Self-check" in told
    assert {r["verdict"] for r in rows} <= {"over_used", "under_used", "in_range", "not_enough_notes"}


def verdicts(folder: Path, what: str, reference: str = "opportunities") -> set[str]:
    return {r["verdict"] for r in compared(folder, ODD[what], "--reference", reference)[1] if r["strategy"] == TR}


def test_too_little_to_compare_is_called_so(tmp_path: Path) -> None:
    for what, reference in (
        ("one note", "opportunities"),
        ("no opportunities", "opportunities"),
        ("one clinician", "peers"),
        ("no dates", "past"),
        ("dates in other formats", "past"),
        ("no clinician", "peers"),
    ):
        assert verdicts(tmp_path, what, reference) == {"not_enough_notes"}
    assert "no comparison has enough notes yet" in compared(tmp_path, ODD["one note"])[0]


def test_where_nothing_has_a_response_the_share_is_zero_with_an_interval_above_it(tmp_path: Path) -> None:
    (row,) = [r for r in compared(tmp_path, ODD["all zero counts"])[1] if r["strategy"] == TR]
    assert (row["estimate"], row["low"], row["verdict"]) == (0, 0, "under_used")
    assert 0 < row["high80"] < row["high"] < 0.5


@pytest.mark.parametrize("what", ["one client", "no clients"])
def test_a_clinician_with_one_client_or_none_named_is_told_so(tmp_path: Path, what: str) -> None:
    table, rows, told = compared(tmp_path, ODD[what])
    for text in (table, told):
        assert "One client or none is named in the notes of C1" in text
    assert max(r["design_effect"] for r in rows) > 1


def test_a_targets_file_with_an_unknown_strategy_is_named_with_what_is_known(tmp_path: Path) -> None:
    targets = tmp_path / "targets.yml"
    targets.write_text("kindness: [0.4, 0.7]\n", encoding="utf-8")
    result = run(tagged(tmp_path, USUAL), "--reference", "targets", "--targets", targets)
    assert isinstance(result.exception, AnalyzerError)
    assert "'kindness' is no known strategy; the ids are historical_context" in str(result.exception)


def test_a_path_that_is_not_there_is_told_before_anything_is_read_or_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_early(*_: object, **__: object) -> None:
        raise AssertionError("the path should have been told first")

    for work in ("pipeline.load", "records.Analysis.from_json", "compare.power.power_check"):
        monkeypatch.setattr(f"analyzer.{work}", too_early)
    result = run(tagged(tmp_path, USUAL), tmp_path / "nowhere")
    assert isinstance(result.exception, AnalyzerError)
    assert "nowhere: there is no such file or folder" in str(result.exception)


def test_an_empty_file_is_named_and_leaves_nothing_to_compare(tmp_path: Path) -> None:
    empty = tmp_path / "tags.jsonl"
    empty.touch()
    result = run(empty, "--model", "none")
    assert (result.exit_code, result.stdout) == (3, "No notes to compare.\n")
    assert "skipped tags.jsonl: is empty" in result.stderr


def test_the_reference_targets_without_a_file_and_words_corrected_are_refused_before_notes_are_read(
    tmp_path: Path,
) -> None:
    nowhere = tmp_path / "nowhere"
    for options, told in (
        (["--reference", "targets"], "needs targets"),
        (["--reference", "peers", "--denominator", "1000 words", "--corrected"], "not corrected"),
    ):
        result = run(nowhere, *options)
        assert isinstance(result.exception, AnalyzerError) and told in str(result.exception)


# What is printed


def test_a_row_begins_with_the_promised_fields_and_more_follow(tmp_path: Path) -> None:
    _, rows, _ = compared(tmp_path, USUAL)
    assert len(rows) == 2 * len(STRATEGIES)
    assert tuple(rows[0])[: len(NAMED)] == NAMED
    assert list(rows[0])[len(NAMED) :] == ["low80", "high80", "clients", "design_effect"]


def test_the_self_check_stands_under_every_table_and_beside_every_json(tmp_path: Path) -> None:
    for options in ([], ["--reference", "peers"], ["--reference", "past"], ["--corrected"]):
        table, _, told = compared(tmp_path, USUAL, *options)
        assert table.splitlines()[-1].startswith("Self-check (") and told.splitlines()[-1] == table.splitlines()[-1]
    words, _, _ = compared(tmp_path, USUAL, "--reference", "peers", "--denominator", "1000 words")
    assert words.splitlines()[-1] == "Self-check: rates over 1,000 words are not simulated."


def test_corrected_verdicts_stand_beside_the_counted_shares_with_one_sentence(tmp_path: Path) -> None:
    plain, corrected = compared(tmp_path, USUAL)[1], compared(tmp_path, USUAL, "--corrected")
    table, rows, told = corrected
    assert [r["estimate"] for r in rows] == [r["estimate"] for r in plain]
    (before,), (after,) = ([r for r in some if (r["group"], r["strategy"]) == ("C1", TR)] for some in (plain, rows))
    assert before["probability"] != after["probability"] and after["corrected_low"] < after["low"]
    assert after["corrected_expected"] == 0.5
    assert "A corrected share is" in table and "A corrected share is" in told


def test_the_self_check_in_full(tmp_path: Path) -> None:
    path = tagged(tmp_path, USUAL)
    assert "simulated uploads of these sizes in which every true share stood at 50%" in run(path, "--power").output
    check = json.loads(run(path, "--power", "--json").stdout)
    assert check["comparisons"] == 22 and check["with_errors"] and not check["corrected"]


def test_notes_that_cannot_be_read_leave_nothing_to_compare(tmp_path: Path) -> None:
    path = tmp_path / "tags.jsonl"
    path.write_text('{"text_sha256": 5}\n', encoding="utf-8")
    result = run(path)
    assert (result.exit_code, result.stdout) == (3, "No notes to compare.\n")
    assert run(path, "--json").stdout == ""


def test_what_would_be_printed_can_be_written_with_the_manifest_that_makes_it_again(tmp_path: Path) -> None:
    path = tagged(tmp_path, USUAL)
    printed = run(path)
    written = run(path, "-o", tmp_path / "table.txt")
    assert (written.exit_code, written.stdout) == (0, "")
    assert (tmp_path / "table.txt").read_text(encoding="utf-8") == printed.stdout
    assert json.loads((tmp_path / "table.txt.manifest.json").read_text(encoding="utf-8"))["command"] == "compare"
