"""Drivers of the readers of notes: every file is read or told of, and nothing told holds its words."""

from __future__ import annotations

from analyzer.notes import read_uploads
from analyzer.notes.limits import MAX_CHARS, MAX_SHOWN_CHARS
from analyzer.records import Note, Skipped
from tests.fuzz.seeds import WORDS, notes_of
from tests.unit.notes.making import with_member, zipped

# The members of an office file that are replaced, by the first byte of the input.
_PARTS = {
    "docx": ("word/document.xml", "word/styles.xml", "docProps/core.xml", "word/numbering.xml", "[Content_Types].xml"),
    "xlsx": ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"),
}


def read_file(kind: str, data: bytes) -> None:
    """A file of this kind with these bytes."""
    check([(f"note.{kind}", data)])


def read_office(kind: str, data: bytes) -> None:
    """An office file of this kind, one of whose members holds these bytes."""
    parts = _PARTS[kind]
    part = parts[data[0] % len(parts)] if data else parts[0]
    check([(f"note.{kind}", with_member(notes_of(kind), part, data[1:]))])


def read_index(data: bytes) -> None:
    """A folder whose index.csv holds these bytes."""
    check([("index.csv", data), ("a.txt", b"Met with client."), ("b/a.txt", b"Met again.")])


def read_archive(data: bytes) -> None:
    """An archive with members that have these names, and one that is made of these bytes."""
    names = data.decode("utf-8", "replace").replace("\x00", "").split("\n")[:5]
    check([("notes.zip", zipped({name or "a.txt": b"Met with client." for name in names}))])
    check([("notes.zip", data)])


def check(files: list[tuple[str, bytes]]) -> None:
    """Whatever was given, notes are whole text, and reasons are sentences without the notes' words."""
    ids: list[str] = []
    for item in read_uploads(files):
        if isinstance(item, Note):
            _check_note(item)
            ids.append(item.note_id)
        else:
            _check_reason(item.reason if isinstance(item, Skipped) else item.message, ids)


def _check_note(note: Note) -> None:
    assert note.text.strip() or note.text
    assert len(note.text) <= MAX_CHARS
    assert "\r" not in note.text
    for said in (note.text, note.note_id, note.source, *note.extra, *note.extra.values()):
        said.encode("utf-8")


def _check_reason(reason: str, ids: list[str]) -> None:
    # Short headings are named, since one of them has to be chosen, and short ids, since they say which note.
    words = reason.partition("headings found:")[0]
    for note_id in sorted(ids, key=len, reverse=True):
        words = words.replace(repr(note_id), "") if len(note_id) <= MAX_SHOWN_CHARS else words
    assert WORDS not in words
    assert len(reason) < 3_000
    reason.encode("utf-8")
    # Told as damage, but a sign that a reader lets a file grow or go in circles.
    assert "(MemoryError)" not in reason
