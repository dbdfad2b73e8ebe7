"""What is wrong with a codebook file: every fault at once, with the entry's id and the field, in the file's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from analyzer.records import RESPONSES, STATUSES, STRATEGIES

_RULE_IDS = tuple(f"R{number}" for number in range(1, 13))
# pydantic's wording speaks of Python; ours of the file.
_MESSAGES = {
    "missing": "is missing",
    "extra_forbidden": "is unknown",
    "string_too_short": "is empty",
    "string_type": "must be text (put it in quotation marks)",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping",
    "string_pattern_mismatch": "must be small letters, digits and underscores (an id) or two capital letters (a code)",
}


def faults(content: dict[str, Any], shape: type[BaseModel]) -> list[str]:
    """All faults of a file's mapping that should have this shape."""
    problems = []
    try:
        shape.model_validate(content)
    except ValidationError as error:
        problems = [_problem(content, fault["loc"], fault["type"], fault["msg"]) for fault in error.errors()]
    problems += [f"{key}: is unknown" for key in ("sha256", "own") if key in content and key in shape.model_fields]
    return problems + _unknown_ids(content)


def _problem(content: dict[str, Any], loc: tuple[int | str, ...], kind: str, message: str) -> str:
    """One fault with the entry's id and the field: ``strategy safe_space: examples.negative[2].why: is missing``."""
    told = _MESSAGES.get(kind, message)
    if len(loc) >= 2 and isinstance(loc[1], int):
        entry = content[str(loc[0])][loc[1]]
        name = entry.get("id") if isinstance(entry, dict) else None
        head = f"{_singular(str(loc[0]))} {name or loc[1] + 1}"
        return f"{head}: {_field(loc[2:])}: {told}" if len(loc) > 2 else f"{head}: {told}"
    return f"{_field(loc)}: {told}"


def _field(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")


def _singular(name: str) -> str:
    return {"strategies": "strategy", "statuses": "status"}.get(name, name.removesuffix("s"))


def _unknown_ids(content: dict[str, Any]) -> list[str]:
    """Faults that lie in several entries together: ids twice, unknown or lacking; codes twice."""
    problems = [f"strategy {name}: id: stands twice" for name in twice(ids_in(content, "strategies"))]
    problems += [f"strategy code {code}: stands twice" for code in twice(ids_in(content, "strategies", "code"))]
    for part, known in (("statuses", STATUSES), ("responses", RESPONSES), ("rules", _RULE_IDS)):
        if part not in content:
            continue  # a project's file may leave it out, and the shipped one is told that it lacks it
        found = ids_in(content, part)
        problems += [f"{_singular(part)} {name}: id: is unknown" for name in found if name not in known]
        problems += [f"{_singular(part)} {name}: id: stands twice" for name in twice(found)]
        problems += [f"{_singular(part)} {name}: is missing" for name in known if name not in found]
    return problems + _unknown_also(content)


def _unknown_also(content: dict[str, Any]) -> list[str]:
    problems = []
    known = {*STRATEGIES, *ids_in(content, "strategies")}
    for entry in entries(content.get("strategies")):
        examples = entry.get("examples")
        for number, example in enumerate(entries(examples.get("positive") if isinstance(examples, dict) else None), 1):
            also = example.get("also")
            unknown = [name for name in also if name not in known] if isinstance(also, list) else []
            where = f"strategy {entry.get('id')}: examples.positive[{number}].also"
            problems += [f"{where}: {name!r} is no known strategy" for name in unknown]
    return problems


def entries(part: Any) -> list[dict[str, Any]]:
    """The mappings in a list, whatever else stands there."""
    return [entry for entry in part if isinstance(entry, dict)] if isinstance(part, list) else []


def ids_in(content: dict[str, Any], part: str, key: str = "id") -> list[str]:
    """The ids (or other keys) of a part's entries, in order."""
    return [str(entry[key]) for entry in entries(content.get(part)) if key in entry]


def twice(names: Iterable[str]) -> list[str]:
    """The names that stand more than once."""
    listed = list(names)
    return sorted({name for name in listed if listed.count(name) > 1})
