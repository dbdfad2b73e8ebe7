"""Words that an author repeats from note to note: pasted lines, and blocks copied forward (codebook R5).

Every four words in a row are hashed and counted over an author's notes; what stands in three or more is repeated. The
counts are a counting Bloom filter (Fan et al. 2000, doi:10.1109/90.851975): memory is the same for ten notes and a
million, no word of a note is kept, and a line pasted with a word changed is still found by the words around it
(shingling: Broder 1997, doi:10.1109/SEQUEN.1997.666900).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np
from murmurhash import mrmr

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
SHINGLE: Final = 4
# The codebook's "worded identically in at least 2 other notes by the same author".
NOTES: Final = 3
# 64 MiB of counters, taken up page by page as they fill: 50,000 notes of 350 words leave three in four empty.
_SLOTS: Final = 1 << 26


class Repeated(NamedTuple):
    """Words, as (start, end) offsets, that stand in the author's other notes, or in an earlier note of the client."""

    by_author: tuple[tuple[int, int], ...]
    from_earlier: tuple[tuple[int, int], ...]


class Repetition:
    """Counts shingles while notes go by: `learn` notes ahead of reading them, then ask `find` in the same order."""

    def __init__(self) -> None:
        self._counts = np.zeros(_SLOTS, np.uint8)

    def learn(self, author: str | None, text: str) -> None:
        """Count a note's shingles for its author; a note without an author is not counted."""
        if author:
            self._add(_slots(f"author {author}", _shingles(_words(text))))

    def find(self, author: str | None, client: str | None, text: str) -> Repeated:
        """What of this note is repeated, and, for the next note of the client, remember it."""
        if not author:
            return Repeated((), ())
        words = _words(text)
        shingles = _shingles(words)
        own = self._counts[_slots(f"author {author}", shingles)] >= NOTES
        if not client:
            return Repeated(_covered(words, own), ())
        slots = _slots(f"client {client} of {author}", shingles)
        seen = self._counts[slots] > 0
        self._add(slots)
        return Repeated(_covered(words, own), _covered(words, seen))

    def _add(self, slots: np.ndarray) -> None:
        once = np.unique(slots)
        self._counts[once] += self._counts[once] < np.iinfo(np.uint8).max


def _words(text: str) -> list[tuple[str, int, int]]:
    return [("0" if m[0].isdigit() else m[0].lower(), *m.span()) for m in _WORD.finditer(text)]


def _shingles(words: list[tuple[str, int, int]]) -> list[str]:
    plain = [word for word, *_ in words]
    return [" ".join(plain[i : i + SHINGLE]) for i in range(len(plain) - SHINGLE + 1)]


def _slots(whose: str, shingles: list[str]) -> np.ndarray:
    seed = _hash(whose, 0) % (1 << 31)
    hashes = (_hash(shingle, seed) for shingle in shingles)
    return np.fromiter(hashes, np.int64, len(shingles)) % _SLOTS


def _hash(words: str, seed: int) -> int:
    """MurmurHash3 in 32 bits, without a sign."""
    return int(mrmr.hash(words, seed)) & 0xFFFFFFFF


def _covered(words: list[tuple[str, int, int]], hit: np.ndarray) -> tuple[tuple[int, int], ...]:
    """The words inside any shingle that was hit."""
    inside = np.zeros(len(words), bool)
    for i in np.flatnonzero(hit):
        inside[i : i + SHINGLE] = True
    return tuple(words[i][1:] for i in np.flatnonzero(inside))
