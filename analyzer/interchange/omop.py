"""OMOP CDM v5.4: a folder with note.csv and note_nlp.csv, for the tables NOTE and NOTE_NLP.

Columns, types and limits are those of the published DDL (OHDSI, CommonDataModel, inst/ddl/5.4), meanings those of its
field descriptions (inst/csv/OMOP_CDMv5.4_Field_Level.csv). The files are UTF-8; text stands in quotation marks, NULL
is an empty cell without them, as PostgreSQL's COPY and others read it. Strategies are no OMOP concepts, so concept ids
are 0 and ``term_modifiers`` says which strategy a row is about. Numbers made from ids are pseudonyms, no protection.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

from analyzer.files import moment, whole_folder
from analyzer.interchange.document import Document, text_of
from analyzer.notes.text import whole_characters
from analyzer.records import Analysis, Status, Tag, sha256_of
from analyzer.version import __version__

Cell: TypeAlias = int | str | None

NOTE: Final = (
    "note_id", "person_id", "note_date", "note_datetime", "note_type_concept_id", "note_class_concept_id",
    "note_title", "note_text", "encoding_concept_id", "language_concept_id", "provider_id", "visit_occurrence_id",
    "visit_detail_id", "note_source_value", "note_event_id", "note_event_field_concept_id",
)  # fmt: skip
NOTE_NLP: Final = (
    "note_nlp_id", "note_id", "section_concept_id", "snippet", "offset", "lexical_variant", "note_nlp_concept_id",
    "note_nlp_source_concept_id", "nlp_system", "nlp_date", "nlp_datetime", "term_exists", "term_temporal",
    "term_modifiers",
)  # fmt: skip

# Whose columns NOTE's are, for a table of that form that is read.
ROLES: Final[Mapping[str, str]] = {
    "note_id": "note_id", "text": "note_text", "clinician": "provider_id", "client": "person_id", "date": "note_date",
}  # fmt: skip

# Concepts of the OMOP vocabularies: EHR (where a note comes from), UTF-8, English, and "no matching concept".
_EHR: Final = 32817
_UTF8: Final = 32678
_ENGLISH: Final = 4180186
_NO_CONCEPT: Final = 0
_NOBODY: Final = 0
# NOTE needs a date; OMOP's vocabularies use this one for "not known". note_datetime is then NULL.
_NO_DATE: Final = "1970-01-01"
_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

# The field descriptions: a term exists unless it is negated, conditional or about somebody else; earlier is "past".
_EXISTS: Final[Mapping[Status, str]] = {
    "delivered": "Y", "historical": "Y", "planned": "N", "negated": "N", "hypothetical": "N", "other_agent": "N",
}  # fmt: skip
_TEMPORAL: Final[Mapping[Status, str | None]] = {
    "delivered": "present", "negated": "present", "other_agent": "present", "historical": "past",
    "planned": None, "hypothetical": None,
}  # fmt: skip

# varchar(250), varchar(50) and varchar(2000): characters in some databases, bytes in others, so both are kept.
_LONG: Final = 250
_MODIFIERS: Final = 2000
_AROUND: Final = (80, 40, 20, 0)
# As in analyzer/export.py: what a spreadsheet would run gets an apostrophe.
_FORMULA_STARTS: Final = tuple("=+-@\t\r＝＋－＠")


def write(documents: Iterable[Document], path: Path, *, processed: date | None = None, id_bits: int = 31) -> None:
    """Fill the new or empty folder ``path``. Without text, note_text, snippet and lexical_variant are empty.

    ``processed`` is nlp_date; where not given today in UTC, or the day of SOURCE_DATE_EPOCH. ``id_bits`` is the size of
    the numbers made from ids: 31, since the published types are 32-bit integers; 63 for databases with bigint keys,
    where numbers of separate exports hardly ever clash. note_title is the note's id; person_id is made from the
    client's code, 0 where there is none. note_text is written unchanged, because offset counts in it. Raises
    `AnalyzerError` where the folder holds something or can't be made, `DataError` where a text is not the one that was
    tagged.
    """
    day = (processed or moment().date()).isoformat()
    numbers = _Numbers(id_bits)
    with (
        whole_folder(path) as folder,
        (folder / "note.csv").open("w", encoding="utf-8", newline="\n") as notes,
        (folder / "note_nlp.csv").open("w", encoding="utf-8", newline="\n") as findings,
    ):
        notes.write(",".join(NOTE) + "\n")
        findings.write(",".join(NOTE_NLP) + "\n")
        for document in documents:
            analysis = document.analysis
            text = None if document.text is None else text_of(document, "OMOP").replace("\0", "\ufffd")
            note_id = numbers.new("note", analysis.note_id)
            notes.write(_line(_note(analysis, text, note_id, numbers)))
            for row in _findings(analysis, text, note_id, numbers, day):
                findings.write(_line(row))


def note_nlp(analyses: Iterable[Analysis], *, processed: date | None = None) -> Iterator[dict[str, Cell]]:
    """NOTE_NLP rows for a warehouse with bigint keys, without text; a note's id stays its number where it is one."""
    day = (processed or moment().date()).isoformat()
    numbers = _Numbers(63)
    for analysis in analyses:
        known = analysis.note_id.isascii() and analysis.note_id.isdigit() and len(analysis.note_id) < 19
        note_id = int(analysis.note_id) if known else numbers.new("note", analysis.note_id)
        for row in _findings(analysis, None, note_id, numbers, day):
            yield dict(zip(NOTE_NLP, row, strict=True))


class _Numbers:
    """Positive integers for ids, from their SHA-256: the same on every run for the same notes in the same order.

    Where two ids would share a number, which is checked, the later one gets the next of its own.
    """

    def __init__(self, bits: int) -> None:
        self._largest = 2**bits - 1
        self._owners: dict[tuple[str, int], tuple[str, ...]] = {}
        self._seen: Counter[tuple[str, ...]] = Counter()

    def of(self, kind: str, *key: str) -> int:
        """The number of this id, the same each time that it is asked for."""
        attempt = 0
        while True:
            digest = hashlib.sha256(json.dumps([kind, *key, attempt]).encode()).digest()
            number = int.from_bytes(digest) % self._largest + 1
            if self._owners.setdefault((kind, number), key) == key:
                return number
            attempt += 1

    def new(self, kind: str, *key: str) -> int:
        """A number of its own even where the same id comes again."""
        self._seen[kind, *key] += 1
        return self.of(kind, *key, str(self._seen[kind, *key]))


def _note(analysis: Analysis, text: str | None, note_id: int, numbers: _Numbers) -> tuple[Cell, ...]:
    day = _day(analysis.date)
    return (
        note_id,
        numbers.of("person", analysis.client) if analysis.client else _NOBODY,
        day or _NO_DATE,
        f"{day} 00:00:00" if day else None,
        _EHR,
        _NO_CONCEPT,
        _title(analysis.note_id),
        text or "",
        _UTF8,
        _ENGLISH,
        numbers.of("provider", analysis.clinician) if analysis.clinician else None,
        *[None] * 5,
    )


def _findings(
    analysis: Analysis, text: str | None, note_id: int, numbers: _Numbers, day: str
) -> Iterator[tuple[Cell, ...]]:
    counted = analysis.counted
    for tag in analysis.tags:
        key = (analysis.note_id, tag.strategy, tag.status, str(tag.start), str(tag.end))
        yield (
            numbers.new("note_nlp", *key),
            note_id,
            _NO_CONCEPT,
            _snippet(text, tag) if text else "",
            str(tag.start),
            _shown(text[tag.start : tag.end], _LONG) if text else "",
            _NO_CONCEPT,
            _NO_CONCEPT,
            f"session-note-analyzer {__version__}",
            day,
            None,
            _EXISTS[tag.status],
            _TEMPORAL[tag.status],
            _cut(_modifiers(tag, counted=tag in counted), _MODIFIERS),
        )


def _modifiers(tag: Tag, *, counted: bool) -> str:
    """Facts as ``name=value``; never words of the note, which follow a reason's colon."""
    facts = {
        "strategy": tag.strategy,
        "status": tag.status,
        "end": tag.end,
        "confidence": f"{tag.confidence:.4f}",
        "source": tag.source,
        "reason": tag.reason.partition(":")[0],
        "section": tag.section,
        "repeated": str(tag.repeated).lower(),
        "counted": str(counted).lower(),
    }
    return "; ".join(f"{name}={value}" for name, value in facts.items())


def _snippet(text: str, tag: Tag) -> str:
    """The tag's words with as much around them as fits."""
    for around in _AROUND:
        snippet = text[max(0, tag.start - around) : tag.end + around].strip()
        if len(snippet.encode()) < _LONG:
            break
    return _shown(snippet, _LONG)


def _day(written: str | None) -> str | None:
    """The date where it is one."""
    if not written or not _ISO_DATE.fullmatch(written):
        return None
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return None


def _title(note_id: str) -> str:
    """The id; where it is too long, its beginning and a part of its SHA-256, since long ids often begin alike."""
    title = _shown(note_id, _LONG + 1)
    return title if len(title.encode()) <= _LONG else f"{_shown(note_id, 200)} {sha256_of(note_id)[:12]}"


def _shown(text: str, limit: int) -> str:
    return _cut("'" + text if text.startswith(_FORMULA_STARTS) else text, limit)


def _cut(text: str, limit: int) -> str:
    """At most so many bytes of UTF-8, whole characters only; what no database holds becomes U+FFFD."""
    return whole_characters(text.replace("\0", "\ufffd")).encode()[:limit].decode(errors="ignore")


def _line(cells: Iterable[Cell]) -> str:
    return ",".join(map(_quoted, cells)) + "\n"


def _quoted(cell: Cell) -> str:
    if cell is None:
        return ""
    return str(cell) if isinstance(cell, int) else '"' + cell.replace('"', '""') + '"'
