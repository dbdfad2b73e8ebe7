"""What was caught in one note, searched again in all notes of the upload."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from analyzer.identifiers.finding import find_identifiers
from analyzer.identifiers.lists import Kind, context
from analyzer.identifiers.masking import merge
from analyzer.identifiers.words import words_of
from analyzer.records import Identifier

# So many words of names are kept at most, the oldest are forgotten first: a few MB however long the upload.
MOST: Final = 50_000
_PERSONS: Final = frozenset(("PERSON", "NICKNAME"))
_STRINGS: Final = frozenset(
    ("RECORD_NUMBER", "PHONE", "EMAIL", "HANDLE", "SSN", "NATIONAL_ID", "ACCOUNT", "VEHICLE", "DEVICE")
)
_PIECE: Final = re.compile(r"[^\s,;()\"“”]+")


class Caught:
    """Words of names and numbers that were caught so far; only in memory, and only while an upload is read.

    ``words``: those that were caught elsewhere before, each with its kind.
    """

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        self._words: dict[str, str] = dict(words or {})

    @property
    def words(self) -> Mapping[str, str]:
        """What was caught, in order, each with its kind. The words of people: never to be shown or kept."""
        return self._words

    def learn(self, text: str, found: Iterable[Identifier]) -> None:
        """Remember what these findings in the text are."""
        for one in found:
            caught = text[one.start : one.end]
            if one.kind in _PERSONS:
                for word in words_of(caught):
                    if word.kind <= Kind.ORDINARY and len(word.lower) > 2 and word.lower not in context("roles"):
                        self._add(word.text[: len(word.text) - word.tail], one.kind)
            elif one.kind in _STRINGS and len(caught) > 4 and _PIECE.fullmatch(caught):
                self._add(caught, one.kind)

    def find(self, text: str) -> Iterator[Identifier]:
        """Where a caught word stands in the text, as it was written."""
        words = self._words
        if not words:
            return
        for word in words_of(text):
            kind = words.get(word.text[: len(word.text) - word.tail]) if word.capital else None
            sure = word.kind < Kind.BOTH or (word.kind <= Kind.ORDINARY and not _opens(text, word.start))
            if kind and sure:
                yield Identifier(kind, word.start, word.end - word.tail)
        for match in _PIECE.finditer(text):
            caught = match[0].rstrip(".:!?")
            if len(caught) > 4 and (kind := words.get(caught)) in _STRINGS and kind:
                yield Identifier(kind, match.start(), match.start() + len(caught))

    def also_in(self, text: str, found: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
        """The findings in a text together with what was caught elsewhere and stands in it too."""
        again = tuple(self.find(text))
        return merge((*found, *again)) if again else found

    def _add(self, word: str, kind: str) -> None:
        self._words[word] = kind
        if len(self._words) > MOST:
            del self._words[next(iter(self._words))]


def find_in_upload(texts: Iterable[str]) -> list[tuple[Identifier, ...]]:
    """The identifiers of each text, each caught word searched again in all of them (for uploads held in memory)."""
    held = list(texts)
    found = [find_identifiers(text) for text in held]
    caught = Caught()
    for text, some in zip(held, found, strict=True):
        caught.learn(text, some)
    return [caught.also_in(text, some) for text, some in zip(held, found, strict=True)]


def kinds_in_name(name: str) -> tuple[str, ...]:
    """The kinds of identifier that a file's name or a note's id seems to hold, underscores read as spaces."""
    plain = re.sub(r"[_.]+|(?<=[^\W\d_])-(?=[^\W\d_])|(?<=\d)-(?=[^\W\d_])|(?<=[^\W\d_])-(?=\d)", " ", name)
    return tuple(sorted({one.kind for one in find_identifiers(plain)}))


class NamesHeld:
    """File names and note ids that were looked at, and how many hold which kinds; the names are only told by number."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._first: dict[tuple[str, ...], int] = {}
        self._notes = 0

    def look_at(self, *names: str) -> None:
        """Look at the names of one more note."""
        self._notes += 1
        for name in names:
            if hash(name) in self._seen:
                continue
            self._seen.add(hash(name))
            if kinds := kinds_in_name(name):
                self._counts[kinds] += 1
                self._first.setdefault(kinds, self._notes)

    def told(self) -> list[str]:
        """One sentence for each combination of kinds, without the names."""
        return [
            f"{count} seem{'s' * (count == 1)} to hold {', '.join(kinds)} (first: note {self._first[kinds]} as read): "
            "rename before sharing, since they stand in every output"
            for kinds, count in sorted(self._counts.items())
        ]


def _opens(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t\"'“(")
    return not before or before[-1] in ".!?:;\n-•*"
