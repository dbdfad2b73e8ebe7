"""``data/feedback.yml`` -> checked wording: advice for each strategy, how quotes are chosen, what can't be said."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from analyzer.codebook import Strategy
from analyzer.compare.over_use import Pattern
from analyzer.lexicons import read_data
from analyzer.records import STRATEGIES, DataError

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
_Count = Annotated[int, Field(ge=1)]
_Share = Annotated[float, Field(gt=0, lt=1)]
_FILE = "feedback.yml"


class _Part(BaseModel):
    """A frozen part of the file that knows its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Choosing(_Part):
    """How much is shown, and which quotes come first; letters are code points."""

    strengths: _Count
    quotes: _Count
    questions: _Count
    notes_named: _Count
    sure: _Share
    alike: _Share
    fewest_words: _Count
    near_letters: _Count
    most_letters: _Count
    most_dots: _Count
    clinician_sections: tuple[str, ...]
    source: Text


class SmallCells(_Part):
    """Below this many clients only "fewer than" is said."""

    clients: _Count
    source: Text


class Advice(_Part):
    """One strategy: what leads to the codebook's question, what to try, and what a supervisor may ask."""

    lead: Text
    try_next: Text
    ask: Text
    source: Text


class OverUseWords(_Part):
    """One pattern of over-use: the open question and one thing to try."""

    ask: Text
    try_next: Text


class AgendaWords(_Part):
    """What frames an agenda, and the question for each pattern of over-use."""

    opening: Text
    closing: Text
    over_use: dict[Pattern, OverUseWords]
    source: Text


class Wording(_Part):
    """Everything in ``feedback.yml``."""

    choosing: Choosing
    small_cells: SmallCells
    strategies: dict[str, Advice]
    own: Advice
    one_line: Text
    curious: Text
    agenda: AgendaWords
    cannot_say: Annotated[tuple[Text, ...], Field(min_length=1)]


@cache
def load_wording() -> Wording:
    """The shipped wording, read once. Raises `DataError` with every fault."""
    try:
        wording = Wording.model_validate(read_data(_FILE))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise DataError(_FILE, faults) from error
    if tuple(wording.strategies) != STRATEGIES:
        raise DataError(_FILE, [f"strategies must be exactly, in this order: {', '.join(STRATEGIES)}"])
    return wording


def advice_of(strategy: Strategy) -> Advice:
    """The words for one strategy: a project's own where its codebook gives them, else ours; they may be general."""
    words = load_wording()
    general = {
        "lead": words.own.lead.format(title=strategy.title.lower()),
        "try_next": words.own.try_next.format(title=strategy.title.lower(), act=strategy.include[0]),
        "ask": open_question(strategy),
        "source": words.own.source,
    }
    known = words.strategies.get(strategy.id) or Advice(**general)
    given = {key: getattr(strategy, key) for key in ("lead", "try_next", "ask") if getattr(strategy, key)}
    return known.model_copy(update=given)


def open_question(strategy: Strategy) -> str:
    """The codebook's open question for a strategy: the end of its sentence of feedback."""
    whole = strategy.feedback
    head, _, question = whole.removesuffix("?").rpartition(". ")
    return f"{question}?" if head and whole.endswith("?") else whole


def number_of(count: int, noun: str) -> str:
    """``1 note``, ``3 notes``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def clients_of(count: int) -> str:
    """The number of clients in words that point to nobody: counts under three are "fewer than 3 clients"."""
    least = load_wording().small_cells.clients
    if count == 0:
        return "clients who are not named"
    return f"fewer than {least} clients" if count < least else number_of(count, "client")


def one_line(text: str) -> str:
    """The text with every character that can't be shown as a space; joiners inside words and emoji stay."""
    return "".join(c if c.isprintable() or c in "\u200c\u200d" else " " for c in text)
