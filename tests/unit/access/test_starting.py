"""`analyzer app`: alone on this machine unless a team's file and a sign-in service say who may come in."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli import app, main
from tests.conftest import ROOT
from tests.unit.access.test_roles import service


class Started:
    """What would have been started."""

    call: tuple[str, ...] = ()
    environment: dict[str, str] = {}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    found = Started()

    def call(command: list[str], *, env: dict[str, str], **_: Any) -> int:
        found.call, found.environment = tuple(command), env
        return 0

    monkeypatch.setattr(app.subprocess, "call", call)
    return found


@pytest.fixture
def team(tmp_path: Path) -> Path:
    (tmp_path / "team.yml").write_text("audit: audit.jsonl\n")
    return tmp_path / "team.yml"


def run(*options: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["app", "--no-browser", *options])
    return int(end.value.code or 0)


def address(started: Started) -> str:
    return started.call[started.call.index("--server.address") + 1]


def test_one_user_is_told_that_nobody_signs_in_and_that_this_machine_alone_is_answered(
    started: Started, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYZER_TEAM", "left over from before")
    assert run() == 0
    assert address(started) == "localhost"
    assert "ANALYZER_TEAM" not in started.environment
    told = capsys.readouterr().err
    assert "nobody signs in, and this machine alone is answered" in told
    assert "opens at http://localhost:8501;" in told


@pytest.mark.parametrize("option", ["--address=0.0.0.0", "--secrets={}"])
def test_other_machines_are_answered_only_where_people_sign_in(option: str, started: Started, team: Path) -> None:
    assert run(option.format(team)) == 2
    assert not started.call


def test_a_team_is_served_with_its_file_and_its_service(started: Started, team: Path, tmp_path: Path) -> None:
    secrets = service(tmp_path)
    assert run("--team", str(team), "--secrets", str(secrets), "--address", "10.0.0.7") == 0
    assert address(started) == "10.0.0.7"
    assert started.environment["ANALYZER_TEAM"] == str(team)
    assert str(secrets) in started.call


def test_a_team_without_a_safe_service_is_not_served(
    started: Started, team: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--team", str(team), "--secrets", str(service(tmp_path, cookie_secret="hush"))) == 2
    assert "could be guessed" in capsys.readouterr().err
    team.write_text("audit: [")
    assert run("--team", str(team), "--secrets", str(service(tmp_path))) == 2
    assert not started.call


def test_nobody_is_offered_what_is_meant_for_people_who_write_apps() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["logger"]["hideWelcomeMessage"] is True
