"""Nothing leaves the machine: the program runs while every other machine is out of reach, and none is asked for."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

import tests.offline.sitecustomize  # noqa: F401  in force in this process too
from analyzer.cli import cli
from analyzer.interchange import FORMATS
from tests.conftest import ROOT
from tests.e2e.apps import opened
from tests.e2e.browser import CHROMIUM, browser
from tests.e2e.quick import quickly_served, settled
from tests.e2e.test_opening import PAGES


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No network from here on, in this process and those that it starts; the file names what was asked for."""
    log = tmp_path / "asked.txt"
    log.touch()
    monkeypatch.setenv("OFFLINE_LOG", str(log))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests" / "offline"))
    return log


def test_other_machines_are_out_of_reach_and_attempts_are_noted(asked: Path) -> None:
    with pytest.raises(PermissionError, match="no network"):
        socket.create_connection(("192.0.2.1", 9), timeout=1)
    swallowed = "import urllib.request as u\ntry: u.urlopen('http://example.org')\nexcept OSError: pass"
    subprocess.run([sys.executable, "-c", swallowed], check=True)
    assert [line.split()[1] for line in asked.read_text().splitlines()] == ["192.0.2.1", "example.org"]
    with socket.create_server(("localhost", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_notes_are_tagged_compared_and_exported_without_a_network(asked: Path, tmp_path: Path) -> None:
    tags, notes = tmp_path / "tags.jsonl", str(ROOT / "sample_notes" / "C01" / "C01-K01-01.txt")
    call = [sys.executable, "-m", "analyzer", "tag", notes, "-o", str(tags)]
    assert subprocess.run(call, cwd=ROOT, capture_output=True, check=False).returncode == 0
    calls = [["compare", str(tags)], ["scan", notes]]
    calls += [
        ["export", str(tags), "--to", name, "--notes", notes, "--with-text", "-o", str(tmp_path / f"{name}.out")]
        for name in FORMATS
    ]
    calls.append(["export", str(tags), "--to", "counts", "-o", str(tmp_path / "counts.xlsx")])
    for arguments in calls:
        run = CliRunner().invoke(cli, arguments)
        assert run.exit_code == 0, (arguments, run.output)
    assert asked.read_text() == ""


@pytest.mark.usefixtures("quick")
def test_every_page_opens_without_a_network(asked: Path) -> None:
    assert [page for page in PAGES if opened(page).exception] == []
    assert asked.read_text() == ""


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium; .ci/run installs it")
def test_the_served_dashboard_and_the_browser_ask_no_other_machine(asked: Path) -> None:
    wanted: list[str] = []
    with quickly_served() as address, browser() as chromium:
        page = chromium.new_page()
        page.on("request", lambda request: wanted.append(request.url))
        for path in ("notes", "balance", "export"):
            page.goto(f"{address}/{path}")
            settled(page)
    elsewhere = {url for url in wanted if urlsplit(url).hostname not in (None, "localhost")}
    assert wanted
    assert elsewhere == set()
    assert asked.read_text() == ""
