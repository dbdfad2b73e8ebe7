"""Paths or uploaded files become a stream of Notes, and of what could not be read or should be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

from analyzer.notes import documents, tables
from analyzer.notes.archives import zip_entries
from analyzer.notes.entries import Entry, file_entry, folder_entries, left_out, readable
from analyzer.notes.folders import note_ids, read_indexes
from analyzer.notes.repeats import tell_repeats
from analyzer.notes.rows import NO_METADATA, Item, Metadata, checked_note, table_notes
from analyzer.records import AnalyzerError, Note, Remark, Skipped, UnreadableNoteError

ARCHIVE: Final = ".zip"
SUFFIXES: Final = (*documents.READERS, *tables.READERS, ARCHIVE)
_SAVE_AS: Final = {
    **dict.fromkeys((".doc", ".docm", ".dot", ".dotx", ".odt", ".pages", ".wpd"), "save it as .docx"),
    **dict.fromkeys((".xls", ".xlsm", ".xlsb", ".ods", ".numbers"), "save it as .xlsx"),
    **dict.fromkeys((".7z", ".rar", ".tar", ".gz", ".tgz"), "pack it as .zip"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".heic"), "run OCR first"),
    **dict.fromkeys((".htm", ".html", ".xml"), "save it as .txt or .docx"),
    ".json": "save it as .jsonl, one object a line",
}


def read_notes(paths: Sequence[Path], *, columns: Mapping[str, str] | None = None) -> Iterator[Item]:
    """Read files, folders and .zip archives: an iterator of `Note`, `Skipped` and `Remark`, in a fixed order.

    ``columns`` maps note_id, text, clinician, client, date (and ``file`` of an index.csv) to a table's headings.
    Raises `AnalyzerError` at once for a path that doesn't exist or an unknown name in ``columns``; whatever is wrong
    inside the files comes as `Skipped`.

    >>> note = next(read_notes([Path("sample_notes/C01")]))
    >>> (note.note_id, note.source)
    ('C01-K01-01', 'C01-K01-01.txt')
    """
    _check_columns(columns)
    checked = [_existing(Path(path)) for path in paths]
    return tell_repeats(item for path in checked for item in _read_path(path, columns))


def read_uploads(files: Iterable[tuple[str, bytes]], *, columns: Mapping[str, str] | None = None) -> Iterator[Item]:
    """Read (name, bytes) pairs as if they lay in one folder; nothing touches the disk. Otherwise as `read_notes`."""
    _check_columns(columns)
    entries = [_upload(name, data) for name, data in files]
    return tell_repeats(_read_all("uploads", entries, columns))


def _check_columns(columns: Mapping[str, str] | None) -> None:
    known = {*tables.FIELDS, *tables.INDEX_FIELDS}
    if unknown := sorted(set(columns or {}) - known):
        raise AnalyzerError(f"columns: {', '.join(unknown)} unknown; name one of {', '.join(sorted(known))}")


def _existing(path: Path) -> Path:
    try:
        path.stat()
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        why = "there is no such file or folder" if missing else f"can't be opened ({type(error).__name__})"
        raise AnalyzerError(f"{readable(str(path))}: {why}; check the path") from error
    return path


def _upload(name: str, data: bytes) -> Entry:
    key = readable(name.replace("\\", "/")).lstrip("/")
    return Entry(key, key, partial(bytes, data))


def _read_path(path: Path, columns: tables.Columns) -> Iterator[Item]:
    if path.is_dir():
        name = readable(path.name or str(path))
        yield from _read_all(name, folder_entries(path), columns)
    else:
        entry = file_entry(path, readable(path.name))
        yield from _read_entry(entry, PurePosixPath(entry.key).stem, NO_METADATA, columns, nested=False)


def _read_all(name: str, found: Iterable[Entry], columns: tables.Columns, *, nested: bool = False) -> Iterator[Item]:
    """All files of one folder, archive or upload, sorted by path."""
    entries = sorted(found, key=lambda entry: entry.key)
    index = read_indexes(entries, columns)
    yield from index.told
    empty = not any(isinstance(item, Skipped) for item in index.told)
    kept = [
        e for e in entries if e.key not in index.keys and (e.problem or e.key in index.about or not left_out(e.key))
    ]
    ids = note_ids([e.key for e in kept if e.suffix in documents.READERS])
    for entry in kept:
        empty = False
        about = index.about.get(entry.key, NO_METADATA)
        yield from _read_entry(entry, about.note_id or ids.get(entry.key, entry.key), about, columns, nested=nested)
    if empty:
        yield Skipped(name, f"holds no notes; what can be read: {' '.join(SUFFIXES)}")


def _read_entry(
    entry: Entry, note_id: str, about: Metadata, columns: tables.Columns, *, nested: bool
) -> Iterator[Item]:
    """One file. Whatever goes wrong in it becomes `Skipped`, told by the kind of error, never by its content."""
    try:
        if entry.problem:
            raise UnreadableNoteError(entry.problem)
        if entry.suffix in documents.READERS:
            yield from _read_document(entry, note_id, about)
        elif entry.suffix in tables.READERS:
            found = tables.READERS[entry.suffix](entry.name, entry.load(), columns)
            yield from table_notes(entry.name, found, columns, about)
        elif entry.suffix == ARCHIVE and not nested:
            yield from _read_all(entry.name, zip_entries(entry.name, entry.load()), columns, nested=True)
        else:
            yield Skipped(entry.name, _unknown(entry.suffix))
    except UnreadableNoteError as error:
        yield Skipped(entry.name, str(error))
    except OSError as error:
        yield Skipped(entry.name, f"can't be opened ({type(error).__name__})")
    except Exception as error:
        reason = f"can't be read as {entry.suffix} ({type(error).__name__}): it may be damaged; save it anew"
        yield Skipped(entry.name, reason)


def _read_document(entry: Entry, note_id: str, about: Metadata) -> Iterator[Item]:
    document = documents.READERS[entry.suffix](entry.load())
    yield from (Remark(entry.name, message) for message in document.remarks)
    yield from checked_note(
        Note(note_id, document.text, entry.name, about.clinician, about.client, about.date, about.extra)
    )


def _unknown(suffix: str) -> str:
    if suffix == ARCHIVE:
        return "is a .zip inside a .zip, which is not read: unpack it first"
    kind = f"is of a kind that is not read ({suffix})" if suffix else "has no file ending"
    return f"{kind}: {_SAVE_AS.get(suffix, 'what can be read: ' + ' '.join(SUFFIXES))}"
