"""``analyzer app``: the dashboard."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

_APP = Path(__file__).resolve().parents[2] / "app.py"


@click.command("app")
@click.option("--port", default=8501, show_default=True)
@click.option("--no-browser", is_flag=True, help="Only serve; don't open a browser.")
@click.pass_context
def command(context: click.Context, port: int, no_browser: bool) -> None:
    """Open the dashboard on the sample notes. It listens on this machine alone."""
    call = [sys.executable, "-m", "streamlit", "run", str(_APP), "--server.port", str(port)]
    call += ["--server.address", "localhost", "--browser.gatherUsageStats", "false"]
    call += ["--server.headless", "true" if no_browser else "false"]
    # The project's .streamlit/config.toml (no telemetry, no e-mail prompt) is read from the working folder.
    context.exit(subprocess.call(call, cwd=_APP.parent))
