"""Word lists shared by the rules, the segmenter and the qualifier, read from ``data/lexicons``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from analyzer.records import DataError


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """One way to write a word short: ``norm`` is the word in full, ``dotted`` also stands with a full stop."""

    form: str
    norm: str
    dotted: bool
    exact_case: bool


def parse_yaml(text: str) -> Any:
    """What ``yaml.safe_load`` gives, ten times as fast where PyYAML has libyaml. Raises ``yaml.YAMLError``."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def read_data(name: str) -> dict:
    """A YAML mapping under ``analyzer/data``. Raises `DataError` where it is no mapping or no YAML."""
    try:
        content = parse_yaml((files("analyzer") / "data" / name).read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise DataError(name, [f"not valid YAML: {error}"]) from error
    if not isinstance(content, dict):
        raise DataError(name, ["must be a mapping"])
    return content


@cache
def word_lists() -> dict[str, frozenset[str]]:
    """``@name`` of the pattern language: name -> lower-case words; ``@other`` inside a list takes in that list."""
    raw = read_data("lexicons/words.yml")

    def expand(name: str, seen: tuple[str, ...]) -> frozenset[str]:
        if name not in raw or name in seen:
            raise DataError("lexicons/words.yml", [f"list {name!r} is unknown or includes itself"])
        words: set[str] = set()
        for word in raw[name]:
            if str(word).startswith("@"):
                words |= expand(str(word)[1:], (*seen, name))
            elif str(word).endswith("~"):
                words |= set(inflections(str(word)[:-1]))
            else:
                words.add(neutral(str(word).lower()))
        return frozenset(words)

    return {name: expand(name, ()) for name in raw}


@cache
def inflections(verb: str) -> tuple[str, ...]:
    """All forms of an English verb: base, -s, past, participle, -ing (irregular ones from ``verbs.yml``)."""
    irregular = read_data("lexicons/verbs.yml")
    if verb in irregular:
        return (verb, *irregular[verb])
    if verb.endswith("e"):
        return (verb, verb + "s", verb + "d", verb[:-1] + "ing")
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return (verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing")
    es = "es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s"
    return (verb, verb + es, verb + "ed", verb + "ing")


def neutral(word: str) -> str:
    """What is read for a lower-case word that tells who somebody is ("haitian" -> "korean"); others as they are."""
    return stand_ins().get(word, word)


@cache
def stand_ins() -> dict[str, str]:
    """``identities.yml``: word for who somebody is -> the word that stands for all of its group."""
    return {word: group["stands_for"] for group in _identities()["groups"] for word in group["words"]}


@cache
def stand_ins_capitalised() -> dict[str, str]:
    """Those that are verbs unless they begin with a capital ("Polish"), -> the word that stands for their group."""
    return {word: group["stands_for"] for group in _identities()["groups"] for word in group.get("capitalised", ())}


@cache
def stand_ins_beside_person() -> dict[str, str]:
    """Those that mean so only beside a word for a person ("white"), -> the word that stands for their group."""
    return {word: group["stands_for"] for group in _identities()["groups"] for word in group["beside_person"]}


@cache
def words_for_persons() -> frozenset[str]:
    """Words before which "white" or "straight" tells who somebody is."""
    return frozenset(_identities()["persons"])


def _identities() -> dict:
    return read_data("lexicons/identities.yml")


@cache
def clause_words(name: str) -> frozenset[str]:
    """One list of ``clauses.yml``."""
    return frozenset(read_data("lexicons/clauses.yml")[name])


@cache
def irregular_forms() -> frozenset[str]:
    """Every form of the verbs in ``verbs.yml``."""
    return frozenset(form for verb, forms in read_data("lexicons/verbs.yml").items() for form in (verb, *forms))


@cache
def past_forms() -> frozenset[str]:
    """The past forms in ``verbs.yml`` that differ from the base form ("told", "went")."""
    forms = (form for others in read_data("lexicons/verbs.yml").values() for form in others)
    return frozenset(form for form in forms if not form.endswith(("s", "ing")))


@cache
def abbreviations() -> tuple[Abbreviation, ...]:
    """Every short form of ``abbreviations.yml``: ``norm: [form, form., =Form]`` (dot: may be dotted; =: this case)."""
    found = []
    for norm, forms in read_data("lexicons/abbreviations.yml").items():
        for form in map(str, forms):
            exact = form.startswith("=")
            bare = form.lstrip("=")
            found.append(Abbreviation(bare.rstrip("."), norm, bare.endswith("."), exact))
    return tuple(found)
