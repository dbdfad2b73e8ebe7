"""A project's examples.jsonl -> coded notes: sentences one a line, whole coded notes, or both.

A sentence is ``{"text": ..., "strategy": ..., "status": ...}``; strategy null says that it shows none of the project's
own strategies, status is delivered where left out. A whole note is in the format of models/corpus/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from analyzer.corpus import numbered_lines, read_line
from analyzer.records import STATUSES, CodedNote, CodedTag, DataError

EXAMPLES: Final = "examples.jsonl"
_FIELDS: Final = {"text", "strategy", "status"}


def read_examples(folder: Path, strategies: Collection[str]) -> list[CodedNote]:
    """The project folder's examples, each sentence as a note of one segment.

    ``strategies`` are the ids that there are. Raises `DataError` with every fault, by line and never with the text.
    """
    file = folder / EXAMPLES
    notes: list[CodedNote] = []
    problems: list[str] = []
    for number, line in numbered_lines(file, file):
        note, found = _read(line, number, strategies)
        problems += [f"line {number}: {problem}" for problem in found]
        if note is not None:
            notes.append(note)
    if problems:
        raise DataError(str(file), problems)
    return _together(notes)


def _together(notes: list[CodedNote]) -> list[CodedNote]:
    """A sentence that stands on several lines, once for each strategy, as one note."""
    found: dict[str, CodedNote] = {}
    for note in notes:
        known = found.get(note.text)
        tags = (*known.tags, *(tag for tag in note.tags if tag not in known.tags)) if known else note.tags
        found[note.text] = replace(known or note, tags=tags)
    return list(found.values())


def _read(line: str, number: int, strategies: Collection[str]) -> tuple[CodedNote | None, list[str]]:
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        return None, ["not valid JSON; one whole object a line is needed"]
    if isinstance(raw, dict) and "segments" not in raw:
        problems = _faults(raw, strategies)
        return (None if problems else _sentence(raw, number)), problems
    return read_line(line, strategies)


def _faults(raw: dict[str, Any], strategies: Collection[str]) -> list[str]:
    problems = [f"unknown field {key!r}" for key in sorted(set(raw) - _FIELDS)]
    if not isinstance(raw.get("text"), str) or not raw["text"].strip():
        problems.append("text is missing or empty")
    if "strategy" not in raw:
        problems.append("strategy is missing; give an id, or null where the sentence shows none")
    elif raw["strategy"] is not None and raw["strategy"] not in strategies:
        problems.append(f"unknown strategy {str(raw['strategy'])[:60]!r}")
    if raw.get("status") not in (None, *STATUSES):
        problems.append(f"status must be one of {', '.join(STATUSES)}")
    return problems


def _sentence(raw: dict[str, Any], number: int) -> CodedNote:
    text = raw["text"].replace("\r\n", "\n").replace("\r", "\n").strip()
    whole = (0, len(text))
    tags = (CodedTag(0, raw["strategy"], raw.get("status") or "delivered", *whole),) if raw["strategy"] else ()
    return CodedNote(f"example {number}", text, (whole,), tags, (), ())
