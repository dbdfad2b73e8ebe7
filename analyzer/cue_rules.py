"""``opportunities.yml`` -> checked cue rules: client content that calls for a strategy (codebook section 4).

The patterns are those of `analyzer.rules`. A cue rule says only that the door stands open; whether the note answers is
found by whoever runs the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from analyzer.lexicons import read_data
from analyzer.records import STRATEGIES, DataError
from analyzer.rules import pattern_problems

_FIELDS = frozenset({"id", "strategies", "source", "patterns", "hits", "misses"})


@dataclass(frozen=True, slots=True)
class CueRule:
    """What opens the door, the strategies that would answer, and sentences that the rule must and must not find."""

    id: str
    strategies: tuple[str, ...]
    source: str
    patterns: tuple[str, ...]
    hits: tuple[str, ...]
    misses: tuple[str, ...]


@cache
def load_cue_rules() -> tuple[CueRule, ...]:
    """The shipped cue rules in the file's order; raises `DataError` naming every fault."""
    return parse_cue_rules("opportunities.yml", read_data("opportunities.yml"))


def parse_cue_rules(name: str, content: Any, *, strategies: Collection[str] = STRATEGIES) -> tuple[CueRule, ...]:
    """Check one file's content; raises `DataError` with every problem in it. ``strategies`` are the ids there are."""
    raws = entries(name, content, "cues")
    problems: list[str] = []
    for number, raw in enumerate(raws, 1):
        found = [*field_problems(raw, needed=_FIELDS), *_strategy_problems(raw, strategies)]
        problems += [f"cue {label(raw, number)}: {problem}" for problem in found]
    problems += repeated_ids(raws, "cue")
    if problems:
        raise DataError(name, problems)
    return tuple(
        CueRule(raw["id"], source=raw["source"], **{key: tuple(raw[key]) for key in _FIELDS - {"id", "source"}})
        for raw in raws
    )


def entries(name: str, content: Any, key: str) -> list[Any]:
    """The list under the file's only key; raises `DataError` where the file has another shape."""
    if not isinstance(content, dict) or set(content) != {key} or not isinstance(content[key], list):
        raise DataError(name, [f"must have exactly the key {key!r} with a list under it"])
    return content[key]


def label(raw: Any, number: int) -> str:
    """How a problem names an entry: by its id, else by its place in the list."""
    return str(raw.get("id") or number) if isinstance(raw, dict) else str(number)


def field_problems(raw: Any, *, needed: Iterable[str], optional: Iterable[str] = ()) -> list[str]:
    """Faults of one entry's fields that every kind of rule file shares: keys, text, lists of text, patterns."""
    if not isinstance(raw, dict):
        return ["must be a mapping"]
    needed, known = set(needed), {*needed, *optional}
    problems = [f"unknown field {key!r}" for key in sorted(set(map(str, raw)) - known)]
    problems += [f"field {key!r} is missing or empty" for key in sorted(needed) if not raw.get(key)]
    for key in sorted(known & {"id", "source", "regex"} & set(raw)):
        problems += [] if isinstance(raw[key], str) else [f"{key} must be text"]
    for key, least in (("strategies", 1), ("patterns", 1), ("hits", 2), ("misses", 1)):
        if key not in known & set(raw):
            continue
        if not isinstance(raw[key], list) or not all(isinstance(value, str) for value in raw[key]):
            problems.append(f"{key} must be a list of texts")
        elif len(raw[key]) < least:
            problems.append(f"{key} needs at least {least}")
        elif key == "patterns":
            problems += pattern_problems(raw[key])
    return problems


def repeated_ids(raws: list[Any], kind: str) -> list[str]:
    """One problem for each id that stands twice."""
    ids = [str(raw["id"]) for raw in raws if isinstance(raw, dict) and "id" in raw]
    return [f"{kind} {name}: id stands twice" for name in sorted({name for name in ids if ids.count(name) > 1})]


def _strategy_problems(raw: Any, known: Collection[str]) -> list[str]:
    strategies = raw.get("strategies") if isinstance(raw, dict) else None
    if not isinstance(strategies, list):
        return []
    problems = [f"unknown strategy {name!r}" for name in strategies if name not in known]
    return problems + (["a strategy stands twice"] if len(set(map(str, strategies))) < len(strategies) else [])
