"""PDF and rich-text files give their text, or say why they can't."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Link, Text
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from .making import SENTENCE, notes, pdf, read, remarks, skipped, texts


def test_the_pages_of_a_pdf_follow_each_other() -> None:
    [note] = notes(read({"visit.pdf": pdf("Page one.", "Page two.")}))
    assert (note.note_id, note.source) == ("visit", "visit.pdf")
    assert note.text.split() == ["Page", "one.", "Page", "two."]
    assert "one.\n" in note.text


def test_a_scanned_pdf_asks_for_ocr() -> None:
    assert skipped(read({"scan.pdf": pdf("", "")})) == {"scan.pdf": "has no text layer: run OCR first"}


def test_a_scanned_page_among_typed_ones_is_pointed_out() -> None:
    from PIL import Image

    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(72, 700, SENTENCE)
    canvas.showPage()
    canvas.drawImage(ImageReader(Image.new("RGB", (40, 40), "gray")), 50, 50)
    canvas.showPage()
    canvas.save()
    found = read({"mixed.pdf": buffer.getvalue()})
    assert len(notes(found)) == 1
    assert remarks(found) == ["mixed.pdf: page(s) 2 hold only pictures, not read: run OCR"]


def test_what_is_typed_into_a_form_is_pointed_out() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(72, 700, "Presenting problem")
    canvas.acroForm.textfield(name="problem", value="Client reports worry.", x=72, y=600, width=200, height=20)
    canvas.save()
    assert "form fields" in remarks(read({"form.pdf": buffer.getvalue()}))[0]


def test_annotations_attached_files_and_metadata_of_a_pdf_are_told_without_their_words() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(SENTENCE))))
    for subject in (FreeText(text="Ask Philomena", rect=(50, 550, 200, 650)), Text(text="Hm", rect=(9, 9, 20, 20))):
        writer.add_annotation(0, subject)
    writer.add_annotation(0, Link(url="https://example.org", rect=(9, 9, 20, 20)))
    writer.add_attachment("more.txt", b"Philomena")
    writer.add_metadata({"/Author": "Philomena Quirk", "/Title": "Visit"})
    buffer = io.BytesIO()
    writer.write(buffer)
    found = read({"a.pdf": buffer.getvalue()})
    assert texts(found)["a"].strip() == SENTENCE
    assert remarks(found) == [
        "a.pdf: not read as note text: 2 annotations, 1 attached file",
        "a.pdf: its metadata (author, title) may name somebody and is not read",
    ]


def test_a_plain_pdf_has_no_remarks() -> None:
    assert remarks(read({"a.pdf": pdf(SENTENCE)})) == []


def test_headers_comments_and_the_author_of_rich_text_are_told() -> None:
    data = rb"{\rtf1\ansi{\info{\author Philomena}}{\header Quirk\par}{\*\annotation Hm} Seen today.\par}"
    found = read({"a.rtf": data})
    assert texts(found)["a"].strip() == "Seen today."
    assert remarks(found) == [
        "a.rtf: not read as note text: 1 comment, 1 page header",
        "a.rtf: its metadata (author) may name somebody and is not read",
    ]


def test_a_pdf_with_a_password_is_skipped_and_one_that_only_forbids_printing_is_read() -> None:
    assert skipped(read({"locked.pdf": pdf(SENTENCE, encrypt="secret")})) == {
        "locked.pdf": "is an encrypted PDF: save a copy without a password"
    }
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(SENTENCE))))
    writer.encrypt(user_password="", owner_password="owner", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    assert texts(read({"open.pdf": buffer.getvalue()}))["open"].strip() == SENTENCE


@pytest.mark.parametrize("data", [b"no pdf at all", b"%PDF-1.7\nSecretname broken", pdf(SENTENCE)[:300]])
def test_a_damaged_pdf_is_skipped_and_nothing_of_it_reaches_the_screen(
    data: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    reason = skipped(read({"a.pdf": data}))["a.pdf"]
    assert "damaged" in reason
    assert "Secret" not in reason
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("pypdf").getEffectiveLevel() == logging.CRITICAL


def test_rich_text_gives_accents_emoji_and_lines() -> None:
    data = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Caf\'e9 \u8211? ok \u-10179?\u-8704?\par Next line}"
    assert texts(read({"a.rtf": data})) == {"a": "Café – ok 😀\nNext line"}


def test_rich_text_with_undecodable_characters_is_read_and_told() -> None:
    found = read({"a.rtf": rb"{\rtf1\ansi\ansicpg1252 Seen \'81 today}"})
    assert texts(found) == {"a": "Seen \ufffd today"}
    assert "could not be decoded" in remarks(found)[0]


def test_what_only_bears_the_name_of_rich_text_is_skipped() -> None:
    assert "no rich text" in skipped(read({"a.rtf": b"Plain words"}))["a.rtf"]


@pytest.mark.parametrize("suffix", ["pdf", "rtf", "docx", "xlsx", "parquet", "zip", "csv", "jsonl", "md"])
def test_an_empty_file_of_any_kind_is_skipped(suffix: str, tmp_path: Path) -> None:
    found = read({f"a.{suffix}": b""})
    assert not notes(found)
    assert list(skipped(found)) == [f"a.{suffix}"]
