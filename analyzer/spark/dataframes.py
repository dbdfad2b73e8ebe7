"""Dataframes of notes become dataframes of analyses.

The notes of one clinician stay together and in order, since what a clinician repeats is told from their own notes; what
was caught as an identifier in any note is searched again in all, so a first pass over the notes collects it. Everything
else is `analyzer.tagging.tag_by` on each partition, so the result is that of one process. Only methods that Spark
Connect has are used; nothing but notes and analyses moves between machines.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.identifiers.upload import MOST
from analyzer.interchange.omop import ROLES
from analyzer.notes.cells import roles_of
from analyzer.notes.dates import order_of
from analyzer.notes.limits import listed
from analyzer.notes.tables import FIELDS
from analyzer.records import AnalyzerError
from analyzer.spark import partitions

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from analyzer.identifiers import Gate

_ANALYSES: Final = (
    "position long, note_id string, clinician string, client string, date string, analysis string, problem string"
)
_CAUGHT: Final = "word string, kind string, position long, place long"
_NOTE_NLP: Final = (
    "note_nlp_id long, note_id long, section_concept_id int, snippet string, offset string, lexical_variant string, "
    "note_nlp_concept_id int, note_nlp_source_concept_id int, nlp_system string, nlp_date string, nlp_datetime string, "
    "term_exists string, term_temporal string, term_modifiers string"
)
# The fields of `analyzer.records.Tag`.
_TAGS: Final = (
    "tags array<struct<strategy: string, status: string, start: int, end: int, text: string, confidence: double, "
    "source: string, reason: string, section: string, cue: string, repeated: boolean>>"
)


def tag(
    notes: DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    model: str | Path | None = "default",
    identifiers: Gate = "mask",
    codebook: str | Path | None = None,
) -> DataFrame:
    """The analyses of notes: position, note_id, clinician, client, date, analysis, problem; one row a note.

    ``analysis`` is the JSON object that ``analyzer tag`` writes; ``problem`` says why a note has none. ``position`` is
    the row's place in ``notes``. There a row is a note, its columns named as in a table of notes (text, note_id,
    clinician, client, date, or as ``columns`` maps them) or as in OMOP's NOTE; other columns are carried along.

    ``model``, ``identifiers`` and ``codebook`` are as for `analyzer.analyze`; this package, and a model or codebook
    given as a folder, must be there on every machine. Each Python worker loads them once. The work is cut into
    ``spark.sql.shuffle.partitions`` parts. With identifiers masked or refused, a first pass over the notes is made at
    once, to collect what has to be searched again in all others. Raises `AnalyzerError` where no column is the text's.
    """
    from pyspark.sql import functions as f

    # What pandas stores as its row labels is no column.
    notes = notes.drop(*(heading for heading in notes.columns if heading.startswith("__index_level_")))
    roles = _roles(notes.columns, columns)
    heading = {name: column for column, name in roles.items()}
    numbered = notes.select(f.monotonically_increasing_id().alias(partitions.POSITION), "*")
    how = partitions.How(
        roles=roles,
        order=order_of(_dates(notes, heading.get("date"))),
        model=str(model) if model else None,
        codebook=str(codebook) if codebook else None,
        identifiers=identifiers,
    )
    caught = {} if identifiers == "ignore" else _caught(numbered, how)
    position = f.col(partitions.POSITION)
    whose = _quoted(heading["clinician"]).cast("string") if "clinician" in heading else f.lit(None).cast("string")
    return (
        # A note of nobody's goes anywhere.
        numbered.repartition(_parts(notes), f.coalesce(whose, position.cast("string")))
        .sortWithinPartitions(position)
        .mapInArrow(partial(partitions.tag, how=how, caught=caught), _ANALYSES)
    )


def tags_of(analyses: DataFrame) -> DataFrame:
    """The tags in what `tag` made, one row a tag: the note's columns, and the fields of `analyzer.records.Tag`."""
    from pyspark.sql import functions as f

    found = f.explode(f.from_json("analysis", _TAGS)["tags"]).alias("tag")
    return analyses.select("note_id", "clinician", "client", "date", found).select(
        "note_id", "clinician", "client", "date", "tag.*"
    )


def note_nlp_of(analyses: DataFrame) -> DataFrame:
    """What `tag` made as rows of OMOP's NOTE_NLP, without text; the columns are those of its `NOTE_NLP`."""
    return analyses.where("analysis is not null").select("analysis").mapInArrow(partitions.note_nlp, _NOTE_NLP)


def problems_of(analyses: DataFrame) -> DataFrame:
    """The notes that have no analysis, and why."""
    return analyses.where("problem is not null").select("position", "note_id", "problem")


def _roles(headings: list[str], columns: Mapping[str, str] | None) -> dict[str, str]:
    """Heading -> our name for it."""
    is_omop = columns is None and {"note_text", "person_id"} <= {heading.lower() for heading in headings}
    roles = roles_of(headings, ROLES if is_omop else columns, FIELDS)
    if "text" not in roles.values():
        raise AnalyzerError(
            f"the dataframe has no text column; columns found: {listed(headings)}. Name the one that holds the notes: "
            "columns={'text': 'COLUMN'}"
        )
    return roles


def _dates(notes: DataFrame, heading: str | None) -> list[str]:
    """The different dates as written, which together tell whether day or month comes first."""
    if heading is None or dict(notes.dtypes)[heading] != "string":
        return []
    return [row[0] for row in notes.select(_quoted(heading)).distinct().collect() if row[0]]


def _caught(numbered: DataFrame, how: partitions.How) -> dict[str, str]:
    """What was caught in any note, as `analyzer.identifiers.upload.Caught` holds it after all notes."""
    from pyspark.sql import functions as f

    last = f.struct("position", "place")
    words = (
        numbered.mapInArrow(partial(partitions.catch, how=how), _CAUGHT)
        .groupBy("word")
        .agg(f.max_by("kind", last).alias("kind"), f.max(last).alias("last"))
        .orderBy(f.desc("last"))
        .limit(MOST)
        .collect()
    )
    return {row["word"]: row["kind"] for row in reversed(words)}


def _parts(notes: DataFrame) -> int:
    return int(notes.sparkSession.conf.get("spark.sql.shuffle.partitions") or 1)


def _quoted(heading: str):  # type: ignore[no-untyped-def]
    """The column of this very name; a point in it is no way into a structure."""
    from pyspark.sql import functions as f

    return f.col("`" + heading.replace("`", "``") + "`")
