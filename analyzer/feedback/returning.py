"""Possible over-use on a page: what the notes show, what it can mean, an open question, and the words that show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.compare.over_use import OverUse, Pattern
from analyzer.compare.patterns import claimed_by, returning
from analyzer.feedback.material import Material, clients_in, delivered
from analyzer.feedback.quotes import Line, Quote, Quotes
from analyzer.feedback.wording import clients_of, load_wording, one_line
from analyzer.identifiers import mask
from analyzer.records import Analysis, Tag


@dataclass(frozen=True, slots=True)
class Noticed:
    """One strategy with a pattern of possible over-use; ``said``: what the notes show; ``means``: what it can mean.

    ``clients``: whose notes show it, in words. ``also_in`` are the notes that show it beside those quoted.
    """

    pattern: Pattern
    strategy: str
    title: str
    ask: str
    try_next: str
    said: str
    means: str
    clients: str
    quotes: tuple[Quote, ...]
    also_in: tuple[str, ...]


def noticed(material: Material, quotes: Quotes, *, most: int) -> Iterator[Noticed]:
    """The patterns behind every verdict of over-use, in codebook order, each with up to ``most`` quotes."""
    for strategy in material.codebook.ids:
        if material.verdict(strategy) == "over_used":
            for pattern in (p for p in material.patterns if p.strategy == strategy):
                yield _noticed(material, pattern, quotes, most)


def _noticed(material: Material, pattern: OverUse, quotes: Quotes, most: int) -> Noticed:
    words = load_wording().agenda.over_use[pattern.pattern]
    entry, shown = material.codebook.strategy(pattern.strategy), set(pattern.note_ids)
    notes = [a for a in material.notes if a.note_id in shown]
    taken = quotes.take(((a, found) for a in notes for found in _words(a, pattern, material)), most)
    quoted = {quote.note_id for _, quote in taken}
    named = dict.fromkeys(map(one_line, pattern.note_ids))
    said = f"In these notes {pattern.said}."
    return Noticed(
        pattern=pattern.pattern,
        strategy=pattern.strategy,
        title=entry.title,
        ask=words.ask,
        try_next=words.try_next,
        said=said,
        means=f"What that can mean: {entry.over_use}",
        clients=clients_of(clients_in(notes)),
        quotes=tuple(quote for _, quote in taken),
        also_in=tuple(note_id for note_id in named if note_id not in quoted),
    )


def _words(analysis: Analysis, pattern: OverUse, material: Material) -> Iterator[Tag | Line]:
    """What of a note shows the pattern: tags, and template lines where the note's text is at hand."""
    if pattern.pattern != "worded_alike":
        yield from (tag for tag in delivered(analysis) if tag.strategy == pattern.strategy)
        return
    yield from (tag for tag in returning(analysis) if tag.strategy == pattern.strategy)
    text = material.texts.get(analysis.note_id)
    if text is not None and len(text) == analysis.n_chars:
        masked = mask(text, analysis.identifiers)
        for line in analysis.boilerplate:
            if pattern.strategy in claimed_by(line.reason):
                yield Line(line.start, line.end, masked[line.start : line.end].strip())
