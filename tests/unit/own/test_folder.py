"""A researcher's folder is checked as a whole, and every fault in it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from analyzer.cli import cli
from analyzer.project import load_project
from analyzer.records import DataError
from tests.unit.own.making import OWN, change, run


def test_the_example_project_is_sound_as_it_is_made(shipped_example: Path) -> None:
    result = CliRunner().invoke(cli, ["check-rules", str(shipped_example)])
    assert result.exit_code == 0
    assert "0 problem(s)" in result.stderr
    assert "54 examples" in result.stderr


def test_a_folder_with_anything_in_it_is_not_written_over(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert run("init-codebook", project) == 2
    assert "nothing is written over" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_every_fault_of_a_project_is_told_at_once(project: Path) -> None:
    def spoil_book(content: dict[str, Any]) -> None:
        content["strategies"][0]["colour"] = "blue"
        content["strategies"].append(dict(content["strategies"][0], code="TR"))

    def spoil_rules(content: dict[str, Any]) -> None:
        content["rules"][0]["patterns"].append("@nobody")
        content["rules"][1]["misses"] = ["Called the chaplain."]
        content["rules"][2]["hits"][1] = "Walked in the park."

    change(project / "codebook.yml", spoil_book)
    change(project / "rules" / f"{OWN}.yml", spoil_rules)
    stranger = {"id": "x", "source": "s", "patterns": ["a"], "hits": ["a", "a b"], "misses": ["c"]}
    (project / "rules" / "other.yml").write_text(yaml.safe_dump({"strategy": "kindness", "rules": [stranger]}))
    with (project / "examples.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"text": "Secret words.", "strategy": "kindness"}\n')
    result = CliRunner().invoke(cli, ["check-rules", str(project)])
    assert result.exit_code == 1
    for part in (
        f"codebook.yml: strategy {OWN}: colour: is unknown",
        f"codebook.yml: strategy {OWN}: id: stands twice",
        "codebook.yml: strategy code TR: is that of transparency",
        f"rules/{OWN}.yml: rule sp.prayed_with: pattern '@nobody': unknown word list",
        "rule sp.spiritual_carer: miss 1 is found",
        "rule sp.asked_meaning: hit 2 is not found",
        "rules/other.yml: unknown strategy 'kindness'",
        "examples.jsonl: line 55: unknown strategy 'kindness'",
    ):
        assert part in result.stdout
    assert "Secret" not in result.stdout


def test_a_broken_project_stops_every_command_with_its_faults(
    project: Path, notes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(project / "codebook.yml", lambda content: content["strategies"][0].pop("definition"))
    assert run("tag", notes, "--codebook", project, "--model", "none") == 2
    assert f"codebook.yml: strategy {OWN}: definition: is missing" in capsys.readouterr().err


def test_a_rule_id_of_the_shipped_rules_can_not_be_taken(project: Path) -> None:
    change(project / "rules" / f"{OWN}.yml", lambda c: c["rules"][0].update(id="tr.mandated_reporting"))
    with pytest.raises(DataError, match=r"rule tr\.mandated_reporting: id stands already"):
        load_project(project)


def test_a_strategy_that_nothing_would_tag_is_pointed_out(project: Path) -> None:
    (project / "rules" / f"{OWN}.yml").unlink()
    result = CliRunner().invoke(cli, ["check-rules", str(project)])
    assert f"strategy {OWN}: has no rules" in result.stdout
