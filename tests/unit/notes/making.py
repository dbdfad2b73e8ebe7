"""Small files of every kind, made in memory, and short names for what reading them gives. All notes are invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import docx
import pandas as pd
from reportlab.pdfgen.canvas import Canvas

from analyzer.notes import read_uploads
from analyzer.records import Note, Remark, Skipped

SENTENCE = "Reviewed limits of confidentiality with client."


def read(files: Mapping[str, bytes | str], **options: Any) -> list[Note | Skipped | Remark]:
    """What uploading these files gives."""
    return list(read_uploads([(n, c.encode() if isinstance(c, str) else c) for n, c in files.items()], **options))


def notes(items: Sequence[Any]) -> list[Note]:
    return [item for item in items if isinstance(item, Note)]


def texts(items: Sequence[Any]) -> dict[str, str]:
    return {note.note_id: note.text for note in notes(items)}


def skipped(items: Sequence[Any]) -> dict[str, str]:
    return {item.source: item.reason for item in items if isinstance(item, Skipped)}


def remarks(items: Sequence[Any]) -> list[str]:
    return [f"{item.source}: {item.message}" for item in items if isinstance(item, Remark)]


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def pdf(*pages: str, encrypt: str | None = None) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=encrypt)
    for page in pages:
        if page:
            canvas.drawString(72, 700, page)
        else:
            canvas.rect(50, 50, 300, 300, fill=1)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def excel(sheets: Mapping[str, list[list[Any]]]) -> bytes:
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        for name, rows in sheets.items():
            pd.DataFrame(rows, dtype=object).to_excel(writer, sheet_name=name, header=False, index=False)
    return buffer.getvalue()


def parquet(columns: Mapping[str, list[Any]]) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(columns).to_parquet(buffer)
    return buffer.getvalue()


def zipped(files: Mapping[str, bytes | str], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """A .docx or .xlsx with one of its parts replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    return zipped({**parts, name: content})


def multiplying_entities(levels: int) -> bytes:
    """The head of an XML file whose entity ``&xN;`` stands for 10 to the power of N words ("billion laughs")."""
    entities = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, levels + 1))
    return f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x0 "laugh">{entities}]>'.encode()
