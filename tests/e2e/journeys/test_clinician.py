"""The clinician's way through the dashboard in a real browser, and hostile notes that stay text all along it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from analyzer.store import open_store
from tests.e2e.browser import CHROMIUM, browser
from tests.e2e.quick import SLOW, quickly_served, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium; .ci/run installs it"),
]
_QUOTE = "Validated her grief about the mill"
_OTHER = "Reviewed limits of confidentiality with client"
_INDEX = "file,note_id,clinician,client,date\nfirst.docx,C7-1,C7,K1,2026-03-03\nsecond.txt,C7-2,C7,K1,2026-03-10\n"
_EVIL = "<img src=x onerror=\"document.title='planted'\"> **bold** $x^2$ [a](javascript:x) :material/skull: =1+1"
_TABLE = (
    f"Text <b>raw</b> **b** $y$,clinician,client,date\n"
    f'"{_EVIL.replace(chr(34), chr(34) * 2)} Validated her grief and named the loss.",'
    f'"=1+1 **bold** :material/skull: <b>A</b>","$x$ [a](javascript:x)",2026-03-03\n'
)
_MARKUP = (
    "img[src='x'], .katex, a[href^='javascript'], b:text-is('raw'), b:text-is('A'), strong:text-is('bold'), "
    "[data-testid='stIconMaterial']:text-is('skull')"
)
# A bar of progress may be gone before it is looked for; the page itself keeps what it said.
_WATCH = """() => { window.told = []; new MutationObserver(() => {
    for (const bar of document.querySelectorAll("[data-testid='stProgress']")) window.told.push(bar.innerText);
}).observe(document.body, {subtree: true, childList: true, characterData: true}); }"""


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[str, Browser]]:
    """One server and one browser for all journeys here."""
    expect.set_options(timeout=SLOW)
    with quickly_served() as address, browser() as chromium:
        yield address, chromium
    expect.set_options(timeout=5_000)


@pytest.fixture
def page(opened: tuple[str, Browser]) -> Iterator[Page]:
    """My notes, as it opens."""
    address, chromium = opened
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SLOW)
    page.goto(address, wait_until="commit")
    yield page
    page.close()


def give(page: Page, name: str, content: bytes, *, notes: str) -> None:
    page.get_by_text("My own notes", exact=True).click()
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    expect(page.get_by_text(f"Recognised: {notes}")).to_be_visible()


def read(page: Page) -> None:
    page.get_by_role("button", name="Read these notes").click()
    expect(page.locator(".sna-note mark").first).to_be_visible()


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
    settled(page)
    title = {"Overview": "Strategies over notes"}.get(name, name)
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    settled(page)


def folder() -> bytes:
    """A folder's zip: two notes of one clinician, and a file that is none."""
    first = Document()
    first.add_paragraph(f"Client tearful. {_QUOTE}.")
    first.add_paragraph(f"{_OTHER}. Client arrived late.")
    word, packed = BytesIO(), BytesIO()
    first.save(word)
    with ZipFile(packed, "w") as archive:
        archive.writestr("index.csv", _INDEX)
        archive.writestr("first.docx", word.getvalue())
        archive.writestr("second.txt", "Client arrived on time. Homework was looked at.")
        archive.writestr("broken.pdf", b"nothing of a PDF")
    return packed.getvalue()


def reviewed(page: Page, count: int) -> Locator:
    return page.get_by_text(f"{count} of 2 segments reviewed")


def test_a_clinician_reads_corrects_compares_and_prints(page: Page, tmp_path: Path) -> None:
    expect(page.get_by_text("invented sample notes by four invented clinicians")).to_be_visible()
    give(page, "C7.zip", folder(), notes="2 notes")
    expect(page.get_by_text("1 could not be read")).to_be_visible()
    page.evaluate(_WATCH)
    read(page)
    assert any("2 notes read" in said for said in page.evaluate("window.told"))
    expect(page.get_by_text("1 could not be read")).to_be_visible()
    expect(page.locator("canvas [role=gridcell]", has_text="broken.pdf").first).to_be_attached()

    chip = page.locator(".sna-note a.sna-chip", has_text="AL").first
    chip.click()
    entry = page.locator(chip.get_attribute("href") or "")
    expect(entry).to_contain_text(_QUOTE)
    entry.locator("summary").click()
    expect(entry).to_contain_text("What the strategy is")

    place = tmp_path / "reviews.db"
    page.get_by_role("button", name="This is wrong, or something is missing").click()
    page.get_by_label(re.compile("^Where to keep reviews")).fill(str(place))
    page.get_by_label(re.compile("^Who reviews")).fill("R. Reader")
    page.get_by_role("button", name="Open or make this store").click()
    expect(reviewed(page, 0)).to_be_visible()
    transparency = page.get_by_text("What counts as transparency")
    expect(page.get_by_text("What counts as")).to_be_visible()
    if not transparency.is_visible():
        page.get_by_role("button", name=re.compile("^Next")).click()
    expect(transparency).to_be_visible()
    page.keyboard.press("x")  # reject; the second press comes before the page has changed, and decides nothing
    page.keyboard.press("x")
    expect(reviewed(page, 1)).to_be_visible()
    settled(page)
    assert [(d.strategy, d.verdict) for d in open_store(place).decisions()] == [("transparency", "reject")]

    go(page, "My notes")
    expect(page.locator(".sna-note mark", has_text="confidentiality")).to_be_visible()
    page.get_by_text("as reviewed, where reviewed").click()
    expect(page.locator(".sna-note mark", has_text="confidentiality")).to_have_count(0)
    expect(page.locator(".sna-note mark", has_text="grief")).to_be_visible()

    go(page, "My balance")
    expect(page.get_by_text("Not enough notes yet: 11 of 11 strategies")).to_be_visible()
    go(page, "Feedback")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Web page, to print").click()
    saved = Path(waiting.value.path())
    words = unescape(re.sub(r"<[^>]+>", "", saved.read_text(encoding="utf-8")))
    assert _QUOTE in words
    assert _OTHER not in words
    assert printed(page, saved, tmp_path / "printed.pdf") == 1


def test_a_key_that_is_held_down_decides_once(page: Page, tmp_path: Path) -> None:
    give(page, "C7.zip", folder(), notes="2 notes")
    read(page)
    place = tmp_path / "reviews.db"
    go(page, "Review")
    page.get_by_label(re.compile("^Where to keep reviews")).fill(str(place))
    page.get_by_label(re.compile("^Who reviews")).fill("R. Reader")
    page.get_by_role("button", name="Open or make this store").click()
    expect(reviewed(page, 0)).to_be_visible()
    settled(page)
    page.keyboard.down("a")
    expect(reviewed(page, 1)).to_be_visible()
    for _ in range(20):
        page.keyboard.down("a")  # as a keyboard repeats a key: pressed again, and not let go before
        page.wait_for_timeout(50)
    page.keyboard.up("a")
    settled(page)
    assert len(open_store(place).decisions()) == 1
    page.keyboard.press("a")  # let go, and pressed again: that is another decision
    expect(reviewed(page, 2)).to_be_visible()


def printed(page: Page, document: Path, pdf: Path) -> int:
    """How many sheets of A4 the document takes, printed as the browser prints it."""
    chromium = page.context.browser
    assert chromium is not None
    paper = chromium.new_page()
    paper.set_content(document.read_text(encoding="utf-8"))
    paper.pdf(path=pdf, format="A4")
    paper.close()
    return len(PdfReader(pdf).pages)


def test_markup_in_notes_names_and_headings_stays_text_on_every_page(page: Page) -> None:
    give(page, "<b>raw</b> **bold** :material/skull: $x$.csv", _TABLE.encode(), notes="1 note")
    expect(page.get_by_label("The note's text")).to_have_value("Text <b>raw</b> **b** $y$")
    expect(page.locator(_MARKUP)).to_have_count(0)
    read(page)
    expect(page.locator(".sna-note")).to_contain_text("**bold** $x^2$ [a](javascript:x) :material/skull: =1+1")
    expect(page.locator(_MARKUP)).to_have_count(0)
    for name in ("Overview", "My balance", "Feedback", "Review"):
        go(page, name)
        expect(page.get_by_text("by four invented clinicians")).to_have_count(0)
        assert all(frame.locator(_MARKUP).count() == 0 for frame in page.frames), name
    assert page.title() != "planted"
