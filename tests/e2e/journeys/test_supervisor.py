"""The supervisor's way in a real browser: a cell of the heat map, the words behind it, gaps, the agenda taken home."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import docx
import pypdf
import pytest
from playwright.sync_api import Page, expect

from analyzer.codebook import load_codebook
from tests.e2e.browser import CHROMIUM, browser
from tests.e2e.quick import SLOW, go, quickly_served, settled, taken

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium; .ci/run installs it"),
]
_STRATEGY = "active_listening_empathy"


def words_of_page(file: Path) -> str:
    return unescape(re.sub(r"<[^>]+>", "", file.read_text(encoding="utf-8")))


def words_of_pdf(file: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)


def words_of_word_file(file: Path) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(str(file)).paragraphs)


_FILES: dict[str, Callable[[Path], str]] = {
    "Web page, to print": words_of_page,
    "PDF": words_of_pdf,
    "Word, to edit": words_of_word_file,
}


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """The page Team, with the samples of two clinicians."""
    with quickly_served() as address, browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 1400})
        page.set_default_timeout(SLOW)
        page.goto(f"{address}/team")
        settled(page)
        yield page


def test_from_a_cell_to_its_words_the_gaps_and_the_agenda_in_three_files(page: Page) -> None:
    book = load_codebook()
    cells = page.get_by_test_id("stVegaLiteChart").first.locator("g.mark-text.role-mark text")
    expect(cells).to_have_count(2 * len(book.ids), timeout=SLOW)
    cells.nth(len(book.ids) + book.ids.index(_STRATEGY)).click()  # the second clinician's
    expect(page.get_by_role("combobox", name="Clinician")).to_have_value("C02", timeout=SLOW)
    expect(page.get_by_role("combobox", name="Strategy")).to_have_value(book.title_of(_STRATEGY), timeout=SLOW)
    settled(page)
    quote = page.get_by_text(re.compile(r"^“.+”\s+C02-K\d+-\d+")).first
    expect(quote).to_be_visible(timeout=SLOW)
    words = re.findall("“(.+)”", quote.inner_text())[0]
    page.get_by_role("link", name="Read this note").click()
    settled(page)
    expect(page.locator(".sna-note")).to_contain_text(words, timeout=SLOW)
    assert "note=C02-K" in page.url

    go(page, "Gaps")
    expect(page.get_by_text("has the most without a documented response")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(re.compile(r"^“.+”\s+C0\d-K\d+-\d+")).first).to_be_visible(timeout=SLOW)

    go(page, "Supervision agenda")
    for button, words_in in _FILES.items():
        written = words_in(taken(page, button))
        assert "Agenda for the next supervision with C01" in written, button
        assert "Questions to ask" in written, button


def test_with_names_hidden_the_pages_show_no_name_no_quote_and_no_agenda(page: Page) -> None:
    go(page, "Team")
    page.get_by_text("Hide names and small cells").click()
    settled(page)
    for name in ("Team", "Gaps", "Supervision agenda"):
        go(page, name)
        shown = page.get_by_test_id("stMain").inner_text()
        assert "C01" not in shown
        assert "C02" not in shown
        expect(page.get_by_role("link", name="Read this note")).to_have_count(0)
    expect(page.get_by_role("button", name="PDF")).to_have_count(0)
