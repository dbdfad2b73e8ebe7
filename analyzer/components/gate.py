"""Many token patterns over short segments, quickly.

spaCy's Matcher tries every pattern at every token and unfolds each gap into as many patterns; with a thousand patterns
that takes a second a note. Here each pattern (in spaCy's own format) becomes one regular expression over the segment's
norms and is indexed under its rarest required words, so that it runs only in segments that hold one of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any

from spacy.tokens import Doc, Span

TokenPattern = list[dict[str, Any]]

# How a segment is written for the expressions: a mark before numbers and white space, the norm, a closing mark.
_NUMBER, _SPACE, _END = "\x01", "\x02", "\x03"
_ANY = f"[^{_SPACE}{_END}][^{_END}]*{_END}"


class _Pattern:
    """One pattern; its expression is made when a segment first holds its words: most rules meet none in a run."""

    def __init__(self, key: str, pattern: TokenPattern, needs: frozenset[int]) -> None:
        self.key = key
        self.needs = needs
        self._pattern = pattern

    @cached_property
    def expression(self) -> re.Pattern[str]:
        return _expression(self._pattern)


class GatedMatcher:
    """Finds keyed token patterns (as `compile_pattern` makes them) inside one segment at a time.

    Of one pattern's overlapping matches the leftmost is found, as long as its gaps allow.
    """

    def __init__(self) -> None:
        self._patterns: list[_Pattern] = []
        self._by_word: dict[str, set[int]] = {}
        self._always: set[int] = set()
        # Word sets by number: many patterns need the same, which is then looked for once in a segment.
        self._needs: dict[frozenset[str], int] = {}
        self._needs_by_word: dict[str, set[int]] = {}

    def add(self, key: str, patterns: Iterable[TokenPattern]) -> None:
        """Look for these patterns under ``key`` as well."""
        for pattern in patterns:
            index = len(self._patterns)
            needs = set(_needs(pattern))
            self._patterns.append(_Pattern(key, pattern, frozenset(map(self._number, needs))))
            for word in min(needs, key=len, default=()):
                self._by_word.setdefault(word, set()).add(index)
            if not needs:
                self._always.add(index)

    def find(self, segment: Span) -> Iterator[tuple[str, int, int]]:
        """Every match as (key, start, end), token offsets into the Doc."""
        words = {token.norm_ for token in segment}
        indexes = self._always.union(*(self._by_word[word] for word in words if word in self._by_word))
        met = set().union(*(self._needs_by_word[word] for word in words if word in self._needs_by_word))
        hopeful = sorted(i for i in indexes if self._patterns[i].needs <= met)
        if not hopeful:
            return
        text, starts = _written(segment)
        for i in hopeful:
            for match in self._patterns[i].expression.finditer(text):
                yield self._patterns[i].key, starts[match.start()], starts[match.end()]

    def find_all(self, doc: Doc) -> list[tuple[str, int, int]]:
        """The matches in every sentence of a Doc; none crosses a sentence's end."""
        return [match for sentence in doc.sents for match in self.find(sentence)]

    def _number(self, need: frozenset[str]) -> int:
        number = self._needs.setdefault(need, len(self._needs))
        for word in need:
            self._needs_by_word.setdefault(word, set()).add(number)
        return number


def _written(segment: Span) -> tuple[str, dict[int, int]]:
    """The segment as the expressions read it, and which token stands at each offset where one begins or ends."""
    parts, starts, offset = [], {}, 0
    for token in segment:
        mark = _SPACE if token.is_space else _NUMBER if token.like_num else ""
        starts[offset] = token.i
        parts.append(f"{mark}{token.norm_}{_END}")
        offset += len(parts[-1])
    starts[offset] = segment.end
    return "".join(parts), starts


@cache
def _words_expression(words: tuple[str, ...]) -> str:
    return f"{_NUMBER}?(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))}){_END}"


def _expression(pattern: Sequence[dict[str, Any]]) -> re.Pattern[str]:
    parts = [_token(token) + _times(token.get("OP")) for token in pattern]
    return re.compile(f"(?<![^{_END}])" + "".join(parts))


def _token(token: dict[str, Any]) -> str:
    if token.get("LIKE_NUM"):
        return f"(?:{_NUMBER}[^{_END}]*{_END})"
    norm = token.get("NORM")
    if norm is None:
        return f"(?:{_ANY})"
    if isinstance(norm, str):
        return f"(?:{_words_expression((norm,))})"
    if "IN" in norm:
        return f"(?:{_words_expression(tuple(norm['IN']))})"
    if "NOT_IN" in norm:
        return f"(?:(?!{_words_expression(tuple(norm['NOT_IN']))}){_ANY})"
    # A norm's REGEX as compile_pattern writes it: whole alternatives end in $, prefixes go on.
    inner = str(norm["REGEX"]).removeprefix("^").replace("$", f"(?={_END})")
    return f"(?:{_NUMBER}?{inner}[^{_END}]*{_END})"


def _times(op: str | None) -> str:
    return "" if op is None or op == "1" else op


def _needs(pattern: Sequence[dict[str, Any]]) -> Iterator[frozenset[str]]:
    """The word sets of which each must be in the segment."""
    for token in pattern:
        norm = token.get("NORM")
        if "OP" in token or norm is None:
            continue
        if isinstance(norm, str):
            yield frozenset((norm,))
        elif "IN" in norm:
            yield frozenset(norm["IN"])
