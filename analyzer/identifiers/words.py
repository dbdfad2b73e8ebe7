"""A note as a row of words with their places, and the runs of capitalised words in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from analyzer.identifiers.lists import Kind, context, kind_of

_WORD: Final = re.compile(r"St\.(?= [^\W\d_])|[wW]/(?!\w)|[dD]/[cC]'d|[^\W\d_]+(?:['’\-][^\W\d_]+)*|\d+|\n|[^\w\s]")
_ENDS_SENTENCE: Final = frozenset(".!?;:•*>→\n-–—|+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, figure or mark; ``lower`` without a possessive, whose length is ``tail``."""

    text: str
    lower: str
    start: int
    end: int
    kind: Kind
    tail: int

    @property
    def capital(self) -> bool:
        """Whether it begins like a name, initials and abbreviations aside."""
        return self.kind is not Kind.SHORT


@dataclass(frozen=True, slots=True)
class Run:
    """Capitalised words side by side, from ``first`` up to ``last`` (exclusive), particles among them."""

    first: int
    last: int
    opens: bool  # the sentence


def words_of(text: str) -> list[Word]:
    """The words in order; anything that is not capitalised is of the kind SHORT."""
    return [
        Word(m[0], lower, m.start(), m.end(), kind, tail)
        for m in _WORD.finditer(text)
        for lower, kind, tail in (_looked_up(m[0]),)
    ]


@lru_cache(maxsize=65_536)
def _looked_up(word: str) -> tuple[str, Kind, int]:
    base = bare(word)
    inner = re.match(r"(?:al|el|d|l|van|de)[-'’](?=[^\W\d_])", base)
    capital = base[:1].isupper() or (inner is not None and base[inner.end() : inner.end() + 1].isupper())
    kind = kind_of(base[inner.end() :] if inner and not base[0].isupper() else base) if capital else Kind.SHORT
    return base.lower(), kind, len(word) - len(base)


def bare(word: str) -> str:
    """The word without a possessive."""
    if word[-2:] in ("'s", "’s", "'S", "’S"):
        return word[:-2]
    return word.rstrip("'’")


def runs(words: list[Word]) -> Iterator[Run]:
    """Every run of capitalised words, as long as nothing but a space or a particle stands between them."""
    particles = context("particles")
    i = 0
    while i < len(words):
        if not words[i].capital:
            i += 1
            continue
        last = i + 1
        while last < len(words) and words[last].start - words[last - 1].end <= 1 and not words[last - 1].tail:
            if words[last].capital:
                last += 1
            elif nxt := _over(words, last, particles):
                last = nxt
            else:
                break
        yield Run(i, last, opens_sentence(words, i))
        i = last


def _over(words: list[Word], at: int, particles: frozenset[str]) -> int:
    """Past particles and initials that stand inside a name, up to the capitalised word after them; 0 where none."""
    steps = 0
    while at < len(words) and steps < 3:
        word = words[at]
        joins = word.lower in particles or (len(word.text) == 1 and (word.text.isupper() or word.text == "."))
        if not joins or (word.text == "." and (len(words[at - 1].text) != 1 or steps == 0)):
            break
        at, steps = at + 1, steps + 1
    if steps and at < len(words) and words[at].capital and words[at].start - words[at - 1].end <= 1:
        return at + 1
    return 0


def opens_sentence(words: list[Word], i: int) -> bool:
    """Whether nothing stands before the word in its sentence."""
    while i > 0 and words[i - 1].text in "\"“'‘([#":
        i -= 1
    return i == 0 or words[i - 1].text in _ENDS_SENTENCE or (words[i - 1].text.isdigit() and i == 1)
