"""Remakes the README's pictures from the sample notes: ``make screenshots``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Locator, Page

from tests.e2e.browser import browser, served
from tests.e2e.quick import SLOW, settled

OUT: Final = Path(__file__).parent / "screenshots"
# A note with evidence of several strategies, somebody else's act, opportunities and template lines.
_NOTE: Final = "C03-K09-03"


def _at(found: Locator) -> None:
    """Scroll to a part of the page, with little of what is above it."""
    found.first.evaluate("part => { part.style.scrollMarginTop = '1rem'; part.scrollIntoView({block: 'start'}); }")


def _evidence(page: Page, folder: str) -> None:
    page.locator(".sna-note mark").first.wait_for()
    _at(page.locator(".sna-key"))


def _store(page: Page, folder: str) -> None:
    page.get_by_label("Where to keep reviews").fill(f"{folder}/reviews.db")
    page.get_by_label("Who reviews").fill("R. Reader")
    page.get_by_role("button", name="Open or make this store").click()
    page.get_by_text("segments reviewed").wait_for()
    settled(page)
    _at(page.get_by_text("segments reviewed"))


def _codes(page: Page, folder: str) -> None:
    page.get_by_role("button", name="No codes at hand").click()
    page.get_by_role("heading", name="How far they agree").wait_for()
    settled(page)
    _at(page.get_by_role("heading", name="How far they agree"))


def _as_it_opens(page: Page, folder: str) -> None:
    """Nothing is done first."""


# Page -> its address, and what is done there first, given an empty folder.
PAGES: Final[dict[str, tuple[str, Callable[[Page, str], None]]]] = {
    "notes": (f"?note={_NOTE}", _evidence),
    "overview": ("overview", _as_it_opens),
    "balance": ("balance", _as_it_opens),
    "feedback": ("feedback", _as_it_opens),
    "team": ("team", _as_it_opens),
    "gaps": ("gaps", _as_it_opens),
    "agenda": ("agenda", _as_it_opens),
    "review": ("review", _store),
    "export": ("export", _as_it_opens),
    "agreement": ("agreement", _codes),
    "codebook": ("codebook", _as_it_opens),
}


def main() -> None:
    """One picture a page, at 1280 pixels."""
    OUT.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, served() as address, browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 1000}, color_scheme="light")
        page.set_default_timeout(SLOW)
        for name, (path, prepare) in PAGES.items():
            page.goto(f"{address}/{path}")
            settled(page)
            prepare(page, folder)
            settled(page)
            page.wait_for_timeout(2500)  # until charts are drawn
            page.screenshot(path=OUT / f"{name}.png")
            print(f"{name}: {page.title()}", flush=True)


if __name__ == "__main__":
    main()
