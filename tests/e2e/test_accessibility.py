"""Every page, in the light and in the dark theme: nothing of ours keeps out who sees, hears or points otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.e2e.axe import in_both_themes
from tests.e2e.browser import CHROMIUM, browser
from tests.e2e.quick import SLOW, quickly_served, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium; .ci/run installs it"),
]
# Address -> a tab to open there; "" for the page as it opens. Access, which asks for a sign-in, is in test_sign_in.py.
PAGES = [
    ("", ""),
    ("overview", ""),
    ("balance", ""),
    ("feedback", ""),
    ("team", ""),
    ("gaps", ""),
    ("agenda", ""),
    ("review", ""),
    ("export", ""),
    ("agreement", ""),
    ("agreement", "Plan a study"),
    ("codebook", ""),
    ("codebook", "Try a sentence"),
]
# What a screen reader is told of a chart.
_WORDS_OF = "all => all.map(c => (c.closest('[aria-label]') ?? c.querySelector('[aria-label]'))?.ariaLabel)"
_CHARTS = {"", "overview", "balance", "team", "gaps", "agreement/Plan a study", "codebook/Try a sentence"}


@pytest.fixture(scope="module")
def view() -> Iterator[tuple[str, Page]]:
    """One server and one browser window for all pages."""
    with quickly_served() as address, browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 1400})
        page.set_default_timeout(SLOW)
        yield address, page


@pytest.mark.parametrize(("path", "tab"), PAGES)
def test_page_keeps_nobody_out(view: tuple[str, Page], path: str, tab: str) -> None:
    address, page = view
    page.goto(f"{address}/{path}")
    settled(page)
    if tab:
        page.get_by_role("tab", name=tab).click()
        settled(page)
    assert in_both_themes(page) == {"dark": [], "light": []}
    charts = page.get_by_test_id("stVegaLiteChart")
    told = charts.evaluate_all(_WORDS_OF)
    assert all(told), "a chart has no words for who does not see it"
    assert bool(told) == (f"{path}/{tab}".rstrip("/") in _CHARTS)
    assert page.get_by_text("The same as a table").count() >= len(told)
