"""The evidence inside a segment: the shortest clause that carries the act (codebook section 1).

Clauses end at commas, dashes, colons and joining words; subjects, conjunctions and closing punctuation are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from spacy.tokens import Doc, Span

from analyzer.lexicons import clause_words
from analyzer.qualifiers import load_qualifiers

_MARKS = frozenset((",", ":", "-", "–", "—", "(", ")"))
_SHORTEST = 3


def clauses(segment: Span) -> list[Span]:
    """The segment cut at its joints, trimmed; clauses of fewer than three words stay with their neighbour."""
    doc = segment.doc
    cuts = [segment.start]
    for token in segment[1:]:
        if (token.norm_ in clause_words("joints") or token.text in _MARKS) and token.i - cuts[-1] >= _SHORTEST:
            cuts.append(token.i)
    if len(cuts) > 1 and segment.end - cuts[-1] <= _SHORTEST:
        cuts.pop()
    bounds = [*cuts, segment.end]
    found = [trimmed(doc, start, end) for start, end in zip(bounds, bounds[1:], strict=False)]
    return [span for span in found if len(span) > 0]


def trimmed(doc: Doc, start: int, end: int) -> Span:
    """The span without leading joints, subject and punctuation, and without trailing punctuation."""
    skipped = clause_words("joints") | clause_words("leading") | load_qualifiers().agents["clinician"]
    while end > start and (doc[end - 1].is_punct or doc[end - 1].is_space):
        end -= 1
    while end - start > _SHORTEST and (doc[start].is_punct or doc[start].is_space or doc[start].norm_ in skipped):
        start += 1
    return doc[start:end]


def from_rule(segment: Span, start: int, end: int) -> Span:
    """From a rule's first word to the end of the clause in which it stops."""
    while (
        start > segment.start and not segment.doc[start - 1].whitespace_ and segment.doc[start].norm_ in ("not", "'s")
    ):
        start -= 1  # a pattern may begin inside "didn't"
    for clause in clauses(segment):
        if clause.start < end <= clause.end:
            return trimmed(segment.doc, start, clause.end)
    return trimmed(segment.doc, start, max(end, min(segment.end, end)))


def whole(segment: Span) -> Span:
    """The segment without its subject and closing punctuation."""
    return trimmed(segment.doc, segment.start, segment.end)


def best_clauses(segment: Span, part: Sequence[Span], scores: Sequence[float] | np.ndarray) -> Span:
    """The clause of the highest score with neighbours at least half as high; the segment where it has one clause."""
    if len(part) < 2:
        return whole(segment)
    first = last = int(np.argmax(scores))
    limit = float(scores[first]) / 2
    while first > 0 and scores[first - 1] >= limit:
        first -= 1
    while last + 1 < len(part) and scores[last + 1] >= limit:
        last += 1
    return trimmed(segment.doc, part[first].start, part[last].end)
