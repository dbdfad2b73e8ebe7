"""Verbatim quotes from notes: the words with their sentence where the text is at hand, and which are worth showing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from analyzer.feedback.wording import load_wording, one_line
from analyzer.identifiers import mask
from analyzer.records import Analysis, Identifier, Opportunity, Tag


@dataclass(frozen=True, slots=True)
class Line:
    """A template line of a note."""

    start: int
    end: int
    text: str


Words = TypeVar("Words", bound=Tag | Opportunity | Line)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a note, between what stands ``before`` and ``after`` them in the same sentence; identifiers masked."""

    note_id: str
    date: str | None
    words: str
    before: str = ""
    after: str = ""


def quote(analysis: Analysis, found: Tag | Opportunity | Line, texts: Mapping[str, str]) -> Quote:
    """The words of a tag, an opportunity or a template line as they stand in the note, cut short where they run on."""
    most = load_wording().choosing.most_letters
    words = mask(found.text, _shifted(analysis, found.start))
    before, after = _around(analysis, found, words, texts)
    if len(before) + len(words) + len(after) > most:
        before = after = ""
    shown = words if len(words) <= most else words[:most].rstrip() + " …"
    date = one_line(analysis.date).strip() if analysis.date else None
    return Quote(one_line(analysis.note_id), date or None, *map(one_line, (shown, before, after)))


def _shifted(analysis: Analysis, start: int) -> tuple[Identifier, ...]:
    """The note's identifiers as offsets into words that begin at ``start``."""
    moved = ((i.kind, max(0, i.start - start), i.end - start) for i in analysis.identifiers)
    return tuple(Identifier(*each) for each in moved if each[2] > 0)


def _around(
    analysis: Analysis, found: Tag | Opportunity | Line, words: str, texts: Mapping[str, str]
) -> tuple[str, str]:
    """The rest of the sentence, empty where the text isn't at hand or isn't the one that was tagged."""
    text = texts.get(analysis.note_id)
    if text is None or len(text) != analysis.n_chars:
        return "", ""
    text = mask(text, analysis.identifiers)
    if text[found.start : found.end] != words:
        return "", ""
    # spaCy comes with the segmenter, so it is imported only where texts are at hand.
    from analyzer.components.segmenter import find_segments

    for start, end in find_segments(text):
        if start <= found.start and found.end <= end:
            return text[start : found.start], text[found.end : end].rstrip("; ")
    return "", ""


class Quotes:
    """Takes quotes that vary: none comes twice on a page, nor one that shares most of its words with another."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self._seen: list[frozenset[str]] = []

    def take(self, ranked: Iterable[tuple[Analysis, Words]], most: int) -> list[tuple[tuple[Analysis, Words], Quote]]:
        """Up to ``most`` of the candidates, first come first; two of one note only where no other note has any."""
        taken: list[tuple[tuple[Analysis, Words], Quote]] = []
        second: list[tuple[Analysis, Words]] = []
        notes: set[int] = set()
        for again, candidates in ((False, ranked), (True, second)):
            for analysis, found in candidates:
                if len(taken) == most:
                    return taken
                if not again and id(analysis) in notes:
                    second.append((analysis, found))
                elif self._is_new(found.text):
                    notes.add(id(analysis))
                    taken.append(((analysis, found), quote(analysis, found, self.texts)))
        return taken

    def _is_new(self, text: str) -> bool:
        words = frozenset(text.casefold().split())
        if not words or any(_alike(words, other) for other in self._seen):
            return False
        self._seen.append(words)
        return True


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether so much of the words is shared that a reader would call it the same line (Jaccard's index)."""
    return len(one & other) >= load_wording().choosing.alike * len(one | other)


def moments_first(moments: Iterable[tuple[Analysis, Opportunity]]) -> list[tuple[Analysis, Opportunity]]:
    """Those that read as the client's side first, then those that call for few strategies; else in the order given."""
    return sorted(moments, key=lambda m: (*doubts(*m), len(m[1].strategies)))


def doubts(analysis: Analysis, moment: Opportunity) -> tuple[bool, bool, bool]:
    """What speaks against quoting a moment: it overlaps a tag, stands in the clinician's section, is very short."""
    choosing = load_wording().choosing
    inside = {s.name for s in analysis.sections if s.start <= moment.start < s.end}
    return (
        any(tag.start < moment.end and moment.start < tag.end for tag in analysis.tags),
        bool(inside & set(choosing.clinician_sections)),
        len(moment.text.split()) < choosing.fewest_words,
    )
