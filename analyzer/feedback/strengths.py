"""Strengths: strategies that the notes document in words of their own, each with quotes and the moments they meet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from analyzer.feedback.material import Material, delivered
from analyzer.feedback.quotes import Quote, Quotes, doubts
from analyzer.feedback.wording import load_wording, number_of
from analyzer.records import Analysis, Opportunity, Tag


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote, and the ``moment`` on the client's side that the note answers with it (None: none worth showing)."""

    quote: Quote
    moment: Quote | None = None


@dataclass(frozen=True, slots=True)
class Strength:
    """A strategy documented as done in ``notes`` of ``of`` notes, in ``answering`` of them as an opportunity's answer.

    Template text, blocks copied forward and lines repeated from note to note are left out of both and of the quotes.
    """

    strategy: str
    title: str
    notes: int
    answering: int
    of: int
    evidence: tuple[Evidence, ...]

    @property
    def said(self) -> str:
        """In how many notes it stands, in one sentence."""
        called = f", in {self.answering} of them where a moment called for it" if self.answering else ""
        if self.answering == self.notes:
            called = f",{' each time' if self.notes > 1 else ''} where a moment called for it"
        return f"Documented as done in {self.notes} of {number_of(self.of, 'note')}{called}."


@dataclass(frozen=True, slots=True)
class _Seen:
    """One delivered tag and the opportunities that it answers."""

    analysis: Analysis
    tag: Tag
    answers: tuple[Opportunity, ...]

    @property
    def rank(self) -> tuple[bool, bool, bool, bool]:
        """Sorts first what is sure, what rule and model agree on, answers a moment, and is long enough to read."""
        choosing = load_wording().choosing
        short = len(self.tag.text.split()) < choosing.fewest_words
        return (self.tag.confidence < choosing.sure, self.tag.source == "model", not self.answers, short)


def strengths(material: Material, quotes: Quotes, *, last: Collection[str] = ()) -> tuple[Strength, ...]:
    """Up to three strategies: first those that answer opportunities in most notes, then those in most notes.

    Strategies in ``last``, which the same page looks at for another reason, come only where no others are left.
    """
    seen: dict[str, list[_Seen]] = {strategy: [] for strategy in material.codebook.ids}
    for each in _delivered(material):
        seen[each.tag.strategy].append(each)
    order = sorted(
        (strategy for strategy in material.codebook.ids if seen[strategy]),
        key=lambda s: (s in last, -_answering(seen[s]), -_notes(seen[s])),
    )
    found = (_strength(material, strategy, seen[strategy], quotes) for strategy in order)
    shown = (strength for strength in found if strength.evidence)
    return tuple(strength for strength, _ in zip(shown, range(load_wording().choosing.strengths), strict=False))


def _delivered(material: Material) -> Iterator[_Seen]:
    for analysis in material.notes:
        for tag in delivered(analysis):
            if not tag.repeated:
                answers = tuple(
                    moment
                    for moment in analysis.opportunities
                    if moment.response == "responded"
                    and tag.strategy in moment.strategies
                    and moment.answer == (tag.start, tag.end)
                )
                yield _Seen(analysis, tag, answers)


def _notes(seen: list[_Seen]) -> int:
    return len({id(each.analysis) for each in seen})


def _answering(seen: list[_Seen]) -> int:
    return _notes([each for each in seen if each.answers])


def _strength(material: Material, strategy: str, seen: list[_Seen], quotes: Quotes) -> Strength:
    by_rank = sorted(seen, key=lambda each: each.rank)
    answers = {id(each.tag): each.answers for each in seen}
    taken = quotes.take(((each.analysis, each.tag) for each in by_rank), load_wording().choosing.quotes)
    return Strength(
        strategy=strategy,
        title=material.codebook.title_of(strategy),
        notes=_notes(seen),
        answering=_answering(seen),
        of=len(material.notes),
        evidence=tuple(Evidence(quote, _moment(*found, answers[id(found[1])], quotes)) for found, quote in taken),
    )


def _moment(analysis: Analysis, tag: Tag, answers: tuple[Opportunity, ...], quotes: Quotes) -> Quote | None:
    """The nearest moment to show beside a quote. A doubtful or distant one could mislead, so none is shown then."""
    near = load_wording().choosing.near_letters
    clear = [moment for moment in answers if _distance(tag, moment) <= near and not any(doubts(analysis, moment))]
    ordered = sorted(clear, key=lambda moment: _distance(tag, moment))
    taken = quotes.take(((analysis, moment) for moment in ordered), 1)
    return taken[0][1] if taken else None


def _distance(tag: Tag, moment: Opportunity) -> int:
    return max(0, tag.start - moment.end, moment.start - tag.end)
