"""OMOP on a server: PostgreSQL's own COPY reads both files into the published tables, whatever the notes hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyzer.interchange import omop
from analyzer.interchange.document import Document
from tests.unit.interchange.awkward import CODED, MANY, document, tag
from tests.unit.interchange.test_omop import DDL, rows, without_text
from tests.unit.store.server import Server

# The published primary keys (inst/ddl/5.4), and the foreign key between the two tables.
KEYS = """
ALTER TABLE note ADD CONSTRAINT xpk_note PRIMARY KEY (note_id);
ALTER TABLE note_nlp ADD CONSTRAINT xpk_note_nlp PRIMARY KEY (note_nlp_id);
ALTER TABLE note_nlp ADD CONSTRAINT fpk_note_nlp_note_id FOREIGN KEY (note_id) REFERENCES note (note_id);
"""
LONG = "Th named " + "how 信任 grows 🙂, " * 60 + 'and asked.\r\n\\.\nNULL said "quoted", \\N, ok.'
OWN = document(
    "own",
    LONG,
    (
        tag(LONG, LONG[9:900], "spiritual_care"),
        tag(LONG, "\\.", "safe_space", "planned"),
        tag(LONG, "NULL", "safe_space", "negated"),
        tag(LONG, '"quoted"', "spiritual_care", "historical"),
    ),
)
HARD = [*MANY, OWN, document("no tags", "", ()), document("long", "é" * 400, (tag("é" * 400, "é" * 400, "x" * 60),))]


def copied(server: Server, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the two tables after COPY, in the order of the files."""
    import psycopg

    found = {}
    with psycopg.connect(server.empty_database("omop"), autocommit=True) as connection:
        connection.execute(DDL.partition("CREATE UNIQUE INDEX")[0] + KEYS)  # type: ignore[arg-type]
        for table in ("note", "note_nlp"):
            order = f"COPY {table} FROM STDIN WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')"
            with connection.cursor().copy(order) as copy:  # type: ignore[arg-type]
                copy.write((folder / f"{table}.csv").read_bytes())
            found[table] = connection.execute(f"SELECT * FROM {table} ORDER BY ctid").fetchall()  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("with_text", [False, True])
@pytest.mark.parametrize("bits", [31, 20])
def test_the_published_tables_take_every_row_as_it_was_written(
    bits: int, with_text: bool, server: Server, tmp_path: Path
) -> None:
    hard = HARD if with_text else [without_text(found) for found in HARD]
    omop.write(iter(hard), tmp_path / "o", id_bits=bits)
    found = copied(server, tmp_path / "o")
    assert (len(found["note"]), len(found["note_nlp"])) == (len(HARD), sum(len(d.analysis.tags) for d in HARD))
    for table, taken in found.items():
        _, *written = rows(tmp_path / "o" / f"{table}.csv")
        for row, expected in zip(taken, written, strict=True):
            assert [None if cell is None else str(cell) for cell in row] == expected


def test_offsets_find_the_words_in_the_servers_own_text(server: Server, tmp_path: Path) -> None:
    omop.write(iter([document("a", tags=CODED), OWN]), tmp_path / "o")
    copied(server, tmp_path / "o")
    words = server.run(
        """SELECT left(lexical_variant, 20),
           substr(note_text, "offset"::int + 1, least(20, substring(term_modifiers, 'end=(\\d+)')::int - "offset"::int))
           FROM note_nlp JOIN note USING (note_id)""",
        database="omop",
    )
    assert len(words) == len(CODED) + len(OWN.analysis.tags)
    assert all(kept == found for kept, found in words)


def test_a_strategy_of_a_project_and_a_long_passage_keep_within_the_columns(server: Server, tmp_path: Path) -> None:
    omop.write(iter([Document(OWN.analysis, OWN.text)]), tmp_path / "o")
    copied(server, tmp_path / "o")
    ((snippet, variant),) = server.run(
        """SELECT octet_length(snippet), octet_length(lexical_variant) FROM note_nlp
           WHERE term_modifiers LIKE 'strategy=spiritual_care; status=delivered%'""",
        database="omop",
    )
    assert 245 < snippet <= 250 and 245 < variant <= 250
