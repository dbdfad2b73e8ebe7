"""``boilerplate.yml`` -> checked rules for template text, which only claims a strategy (codebook R3 and R5).

A rule looks either for ``patterns`` (the language of `analyzer.rules`) or for a ``regex`` in the segment's text, for
marks, layout and whole-segment wording that patterns cannot say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from analyzer.cue_rules import entries, field_problems, label, repeated_ids
from analyzer.lexicons import read_data
from analyzer.records import DataError

_NEEDED = frozenset({"id", "source", "hits", "misses"})
# A repeat inside a repeated group is what makes a regex slow on long lines.
_NESTED = re.compile(r"[*+}][^()]*\)[*+{]")


@dataclass(frozen=True, slots=True)
class BoilerplateRule:
    """Either ``patterns`` or ``regex`` (searched in the segment's text), and sentences to find and not to find."""

    id: str
    source: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    regex: re.Pattern[str] | None = None


@cache
def load_boilerplate_rules() -> tuple[BoilerplateRule, ...]:
    """The shipped rules in the file's order; raises `DataError` naming every fault."""
    return parse_boilerplate_rules("boilerplate.yml", read_data("boilerplate.yml"))


def parse_boilerplate_rules(name: str, content: Any) -> tuple[BoilerplateRule, ...]:
    """Check one file's content; raises `DataError` with every problem in it."""
    raws = entries(name, content, "patterns")
    problems: list[str] = []
    for number, raw in enumerate(raws, 1):
        found = [*field_problems(raw, needed=_NEEDED, optional=("patterns", "regex")), *_look_problems(raw)]
        problems += [f"rule {label(raw, number)}: {problem}" for problem in found]
    problems += repeated_ids(raws, "rule")
    if problems:
        raise DataError(name, problems)
    return tuple(
        BoilerplateRule(
            id=raw["id"],
            source=raw["source"],
            hits=tuple(raw["hits"]),
            misses=tuple(raw["misses"]),
            patterns=tuple(raw.get("patterns", ())),
            regex=re.compile(raw["regex"]) if "regex" in raw else None,
        )
        for raw in raws
    )


def _look_problems(raw: Any) -> list[str]:
    if not isinstance(raw, dict):
        return []
    if ("patterns" in raw) == ("regex" in raw):
        return ["needs either 'patterns' or 'regex', and not both"]
    if not isinstance(regex := raw.get("regex"), str):
        return []
    if _NESTED.search(regex):
        return [f"regex {regex!r}: a repeat stands inside a repeated group; write it without"]
    try:
        re.compile(regex)
    except re.error as error:
        return [f"regex {regex!r}: {error}"]
    return []
