"""Files that hold one note: their bytes become text (.txt, .md, .pdf, .rtf; .docx is in `analyzer.notes.word`)."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from analyzer.notes.limits import check_office_file
from analyzer.notes.text import decode, is_blank
from analyzer.notes.unread import beside_pdf, beside_rtf
from analyzer.records import UnreadableNoteError


@dataclass(frozen=True, slots=True)
class Document:
    """One file's text as read, and what to point out about it."""

    text: str
    remarks: tuple[str, ...] = ()


def read_text(data: bytes) -> Document:
    """A plain-text or Markdown file, in whatever encoding."""
    decoded = decode(data)
    return Document(decoded.text, (decoded.remark,) if decoded.remark else ())


def read_docx(data: bytes) -> Document:
    """A Word file: paragraphs and table cells in document order, one a line (see `analyzer.notes.word`)."""
    _refuse_empty(data)
    check_office_file(data, ".docx")
    from analyzer.notes.word import read_word

    return Document(*read_word(data))


def read_pdf(data: bytes) -> Document:
    """A PDF: the pages' text layers, joined by line ends. Raises `UnreadableNoteError` where there is none to read."""
    _refuse_empty(data)
    if b"%PDF-" not in data[:1024]:
        raise UnreadableNoteError("is damaged or no PDF: export it anew")
    import pypdf

    # pypdf logs pieces of a damaged file, which may be note text.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableNoteError("is an encrypted PDF: save a copy without a password")
    pages = [page.extract_text() for page in reader.pages]
    if all(is_blank(page) for page in pages):
        raise UnreadableNoteError("has no text layer: run OCR first")
    pictures = [
        number for number, page in enumerate(reader.pages, 1) if is_blank(pages[number - 1]) and _has_picture(page)
    ]
    remarks = [f"page(s) {', '.join(map(str, pictures))} hold only pictures, not read: run OCR"] if pictures else []
    if _has_filled_fields(reader):
        remarks.append("what is typed into form fields is not read: print it to a PDF to make it text")
    return Document("\n".join(pages), (*remarks, *beside_pdf(reader)))


def read_rtf(data: bytes) -> Document:
    """A rich-text file."""
    _refuse_empty(data)
    if not data.lstrip().startswith(b"{\\rtf"):
        raise UnreadableNoteError("is damaged or no rich text: save it anew as .rtf or .docx")
    from striprtf.striprtf import rtf_to_text

    # Bytes above 127 don't belong in rich text, but some programs write them in Windows-1252.
    source = data.decode("cp1252", "replace")
    text, remarks = "", ["some characters could not be decoded: save it anew as .docx"]
    try:
        text, remarks = rtf_to_text(source), []
    except UnicodeDecodeError:
        text = rtf_to_text(source, errors="replace")
    return Document(text, (*remarks, *beside_rtf(source)))


READERS: Final[Mapping[str, Callable[[bytes], Document]]] = {
    ".txt": read_text,
    ".md": read_text,
    ".docx": read_docx,
    ".pdf": read_pdf,
    ".rtf": read_rtf,
}


def _refuse_empty(data: bytes) -> None:
    if not data:
        raise UnreadableNoteError("is empty")


def _has_picture(page: Any) -> bool:
    try:
        inside = page["/Resources"]["/XObject"].get_object()
        return any(inside[name].get("/Subtype") == "/Image" for name in inside)
    except Exception:  # only asked to word a remark, so whatever is wrong there, the note stands
        return False


def _has_filled_fields(reader: Any) -> bool:
    try:
        return any(value and str(value).strip() for value in reader.get_form_text_fields().values())
    except Exception:  # as above
        return False
