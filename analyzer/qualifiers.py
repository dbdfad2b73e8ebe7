"""``qualifiers.yml`` -> checked cues: the words that decide a tag's status, and the guards that disarm them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from analyzer.lexicons import inflections, read_data
from analyzer.records import STATUSES, DataError
from analyzer.rules import pattern_problems

Where = Literal["before", "inside", "after", "any"]
_WHERE = {"before", "inside", "after", "any"}
_CUE_FIELDS = {"id", "status", "where", "source", "patterns", "hits", "misses"}
_GUARD_FIELDS = {"id", "status", "source", "patterns"}


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that speak for one status. A guard takes the force from a cue of its status that it overlaps."""

    id: str
    status: str
    where: Where
    guard: bool
    source: str
    patterns: tuple[str, ...]
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Qualifiers:
    """All cues and guards by id, and the words for who acts (token norms).

    ``sure_of_earlier``: the probability from which the model may say *historical* where no word tells of it.
    """

    sure_of_earlier: float
    cues: dict[str, Cue]
    agents: dict[str, frozenset[str]]


@cache
def load_qualifiers() -> Qualifiers:
    """The shipped qualifiers; raises `DataError` naming every fault."""
    data = read_data("qualifiers.yml")
    problems = [f"unknown part {key!r}" for key in set(data) - {"sure_of_earlier", "guards", "cues", "lists", "agents"}]
    lists = {name: _words(words) for name, words in data.get("lists", {}).items()}
    cues: dict[str, Cue] = {}
    for guard, raw in [(True, g) for g in data["guards"]] + [(False, c) for c in data["cues"]]:
        found = _problems(raw, _GUARD_FIELDS if guard else _CUE_FIELDS, guard=guard)
        problems += [f"{raw.get('id', '?')}: {p}" for p in found]
        if found:
            continue
        patterns = tuple(_fill(str(p), lists) for p in raw["patterns"])
        cues[raw["id"]] = Cue(
            id=raw["id"],
            status=raw["status"],
            where=raw.get("where", "any"),
            guard=guard,
            source=raw["source"],
            patterns=patterns,
            hits=tuple(raw.get("hits", ())),
            misses=tuple(raw.get("misses", ())),
        )
        problems += [f"{raw['id']}: {p}" for p in pattern_problems(patterns)]
    if problems:
        raise DataError("qualifiers.yml", problems)
    return Qualifiers(
        float(data["sure_of_earlier"]), cues, {name: _words(words) for name, words in data["agents"].items()}
    )


def _words(words: list[Any]) -> frozenset[str]:
    found: set[str] = set()
    for word in map(str, words):
        found |= set(inflections(word[:-1])) if word.endswith("~") else {word.lower()}
    return frozenset(found)


def _fill(pattern: str, lists: dict[str, frozenset[str]]) -> str:
    for name, words in lists.items():
        pattern = pattern.replace(f"@{name}", "|".join(sorted(words)))
    return pattern


def _problems(raw: dict[str, Any], fields: set[str], *, guard: bool) -> list[str]:
    problems = [f"unknown field {key!r}" for key in sorted(set(raw) - fields)]
    needed = {"id", "status", "source", "patterns"} | (set() if guard else {"where", "hits", "misses"})
    problems += [f"field {key!r} is missing or empty" for key in sorted(needed) if not raw.get(key)]
    if raw.get("status") not in STATUSES:
        problems.append(f"unknown status {raw.get('status')!r}")
    if raw.get("where", "any") not in _WHERE:
        problems.append(f"where must be one of {sorted(_WHERE)}")
    return problems
