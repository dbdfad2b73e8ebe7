"""What runs in Spark's Python workers: batches of rows in, batches of rows out.

Each worker keeps one process of `analyzer.workers.Crew` for all its tasks, with the model loaded once. A note that ends
that process is told as a problem of its own; if Spark's worker itself is ended, Spark gives its task to another, and a
task's rows count only when all of them are there.
"""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from analyzer.records import Analysis, Note, Remark, Skipped

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

    from analyzer.identifiers import Gate
    from analyzer.notes.dates import Order
    from analyzer.workers import Crew

POSITION: Final = "analyzer position"
_BATCH: Final = 32

_Item = tuple[int, Note | Skipped]


@dataclass(frozen=True, slots=True)
class How:
    """What every task needs to know: whose columns are what, how dates are written, and what to tag with."""

    roles: Mapping[str, str]
    order: Order | None
    model: str | None
    codebook: str | None
    identifiers: Gate


def tag(batches: Iterator[pa.RecordBatch], *, how: How, caught: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    """Rows of notes -> rows of analyses, in order."""
    from spacy.util import minibatch

    schema = _schema("position", "note_id", "clinician", "client", "date", "analysis", "problem")
    for rows in minibatch(_tagged(batches, how, caught), _BATCH):
        yield _batch(rows, schema)


def catch(batches: Iterator[pa.RecordBatch], *, how: How) -> Iterator[pa.RecordBatch]:
    """Rows of notes -> the words that are to be searched again in all notes, where each was caught."""
    from spacy.util import minibatch

    from analyzer.identifiers import Caught

    schema = _schema("word", "kind", "position", "place")
    groups: deque[list[tuple[int, Note]]] = deque()

    def to_search() -> Iterator[list[Note]]:
        notes = ((position, item) for position, item in _items(batches, how) if isinstance(item, Note))
        for group in minibatch(notes, _BATCH):
            groups.append(group)
            yield [note for _, note in group]

    for results in _crew(how.model, how.codebook).find(to_search()):
        rows = []
        for (position, note), found in zip(groups.popleft(), results, strict=True):
            held = Caught()
            if not isinstance(found, Skipped):
                held.learn(note.text, found)
            rows += [
                {"word": word, "kind": kind, "position": position, "place": place}
                for place, (word, kind) in enumerate(held.words.items())
            ]
        yield _batch(rows, schema)


def note_nlp(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Analyses -> rows of OMOP's NOTE_NLP."""
    import pyarrow as pa
    from spacy.util import minibatch

    from analyzer.interchange.omop import NOTE_NLP
    from analyzer.interchange.omop import note_nlp as rows_of

    numbers = {"section_concept_id", "note_nlp_concept_id", "note_nlp_source_concept_id"}
    kinds = {name: pa.int32() if name in numbers else pa.string() for name in NOTE_NLP}
    schema = pa.schema([*(kinds | {"note_nlp_id": pa.int64(), "note_id": pa.int64()}).items()])
    analyses = (Analysis.from_json(line.encode()) for batch in batches for line in batch.column(0).to_pylist())
    for rows in minibatch(rows_of(analyses), 1024):
        yield _batch(rows, schema)


def _tagged(batches: Iterator[pa.RecordBatch], how: How, caught: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    from analyzer.tagging import tag_by

    waiting: deque[_Item] = deque()

    def notes() -> Iterator[Note]:
        for position, item in _items(batches, how):
            waiting.append((position, item))
            if isinstance(item, Note):
                yield item

    crew = _crew(how.model, how.codebook)
    for result in tag_by(crew, notes(), identifiers=how.identifiers, caught=caught):
        while isinstance(waiting[0][1], Skipped):
            yield _row(*waiting.popleft())
        position, note = waiting.popleft()
        yield _row(position, note, result)
    yield from (_row(*left) for left in waiting)


def _items(batches: Iterable[pa.RecordBatch], how: How) -> Iterator[_Item]:
    """The note in each row, or why there is none, with its position."""
    from analyzer.notes.cells import named_row
    from analyzer.notes.dates import DateReader
    from analyzer.notes.rows import row_note

    dates = DateReader(how.order)
    for batch in batches:
        headings = batch.schema.names
        for position, *values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            row = named_row(position + 1, headings[1:], values)
            for item in row_note(row, how.roles, dates, place="row", stem="row"):
                if isinstance(item, Remark):
                    _tell(item)
                else:
                    yield position, item


def _row(position: int, item: Note | Skipped, result: Analysis | Skipped | None = None) -> dict[str, Any]:
    about = item if isinstance(item, Note) else None
    problem = result if isinstance(result, Skipped) else item if isinstance(item, Skipped) else None
    found = json.dumps(result.to_dict(), ensure_ascii=False) if isinstance(result, Analysis) else None
    return {
        "position": position,
        **{name: getattr(about, name, None) for name in ("note_id", "clinician", "client", "date")},
        "analysis": found,
        "problem": f"{problem.source}: {problem.reason}" if problem else None,
    }


@cache
def _crew(model: str | None, codebook: str | None) -> Crew:
    """This worker's process for the notes; Spark gives a worker one task after another, so the model is loaded once."""
    from analyzer.workers import Crew

    return Crew(model, 1, _tell, codebook=codebook)


def _tell(remark: Remark) -> None:
    """Into the executor's log."""
    print(f"note on {remark.source}: {remark.message}", file=sys.stderr)


def _schema(*names: str) -> pa.Schema:
    import pyarrow as pa

    return pa.schema([(name, pa.int64() if name in ("position", "place") else pa.string()) for name in names])


def _batch(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_pylist(rows, schema=schema)
