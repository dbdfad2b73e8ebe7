"""Findings become one where they overlap, and are written over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from analyzer.records import Identifier

Gate = Literal["mask", "refuse", "ignore"]

MASK = "█"
# Said of any number that has no other kind, so any other kind of the same figures says more.
_VAGUE: Final = "RECORD_NUMBER"


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
            vague = last.kind == _VAGUE and length == longest and one.kind != "PHONE"
            kind = one.kind if length > longest or vague else last.kind
            merged[-1] = (Identifier(kind, last.start, max(last.end, one.end)), max(length, longest))
        else:
            merged.append((one, length))
    return tuple(identifier for identifier, _ in merged)
