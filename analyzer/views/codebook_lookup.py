"""Looking things up in a codebook: the passages that hold some words, and what borders on a strategy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.codebook import Codebook, Strategy


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage, the part that it stands in, and the strategy that it belongs to (None: it concerns all of them)."""

    strategy: str | None
    part: str
    text: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A strategy next to another: ``what`` belongs to the strategy ``instead`` although it looks like ``of``."""

    of: str
    what: str
    instead: str


def search(book: Codebook, words: str) -> list[Passage]:
    """The passages that hold every one of these words, or beginnings and parts of words, in whatever case."""
    wanted = words.casefold().split()
    return [passage for passage in _passages(book) if wanted and _holds(passage.text.casefold(), wanted)]


def neighbours(book: Codebook, strategy: Strategy) -> list[Neighbour]:
    """What the codebook gives to another strategy rather than to this one, then the other way round."""
    away = [Neighbour(strategy.id, what, other) for what, other in _given_away(book, strategy)]
    others = (other for other in book.strategies if other.id != strategy.id)
    here = [
        Neighbour(other.id, what, strategy.id)
        for other in others
        for what, instead in _given_away(book, other)
        if instead == strategy.id
    ]
    return away + here


def _given_away(book: Codebook, strategy: Strategy) -> Iterator[tuple[str, str]]:
    for exclusion in strategy.exclude:
        for other in book.strategies:
            if other.id != strategy.id and _short(other).casefold() in exclusion.instead.casefold():
                yield exclusion.what, other.id


def _short(strategy: Strategy) -> str:
    """What a codebook calls a strategy in passing: "Active listening" of "Active listening and empathy"."""
    return strategy.title.partition(" and ")[0]


def _holds(text: str, wanted: list[str]) -> bool:
    return all(word in text for word in wanted)


def _passages(book: Codebook) -> Iterator[Passage]:
    for strategy in book.strategies:
        for part, text in _of_strategy(strategy):
            yield Passage(strategy.id, part, text)
    for status in book.statuses:
        yield Passage(None, f"status: {status.title}", status.test)
        yield from (Passage(None, f"status: {status.title}", text) for text in status.examples)
    for response in book.responses:
        yield Passage(None, f"response: {response.title}", response.meaning)
    for rule in book.rules:
        yield Passage(None, f"rule {rule.id}: {rule.title}", rule.text)
    yield from (Passage(None, "caution", text) for text in book.cautions)


def _of_strategy(strategy: Strategy) -> Iterator[tuple[str, str]]:
    yield "title", strategy.title
    yield "definition", strategy.definition
    yield from (("counts", text) for text in strategy.include)
    yield from (("does not count", f"{e.what} → {e.instead}") for e in strategy.exclude)
    yield "boundary", strategy.boundary
    yield from (("example", e.text) for e in strategy.examples.positive)
    yield from (("looks like it, but", f"{e.text} ({e.why})") for e in strategy.examples.negative)
    yield from (("calls for it", text) for text in strategy.opportunity_cues)
    yield "used too much", strategy.over_use
    yield "used too little", strategy.under_use
