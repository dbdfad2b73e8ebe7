"""One pattern of possible over-use, with the notes that show it, as a record and in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from analyzer.codebook import names_of
from analyzer.compare.words import one_line
from analyzer.records import StrategyName

Pattern = Literal["worded_alike", "without_a_cue", "crowding_out", "after_an_objection"]
_NOTES_TOLD = 6


@dataclass(frozen=True, slots=True)
class OverUse:
    """One pattern in one group's notes; ``note_ids`` show it, by date where dates are given.

    ``quotes``: the words that return (only where tags hold them; a template line's words stand in the note alone).
    ``share``: of all evidence, one piece a note and strategy (crowding out alone). ``own``: the strategy's name where a
    project adds it to the eleven or words it anew.
    """

    group: str
    strategy: str
    pattern: Pattern
    note_ids: tuple[str, ...]
    quotes: tuple[str, ...] = ()
    share: float | None = None
    own: StrategyName | None = None

    @property
    def title(self) -> str:
        """The strategy's title."""
        return (self.own or names_of(())[self.strategy]).title

    @property
    def said(self) -> str:
        """What the notes show, in half a sentence."""
        number = len(self.note_ids)
        return {
            "worded_alike": f"it stands in template lines, or in words that return, in {number} notes",
            "without_a_cue": f"it is documented in {number} notes in a row of one client that hold no moment for it",
            "crowding_out": f"it makes up {self.share or 0:.0%} of all evidence, and in {number} notes it alone is "
            "documented where open moments call for other strategies",
            "after_an_objection": f"it is documented without a new moment for it in {number} later "
            f"note{'' if number == 1 else 's'} of a client who had not wanted it",
        }[self.pattern]


def over_use_lines(found: Iterable[OverUse]) -> list[str]:
    """One line each for people: whose notes, which strategy, what they show, and which notes they are."""
    return list(map(_line, found))


def _line(each: OverUse) -> str:
    told = list(map(one_line, each.note_ids[:_NOTES_TOLD]))
    more = len(each.note_ids) - len(told)
    notes = ", ".join(told) + (f" and {more} more" if more else "")
    return f"Possible over-use of {each.title} in the notes of {one_line(each.group)}: {each.said} ({notes})."
