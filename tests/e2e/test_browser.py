"""The dashboard in a real browser: the samples open, a page's address works, an uploaded note is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import CHROMIUM, browser, served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium; .ci/run installs it"),
]
_SLOW = 120_000


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as url:
        yield url


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(_SLOW)
        yield page


def test_opens_on_the_samples_with_evidence_marked(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("invented sample notes by four invented clinicians")).to_be_visible(timeout=_SLOW)
    expect(page.locator(".sna-note mark").first).to_be_visible(timeout=_SLOW)
    assert page.locator(".sna-note mark").first.get_attribute("title")


@pytest.mark.parametrize(
    "path", ["overview", "balance", "team", "gaps", "agenda", "review", "export", "agreement", "codebook"]
)
def test_every_page_has_an_address(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}/{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=_SLOW)
    expect(page.get_by_text("Traceback")).to_have_count(0)


def test_an_uploaded_note_is_read_and_its_html_is_text(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_text("My own notes", exact=True).click()
    note = b"Validated her grief. <b id='planted'>Reviewed limits of confidentiality with client.</b>"
    page.locator("input[type=file]").set_input_files({"name": "n.txt", "mimeType": "text/plain", "buffer": note})
    page.get_by_role("button", name="Read these notes").click()
    expect(page.locator(".sna-note mark").first).to_be_visible(timeout=_SLOW)
    expect(page.locator("#planted")).to_have_count(0)
    expect(page.locator(".sna-note")).to_contain_text("<b id='planted'>")
