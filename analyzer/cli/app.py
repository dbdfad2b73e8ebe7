"""``analyzer app``: the dashboard."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from analyzer.cli.reading import codebook_option

_APP = Path(__file__).resolve().parents[2] / "app.py"


@click.command("app")
@click.option("--port", default=8501, show_default=True)
@click.option("--no-browser", is_flag=True, help="Only serve; don't open a browser.")
@codebook_option
@click.pass_context
def command(context: click.Context, port: int, no_browser: bool, codebook: Path | None) -> None:
    """Open the dashboard on the sample notes. It listens on this machine alone."""
    if codebook is not None:
        from analyzer.project import load_project

        load_project(codebook)  # a broken one is told of here, not in the browser
    call = [sys.executable, "-m", "streamlit", "run", str(_APP), "--server.port", str(port)]
    call += ["--server.address", "localhost", "--browser.gatherUsageStats", "false"]
    call += ["--server.headless", "true" if no_browser else "false"]
    # The project's .streamlit/config.toml (no telemetry, no e-mail prompt) is read from the working folder.
    environment = os.environ | ({"ANALYZER_CODEBOOK": str(codebook.resolve())} if codebook else {})
    context.exit(subprocess.call(call, cwd=_APP.parent, env=environment))
