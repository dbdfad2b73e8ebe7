"""Names, told by the lists and, where a word may also be none, by the words around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analyzer.identifiers.bodies import other_kind
from analyzer.identifiers.lists import Kind, context, is_ordinary, kind_of, names
from analyzer.identifiers.words import Run, Word, runs, words_of
from analyzer.records import Identifier

_JOINS: Final = frozenset(("and", "&", ",", "or"))
_SKIPPED: Final = frozenset((",", ":", "(", '"', "“", "'", "‘", "-", "–", "—", ".", "is", "was"))
_LOOKS_BACK: Final = 4


def find_names(text: str) -> list[Identifier]:
    """Names of persons, and of the bodies, places and communities that tell who somebody is."""
    words = words_of(text)
    found: list[Identifier] = []
    names_before = -1
    for run in runs(words):
        kind, first, last = _read(words, run, names_before)
        if kind:
            end = words[last - 1].end - words[last - 1].tail
            found.append(Identifier(kind, words[first].start, end))
            names_before = last if kind == "PERSON" else names_before
    found += _small_names(words)
    return found


def _read(words: list[Word], run: Run, names_before: int) -> tuple[str, int, int]:
    """What the run is ("" where it is nothing) and which of its words."""
    if span := other_kind(words, run):
        return span
    roles = context("roles")
    first = run.first
    for i in range(run.first, run.last - 1):  # "Uncle Ray", "Foster Mother Joy"
        if words[i].lower in roles and words[i + 1].capital and words[i + 1].kind is not Kind.KNOWN:
            first = i + 1
    role = first > run.first or _after_role(words, run.first)
    while first < run.last and words[first].lower in roles:
        first += 1
    for i in range(first, run.last):
        if words[i].capital and _is_name(
            words, i, run, role=role and i == first, joined=_joined(words, i, names_before)
        ):
            return ("PERSON", *_widened(words, i, first, run))
    return "", 0, 0


def _is_name(words: list[Word], i: int, run: Run, *, role: bool, joined: bool) -> bool:
    word = words[i]
    if word.kind is Kind.NAME:
        return True
    if word.lower in context("roles") or word.lower in context("bodies"):
        return False
    opens = run.opens and i == run.first
    alone = run.last - run.first == 1 or (run.opens and i == run.first + 1 == run.last - 1)
    if not opens and word.kind in (Kind.BOTH, Kind.KNOWN_NAME) and i and words[i - 1].lower in context("toward"):
        return word.kind is Kind.BOTH or words[i - 1].lower[-1] == "s"
    if role and word.kind is not Kind.KNOWN:
        return not opens or word.kind is not Kind.ORDINARY
    if joined and (word.kind <= Kind.BOTH or word.kind is Kind.KNOWN_NAME and words[i - 1].text != ","):
        return True
    if word.kind is Kind.KNOWN or word.kind is Kind.SHORT:
        return False
    if _acts(words, i, run, sure=word.kind is Kind.UNKNOWN):
        return word.kind is not Kind.ORDINARY
    if opens or word.kind is Kind.KNOWN_NAME:
        return word.kind is Kind.UNKNOWN and run.last - run.first > 1 and _all_rare(words, run)
    if word.kind is Kind.UNKNOWN:
        return True
    return word.kind is Kind.BOTH and alone and (i == run.first or words[i - 1].lower.endswith("ed"))


def _all_rare(words: list[Word], run: Run) -> bool:
    return all(words[i].kind <= Kind.BOTH for i in range(run.first, run.last) if words[i].capital)


def _acts(words: list[Word], i: int, run: Run, *, sure: bool) -> bool:
    """Whether what follows says that the word is a person: it says, cries, or owns what persons own."""
    last = run.last
    if last >= len(words):
        return False
    after = words[last].lower
    if words[last - 1].tail:
        return sure or after in context("belongings") or after in context("roles")
    if after in context("acts") and (sure or after not in context("weak_acts")):
        return True
    if sure and (
        _acts_by_ending(after)
        or not words[i].text.isascii()
        or after in ("and", "&")
        and last + 1 < len(words)
        and words[last + 1].capital
    ):
        return True
    return after in ("and", "&") and last + 1 < len(words) and words[last + 1].kind is Kind.NAME


def _acts_by_ending(word: str) -> bool:
    """Whether a word after one that no list knows looks like a verb of the third person."""
    return len(word) > 4 and word.endswith(("ed", "ing", "s")) and not word.endswith("ss")


def _joined(words: list[Word], i: int, names_before: int) -> bool:
    """Whether a name stands before, with nothing but "and" or a comma between (and an age in brackets)."""
    if names_before < 0 or i - names_before > 6:
        return False
    between = words[names_before:i]
    return len(between) > 0 and all(w.text in _JOINS or w.text in "()" or w.text.isdigit() for w in between)


def _after_role(words: list[Word], i: int) -> bool:
    """Whether a word for kin or a role stands right before, marks aside."""
    roles = context("roles")
    for step in range(1, _LOOKS_BACK):
        marks = step - 1
        if i - step < 0 or words[i - step].text == "\n":
            return False
        word = words[i - step]
        if word.lower in roles:
            if word.tail:
                return False
            plain = word.lower not in ("client", "patient", "cl", "pt", "worker", "student")
            return not marks or (plain and words[i].kind < Kind.KNOWN_NAME)
        if word.text not in _SKIPPED:
            return False
    return False


def _widened(words: list[Word], i: int, first: int, run: Run) -> tuple[int, int]:
    """The name with what belongs to it on both sides."""
    start, end = i, i + 1
    while start > first and (not words[start - 1].capital or words[start - 1].kind in _BESIDE):
        opening = run.opens and start - 1 == run.first
        if opening and words[start - 1].kind is Kind.UNKNOWN and words[start - 1].lower.endswith("ed"):
            break
        start -= 1
    while end < run.last and (not words[end].capital or words[end].kind in _BESIDE or _inside(words, end, run)):
        end += 1
    while end > i + 1 and not words[end - 1].capital:
        end -= 1
    while start < i and not words[start].capital:
        start += 1
    while start > run.first and words[start - 1].lower in context("name_titles"):
        start -= 1
    # An initial with its point before the name ("J. T. Kowalczyk") belongs to it.
    while (
        start > 1
        and words[start - 1].text == "."
        and len(words[start - 2].text) == 1
        and words[start - 2].text.isupper()
    ):
        start -= 2
    return start, end


_BESIDE: Final = frozenset((Kind.NAME, Kind.UNKNOWN, Kind.BOTH, Kind.KNOWN_NAME))


def _inside(words: list[Word], i: int, run: Run) -> bool:
    """An ordinary word with a capital that stands beside a name inside a sentence is a part of it ("Runs Close")."""
    return words[i].kind is Kind.ORDINARY and not words[i].text.isupper()


def _small_names(words: list[Word]) -> Iterator[Identifier]:
    """Names that are written small: in the lists, no ordinary word, and beside a word that goes with persons.

    Where the author writes everything small, a name of the lists needs nothing beside it.
    """
    before, acts = context("lower_before") | context("roles"), context("acts")
    all_small = not any(word.text[0].isupper() and len(word.text) > 2 for word in words)
    for i, word in enumerate(words):
        if not _is_small_name(word):
            continue
        ahead = words[i + 1].lower if i + 1 < len(words) else ""
        behind = words[i - 1].lower if i else ""
        double = i + 1 < len(words) and _is_small_name(words[i + 1])
        if all_small or double or behind in before or ahead in acts or behind in ("-", ":"):
            last = i
            while last + 1 < len(words) and _goes_on_small(words, last + 1):
                last += 1
            yield Identifier("PERSON", word.start, words[last].end - words[last].tail)


def _is_small_name(word: Word) -> bool:
    if len(word.text) < 4 or not word.text[0].islower():
        return False
    title = word.lower.title()
    return title in names() and kind_of(title) is Kind.NAME


def _goes_on_small(words: list[Word], i: int) -> bool:
    word = words[i]
    beside = word.start - words[i - 1].end == 1 and not words[i - 1].tail
    return beside and len(word.text) > 2 and word.text[0].islower() and not is_ordinary(word.lower)
