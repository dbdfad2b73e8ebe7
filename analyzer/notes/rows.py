"""Rows of a table become Notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from analyzer.notes.cells import Row, Table, roles_of, split_row
from analyzer.notes.dates import DateReader, order_of
from analyzer.notes.limits import MAX_CHARS, listed, shown
from analyzer.notes.tables import FIELDS, INDEX_FIELDS, Columns
from analyzer.notes.text import is_blank, line_feeds, whole_characters
from analyzer.records import Note, Remark, Skipped

Item = Note | Skipped | Remark


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an index.csv says of a file."""

    note_id: str | None = None
    clinician: str | None = None
    client: str | None = None
    date: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


NO_METADATA = Metadata()


def checked_note(note: Note) -> Iterator[Note | Skipped | Remark]:
    """The note with LF line ends and whole characters, or why there is nothing to analyze in it."""
    text = whole_characters(line_feeds(note.text))
    if is_blank(text):
        yield Skipped(note.source, "holds only white space")
    elif len(text) > MAX_CHARS:
        size = f"is {len(text):,} characters long, more than {MAX_CHARS:,}"
        yield Skipped(note.source, f"{size}: split it into its notes")
    else:
        yield replace(note, text=text)
        if halves := text.count("\ufffd") - note.text.count("\ufffd"):
            yield Remark(note.source, f"{halves} half character(s) (a cut-off emoji) became U+FFFD: check the export")


def table_notes(name: str, tables: list[Table], columns: Columns, metadata: Metadata) -> Iterator[Item]:
    """The notes of a file's tables. ``metadata`` of the whole file stands in where a row has no such column."""
    fit = [(table, roles_of(table.headings, columns, FIELDS)) for table in tables]
    order = order_of(written for table, roles in fit for written in _dates(table, roles))
    dates = DateReader(order)
    for table, roles in fit:
        for message in table.remarks:
            yield Remark(table.name, message)
        broken = [row for row in table.rows() if row.problem] if not table.headings else []
        if broken:
            yield from (Skipped(f"{table.place} {row.number}", row.problem or "") for row in broken)
        elif "text" not in roles.values():
            yield Skipped(table.name, _no_text_column(table, columns))
        else:
            yield from _unmatched(table, roles, columns)
            yield from _rows(table, roles, dates, metadata)
    if told := dates.remark():
        yield Remark(name, told)


def _rows(table: Table, roles: Mapping[str, str], dates: DateReader, metadata: Metadata) -> Iterator[Item]:
    empty = True
    for row in table.rows():
        empty = False
        yield from row_note(row, roles, dates, place=table.place, stem=table.stem, metadata=metadata)
    if empty:
        yield Skipped(table.name, "has headings but no rows")


def row_note(
    row: Row,
    roles: Mapping[str, str],
    dates: DateReader,
    *,
    place: str,
    stem: str,
    metadata: Metadata = NO_METADATA,
) -> Iterator[Item]:
    """The note in a row, whose ``roles`` are those of its headings (`roles_of`), or why there is none."""
    source = f"{place} {row.number}"
    fields, extra = split_row(row, roles)
    if problem := _problem(row, fields, roles):
        yield Skipped(source, problem)
        return
    yield from checked_note(
        Note(
            note_id=fields.get("note_id") or f"{stem}-{row.number}",
            text=fields["text"],
            source=source,
            clinician=fields.get("clinician") or metadata.clinician,
            client=fields.get("client") or metadata.client,
            date=dates.read(fields.get("date")) or metadata.date,
            extra={**metadata.extra, **extra},
        )
    )


def _problem(row: Row, fields: Mapping[str, str], roles: Mapping[str, str]) -> str | None:
    if row.problem:
        return row.problem
    if any(roles.get(heading) == "text" for heading in row.nested):
        return "has a list or an object for its text"
    return "has no text" if is_blank(fields.get("text", "")) else None


def _dates(table: Table, roles: Mapping[str, str]) -> Iterable[str]:
    """The dates as written, read in a pass of their own: the last of them may decide how to read the first."""
    headings = [heading for heading, name in roles.items() if name == "date"]
    if not headings or "text" not in roles.values() and "file" not in roles.values():
        return
    for row in table.rows():
        yield from (row.cells[heading] for heading in headings if heading in row.cells)


def _no_text_column(table: Table, columns: Columns) -> str:
    wanted = (columns or {}).get("text")
    found = f"headings found: {listed(list(table.headings))}"
    if "file" in roles_of(table.headings, columns, INDEX_FIELDS).values():
        return f"is an index of files, not a table of notes ({found}): give the folder that holds it"
    missing = f"no text column {shown(wanted)}" if wanted else "no text column"
    return f"{missing}; {found}. Name the one that holds the notes: --columns text=HEADING"


def _unmatched(table: Table, roles: Mapping[str, str], columns: Columns) -> Iterator[Remark]:
    """Headings that the user named and this table lacks."""
    there = {heading.strip().casefold() for heading in table.headings}
    for name, heading in (columns or {}).items():
        if name in FIELDS and heading.strip().casefold() not in there:
            stands_in = " (its own column of that name was taken)" if name in roles.values() else ""
            yield Remark(table.name, f"has no column {shown(heading)} for {name}{stands_in}")


def index_rows(table: Table, columns: Columns) -> Iterator[tuple[str, str, Metadata] | Skipped | Remark]:
    """The rows of an index: source, the file that it names, and what it says of that file."""
    roles = roles_of(table.headings, columns, INDEX_FIELDS)
    dates = DateReader(order_of(_dates(table, roles)))
    for row in table.rows():
        source = f"{table.place} {row.number}"
        fields, extra = split_row(row, roles)
        if row.problem or "file" not in fields:
            yield Skipped(source, row.problem or "names no file")
            continue
        date = dates.read(fields.get("date"))
        about = Metadata(fields.get("note_id"), fields.get("clinician"), fields.get("client"), date, extra)
        yield source, fields["file"], about
    yield from (Remark(table.name, message) for message in (*table.remarks, dates.remark()) if message)
