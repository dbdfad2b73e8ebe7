"""A Feedback or an Agenda as a PDF of A4 pages, the same bytes each time.

The font is Source Sans Pro (Adobe, SIL Open Font License 1.1): Latin letters with all their marks, Greek and Cyrillic.
Letters of other scripts are replaced, and the page says so.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from analyzer.feedback.blocks import Block, Run, blocks_of
from analyzer.feedback.page import html_page
from analyzer.records import AnalyzerError

if TYPE_CHECKING:
    from analyzer.feedback.agenda import Agenda
    from analyzer.feedback.feedback import Feedback

_FONT, _BOLD = "SourceSansPro", "SourceSansPro-Bold"
_FILES: Final = {_FONT: "SourceSansPro-Regular.ttf", _BOLD: "SourceSansPro-Bold.ttf"}
_UNKNOWN: Final = "?"
# Two signs that the font lacks stand in a font that every PDF reader has.
_SIGNS: Final = {"●": "●", "○": "❍"}
_LACKING: Final = (
    "Some letters on these pages are not in this file's font and stand as ? here. The web page and the Word file have "
    "them."
)
# Size, leading, space before and after, in points.
_LOOKS: Final[dict[str, tuple[float, float, float, float]]] = {
    "h1": (16, 20, 0, 4),
    "h2": (12.5, 16, 10, 3),
    "h3": (10.5, 14, 6, 2),
    "p": (10, 13.5, 0, 3),
    "li": (10, 13.5, 0, 2),
    "cite": (8.5, 11, 0, 4),
    "paper": (8.5, 11, 4, 26),
    "small": (8.5, 11.5, 0, 3),
}


def pdf_file(document: Feedback | Agenda) -> bytes:
    """The document as the bytes of a PDF. Raises `AnalyzerError` where the font is not installed."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    held, blocks = BytesIO(), blocks_of(html_page(document))
    letters = _letters()
    title = next((block.text for block in blocks if block.kind == "h1"), "")
    made = SimpleDocTemplate(
        held,
        pagesize=A4,
        leftMargin=54,
        rightMargin=54,
        topMargin=48,
        bottomMargin=48,
        title=title,
        lang="en",
        invariant=1,
    )
    texts = [*blocks]
    if any(_shown(c, letters) == _UNKNOWN != c for block in blocks for c in _composed(block.text)):
        texts.append(Block("p", (Run(_LACKING),), small=True))
    flow = [part for block in texts for part in _parts(block, letters)]
    made.build(flow, onFirstPage=_number, onLaterPages=_number)
    return held.getvalue()


def _parts(block: Block, letters: frozenset[str]) -> list[Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import HRFlowable, Paragraph

    size, leading, before, after = _LOOKS["small" if block.small and block.kind == "p" else block.kind]
    indent = 14 if block.quoted or block.kind == "li" else 0
    style = ParagraphStyle(
        block.kind,
        fontName=_BOLD if block.kind.startswith("h") else _FONT,
        fontSize=size,
        leading=leading,
        spaceBefore=before,
        spaceAfter=after,
        leftIndent=indent,
        bulletIndent=2,
        textColor=HexColor("#1b1f24"),
        keepWithNext=block.kind.startswith("h") or (block.quoted and block.kind == "p"),
        splitLongWords=1,
    )
    opening = "— " if block.kind == "cite" else ""
    text = opening + "".join(_markup(run, letters) for run in block.runs)
    paragraph = Paragraph(text, style, bulletText="•" if block.kind == "li" else None)
    if block.kind == "h2":
        return [
            HRFlowable(width="100%", thickness=0.8, color=HexColor("#1f66a8"), spaceBefore=6, spaceAfter=0),
            paragraph,
        ]
    return [paragraph]


def _markup(run: Run, letters: frozenset[str]) -> str:
    text = "".join(_shown(c, letters) for c in _composed(run.text))
    text = escape(text)
    for sign, stands_for in _SIGNS.items():
        text = text.replace(sign, f'<font name="ZapfDingbats">{stands_for}</font>')
    if run.marked:
        text = f"<u>{text}</u>"
    return f'<font name="{_BOLD}">{text}</font>' if run.strong else text


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _shown(letter: str, letters: frozenset[str]) -> str:
    """The letter, or the plain one that it stands for (a ligature, a full-width form), or a question mark."""
    if letter in letters or letter in _SIGNS:
        return letter
    if unicodedata.category(letter) == "Cf":  # joiners and marks of direction show nothing
        return ""
    plain = unicodedata.normalize("NFKC", letter)
    return plain if all(c in letters for c in plain) else _UNKNOWN


@cache
def _letters() -> frozenset[str]:
    """The letters that both weights of the font hold; the fonts are made known to reportlab on the way."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    found = find_spec("font_source_sans_pro")
    if found is None or not found.submodule_search_locations:
        raise AnalyzerError(
            "no PDF can be made: the font is not installed; run 'make setup' again, or take HTML or Word"
        )
    folder = Path(next(iter(found.submodule_search_locations))) / "files"
    held: list[set[str]] = []
    for name, file in _FILES.items():
        font = TTFont(name, str(folder / file))
        registerFont(font)
        held.append({chr(code) for code in font.face.charToGlyph})
    return frozenset(set.intersection(*held))


def _number(canvas: Any, page: Any) -> None:
    canvas.setFont(_FONT, 8.5)
    canvas.drawCentredString(page.pagesize[0] / 2, 26, str(canvas.getPageNumber()))
