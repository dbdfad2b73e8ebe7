"""Identifiers that have a shape: numbers, dates, addresses, labelled and titled names.

Our own patterns run directly; Presidio's recognizers (its checksums and its phone library) only on notes that hold what
they look for. Long lines are read in pieces, because Presidio takes the square of a line's length: time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from analyzer.lexicons import read_data
from analyzer.records import DataError, Identifier

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

DATA: Final = "identifiers.yml"
_FIELDS: Final = {
    "presidio": ({"class", "kind", "least", "needs"}, {"options"}),
    "patterns": ({"id", "kind", "regex", "hits", "misses"}, {"needs", "words"}),
}
# Longer than any identifier but a web address; one that stands across a border is inside the next piece.
_PIECE: Final = 2_000
_OVERLAP: Final = 200
# No identifier has that many figures: such a run is masked whole and not looked at further.
_LONG_RUN: Final = re.compile(r"\d{40,}|\d(?:[ ().,:;|/\-]{0,3}\d){79,}")


@dataclass(frozen=True)
class _Presidio:
    """A recognizer of Presidio, made when a note first holds what it needs: few do, and importing it takes seconds."""

    kind: str
    name: str
    options: Mapping[str, Any]
    least: float
    needs: re.Pattern[str]

    @cached_property
    def recognizer(self) -> EntityRecognizer:
        from presidio_analyzer import predefined_recognizers

        recognizer = getattr(predefined_recognizers, self.name, None)
        if recognizer is None:
            raise DataError(DATA, [f"presidio: no recognizer {self.name!r} in the installed presidio-analyzer"])
        return cast("EntityRecognizer", recognizer(**self.options))


@dataclass(frozen=True)
class _Own:
    """A pattern of ours; its expression, too, is made when a note first holds what it needs."""

    id: str
    kind: str
    source: str
    needs: re.Pattern[str] | None
    words: tuple[str, ...]

    @cached_property
    def expression(self) -> Any:
        import regex  # type: ignore[import-untyped]

        try:
            return regex.compile(self.source, regex.MULTILINE)
        except regex.error as error:
            raise DataError(DATA, [f"pattern {self.id}: not a regular expression ({error})"]) from error


def find_shapes(text: str) -> list[Identifier]:
    """Everything that a pattern or a recognizer of Presidio finds, overlaps and all."""
    found = [Identifier("RECORD_NUMBER", *m.span()) for m in _LONG_RUN.finditer(text)]
    if found:
        text = _LONG_RUN.sub(lambda m: "\x00" * len(m[0]), text)
    for start, piece in _pieces(text):
        found += [Identifier(kind, start + a, start + b) for kind, a, b in _in_piece(piece)]
    return found


@cache
def exceptions() -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    """Expressions for placeholders and for harmless figures."""
    data = read_data(DATA)
    return re.compile(data["placeholders"]), tuple(re.compile(expression) for expression in data["harmless"])


@cache
def numbers_go_on() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Expressions for what belongs to a number before and behind the part that a pattern found."""
    beside = read_data(DATA)["numbers_go_on"]
    return re.compile(beside["before"]), re.compile(beside["after"])


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces that end at a line's end where there is one; long lines in pieces that overlap."""
    start = 0
    while start < len(text):
        end = min(len(text), start + _PIECE)
        line_end = text.rfind("\n", start + 1, end) + 1 if end < len(text) else end
        yield start, text[start : line_end or end]
        start = line_end or end - _OVERLAP


def _in_piece(text: str) -> Iterator[tuple[str, int, int]]:
    lower = text.lower()
    for own in _own_patterns():
        if own.words and not any(word in lower for word in own.words):
            continue
        if own.needs is None or own.needs.search(text):
            for match in own.expression.finditer(text):
                yield own.kind, *match.span()
    if sum(map(text.count, "0123456789:")) < 4:
        return
    for detector in _presidio():
        if detector.needs.search(text):
            # No language engine ran, so no artifacts: pattern recognizers take None.
            entities = detector.recognizer.supported_entities
            for result in detector.recognizer.analyze(text, entities, None):  # type: ignore[arg-type]
                if result.score >= detector.least:
                    yield detector.kind, result.start, result.end


@cache
def _data() -> dict[str, Any]:
    data = read_data(DATA)
    if problems := _problems(data):
        raise DataError(DATA, problems)
    return data


@cache
def _own_patterns() -> tuple[_Own, ...]:
    """Our patterns; ``{name}`` in one stands for a part under ``names``."""
    own = []
    for entry in _data()["patterns"]:
        source = str(entry["regex"])
        for name, part in _data()["names"].items():
            source = source.replace("{" + name + "}", part)
        needs = re.compile(entry["needs"]) if "needs" in entry else None
        own.append(_Own(entry["id"], entry["kind"], source, needs, tuple(entry.get("words", ()))))
    return tuple(own)


@cache
def _presidio() -> tuple[_Presidio, ...]:
    """Presidio's recognizers, by the names of their classes."""
    return tuple(
        _Presidio(entry["kind"], entry["class"], entry.get("options", {}), entry["least"], re.compile(entry["needs"]))
        for entry in _data()["presidio"]
    )


def _problems(data: dict[str, Any]) -> list[str]:
    """What is wrong with the data file's shape."""
    wanted = {"placeholders", "harmless", "names", "numbers_go_on", *_FIELDS}
    problems = [f"unknown key {key!r}" for key in sorted(set(data) - wanted)]
    problems += [f"key {key!r} is missing" for key in sorted(wanted - set(data))]
    for part, (required, optional) in _FIELDS.items():
        for number, entry in enumerate(data.get(part) or [], 1):
            keys = set(entry)
            problems += [f"{part} {number}: unknown field {key!r}" for key in sorted(keys - required - optional)]
            problems += [f"{part} {number}: field {key!r} is missing" for key in sorted(required - keys)]
    return problems
