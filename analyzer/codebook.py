"""The codebook -> checked records: the eleven strategies, the statuses and responses, and the rules of coding.

The file is ``data/codebook.yml``; users who read it and programs that show it see the same words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from analyzer.records import RESPONSES, STATUSES, STRATEGIES, DataError

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
_RULE_IDS = tuple(f"R{number}" for number in range(1, 13))
# pydantic's wording speaks of Python; ours of the file.
_MESSAGES = {
    "missing": "is missing",
    "extra_forbidden": "is unknown",
    "string_too_short": "is empty",
    "string_type": "must be text (put it in quotation marks)",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping",
}


class _Record(BaseModel):
    """A frozen record that knows its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Exclusion(_Record):
    """What does not count for a strategy, and what it is ``instead``."""

    what: Text
    instead: Text


class Example(_Record):
    """An invented sentence that shows a strategy, and the strategies that it shows ``also``."""

    text: Text
    also: tuple[Text, ...] = ()


class Counterexample(_Record):
    """An invented sentence that looks like a strategy, and why it is none."""

    text: Text
    why: Text


class Examples(_Record):
    """Sentences that count and sentences that do not."""

    positive: Annotated[tuple[Example, ...], Field(min_length=6)]
    negative: Annotated[tuple[Counterexample, ...], Field(min_length=5)]


class Strategy(_Record):
    """One strategy: what it is, where it ends, what calls for it, and how to speak about its use."""

    id: Text
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    title: Text
    kind: Literal["content", "process"]
    definition: Text
    include: Texts
    exclude: Annotated[tuple[Exclusion, ...], Field(min_length=1)]
    boundary: Text
    examples: Examples
    opportunity_cues: Texts
    feedback: Text
    over_use: Text
    under_use: Text
    sources: Texts


class StatusEntry(_Record):
    """One status: the question that decides it. The first in the codebook's order that fits is taken."""

    id: Text
    title: Text
    test: Text
    examples: Texts


class ResponseEntry(_Record):
    """One way in which a note can answer an opportunity."""

    id: Text
    title: Text
    meaning: Text


class CodingRule(_Record):
    """One of the core rules R1 to R12."""

    id: Text
    title: Text
    text: Text


class Codebook(_Record):
    """The whole codebook. ``sha256`` is that of the file's bytes, for manifests."""

    version: Text
    title: Text
    authority: Text
    cautions: Texts
    statuses: tuple[StatusEntry, ...]
    responses: tuple[ResponseEntry, ...]
    rules: tuple[CodingRule, ...]
    strategies: tuple[Strategy, ...]
    sha256: str = ""

    def strategy(self, strategy_id: str) -> Strategy:
        """The strategy with this id. Raises `KeyError` naming the ids there are."""
        for strategy in self.strategies:
            if strategy.id == strategy_id:
                return strategy
        raise KeyError(
            f"no strategy {strategy_id!r} in the codebook; it has {', '.join(s.id for s in self.strategies)}"
        )

    def title_of(self, strategy_id: str) -> str:
        """The strategy's name for people. Raises `KeyError` like `strategy`."""
        return self.strategy(strategy_id).title

    def status_title(self, status: str) -> str:
        """The status's name for people; the id where the codebook lacks it."""
        return next((entry.title for entry in self.statuses if entry.id == status), status)

    def response_title(self, response: str) -> str:
        """The response's name for people; the id where the codebook lacks it."""
        return next((entry.title for entry in self.responses if entry.id == response), response)


def load_codebook(path: Path | None = None) -> Codebook:
    """The shipped codebook (read once), or a user's own file in the same format.

    A user's own file may hold some of the strategies or all of them, in any order. Raises `DataError` with every fault.
    """
    return _shipped() if path is None else _read(path, str(path))


@cache
def _shipped() -> Codebook:
    codebook = _read(files("analyzer") / "data" / "codebook.yml", "codebook.yml")
    if tuple(strategy.id for strategy in codebook.strategies) != STRATEGIES:
        raise DataError("codebook.yml", [f"strategies must be exactly, in this order: {', '.join(STRATEGIES)}"])
    return codebook


def _read(file: Path | Traversable, where: str) -> Codebook:
    try:
        raw = file.read_bytes()
        content = yaml.safe_load(raw.decode("utf-8"))
    except OSError as error:
        raise DataError(where, [f"cannot be read ({error.strerror}); check that the file is there"]) from error
    except UnicodeDecodeError as error:
        raise DataError(where, ["is not UTF-8 text; save it as UTF-8"]) from error
    except yaml.YAMLError as error:
        raise DataError(where, [f"not valid YAML: {error}"]) from error
    if not isinstance(content, dict):
        raise DataError(where, ["must be a mapping with the keys version, title, strategies and so on"])
    problems = _unknown_ids(content)
    try:
        codebook = Codebook.model_validate({**content, "sha256": hashlib.sha256(raw).hexdigest()})
    except ValidationError as error:
        problems = [_problem(content, fault["loc"], fault["type"], fault["msg"]) for fault in error.errors()] + problems
    if "sha256" in content:
        problems.append("sha256: is unknown")
    if problems:
        raise DataError(where, problems)
    return codebook


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
    """Faults that lie in several entries together: ids unknown, twice, or lacking; codes twice."""
    strategies = _ids(content, "strategies")
    problems = [f"strategy {name}: id: is no known strategy" for name in strategies if name not in STRATEGIES]
    problems += [f"strategy {name}: id: stands twice" for name in _twice(strategies)]
    problems += [f"strategy code {code}: stands twice" for code in _twice(_ids(content, "strategies", "code"))]
    for part, known in (("statuses", STATUSES), ("responses", RESPONSES), ("rules", _RULE_IDS)):
        found = _ids(content, part)
        problems += [f"{_singular(part)} {name}: id: is unknown" for name in found if name not in known]
        problems += [f"{_singular(part)} {name}: id: stands twice" for name in _twice(found)]
        problems += [f"{_singular(part)} {name}: is missing" for name in known if name not in found]
    return problems + _unknown_also(content)


def _unknown_also(content: dict[str, Any]) -> list[str]:
    problems = []
    for entry in _entries(content.get("strategies")):
        examples = entry.get("examples")
        for number, example in enumerate(_entries(examples.get("positive") if isinstance(examples, dict) else None), 1):
            also = example.get("also")
            unknown = [name for name in also if name not in STRATEGIES] if isinstance(also, list) else []
            where = f"strategy {entry.get('id')}: examples.positive[{number}].also"
            problems += [f"{where}: {name!r} is no known strategy" for name in unknown]
    return problems


def _entries(part: Any) -> list[dict[str, Any]]:
    return [entry for entry in part if isinstance(entry, dict)] if isinstance(part, list) else []


def _ids(content: dict[str, Any], part: str, key: str = "id") -> list[str]:
    return [str(entry[key]) for entry in _entries(content.get(part)) if key in entry]


def _twice(names: Iterable[str]) -> list[str]:
    listed = list(names)
    return sorted({name for name in listed if listed.count(name) > 1})
