"""The dashboard of quick_app.py, served to a browser: it opens in seconds where the accurate model takes many."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from tests.conftest import ROOT
from tests.e2e.browser import _wait_for, free_port

SLOW: Final = 240_000  # milliseconds; a busy machine


@contextmanager
def quickly_served() -> Iterator[str]:
    """The dashboard at a free port of this machine; yields its address."""
    port, app = free_port(), ROOT / "tests" / "e2e" / "quick_app.py"
    call = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port), "--server.headless", "true"]
    server = subprocess.Popen(call, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://localhost:{port}")
        yield f"http://localhost:{port}"
    finally:
        server.kill()  # it holds nothing, and may be slow to end otherwise
        server.wait(timeout=20)


def settled(page: Page) -> None:
    """Wait until the page is drawn as it stays."""
    page.wait_for_timeout(300)  # until it has begun to draw itself anew
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=SLOW)
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=SLOW)
    expect(page.locator("[data-stale=true], [data-testid=stSkeleton]")).to_have_count(0, timeout=SLOW)


def go(page: Page, name: str) -> None:
    """Choose a page in the menu."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible(timeout=SLOW)
    settled(page)


def taken(page: Page, button: str) -> Path:
    """The file that a button of the page gives."""
    with page.expect_download(timeout=SLOW) as waiting:
        page.get_by_role("button", name=button).click()
    return Path(waiting.value.path())
