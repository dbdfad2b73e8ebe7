"""The formats in which a page can be taken away, by the ending of the file's name."""

from __future__ import annotations

from typing import Final, Literal, get_args

from analyzer.feedback.agenda import Agenda
from analyzer.feedback.feedback import Feedback
from analyzer.feedback.page import html_page

Ending = Literal["html", "pdf", "docx"]
ENDINGS: Final[tuple[Ending, ...]] = get_args(Ending)
MEDIA_TYPES: Final[dict[Ending, str]] = {
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def file_of(document: Feedback | Agenda, ending: Ending) -> bytes:
    """The document as a file's bytes. Raises `AnalyzerError` where a PDF is asked for and its font isn't installed."""
    if ending == "pdf":
        from analyzer.feedback.pdf_file import pdf_file

        return pdf_file(document)
    if ending == "docx":
        from analyzer.feedback.word_file import word_file

        return word_file(document)
    # Lone surrogates, which a note may hold, have no bytes in UTF-8.
    return html_page(document).encode("utf-8", "replace")
