"""The clinical segmenter: the codebook's unit of coding (section 1).

A segment is a sentence: split at ``. ? ! ;``, a line break, a bullet or an arrow; not at abbreviation points, decimals
or times. Where the full stop was left out, a capitalised word that opens sentences splits. Leading bullets and
surrounding white space stand outside it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from analyzer.lexicons import abbreviations, read_data

# Tried only where a run of white space begins: tried at each of its characters, a long run takes time by its square.
_BREAK = re.compile(r"(?<![^\S\n])[^\S\n]*\n\s*|(?:(?<!\s)\s+)?(?:→|->|•|‣|▪)\s*")
_STOP = re.compile(r"(?<=[.?!;…])[\"'”’)\]]*\s+|(?<=[a-z])[^\S\n]+(?=(?P<opener>[A-Z][a-z']+)[^\S\n]+[a-z0-9])")
_CLOSERS = "\"'”’)]"
_LAST_WORD = re.compile(r"(\S+?)\.$")
_BULLET = re.compile(r"\s*(?:[-*–—•◦]+\s+|\d{1,2}[.)]\s+|\[[ xX]?\]\s*)?")
_CONTENT = re.compile(r"[^\W_]")


def find_segments(text: str) -> list[tuple[int, int]]:
    """All segments of a text as half-open code point offsets, in order, none empty, none overlapping."""
    found = (_trimmed(text, start, end) for block in _blocks(text) for start, end in _sentences(text, *block))
    return [(start, end) for start, end in found if end - start >= 2 and _CONTENT.search(text, start, end)]


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for match in _BREAK.finditer(text):
        yield position, match.start()
        position = match.end()
    yield position, len(text)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in _STOP.finditer(text, start, end):
        opener = match["opener"]
        if opener.lower() in _openers() if opener else not _is_abbreviation(text, begin, match):
            yield begin, match.end()
            begin = match.end()
    yield begin, end


def _is_abbreviation(text: str, begin: int, stop: re.Match[str]) -> bool:
    """Whether the full stop before white space belongs to the word: "Dr. K", "cl. said", "A. Smith", "1. First"."""
    # Only the last token matters; a bounded look back keeps the time linear on very long lines.
    left = text[max(begin, stop.start() - 40) : stop.start()].rstrip(_CLOSERS)
    match = _LAST_WORD.search(left)
    if not match:
        return False
    word = match[1].lower().lstrip("(\"'“‘[")
    always, before_lower_case = _abbreviated_words()
    if word in before_lower_case and not text[stop.end() : stop.end() + 1].isupper():
        return True
    is_list_number = re.fullmatch(r"\d{1,2}", word) and begin + len(word) + 1 >= stop.start()
    return word in always or re.fullmatch(r"[a-z]", word) is not None or bool(is_list_number)


@cache
def _abbreviated_words() -> tuple[frozenset[str], frozenset[str]]:
    data = read_data("lexicons/segmenter.yml")
    dotted = {a.form.lower() for a in abbreviations() if a.dotted}
    return frozenset(data["always"]), frozenset(data["before_lower_case"]) | dotted


@cache
def _openers() -> frozenset[str]:
    return frozenset(read_data("lexicons/segmenter.yml")["openers"])


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    lead = _BULLET.match(text, start, end)
    if lead and lead.end() < end:
        start = lead.end()
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


@Language.component("segmenter", assigns=["doc.spans", "token.is_sent_start"])
def segmenter(doc: Doc) -> Doc:
    """Put the segments into ``doc.spans["segments"]`` and start a sentence (``doc.sents``) at each."""
    begins = [token.idx for token in doc]
    # Every token that a segment touches; Doc.char_span would search the whole note for each.
    group = [doc[bisect_right(begins, start) - 1 : bisect_left(begins, end)] for start, end in find_segments(doc.text)]
    starts = {span.start for span in group}
    marks = np.full(len(doc), -1, dtype=np.int64)
    marks[sorted({0, *starts})[: len(doc)]] = 1
    # Setting token.is_sent_start one by one looks through the whole note each time.
    if len(doc):
        doc.from_array([SENT_START], marks.astype(np.uint64))  # type: ignore[arg-type]
    doc.spans["segments"] = SpanGroup(doc, name="segments", spans=group)
    return doc
