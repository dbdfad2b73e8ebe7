"""A served dashboard and a real browser: Debian's chromium, driven by Playwright."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(*options: str, port: int | None = None) -> Iterator[str]:
    """The dashboard on this machine, at a free port unless one is given; yields its address."""
    port = port or free_port()
    call = [sys.executable, "-m", "analyzer", "app", "--port", str(port), "--no-browser", *options]
    server = subprocess.Popen(call, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        # The command starts Streamlit as a child; end both.
        subprocess.run(["pkill", "-P", str(server.pid)], check=False)
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str) -> None:
    for _ in range(120):
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError(f"the dashboard at {address} did not answer within a minute")


@contextmanager
def browser() -> Iterator[Browser]:
    """Headless chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield chromium
        chromium.close()
