"""Findings become one where they overlap, and are written over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from analyzer.records import Identifier

Gate = Literal["mask", "refuse", "ignore"]

MASK = "█"


def mask(text: str, identifiers: tuple[Identifier, ...]) -> str:
    """The text with every code point of the identifiers replaced by █; length and line breaks stay as they are."""
    characters = list(text)
    for identifier in identifiers:
        for place in range(identifier.start, min(identifier.end, len(text))):
            if characters[place] not in "\r\n":
                characters[place] = MASK
    return "".join(characters)


def merge(found: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Overlapping findings as one that covers them all, of the kind of the longest, so that no remnant is left."""
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
