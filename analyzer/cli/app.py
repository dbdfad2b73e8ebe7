"""``analyzer app``: the dashboard."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from analyzer.cli.reading import codebook_option

_APP = Path(__file__).resolve().parents[2] / "app.py"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("app")
@click.option("--port", default=8501, show_default=True)
@click.option("--no-browser", is_flag=True, help="Only serve; don't open a browser.")
@click.option("--team", type=_FILE, help="A team's file: people sign in, and see what their role shows.")
@click.option("--secrets", type=_FILE, help="The sign-in service's settings.  [default: .streamlit/secrets.toml]")
@click.option("--address", help="Answer other machines at this address; only with --team.  [default: localhost]")
@codebook_option
@click.pass_context
def command(
    context: click.Context,
    port: int,
    no_browser: bool,
    team: Path | None,
    secrets: Path | None,
    address: str | None,
    codebook: Path | None,
) -> None:
    """Open the dashboard on the sample notes.

    Without --team there is one user: nobody signs in, and it answers this machine alone.
    """
    if team is None and (secrets or address):
        raise click.UsageError("--secrets and --address are for a team that signs in; give --team as well")
    if codebook is not None:
        from analyzer.project import load_project

        load_project(codebook)  # a broken one is told of here, not in the browser
    call = [sys.executable, "-m", "streamlit", "run", str(_APP), "--server.port", str(port)]
    call += ["--server.address", address or "localhost", "--browser.gatherUsageStats", "false"]
    call += ["--server.headless", "true" if no_browser else "false"]
    # The project's .streamlit/config.toml (no telemetry, no e-mail prompt) is read from the working folder.
    environment = os.environ | ({"ANALYZER_CODEBOOK": str(codebook.resolve())} if codebook else {})
    environment.pop("ANALYZER_TEAM", None)  # who may come in is said on the command line alone
    if team is None:
        click.echo("one user: nobody signs in, and this machine alone is answered", err=True)
    else:
        service = _checked(team, secrets)
        call += ["--secrets.files", str(service)]
        environment["ANALYZER_TEAM"] = str(team.resolve())
    click.echo(f"opens at http://{address or 'localhost'}:{port}; Ctrl+C ends it", err=True)
    context.exit(subprocess.call(call, cwd=_APP.parent, env=environment))


def _checked(team: Path, secrets: Path | None) -> Path:
    """The sign-in service's settings; faults of theirs and the team's file are told here, not in the browser."""
    from importlib.util import find_spec

    from analyzer.access import check_service, load_team
    from analyzer.records import AnalyzerError

    load_team(team)
    if find_spec("authlib") is None:
        raise AnalyzerError("signing in needs Authlib; install it with: pip install '.[auth]'")
    service = (secrets or _APP.parent / ".streamlit" / "secrets.toml").resolve()
    if not service.is_file():
        example = ".streamlit/secrets.example.toml"
        raise AnalyzerError(f"{service.name}: there is no such file; copy {example}, and fill in your service's values")
    check_service(service)
    return service
