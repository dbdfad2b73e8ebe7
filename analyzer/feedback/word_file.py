"""A Feedback or an Agenda as a Word file (.docx), to be edited and added to."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from analyzer.feedback.blocks import Block, blocks_of
from analyzer.feedback.page import html_page

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

    from analyzer.feedback.agenda import Agenda
    from analyzer.feedback.feedback import Feedback

_STYLES: Final = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "li": "List Bullet"}
_DARK: Final = "1B1F24"
_MARGIN_CM: Final = 2.0
_SMALL_PT, _BODY_PT = 9.0, 11.0


def word_file(document: Feedback | Agenda) -> bytes:
    """The document as the bytes of a Word file; nothing in it is loaded from elsewhere."""
    import docx

    blocks, made = blocks_of(html_page(document)), docx.Document()
    _lay_out(made, next((block.text for block in blocks if block.kind == "h1"), ""))
    for block in blocks:
        _add(made, block)
    held = BytesIO()
    made.save(held)
    return held.getvalue()


def _lay_out(made: Document, title: str) -> None:
    from docx.shared import Cm, Pt, RGBColor

    about = made.core_properties
    # The library's template carries its own name and remark.
    about.title, about.author, about.comments, about.language = title[:255], "", "", "en"
    for section in made.sections:
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN_CM)
    made.styles["Normal"].font.size = Pt(_BODY_PT)
    for name, points in (("Title", 18.0), ("Heading 1", 14.0), ("Heading 2", 12.0)):
        made.styles[name].font.size = Pt(points)
        made.styles[name].font.color.rgb = RGBColor.from_string(_DARK)


def _add(made: Document, block: Block) -> None:
    from docx.shared import Cm, Pt

    paragraph = made.add_paragraph(style=_STYLES.get(block.kind, "Normal"))
    paragraph.paragraph_format.space_after = Pt(4)
    if block.quoted:
        paragraph.paragraph_format.left_indent = Cm(0.8)
    _write(paragraph, block)
    if block.kind == "paper":
        made.add_paragraph("_" * 60)


def _write(paragraph: Paragraph, block: Block) -> None:
    from docx.shared import Pt

    if block.kind == "cite":
        paragraph.add_run("— ").font.size = Pt(_SMALL_PT)
    for run in block.runs:
        added = paragraph.add_run(run.text)
        added.bold = True if run.strong else None
        added.underline = True if run.marked else None
        if block.small:
            added.font.size = Pt(_SMALL_PT)
