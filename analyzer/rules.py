"""Rule files -> checked rules: a small pattern language that a clinician can read, compiled to spaCy's.

A pattern is words separated by spaces, each compared with a token's norm (lower case, abbreviations written out):

    word        that word              a|b         either
    explain~    any form of the verb   listen*     any word that begins so
    @client     a list of words.yml    word?       may be missing
    ..4         up to four words       !not        any one word but this
    #           a number
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from analyzer.lexicons import inflections, neutral, parse_yaml, word_lists
from analyzer.records import STRATEGIES, DataError

_FIELDS = {"id", "source", "patterns", "hits", "misses", "note"}
_GAP = re.compile(r"\.\.(\d)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it looks for, where that comes from, and sentences that it must and must not find."""

    id: str
    strategy: str
    source: str
    patterns: tuple[str, ...]
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    note: str = ""


def compile_pattern(pattern: str) -> list[dict[str, Any]]:
    """The pattern as spaCy `Matcher` tokens. Raises ValueError where a word list or gap is wrong."""
    tokens = [dict(_compile_word(word)) for word in pattern.split()]
    if not any(token.get("OP", "1") == "1" for token in tokens):
        raise ValueError(f"pattern {pattern!r} needs at least one word that must be there")
    return tokens


@cache  # the same words stand in many patterns
def _compile_word(word: str) -> dict[str, Any]:
    if gap := _GAP.fullmatch(word):
        return {"IS_SPACE": False, "OP": f"{{0,{gap[1]}}}"}
    if word.startswith(".."):
        raise ValueError(f"gap {word!r} must be ..1 to ..9")
    if word == "#":
        return {"LIKE_NUM": True}
    optional = {"OP": "?"} if len(word) > 1 and word.endswith("?") else {}
    core = word[:-1] if optional else word
    negated = len(core) > 1 and core.startswith("!")
    words: set[str] = set()
    prefixes: list[str] = []
    for part in (core[1:] if negated else core).split("|") if core != "|" else ["|"]:
        _add_alternative(part, words, prefixes)
    if negated:
        return {"NORM": {"NOT_IN": sorted(words)}, "IS_SPACE": False, **optional}
    if prefixes:
        options = [re.escape(p) for p in prefixes] + [re.escape(w) + "$" for w in sorted(words)]
        return {"NORM": {"REGEX": "^(?:" + "|".join(options) + ")"}, **optional}
    return {"NORM": {"IN": sorted(words)} if len(words) > 1 else next(iter(words)), **optional}


def _add_alternative(part: str, words: set[str], prefixes: list[str]) -> None:
    if not part:
        raise ValueError("empty alternative")
    if part.startswith("@"):
        if part[1:] not in word_lists():
            raise ValueError(f"unknown word list {part!r}")
        words |= word_lists()[part[1:]]
    elif part.endswith("~"):
        words |= set(inflections(part[:-1]))
    elif part.endswith("*") and len(part) > 1:
        prefixes.append(part[:-1].lower())
    else:
        words.add(neutral(part.lower()))


def parse_rules(name: str, content: Any) -> list[Rule]:
    """Check one rule file's content; raises `DataError` with every problem in it."""
    rules, problems = read_rules(content)
    if problems:
        raise DataError(name, problems)
    return rules


def read_rules(content: Any, *, strategies: Collection[str] = STRATEGIES) -> tuple[list[Rule], list[str]]:
    """The sound rules of one file's content, and every problem in it; ``strategies`` are the ids there are."""
    problems: list[str] = []
    if not isinstance(content, dict) or set(content) != {"strategy", "rules"}:
        return [], ["must have exactly the keys 'strategy' and 'rules'"]
    if content["strategy"] not in strategies:
        problems.append(f"unknown strategy {content['strategy']!r}")
    if not isinstance(content["rules"], list) or not content["rules"]:
        return [], [*problems, "'rules' must be a list with at least one rule"]
    rules: list[Rule] = []
    for number, raw in enumerate(content["rules"], 1):
        found = _rule_problems(raw)
        problems += [f"rule {raw.get('id', number) if isinstance(raw, dict) else number}: {p}" for p in found]
        if not found:
            lists = {key: tuple(raw[key]) for key in ("patterns", "hits", "misses")}
            rules.append(Rule(raw["id"], content["strategy"], raw["source"], note=raw.get("note", ""), **lists))
    ids = [str(raw["id"]) for raw in content["rules"] if isinstance(raw, dict) and "id" in raw]
    problems += [f"rule {i}: id stands twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
    return rules, problems


def _rule_problems(raw: Any) -> list[str]:
    if not isinstance(raw, dict):
        return ["must be a mapping"]
    problems = [f"unknown field {key!r}" for key in sorted(set(raw) - _FIELDS)]
    problems += [f"field {key!r} is missing or empty" for key in sorted(_FIELDS - {"note"}) if not raw.get(key)]
    for key, least in (("patterns", 1), ("hits", 2), ("misses", 1)):
        value = raw.get(key)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            problems.append(f"{key} must be a list of strings")
        elif len(value) < least:
            problems.append(f"{key} needs at least {least}")
    problems += [f"{key} must be text" for key in ("id", "source", "note") if not isinstance(raw.get(key, ""), str)]
    patterns = raw.get("patterns")
    return problems + pattern_problems(map(str, patterns if isinstance(patterns, list) else []))


def pattern_problems(patterns: Iterable[str]) -> list[str]:
    """What is wrong with these patterns, one line each."""
    problems = []
    for pattern in patterns:
        try:
            compile_pattern(pattern)
        except ValueError as error:
            problems.append(f"pattern {pattern!r}: {error}")
    return problems


@cache
def load_rules() -> tuple[Rule, ...]:
    """All shipped rules, in the codebook's order of strategies. Raises `DataError` naming every fault in every file."""
    rules: list[Rule] = []
    problems: list[str] = []
    for strategy in STRATEGIES:
        path = files("analyzer") / "data" / "rules" / f"{strategy}.yml"
        try:
            rules += parse_rules(path.name, parse_yaml(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            problems.append(f"{path.name}: file is missing")
        except yaml.YAMLError as error:
            problems.append(f"{path.name}: not valid YAML: {error}")
        except DataError as error:
            problems += [f"{path.name}: {p}" for p in error.problems]
    if problems:
        raise DataError("analyzer/data/rules", problems)
    return tuple(rules)
