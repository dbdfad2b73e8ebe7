"""OMOP: both files load into a database made from the published DDL, within its types and limits."""

from __future__ import annotations

import dataclasses
import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from analyzer.interchange import omop
from analyzer.interchange.document import Document
from analyzer.records import STATUSES, AnalyzerError, DataError
from tests.unit.interchange.awkward import CODED, IDS, MANY, ONE, TEXT, document, documents, tag, whole

# NOTE and NOTE_NLP as OHDSI publishes them for PostgreSQL (CommonDataModel, inst/ddl/5.4, Apache License 2.0).
DDL = """
CREATE TABLE note (
  note_id integer NOT NULL, person_id integer NOT NULL, note_date date NOT NULL, note_datetime TIMESTAMP NULL,
  note_type_concept_id integer NOT NULL, note_class_concept_id integer NOT NULL, note_title varchar(250) NULL,
  note_text TEXT NOT NULL, encoding_concept_id integer NOT NULL, language_concept_id integer NOT NULL,
  provider_id integer NULL, visit_occurrence_id integer NULL, visit_detail_id integer NULL,
  note_source_value varchar(50) NULL, note_event_id integer NULL, note_event_field_concept_id integer NULL );
CREATE TABLE note_nlp (
  note_nlp_id integer NOT NULL, note_id integer NOT NULL, section_concept_id integer NULL, snippet varchar(250) NULL,
  "offset" varchar(50) NULL, lexical_variant varchar(250) NOT NULL, note_nlp_concept_id integer NULL,
  note_nlp_source_concept_id integer NULL, nlp_system varchar(250) NULL, nlp_date date NOT NULL,
  nlp_datetime TIMESTAMP NULL, term_exists varchar(1) NULL, term_temporal varchar(50) NULL,
  term_modifiers varchar(2000) NULL );
CREATE UNIQUE INDEX xpk_note ON note (note_id);
CREATE UNIQUE INDEX xpk_note_nlp ON note_nlp (note_nlp_id);
"""
_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\n]*))([,\n])')


def rows(path: Path) -> Iterator[list[str | None]]:
    """The rows of a CSV as PostgreSQL's COPY reads them: an empty cell without quotation marks is NULL."""
    row: list[str | None] = []
    for cell in _CELL.finditer(path.read_bytes().decode("utf-8")):
        row.append(cell[1].replace('""', '"') if cell[1] is not None else cell[2] or None)
        if cell[3] == "\n":
            yield row
            row = []


def loaded(folder: Path) -> sqlite3.Connection:
    """A database with both files in it; whatever is too long or no integer of 32 bits fails here."""
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    database.executescript(DDL)
    for table in ("note", "note_nlp"):
        header, *lines = rows(folder / f"{table}.csv")
        columns = database.execute(f"PRAGMA table_info({table})").fetchall()
        assert header == [column["name"] for column in columns]
        for line in lines:
            for column, value in zip(columns, line, strict=True):
                check(column["type"], value)
            database.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(line))})", line)
    return database


def check(kind: str, value: str | None) -> None:
    if value is None:
        return
    if kind == "integer":
        assert 0 <= int(value) < 2**31
    if limit := re.fullmatch(r"varchar\((\d+)\)", kind):
        assert len(value.encode()) <= int(limit[1])
    if kind == "date":
        date.fromisoformat(value)
    assert "\0" not in value


def exported(folder: Path, found: list[Document], **options: Any) -> sqlite3.Connection:
    omop.write(iter(found), folder, **options)
    assert sorted(path.name for path in folder.iterdir()) == ["note.csv", "note_nlp.csv"]
    return loaded(folder)


def findings(database: sqlite3.Connection) -> list[sqlite3.Row]:
    return database.execute("SELECT * FROM note_nlp ORDER BY rowid").fetchall()


def modifiers(row: sqlite3.Row) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in row["term_modifiers"].split("; "))


def without_text(found: Document) -> Document:
    return Document(found.analysis, None)


def test_notes_with_any_id_load_and_every_finding_belongs_to_its_note(tmp_path: Path) -> None:
    database = exported(tmp_path / "omop", MANY)
    titles = [row["note_title"] for row in database.execute("SELECT note_title FROM note ORDER BY rowid")]
    assert len(titles) == len(MANY)
    short = [(title, whole(i)) for title, i in zip(titles, IDS, strict=False) if len(i) < 200 and i != "=1+1"]
    assert all(title == note_id for title, note_id in short) and len(short) > 15
    # "n1" comes twice; ids of 10,000 characters that differ at their end stay apart.
    assert len(set(titles)) == len(titles) - 1
    joined = database.execute("SELECT count(*) FROM note_nlp JOIN note USING (note_id)").fetchone()[0]
    assert joined == sum(len(found.analysis.tags) for found in MANY)


def test_offset_and_end_give_the_words_of_the_note(tmp_path: Path) -> None:
    database = exported(tmp_path / "omop", [ONE])
    text = database.execute("SELECT note_text FROM note").fetchone()[0]
    assert text == TEXT
    for row, expected in zip(findings(database), CODED, strict=True):
        start, end = int(row["offset"]), int(modifiers(row)["end"])
        assert text[start:end] == row["lexical_variant"] == expected.text
        assert expected.text in row["snippet"]


def test_no_word_of_a_note_is_written_unless_asked_for(tmp_path: Path) -> None:
    database = exported(tmp_path / "omop", [without_text(ONE)])
    assert database.execute("SELECT note_text FROM note").fetchone()[0] == ""
    assert {(row["snippet"], row["lexical_variant"]) for row in findings(database)} == {("", "")}
    written = (tmp_path / "omop" / "note_nlp.csv").read_text(encoding="utf-8")
    # The reason of these tags repeats the word "grief" after its colon, and their cue is "will".
    assert "grief" not in written and "will" not in written and "limits" not in written


@pytest.mark.parametrize(
    ("status", "exists", "temporal"),
    [
        ("delivered", "Y", "present"),
        ("historical", "Y", "past"),
        ("negated", "N", "present"),
        ("planned", "N", None),
        ("hypothetical", "N", None),
        ("other_agent", "N", "present"),
    ],
)
def test_only_what_was_done_exists_and_what_was_done_earlier_is_past(
    tmp_path: Path, status: Any, exists: str, temporal: str | None
) -> None:
    assert status in STATUSES
    [row] = findings(exported(tmp_path / "o", [document(tags=(tag(TEXT, "goals", "transparency", status),))]))
    assert (row["term_exists"], row["term_temporal"]) == (exists, temporal)
    facts = modifiers(row)
    assert (facts["strategy"], facts["status"], facts["confidence"]) == ("transparency", status, "0.7500")
    assert (facts["reason"], facts["source"], facts["counted"]) == ("r1", "rule+model", "true")


def test_long_evidence_is_cut_at_a_whole_character(tmp_path: Path) -> None:
    text = "Th offered: " + "🙂" * 500 + " and so on."
    [row] = findings(exported(tmp_path / "o", [document(text=text, tags=(tag(text, "🙂" * 500, "safe_space"),))]))
    assert row["lexical_variant"] == row["snippet"] == "🙂" * 62


def test_numbers_are_the_same_on_every_run_and_without_the_other_notes(tmp_path: Path) -> None:
    alone = exported(tmp_path / "alone", [ONE])
    among = exported(tmp_path / "among", [document("other", tags=CODED), ONE])
    [alone_id] = (row["note_id"] for row in alone.execute("SELECT note_id FROM note"))
    tags = [row["note_nlp_id"] for row in findings(alone)]
    assert [row["note_nlp_id"] for row in findings(among) if row["note_id"] == alone_id] == tags
    # Written down once: a later version must not give published data other numbers.
    assert (alone_id, tags[0]) == (497983446, 1129131060)


def test_two_ids_never_share_a_number_even_where_numbers_are_few(tmp_path: Path) -> None:
    many = [document(f"n{number}") for number in range(200)]
    ids = [row[0] for row in exported(tmp_path / "few", many, id_bits=8).execute("SELECT note_id FROM note")]
    assert len(set(ids)) == 200 and max(ids) < 256


def test_databases_with_large_keys_can_have_large_numbers(tmp_path: Path) -> None:
    omop.write(iter([ONE]), tmp_path / "o", id_bits=63)
    [_, note] = rows(tmp_path / "o" / "note.csv")
    assert 2**31 < int(note[0] or 0) < 2**63


def test_clients_and_clinicians_keep_their_number_over_notes(tmp_path: Path) -> None:
    database = exported(tmp_path / "o", [document("a"), document("b")])
    assert len(database.execute("SELECT DISTINCT person_id, provider_id FROM note").fetchall()) == 1
    nobody = Document(dataclasses.replace(ONE.analysis, client=None, clinician=None))
    row = exported(tmp_path / "p", [nobody]).execute("SELECT person_id, provider_id FROM note").fetchone()
    assert tuple(row) == (0, None)


@pytest.mark.parametrize(
    ("written", "day", "moment"),
    [
        ("2026-03-05", "2026-03-05", "2026-03-05 00:00:00"),
        ("3/5/26", "1970-01-01", None),
        ("2026-02-30", "1970-01-01", None),
        (None, "1970-01-01", None),
    ],
)
def test_a_note_without_a_date_says_so(tmp_path: Path, written: str | None, day: str, moment: str | None) -> None:
    found = Document(dataclasses.replace(ONE.analysis, date=written))
    row = exported(tmp_path / "o", [found]).execute("SELECT note_date, note_datetime FROM note").fetchone()
    assert tuple(row) == (day, moment)


def test_the_same_day_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        omop.write(iter(MANY), tmp_path / name, processed=date(2026, 3, 5))
    for file in ("note.csv", "note_nlp.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert {row["nlp_date"] for row in findings(loaded(tmp_path / "a"))} == {"2026-03-05"}


def test_what_a_spreadsheet_would_run_gets_an_apostrophe_but_the_note_stays(tmp_path: Path) -> None:
    text = "=1+1 was on the board; set goals."
    database = exported(tmp_path / "o", [document("=1+1", text, (tag(text, "=1+1 was", "safe_space"),))])
    note = database.execute("SELECT note_title, note_text FROM note").fetchone()
    assert tuple(note) == ("'=1+1", text)
    [row] = findings(database)
    assert row["lexical_variant"] == "'=1+1 was" and row["snippet"].startswith("'=")


@settings(max_examples=25)
@given(documents())
def test_any_note_loads(tmp_path_factory: pytest.TempPathFactory, found: Document) -> None:
    database = exported(tmp_path_factory.mktemp("omop") / "o", [found, found])
    assert len(findings(database)) == 2 * len(found.analysis.tags)


def test_a_folder_that_holds_something_is_kept_and_a_broken_export_leaves_nothing(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    with pytest.raises(AnalyzerError, match="holds files"):
        omop.write(iter([ONE]), full)
    broken = Document(ONE.analysis, "Another text.")
    with pytest.raises(DataError, match="outside the text"):
        omop.write(iter([ONE, broken]), tmp_path / "omop")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
    assert [path.name for path in full.iterdir()] == ["mine.txt"]
