"""Strengths: strategies that the notes document in words of their own, each with quotes and the moments they meet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from analyzer.codebook import load_codebook
from analyzer.feedback.material import Material
from analyzer.feedback.quotes import Quote, Quotes, doubts
from analyzer.feedback.wording import load_wording
from analyzer.records import STRATEGIES, Analysis, Opportunity, Tag


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote, and the ``moment`` on the client's side that the note answers with it (None: none worth showing)."""

    quote: Quote
    moment: Quote | None = None


@dataclass(frozen=True, slots=True)
class Strength:
    """A strategy documented as done in ``notes`` many notes, answering ``moments`` many opportunities.

    Template text, blocks copied forward and lines repeated from note to note are left out of both and of the quotes.
    """

    strategy: str
    title: str
    notes: int
    moments: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One delivered tag and the opportunities that it answers."""

    analysis: Analysis
    tag: Tag
    answers: tuple[Opportunity, ...]

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """Sorts first what answers a moment, is sure, and is long enough to read."""
        choosing = load_wording().choosing
        short = len(self.tag.text.split()) < choosing.fewest_words
        return (not self.answers, self.tag.confidence < choosing.sure, short)


def strengths(material: Material, quotes: Quotes, *, last: Collection[str] = ()) -> tuple[Strength, ...]:
    """Up to three strategies: those that answer most opportunities first, then those in most notes.

    Strategies in ``last``, which the same page looks at for another reason, come only where no others are left.
    """
    seen: dict[str, list[_Seen]] = {strategy: [] for strategy in STRATEGIES}
    for each in _delivered(material):
        seen[each.tag.strategy].append(each)
    order = sorted(
        (strategy for strategy in STRATEGIES if seen[strategy]),
        key=lambda s: (s in last, -_moments(seen[s]), -_notes(seen[s])),
    )
    found = (_strength(strategy, seen[strategy], quotes) for strategy in order)
    shown = (strength for strength in found if strength.evidence)
    return tuple(strength for strength, _ in zip(shown, range(load_wording().choosing.strengths), strict=False))


def _delivered(material: Material) -> Iterator[_Seen]:
    for analysis in material.notes:
        for tag in analysis.counted:
            if tag.status == "delivered" and not tag.repeated:
                answers = tuple(
                    moment
                    for moment in analysis.opportunities
                    if moment.response == "responded"
                    and tag.strategy in moment.strategies
                    and moment.answer == (tag.start, tag.end)
                )
                yield _Seen(analysis, tag, answers)


def _moments(seen: list[_Seen]) -> int:
    return len({(id(each.analysis), id(moment)) for each in seen for moment in each.answers})


def _notes(seen: list[_Seen]) -> int:
    return len({id(each.analysis) for each in seen})


def _strength(strategy: str, seen: list[_Seen], quotes: Quotes) -> Strength:
    by_rank = sorted(seen, key=lambda each: each.rank)
    answers = {id(each.tag): each.answers for each in seen}
    taken = quotes.take(((each.analysis, each.tag) for each in by_rank), load_wording().choosing.quotes)
    evidence = (Evidence(quote, _moment(found[0], answers[id(found[1])], quotes)) for found, quote in taken)
    return Strength(strategy, load_codebook().title_of(strategy), _notes(seen), _moments(seen), tuple(evidence))


def _moment(analysis: Analysis, answers: tuple[Opportunity, ...], quotes: Quotes) -> Quote | None:
    """The moment to show beside a quote. A doubtful one would mislead, so none is shown then."""
    clear = [(analysis, moment) for moment in answers if not any(doubts(analysis, moment))]
    taken = quotes.take(clear, 1)
    return taken[0][1] if taken else None
