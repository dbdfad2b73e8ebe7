"""Names, told by the lists and, where a word may also be none, by the words around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analyzer.identifiers.bodies import other_kind
from analyzer.identifiers.cues import NAMELIKE, acts, full_name, rarity
from analyzer.identifiers.lists import Kind, context, is_drug, is_ordinary, kind_of, names
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
            found.append(Identifier(kind, words[_over_particles(words, first)].start, end))
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
    if parts := _picture(words, run):
        return ("PERSON", *parts)
    for i in range(first, run.last):
        if words[i].capital and _is_name(
            words, i, run, role=role and i == first, joined=_joined(words, i, names_before)
        ):
            return ("PERSON", *_widened(words, i, first, run))
    return "", 0, 0


def _picture(words: list[Word], run: Run) -> tuple[int, int] | None:
    """Two or more words side by side that family names of the Plains are made of ("Plenty Hawk")."""
    parts, ends = context("name_parts"), context("animals")
    inside = [i for i in range(run.first, run.last) if words[i].lower in parts and not words[i].text.isupper()]
    sure = any(words[i].kind is Kind.NAME for i in range(run.first, run.last))
    if sure or len(inside) < 2 or inside[-1] - inside[0] != len(inside) - 1:
        return None
    return (inside[0], inside[-1] + 1) if words[inside[1]].lower in ends or words[inside[-1]].lower in ends else None


def _is_name(words: list[Word], i: int, run: Run, *, role: bool, joined: bool) -> bool:
    word = words[i]
    kind = rarity(word)
    if kind is Kind.NAME:
        return True
    if word.lower in context("roles") or word.lower in context("bodies"):
        return False
    opens = run.opens and i == run.first
    if not opens and kind in (Kind.BOTH, Kind.KNOWN_NAME) and i and words[i - 1].lower in context("toward"):
        return kind is Kind.BOTH or _is_told(words, i)
    if role and kind is not Kind.KNOWN:
        return not opens or kind is not Kind.ORDINARY
    if joined and (kind <= Kind.BOTH or kind is Kind.KNOWN_NAME and words[i - 1].text != ","):
        return True
    if kind in (Kind.KNOWN, Kind.SHORT):
        return False
    return full_name(words, i, run) or _by_place(words, i, run)


def _is_told(words: list[Word], i: int) -> bool:
    """Whether what stands before is done to persons ("texts Alice", "asked Will"), not only "with" or "from"."""
    before = words[i - 1].lower
    return before[-1] == "s" or (before not in context("prepositions") and words[i].text in context("given"))


def _by_place(words: list[Word], i: int, run: Run) -> bool:
    """Whether a word that may be a name is one where it stands: at the head of its sentence or inside it."""
    kind = rarity(words[i])
    if kind is not Kind.ORDINARY and acts(words, i, run):
        return True
    opens = run.opens and i == run.first
    if opens or kind is Kind.KNOWN_NAME:
        return kind is Kind.UNKNOWN and opens and _stands_out(words, i, run)
    if words[i].kind is Kind.UNKNOWN and not is_drug(words[i].lower):
        return True
    alone = run.last - run.first == 1 or (run.opens and i == run.first + 1 == run.last - 1)
    return kind is Kind.BOTH and alone and (i == run.first or words[i - 1].lower.endswith("ed"))


def _stands_out(words: list[Word], i: int, run: Run) -> bool:
    """Whether a word that nobody knows opens a sentence as a person would, with something small behind it."""
    if run.last - run.first > 1:
        return all(rarity(words[j]) <= Kind.BOTH for j in range(run.first, run.last) if words[j].capital)
    if run.last >= len(words) or len(words[i].text) < 4 or words[i].lower.endswith(tuple(context("misspelt_endings"))):
        return False
    after = words[run.last]
    if after.text in ("?", "!"):
        return True
    if after.text == ",":
        quoted = i > 0 and words[i - 1].text in "\"“‘'"
        return quoted or (run.last + 1 < len(words) and rarity(words[run.last + 1]) <= Kind.UNKNOWN)
    return after.text.isalpha() and after.text.islower() and after.lower not in context("not_after_names")


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
    while start > first and (not words[start - 1].capital or words[start - 1].kind in NAMELIKE):
        opening = run.opens and start - 1 == run.first
        if opening and words[start - 1].kind is Kind.UNKNOWN and words[start - 1].lower.endswith("ed"):
            break
        start -= 1
    while end < run.last and (not words[end].capital or words[end].kind in NAMELIKE or _inside(words, end)):
        end += 1
    while end > i + 1 and not words[end - 1].capital:
        end -= 1
    while start < i and not words[start].capital:
        start += 1
    while start > run.first and words[start - 1].lower in context("name_titles"):
        start -= 1
    return start, _over_suffix(words, end)


def _over_particles(words: list[Word], start: int) -> int:
    """Back over "van der", a short part ("Vy Tran") and an initial with its point ("J. T. Kowalczyk")."""
    while start > 0 and words[start].start - words[start - 1].end == 1:
        before = words[start - 1]
        short = len(before.text) == 2 and before.text.istitle() and not is_ordinary(before.lower)
        short = short and before.lower not in context("honorifics")
        hyphened = before.text[1:2] == "-" and before.text[:1].isupper()  # "T-Boy Thibodeaux"
        if not short and not hyphened and before.text not in context("particles_before"):
            break
        start -= 1
    while (
        start > 1
        and words[start - 1].text == "."
        and len(words[start - 2].text) == 1
        and words[start - 2].text.isupper()
    ):
        start -= 2
    return start


def _over_suffix(words: list[Word], end: int) -> int:
    """On over "Jr", "III", a short family name ("So") and the initial of one ("Zainabu K.")."""
    if words[end - 1].tail:
        return end
    ahead = end + (end < len(words) and words[end].text == ",")
    if ahead < len(words) and words[ahead].text in context("suffixes"):
        return ahead + 1
    if end < len(words) and words[end].start - words[end - 1].end == 1:
        word, point = words[end], end + 1 < len(words) and words[end + 1].text == "."
        initial = len(word.text) == 1 and word.text.isupper() and point
        short = word.text.istitle() and (
            word.lower in context("short_family") or (len(word.text) == 2 and not is_ordinary(word.lower))
        )
        if initial or short:
            return end + 1
    return end


def _inside(words: list[Word], i: int) -> bool:
    """An ordinary word with a capital that stands beside a name inside a sentence is a part of it ("Runs Close")."""
    part = words[i].kind is Kind.ORDINARY or words[i].lower in context("name_parts")
    return part and not words[i].text.isupper()


def _small_names(words: list[Word]) -> Iterator[Identifier]:
    """Names that are written small: in the lists, no ordinary word, and beside a word that goes with persons.

    Where the author writes everything small, a name of the lists needs nothing beside it.
    """
    before, doing = context("lower_before") | context("roles"), context("acts")
    all_small = not any(word.text[0].isupper() and len(word.text) > 2 for word in words)
    for i, word in enumerate(words):
        behind = words[i - 1].lower if i else ""
        least = 2 if behind in context("kin_before_small") else 4
        if not _is_small_name(word, least):
            continue
        ahead = words[i + 1].lower if i + 1 < len(words) else ""
        double = i + 1 < len(words) and _is_small_name(words[i + 1])
        if all_small or double or behind in before or ahead in doing or behind in ("-", ":"):
            last = i
            while last + 1 < len(words) and _goes_on_small(words, last + 1):
                last += 1
            yield Identifier("PERSON", word.start, words[last].end - words[last].tail)


def _is_small_name(word: Word, least: int = 4) -> bool:
    if len(word.text) < least or not word.text[0].islower():
        return False
    title = word.lower.title()
    return title in names() and kind_of(title) is Kind.NAME


def _goes_on_small(words: list[Word], i: int) -> bool:
    word = words[i]
    beside = word.start - words[i - 1].end == 1 and not words[i - 1].tail
    return beside and len(word.text) > 2 and word.text[0].islower() and not is_ordinary(word.lower)
