"""The word lists of the gate, and what kind of word a capitalised word is by them."""

from __future__ import annotations

from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from analyzer.lexicons import read_data
from analyzer.records import DataError

_FOLDER: Final = "identifiers"


class Kind(IntEnum):
    """What the lists know of a word: the lower, the less it takes to read it as a name."""

    NAME = 0  # a name and nothing else
    UNKNOWN = 1  # in no list
    BOTH = 2  # a name and an ordinary word ("Hope")
    ORDINARY = 3
    KNOWN_NAME = 4  # a name, and a capitalised word that is none ("Beck", "Georgia")
    KNOWN = 5  # capitalised in notes though no name ("Spanish")
    SHORT = 6  # initials and abbreviations


@cache
def context(name: str) -> frozenset[str]:
    """One list of ``contexts.yml``. Raises `DataError` where it is not there."""
    lists = read_data(f"{_FOLDER}/contexts.yml")
    if name not in lists:
        raise DataError(f"{_FOLDER}/contexts.yml", [f"list {name!r} is missing"])
    return frozenset(map(str, lists[name]))


@cache
def names() -> frozenset[str]:
    """Given and family names."""
    return _labelled("names.txt") | _labelled("more_names.txt") | _labelled("census.txt") | sure_names()


@cache
def sure_names() -> frozenset[str]:
    """Names that other lists hold too, but that hardly ever mean anything else."""
    return _labelled("sure_names.txt")


@cache
def towns() -> frozenset[str]:
    """Towns and counties; those of several words have "_" for a space."""
    return _labelled("cities.txt") | _labelled("towns.txt")


@lru_cache(maxsize=65_536)
def kind_of(word: str) -> Kind:
    """What the lists know of a capitalised word without its possessive."""
    if len(word) == 1 or (word.isupper() and len(word) < 4):
        return Kind.SHORT
    if word.isupper():
        return _kind_in_capitals(word)
    if word.lower() in _everyday():
        return Kind.KNOWN
    if word in sure_names():
        return Kind.NAME
    known = word in _known() or word.removesuffix("s") in _known()
    if "-" in word:
        return _kind_joined(word)
    if _is_name(word):
        if known:
            return Kind.KNOWN_NAME
        return Kind.BOTH if is_ordinary(word.lower()) or len(word) < 3 else Kind.NAME
    if known or not word.replace("-", "").replace("'", "").replace("’", "").isalpha():
        return Kind.KNOWN
    if is_ordinary(word.lower()):
        return Kind.ORDINARY
    long_enough = len(word) > 2 or not word.isascii()
    return Kind.UNKNOWN if (long_enough and word[1:].islower()) or _inner_capital(word) else Kind.SHORT


@lru_cache(maxsize=65_536)
def is_ordinary(word: str) -> bool:
    """Whether notes write the word, or its base form, small."""
    words = _words()
    if word in words:
        return True
    if "-" in word:
        return all(is_ordinary(part) for part in word.split("-") if part)
    bases = (word[: -len(end)] + plus for end, plus in _ENDINGS if word.endswith(end) and len(word) - len(end) > 2)
    return any(base in words for base in bases)


@lru_cache(maxsize=65_536)
def is_english(word: str) -> bool:
    """Whether an English dictionary has the word or its base form, or it is built like the name of a drug."""
    if is_ordinary(word) or is_drug(word):
        return True
    words = _lines("english.txt")
    if word in words:
        return True
    bases = (word[: -len(end)] + plus for end, plus in _ENDINGS if word.endswith(end) and len(word) - len(end) > 2)
    return any(base in words for base in bases)


@lru_cache(maxsize=65_536)
def is_drug(word: str) -> bool:
    """Whether a word that is no name ends like the generic name of a drug."""
    return word.endswith(tuple(context("drug_endings")))


_ENDINGS: Final = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"), ("er", ""),
    ("er", "e"), ("ers", ""), ("ly", ""), ("ness", ""), ("less", ""), ("ful", ""), ("al", ""), ("ment", ""), ("y", ""),
    ("ian", ""), ("ation", "e"), ("ation", "ate"), ("ity", ""), ("ity", "e"), ("able", ""), ("n't", ""),
)  # fmt: skip


def _kind_joined(word: str) -> Kind:
    """Of a word with a hyphen: a name where a part is one and none is known for something else."""
    if word in _known():
        return Kind.KNOWN
    if word.startswith(tuple(context("place_prefixes"))):
        return Kind.NAME
    first, _, rest = word.lower().partition("-")
    if first == rest and not is_ordinary(first):  # "Jun-Jun", "Bong-Bong"
        return Kind.NAME
    kinds = {kind_of(part[0].upper() + part[1:]) for part in word.split("-") if len(part) > 1 and part[1:].islower()}
    if Kind.KNOWN in kinds or not kinds:
        return Kind.KNOWN
    return Kind.NAME if Kind.NAME in kinds and Kind.ORDINARY not in kinds else min(kinds)


def _kind_in_capitals(word: str) -> Kind:
    if word.title() in sure_names():
        return Kind.NAME
    if (
        len(set(word)) < 3
        or word in _known()
        or is_ordinary(word.lower())
        or word.title() in _known()
        or not word.isalpha()
    ):
        return Kind.SHORT
    if _is_name(word.title()):
        return Kind.NAME
    return Kind.UNKNOWN if len(word) > 5 else Kind.SHORT


def _is_name(word: str) -> bool:
    if _inner_capital(word) and word.capitalize() in names():  # "McGowan", "DeShawn"
        return True
    return word in names() or word.removesuffix("s") in names()


def _inner_capital(word: str) -> bool:
    """Whether it is written like DeShawn, O'Neill or Al-Amri."""
    return len(word) > 4 and not word.isupper() and sum(map(str.isupper, word)) <= 3 and word[-2:].islower()


@cache
def _known() -> frozenset[str]:
    return _labelled("known.txt") | _lines("capitals.txt")


@cache
def _words() -> frozenset[str]:
    return _lines("words.txt") | _lines("also_words.txt")


@cache
def _everyday() -> frozenset[str]:
    """The commonest English words: with a capital they begin a sentence, whatever lists of names say."""
    from spacy.lang.en.stop_words import STOP_WORDS

    return frozenset(STOP_WORDS) - context("also_names") | context("never_names")


@cache
def _lines(name: str) -> frozenset[str]:
    return frozenset((files("analyzer") / "data" / _FOLDER / name).read_text(encoding="utf-8").split())


def _labelled(name: str) -> frozenset[str]:
    text = (files("analyzer") / "data" / _FOLDER / name).read_text(encoding="utf-8")
    lines = (line.partition(": ")[2] for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())
