"""The researcher's way in a real browser: a file taken away and reopened, human codes compared, a sentence tried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from analyzer.corpus import write_coded
from analyzer.notes import read_notes
from analyzer.records import CodedNote, CodedTag, Note
from tests.conftest import ROOT
from tests.e2e.browser import CHROMIUM, browser
from tests.e2e.quick import SLOW, go, quickly_served, settled, taken

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium; .ci/run installs it"),
]
_TEXT = "Validated her grief about the mill."


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """The page Export, with the samples of two clinicians."""
    with quickly_served() as address, browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 1400})
        page.set_default_timeout(SLOW)
        page.goto(f"{address}/export")
        settled(page)
        yield page


def choose(page: Page, box: str, option: str) -> None:
    page.get_by_role("combobox", name=box).click()
    page.get_by_role("option", name=option).first.click()
    settled(page)


def coded_by_hand(folder: Path) -> Path:
    """One person's codes of one note."""
    tag = CodedTag(0, "active_listening_empathy", "planned", 0, len("Validated her grief"))
    write_coded([CodedNote("n1", _TEXT, ((0, len(_TEXT)),), (tag,), (), ())], folder / "ana.jsonl")
    return folder / "ana.jsonl"


def test_a_table_is_taken_away_as_parquet_and_its_manifest_speaks_of_it(page: Page) -> None:
    choose(page, "Kind of file", "Parquet")
    expect(page.get_by_role("heading", name="Preview")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Make the file").click()
    settled(page)
    file = taken(page, "Download counts-by-clinician.parquet")
    manifest = json.loads(taken(page, "Run manifest (.json)").read_text(encoding="utf-8"))
    table = pd.read_parquet(file)
    samples = [n for n in read_notes([ROOT / "sample_notes"]) if isinstance(n, Note)]
    for clinician, rows in table.groupby("group"):
        assert set(rows["notes"]) == {sum(note.clinician == clinician for note in samples)}
    assert set(table["group"]) == {"C01", "C02"}
    assert sha256(file.read_bytes()).hexdigest() in json.dumps(manifest["outputs"])


def test_codes_by_hand_are_set_beside_the_programs(page: Page, tmp_path: Path) -> None:
    go(page, "Agreement")
    page.locator("[data-testid=stMain] input[type=file]").set_input_files(coded_by_hand(tmp_path))
    page.get_by_role("button", name="Read these codes").click()
    expect(page.get_by_text("2 coders, 1 notes, 1 segments")).to_be_visible(timeout=SLOW)
    settled(page)
    expect(page.get_by_role("heading", name="Where they differ")).to_be_visible(timeout=SLOW)
    expect(page.locator("mark", has_text="Validated her grief").first).to_be_visible(timeout=SLOW)


def test_the_codebook_is_searched_and_a_sentence_tried(page: Page) -> None:
    go(page, "Codebook")
    page.get_by_label("Search by word").fill("interpreter")
    expect(page.get_by_text("hold all of it")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("heading", name="Cultural competence (CC)")).to_be_visible(timeout=SLOW)
    page.get_by_role("tab", name="Try a sentence").click()
    settled(page)
    page.get_by_role("textbox", name="A sentence as it would stand in a note").fill(
        "Will review limits of confidentiality."
    )
    expect(page.locator(".sna-note mark", has_text="limits of confidentiality")).to_be_visible(timeout=SLOW)
    expect(page.locator(".sna-note .sna-chip", has_text="TR planned")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("heading", name="What the model says")).to_be_visible(timeout=SLOW)
