"""The codebook -> checked records: the eleven strategies, the statuses and responses, and the rules of coding.

The file is ``data/codebook.yml``; users who read it and programs that show it see the same words. A project's own
codebook.yml holds the strategies that it adds, and those of the eleven that it words anew; the rest is as shipped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from analyzer.faults import faults, ids_in
from analyzer.records import STRATEGIES, DataError, Kind, StrategyName

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


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

    positive: Annotated[tuple[Example, ...], Field(min_length=2)]
    negative: Annotated[tuple[Counterexample, ...], Field(min_length=1)]


class Strategy(_Record):
    """One strategy: what it is, where it ends, what calls for it, and how to speak about its use.

    ``lead``, ``try_next`` and ``ask`` are a project's words for the feedback page; those for the eleven stand in
    ``data/feedback.yml``.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    title: Text
    kind: Kind
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
    lead: Text | None = None
    try_next: Text | None = None
    ask: Text | None = None

    @property
    def name(self) -> StrategyName:
        """What analyses carry of it."""
        return StrategyName(self.id, self.code, self.title, self.kind)


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
    """The whole codebook. ``sha256`` is that of the file's bytes, of a project's after the shipped, for manifests.

    ``own`` are the ids that a project adds or words anew.
    """

    version: Text
    title: Text
    authority: Text
    cautions: Texts
    statuses: tuple[StatusEntry, ...]
    responses: tuple[ResponseEntry, ...]
    rules: tuple[CodingRule, ...]
    strategies: tuple[Strategy, ...]
    sha256: str = ""
    own: frozenset[str] = frozenset()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in order: the eleven, then those that a project adds."""
        return tuple(strategy.id for strategy in self.strategies)

    @property
    def own_names(self) -> tuple[StrategyName, ...]:
        """What analyses must carry: the names that the shipped codebook does not tell."""
        return tuple(strategy.name for strategy in self.strategies if strategy.id in self.own)

    def strategy(self, strategy_id: str) -> Strategy:
        """The strategy with this id. Raises `KeyError` naming the ids there are."""
        for strategy in self.strategies:
            if strategy.id == strategy_id:
                return strategy
        raise KeyError(
            f"no strategy {strategy_id!r} in the codebook; it has {', '.join(s.id for s in self.strategies)}"
        )

    def title_of(self, strategy_id: str) -> str:
        """The strategy's name for people; the id where the codebook lacks it, as where others coded with their own."""
        return next((strategy.title for strategy in self.strategies if strategy.id == strategy_id), strategy_id)

    def status_title(self, status: str) -> str:
        """The status's name for people; the id where the codebook lacks it."""
        return next((entry.title for entry in self.statuses if entry.id == status), status)

    def response_title(self, response: str) -> str:
        """The response's name for people; the id where the codebook lacks it."""
        return next((entry.title for entry in self.responses if entry.id == response), response)


def load_codebook(path: Path | None = None) -> Codebook:
    """The shipped codebook (read once), or with a project's codebook.yml laid over it.

    Its strategies replace those of the same id and come after the eleven where the id is new; any other part that it
    gives (cautions, statuses ...) replaces the shipped one. Raises `DataError` with every fault.
    """
    if path is None:
        return _shipped()
    codebook, problems = read_codebook(path)
    if codebook is None or problems:
        raise DataError(str(path), problems)
    return codebook


def read_codebook(path: Path) -> tuple[Codebook | None, list[str]]:
    """`load_codebook` of a project's file for those who collect faults: None beside them where there are any."""
    content, raw, problems = _content(path)
    if content is None:
        return None, problems
    shipped, known = _shipped(), set(ids_in(content, "strategies"))
    kept = {strategy.code: strategy.id for strategy in shipped.strategies if strategy.id not in known}
    problems = faults(content, _OwnFile)
    problems += [
        f"strategy code {code}: is that of {kept[code]}, one of the eleven; choose another"
        for code in ids_in(content, "strategies", "code")
        if code in kept
    ]
    if problems:
        return None, problems
    given = _OwnFile.model_validate(content)
    mine = {strategy.id: strategy for strategy in given.strategies}
    parts: dict[str, Any] = {name: getattr(given, name) for name in given.model_fields_set if getattr(given, name)}
    parts["strategies"] = (
        *(mine.get(strategy.id, strategy) for strategy in shipped.strategies),
        *(strategy for strategy in given.strategies if strategy.id not in STRATEGIES),
    )
    sha256 = hashlib.sha256(_SHIPPED.read_bytes() + raw).hexdigest()
    return shipped.model_copy(update={**parts, "sha256": sha256, "own": frozenset(mine)}), []


def names_of(own: Iterable[StrategyName]) -> dict[str, StrategyName]:
    """Every strategy's name by id: the eleven as shipped, and what analyses carry as their ``own``."""
    return {s.id: s.name for s in load_codebook().strategies} | {s.id: s for s in own}


_SHIPPED = files("analyzer") / "data" / "codebook.yml"


@cache
def _shipped() -> Codebook:
    content, raw, problems = _content(_SHIPPED)
    problems += faults(content, Codebook) if content is not None else []
    if problems:
        raise DataError("codebook.yml", problems)
    codebook = Codebook.model_validate({**(content or {}), "sha256": hashlib.sha256(raw).hexdigest()})
    if codebook.ids != STRATEGIES:
        raise DataError("codebook.yml", [f"strategies must be exactly, in this order: {', '.join(STRATEGIES)}"])
    return codebook


def _content(file: Path | Traversable) -> tuple[dict[str, Any] | None, bytes, list[str]]:
    """The file's mapping and bytes, or None and why there is none."""
    raw = b""
    try:
        raw = file.read_bytes()
        # As yaml.safe_load, ten times as fast where PyYAML was built with libyaml.
        content = yaml.load(raw.decode("utf-8-sig"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        return None, raw, [f"cannot be read ({error.strerror}); check that the file is there"]
    except UnicodeDecodeError:
        return None, raw, ["is not UTF-8 text; save it as UTF-8"]
    except (yaml.YAMLError, ValueError) as error:
        return None, raw, [f"not valid YAML: {error}"]
    if not isinstance(content, dict):
        return None, raw, ["must be a mapping with the key strategies and, as you like, version, title and so on"]
    return content, raw, []


class _OwnFile(_Record):
    """A project's codebook.yml: the strategies, and other parts of the shipped codebook where they differ."""

    strategies: Annotated[tuple[Strategy, ...], Field(min_length=1)]
    version: Text | None = None
    title: Text | None = None
    authority: Text | None = None
    cautions: Texts | None = None
    statuses: tuple[StatusEntry, ...] | None = None
    responses: tuple[ResponseEntry, ...] | None = None
    rules: tuple[CodingRule, ...] | None = None
