"""Every disagreement with the human codes, one row each, for a person to read.

The rows hold note text (a segment each): they are for reading on the machine where the notes are, not for sharing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from analyzer.evaluate.matches import cue_matches, status_matches
from analyzer.evaluate.places import Places, human_segments, main_segment, place_all, system_segments
from analyzer.records import Analysis, CodedNote

FIELDS: Final = ("note_id", "segment", "kind", "strategy", "human", "system", "text", "reason")

# Spreadsheets run cells that begin so as formulas (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def disagreements(coded: Sequence[CodedNote], analyses: Mapping[str, Analysis]) -> list[dict[str, Any]]:
    """Rows with ``kind`` missed, false, status, cue_missed, cue_false or response, note by note, segment by segment.

    For missed and false, ``system`` and ``human`` tell what the other side gave in that segment instead. Contested
    codes give no rows. Raises `DataError` as `evaluate` does.
    """
    rows = []
    for places in place_all(coded, analyses):
        found = [*_tag_rows(places), *_cue_rows(places)]
        rows += sorted(found, key=lambda row: row["segment"])
    return rows


def write_disagreements(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write the rows: as CSV where the name ends so (formula-like cells get an apostrophe), else as JSON Lines."""
    if path.suffix.lower() != ".csv":
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path.write_text("".join(lines), encoding="utf-8", newline="\n")
        return
    # utf-8-sig: Excel takes a file without the mark for the local code page.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows({key: _harmless(value) for key, value in row.items()} for row in rows)


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _tag_rows(places: Places) -> Iterator[dict[str, Any]]:
    told = set()
    for match in status_matches(places):
        if match.human.status != match.system.status:
            told.add((match.segment, match.human.strategy))
            yield _row(places, match.segment, "status", match.human.strategy, match.human.status, match.system.status,
                       match.system.reason)  # fmt: skip
    for segment in range(len(places.note.segments)):
        for column, strategy in enumerate(places.strategies):
            cell = segment, column
            if (segment, strategy) in told or not places.scored[cell] or places.human[cell] == places.system[cell]:
                continue
            human, system = _given(places, segment)
            if places.human[cell]:
                yield _row(places, segment, "missed", strategy, "delivered", system, "")
            else:
                yield _row(places, segment, "false", strategy, human, "delivered", _reasons(places, segment, strategy))


def _cue_rows(places: Places) -> Iterator[dict[str, Any]]:
    for match in cue_matches(places):
        human, system = match.human, match.system
        if human.response != system.response and not human.response_contested:
            yield _row(places, match.segment, "response", ", ".join(human.strategies), human.response, system.response)
    for cue in places.note.cues:
        if places.scored_cues[cue.segment, 0] and not places.system_cues[cue.segment, 0]:
            yield _row(places, cue.segment, "cue_missed", ", ".join(cue.strategies), cue.response, "")
    for opportunity in places.analysis.opportunities:
        segment = main_segment(places.note, opportunity)
        if segment is not None and places.scored_cues[segment, 0] and not places.human_cues[segment, 0]:
            yield _row(places, segment, "cue_false", ", ".join(opportunity.strategies), "", opportunity.response)


def _row(
    places: Places, segment: int, kind: str, strategy: str, human: str, system: str, reason: str = ""
) -> dict[str, Any]:
    start, end = places.note.segments[segment]
    values = (places.note.note_id, segment, kind, strategy, human, system, places.note.text[start:end], reason)
    return dict(zip(FIELDS, values, strict=True))


def _given(places: Places, segment: int) -> tuple[str, str]:
    """All tags of each side in the segment, as ``strategy (status)``."""
    human = [t for t in places.note.tags if segment in human_segments(places.note, t)]
    system = [t for t in places.analysis.tags if segment in system_segments(places.note, t)]
    return (
        ", ".join(f"{t.strategy} ({t.status})" for t in human),
        ", ".join(f"{t.strategy} ({t.status})" for t in system),
    )


def _reasons(places: Places, segment: int, strategy: str) -> str:
    tags = (t for t in places.analysis.tags if t.strategy == strategy and t.status == "delivered")
    return ", ".join(t.reason for t in tags if segment in system_segments(places.note, t))
