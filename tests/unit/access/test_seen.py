"""`analyzer store log`: an administrator reads who saw which note, and is told where it was changed."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from analyzer.access import audit as audit_module
from analyzer.access import check_log, record
from tests.unit.own.making import run

DAYS = ("2026-03-01", "2026-03-02", "2026-03-03")


class _Clock:
    """Each line is written a day later than the one before."""

    day = 0

    @classmethod
    def now(cls, _zone: object) -> datetime:
        cls.day += 1
        return datetime.fromisoformat(f"{DAYS[cls.day - 1]}T23:59:59+00:00")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three lines on three days: Ana opened n1, Sam saw words of a thousand notes, Rae was refused a page."""
    monkeypatch.setattr(audit_module, "datetime", _Clock)
    monkeypatch.setattr(audit_module, "_MOST", 5000)
    monkeypatch.setattr(_Clock, "day", 0)
    path = tmp_path / "audit.jsonl"
    record(path, who="ana@clinic.example", role="clinician", page="notes", did="opened", notes=["n1"])
    many = [f"n{number}" for number in range(1000)]
    record(path, who="sam@clinic.example", role="supervisor", page="team", did="saw words of", notes=many)
    record(path, who="rae@clinic.example", role="researcher", page="", did="was refused", what="page notes")
    return path


@pytest.fixture
def shown(log: Path, capsys: pytest.CaptureFixture[str]):
    def shown(*options: str | Path, code: int = 0) -> tuple[list[str], str]:
        """The lines on standard output, and what is told beside them."""
        capsys.readouterr()
        assert run("store", "log", log, *options) == code
        said = capsys.readouterr()
        return said.out.splitlines(), said.err

    return shown


def test_the_table_says_when_who_did_what_with_which_note(shown) -> None:
    (heading, ana, sam, rae), told = shown()
    assert heading.split()[:4] == ["when", "(UTC)", "who", "role"]
    cells = ["2026-03-01 23:59:59", "ana@clinic.example", "clinician", "opened", "notes", "n1"]
    assert re.split(r"\s{2,}", ana) == cells
    assert sam.endswith("n0, n1, n2 and 997 more")
    assert re.split(r"\s{2,}", rae)[2:] == ["researcher", "was refused", "page notes"]
    assert "3 of 3 lines; none changed" in told


def test_the_last_seal_is_told_to_be_noted_elsewhere(shown, log: Path) -> None:
    assert check_log(log)[-1].seal in shown("--who", "nobody")[1]


@pytest.mark.parametrize(
    ("options", "who"),
    [
        (("--who", "Ana@Clinic.Example"), ["ana"]),
        (("--who", "ana"), []),
        (("--note", "n1"), ["ana", "sam"]),
        (("--note", "n1", "--who", "sam@clinic.example"), ["sam"]),
        (("--note", "n1", "--note", "n2"), ["ana", "sam"]),
        (("--note", "N1"), []),
        (("--since", "2026-03-02"), ["sam", "rae"]),
        (("--since", "2026-03-04"), []),
        (("--since", "2026-03-02", "--note", "n1"), ["sam"]),
    ],
)
def test_lines_can_be_asked_for_by_who_by_note_and_by_day(shown, options: tuple[str, ...], who: list[str]) -> None:
    found, told = shown(*options, "--json")
    assert [json.loads(line)["who"].partition("@")[0] for line in found] == who
    assert f"{len(who)} of 3 lines" in told
    table, _ = shown(*options)
    assert [line.split("  ")[1].partition("@")[0] for line in table[1:]] == who


def test_of_many_notes_those_asked_for_are_named(shown) -> None:
    (*_, sam), _ = shown("--note", "n7", "--note", "n900")
    assert sam.endswith("n7, n900 and 998 more")


def test_json_lines_are_the_lines_of_the_log(shown, log: Path) -> None:
    found, _ = shown("--json")
    assert [json.loads(line) for line in found] == [json.loads(line) for line in log.read_text().splitlines()]


def test_a_changed_line_is_told_and_those_before_it_are_shown(shown, log: Path) -> None:
    log.write_text(log.read_text().replace("sam@clinic", "somebody@clinic"))
    (_, only), told = shown(code=2)
    assert "ana@clinic.example" in only
    assert "line 2 was changed" in told and "Last seal" not in told


def test_a_teams_file_leads_to_its_log(shown, log: Path) -> None:
    team = log.with_name("team.yml")
    team.write_text("audit: audit.jsonl\n")
    assert run("store", "log", team) == 0
    team.write_text("audit: later.jsonl\n")
    assert run("store", "log", team) == 0


def test_a_log_that_nobody_has_written_is_said_to_be_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "team.yml").write_text("audit: audit.jsonl\n")
    assert run("store", "log", tmp_path / "team.yml") == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "0 of 0 lines; the log is empty\n")
    assert not (tmp_path / "audit.jsonl").exists()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("none.jsonl",), "does not exist"),
        (("audit.jsonl", "--since", "yesterday"), "'yesterday' is no day; give it as YYYY-MM-DD"),
        (("other.jsonl",), "line 1 is no entry of the log"),
    ],
)
def test_a_wrong_call_is_told(
    call: tuple[str, ...], told: str, log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(log.parent)
    Path("other.jsonl").write_text('{"note_id": "n1"}\n')
    assert run("store", "log", *call) == 2
    assert told in capsys.readouterr().err


def test_names_and_ids_can_do_nothing_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "audit.jsonl"
    odd = ["two\nlines\x1b[2J", "\u202etfel", "half \ud83d", "x" * 10_000]
    record(path, who="a\rb", role="clinician", page="notes", did="opened", notes=odd[:3])
    record(path, who="b", role="clinician", page="notes", did="opened", notes=odd[3:])
    assert run("store", "log", path) == 0
    said = capsys.readouterr().out
    assert len(said.split("\n")) == 4
    assert all(character.isprintable() for character in said.replace("\n", ""))
    assert max(map(len, said.split("\n"))) < 400
    assert run("store", "log", path, "--json") == 0
    (first, second) = capsys.readouterr().out.splitlines()
    assert json.loads(first)["notes"] + json.loads(second)["notes"] == [*odd[:2], "half \ufffd", odd[3]]
