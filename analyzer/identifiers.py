"""Stretches of a note that look like personal identifiers, found by pattern, and masking them.

What counts stands in ``data/identifiers.yml``: recognizers of Presidio (their patterns and checksums alone, no language
model) and patterns of our own. Names without a title or label are not found: notes should be de-identified before, and
this is the net under that. The words of an identifier are never kept, logged or returned, only where they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from analyzer.lexicons import read_data
from analyzer.records import DataError, Identifier

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer, PatternRecognizer

Gate = Literal["mask", "refuse", "ignore"]

MASK = "█"
DATA = "identifiers.yml"
_FIELDS = {
    "presidio": ({"class", "kind", "least", "needs"}, {"options"}),
    "patterns": ({"id", "kind", "regex", "hits", "misses"}, set()),
}


@dataclass(frozen=True, slots=True)
class _Detector:
    """One recognizer, the least score that counts, and what a note must hold for it to be worth running."""

    kind: str
    recognizer: EntityRecognizer
    least: float
    needs: re.Pattern[str] | None


def find_identifiers(text: str) -> tuple[Identifier, ...]:
    """Where the text holds what looks like a personal identifier, in order and without overlaps.

    Findings that overlap become one, of the kind of the longest. Nothing inside or across a bracketed placeholder
    such as ``[NAME]`` counts.
    """
    placeholders, harmless = ([m.span() for e in group for m in e.finditer(text)] for group in _exceptions())
    found = [
        identifier
        for detector in _detectors()
        if detector.needs is None or detector.needs.search(text)
        for identifier in _findings(detector, text)
        if not any(identifier.start < end and start < identifier.end for start, end in placeholders)
        and not any(start <= identifier.start and identifier.end <= end for start, end in harmless)
    ]
    return _merge(found)


def mask(text: str, identifiers: tuple[Identifier, ...]) -> str:
    """The text with every code point of the identifiers replaced by █; length and line breaks stay as they are."""
    characters = list(text)
    for identifier in identifiers:
        for place in range(identifier.start, min(identifier.end, len(text))):
            if characters[place] not in "\r\n":
                characters[place] = MASK
    return "".join(characters)


def _findings(detector: _Detector, text: str) -> list[Identifier]:
    # No language engine ran, so no artifacts: pattern recognizers take None, though the base class does not say so.
    results = detector.recognizer.analyze(text, detector.recognizer.supported_entities, None)  # type: ignore[arg-type]
    return [Identifier(detector.kind, r.start, r.end) for r in results if r.score >= detector.least]


def _merge(found: list[Identifier]) -> tuple[Identifier, ...]:
    """Overlapping findings as one that covers them all, so that masking leaves no remnant."""
    merged: list[tuple[Identifier, int]] = []
    for one in sorted(found, key=lambda i: (i.start, -i.end)):
        length = one.end - one.start
        if merged and one.start < merged[-1][0].end:
            last, longest = merged[-1]
            kind = one.kind if length > longest else last.kind
            merged[-1] = (Identifier(kind, last.start, max(last.end, one.end)), max(length, longest))
        else:
            merged.append((one, length))
    return tuple(identifier for identifier, _ in merged)


@cache
def _exceptions() -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """Expressions for placeholders and for harmless figures."""
    data = read_data(DATA)
    return (re.compile(data["placeholders"]),), tuple(re.compile(expression) for expression in data["harmless"])


@cache
def _detectors() -> tuple[_Detector, ...]:
    """All recognizers, built on first use (importing Presidio takes over a second). Raises `DataError`."""
    data = read_data(DATA)
    if problems := _problems(data):
        raise DataError(DATA, problems)
    ours = [_Detector(p["kind"], _own(p, data["names"]), 0.0, None) for p in data["patterns"]]
    theirs = [_Detector(p["kind"], _presidio(p), p["least"], re.compile(p["needs"])) for p in data["presidio"]]
    # Ours first: of two findings of one length the labelled kind is told.
    return (*ours, *theirs)


def _own(entry: dict[str, Any], names: dict[str, str]) -> PatternRecognizer:
    """A pattern of ours; ``{name}`` in it stands for a part under ``names``."""
    import regex  # type: ignore[import-untyped]
    from presidio_analyzer import Pattern, PatternRecognizer

    expression = str(entry["regex"])
    for name, part in names.items():
        expression = expression.replace("{" + name + "}", part)
    try:
        # MULTILINE alone: Presidio's default would also ignore case, and capitals are what tells a name.
        regex.compile(expression, regex.MULTILINE)
    except regex.error as error:
        raise DataError(DATA, [f"pattern {entry['id']}: not a regular expression ({error})"]) from error
    pattern = Pattern(entry["id"], expression, 1.0)
    return PatternRecognizer(entry["kind"], patterns=[pattern], global_regex_flags=regex.MULTILINE)


def _presidio(entry: dict[str, Any]) -> EntityRecognizer:
    """One of Presidio's recognizers, by the name of its class."""
    from presidio_analyzer import predefined_recognizers

    recognizer = getattr(predefined_recognizers, entry["class"], None)
    if recognizer is None:
        raise DataError(DATA, [f"presidio: no recognizer {entry['class']!r} in the installed presidio-analyzer"])
    return recognizer(**entry.get("options", {}))


def _problems(data: dict[str, Any]) -> list[str]:
    """What is wrong with the data file's shape."""
    wanted = {"placeholders", "harmless", "names", *_FIELDS}
    problems = [f"unknown key {key!r}" for key in sorted(set(data) - wanted)]
    problems += [f"key {key!r} is missing" for key in sorted(wanted - set(data))]
    for part, (required, optional) in _FIELDS.items():
        for number, entry in enumerate(data.get(part) or [], 1):
            keys = set(entry)
            problems += [f"{part} {number}: unknown field {key!r}" for key in sorted(keys - required - optional)]
            problems += [f"{part} {number}: field {key!r} is missing" for key in sorted(required - keys)]
    return problems
