"""Word files give what stands on the page, in its order."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml

from .making import (
    SENTENCE,
    multiplying_entities,
    notes,
    pdf,
    read,
    remarks,
    saved,
    skipped,
    texts,
    with_member,
    word,
    zipped,
)

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def of_body(xml: str) -> str:
    """The text of a Word file with this in its body."""
    document = docx.Document()
    document.element.body.insert(0, parse_xml(xml.replace(">", f" {W}>", 1)))
    return texts(read({"a.docx": saved(document)}))["a"]


def test_paragraphs_lists_and_tables_come_in_document_order() -> None:
    document = docx.Document()
    document.add_heading("Intervention", 1)
    document.add_paragraph("Before the table.")
    table = document.add_table(2, 2)
    for cell, text in zip([c for row in table.rows for c in row.cells], ["Goal", "Sleep", "Plan", "Call"], strict=True):
        cell.text = text
    document.add_paragraph("first step", style="List Bullet")
    document.add_paragraph("second step", style="List Number 2")
    document.add_paragraph("After\tthe\nlist.")
    assert texts(read({"a.docx": saved(document)})) == {
        "a": "Intervention\nBefore the table.\nGoal\nSleep\nPlan\nCall\n- first step\n- second step\nAfter\tthe\nlist."
    }


def test_a_merged_cell_is_read_once() -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(1, 1)).text = SENTENCE
    assert texts(read({"a.docx": saved(document)})) == {"a": SENTENCE}


def test_tracked_insertions_are_read_and_deletions_are_not() -> None:
    xml = (
        "<w:p><w:r><w:t>Client </w:t></w:r><w:del><w:r><w:tab/><w:delText>left</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>stayed</w:t></w:r></w:ins></w:p>"
    )
    assert of_body(xml) == "Client stayed"


def test_content_controls_of_templates_are_read() -> None:
    xml = "<w:sdt><w:sdtPr/><w:sdtContent><w:p><w:r><w:t>From a template.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    assert of_body(xml) == "From a template."


def test_links_and_text_boxes_are_read_once() -> None:
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent>"
    xml = (
        "<w:p><w:hyperlink><w:r><w:t>Linked.</w:t></w:r></w:hyperlink><w:r>"
        f"<mc:AlternateContent {mc}><mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert of_body(xml) == "Linked.\nIn a box."


def test_a_list_item_numbered_by_hand_of_word_keeps_its_dash_and_a_numbered_heading_has_none() -> None:
    item = (
        "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>step</w:t></w:r></w:p>"
    )
    assert of_body(item) == "- step"
    assert of_body(item.replace("<w:numPr>", "<w:pStyle w:val='Heading1'/><w:numPr>")) == "step"


def test_what_stands_beside_the_note_is_counted_and_its_words_are_not_told() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph(SENTENCE)
    document.add_comment(paragraph.runs, text="Ask Philomena.", author="Supervisor")
    document.sections[0].header.paragraphs[0].text = "Philomena Quirk, MRN 448120"
    document.sections[0].footer.paragraphs[0].text = "Larkfield House"
    gone = "<w:p><w:r><w:t>Seen.</w:t></w:r><w:del><w:r><w:delText>Philomena</w:delText></w:r></w:del></w:p>"
    document.element.body.insert(0, parse_xml(gone.replace(">", f" {W}>", 1)))
    found = read({"a.docx": saved(document)})
    assert texts(found) == {"a": f"Seen.\n{SENTENCE}"}
    assert remarks(found) == [
        "a.docx: not read as note text: 1 comment, 1 page footer, 1 page header, 1 tracked deletion"
    ]


def test_metadata_that_may_name_somebody_is_told_by_kind() -> None:
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    document.core_properties.author = "Philomena Quirk"
    document.core_properties.title = "Visit of Philomena"
    found = read({"a.docx": saved(document)})
    assert remarks(found) == ["a.docx: its metadata (author, title) may name somebody and is not read"]


def test_a_plain_word_file_has_no_remarks() -> None:
    assert remarks(read({"a.docx": word(SENTENCE)})) == []


def body_saying(words: str) -> bytes:
    return f"<w:document {W}><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>".encode()


def test_a_word_file_cannot_make_the_reader_open_other_files(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("Secretname")
    head = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'.encode()
    found = read({"a.docx": with_member(word(SENTENCE), "word/document.xml", head + body_saying("Seen &x;"))})
    assert len(found) == 1
    assert "Secretname" not in str(found)


def test_entities_that_multiply_in_a_word_file_are_not_written_out() -> None:
    xml = multiplying_entities(4) + body_saying("Seen &x4;")
    found = read({"a.docx": with_member(word(SENTENCE), "word/document.xml", xml)})
    assert len(found) == 1
    assert "laughlaugh" not in str(found)


def test_a_bomb_inside_a_word_file_is_refused() -> None:
    data = with_member(word(SENTENCE), "word/document.xml", b" " * 30_000_000)
    assert "zip bomb" in skipped(read({"a.docx": data}))["a.docx"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Plain words", "damaged or no .docx"),
        (word(SENTENCE)[:2000], "damaged or no .docx"),
        (pdf(SENTENCE), "damaged or no .docx"),
        (zipped({"a.txt": SENTENCE}), "can't be read as .docx"),
        (with_member(word(SENTENCE), "word/document.xml", b"<w:document"), "can't be read as .docx (XMLSyntaxError)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "password or an old-format file"),
        (word("", " "), "only white space"),
    ],
)
def test_a_word_file_that_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    found = read({"a.docx": data})
    assert not notes(found)
    assert reason in skipped(found)["a.docx"]


def test_a_word_file_with_one_flipped_byte_in_its_text_is_skipped_not_misread() -> None:
    with zipfile.ZipFile(io.BytesIO(word(SENTENCE))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    data = bytearray(zipped(parts, compression=zipfile.ZIP_STORED))
    data[data.index(b"confidentiality")] ^= 1
    assert "BadZipFile" in skipped(read({"a.docx": bytes(data)}))["a.docx"]
