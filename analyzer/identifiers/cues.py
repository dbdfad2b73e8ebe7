"""What stands behind a capitalised word and says that it is a person."""

from __future__ import annotations

from typing import Final

from analyzer.identifiers.lists import Kind, context, is_english
from analyzer.identifiers.words import Run, Word

NAMELIKE: Final = frozenset((Kind.NAME, Kind.UNKNOWN, Kind.BOTH, Kind.KNOWN_NAME))


def rarity(word: Word) -> Kind:
    """The word's kind, but ordinary where no list of ours and yet an English dictionary or a drug's ending knows it."""
    if word.kind is Kind.UNKNOWN and word.text.isascii() and is_english(word.lower):
        return Kind.ORDINARY
    return word.kind


def acts(words: list[Word], i: int, run: Run) -> bool:
    """Whether what follows the run says that the word is a person: it says, cries, or owns what persons own."""
    last, sure = run.last, rarity(words[i]) is Kind.UNKNOWN
    if last >= len(words):
        return False
    after = words[last].lower
    if words[last - 1].tail:
        return sure or after in context("belongings") or after in context("roles")
    if after in context("acts") and (sure or after not in context("weak_acts")):
        return True
    if _described(words, last, sure=sure) or after in context("honorific_after"):
        return True
    if sure and (_acts_by_ending(after) or not words[i].text.isascii() or _and_capital(words, last)):
        return True
    return after in ("and", "&") and last + 1 < len(words) and words[last + 1].kind is Kind.NAME


def _and_capital(words: list[Word], at: int) -> bool:
    return words[at].lower in ("and", "&") and at + 1 < len(words) and words[at + 1].capital


def _acts_by_ending(word: str) -> bool:
    """Whether a word after one that no list knows looks like a verb of the third person."""
    return len(word) > 4 and word.endswith(("ed", "ing", "s")) and not word.endswith("ss")


def _described(words: list[Word], at: int, *, sure: bool) -> bool:
    """Whether an age, a role or "who" follows a comma or stands in brackets ("Ivory (16F)", "Hope, 34,")."""
    if words[at].text not in ("(", ",") or at + 2 >= len(words):
        return False
    inside, then = words[at + 1], words[at + 2].lower
    if inside.text.isdigit():
        return len(inside.text) < 3 and then in context("after_age")
    if inside.lower in ("age", "aged", "who", "whose"):
        return True
    return sure and (inside.lower in context("roles") or words[at].text == "(" or inside.lower in context("trades"))


def full_name(words: list[Word], i: int, run: Run) -> bool:
    """Whether words that may each be a name stand side by side ("Jordan Hunter"), one of them in no other list.

    Where the first opens a sentence it must be one that people are given.
    """
    beside = [words[j] for j in range(i, run.last) if words[j].capital]
    if len(beside) < 2 or len(beside) > 4 or any(rarity(word) not in NAMELIKE for word in beside):
        return False
    if all(word.kind is Kind.KNOWN_NAME for word in beside):
        return False
    given = words[i].kind in (Kind.NAME, Kind.UNKNOWN) or words[i].text in context("given")
    return given or not (run.opens and i == run.first)
