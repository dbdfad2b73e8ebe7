"""A project folder -> its codebook and rules: own strategies, added by a researcher without touching the package.

codebook.yml        the strategies that are added, or worded anew (the format of ``data/codebook.yml``)
rules/*.yml         their rules (`analyzer.rules`); a file for one of the eleven replaces its shipped rules
opportunities.yml   client content that calls for them (`analyzer.cue_rules`), beside the shipped; may be missing
examples.jsonl      coded examples to train on; may be missing
model/              what ``analyzer train --codebook`` made of them
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analyzer.codebook import Codebook, load_codebook, read_codebook
from analyzer.cue_rules import CueRule, load_cue_rules, parse_cue_rules
from analyzer.faults import ids_in, twice
from analyzer.records import STRATEGIES, DataError
from analyzer.rules import Rule, load_rules, read_rules


@dataclass(frozen=True, slots=True)
class Project:
    """The codebook and rules in use; without a ``folder`` the shipped ones."""

    codebook: Codebook
    rules: tuple[Rule, ...]
    cue_rules: tuple[CueRule, ...]
    folder: Path | None = None

    @property
    def added(self) -> tuple[str, ...]:
        """The ids beyond the eleven."""
        return tuple(name for name in self.codebook.ids if name not in STRATEGIES)


@dataclass(frozen=True, slots=True)
class Parts:
    """A project folder as far as it is sound: its own rules and cue rules, and every problem found."""

    codebook: Codebook | None
    rules: tuple[Rule, ...]
    cue_rules: tuple[CueRule, ...]
    problems: tuple[str, ...]


def load_project(folder: Path | str | None = None) -> Project:
    """What is shipped, with the folder's codebook and rules laid over it. Raises `DataError` with every fault."""
    if folder is None:
        return Project(load_codebook(), load_rules(), load_cue_rules())
    folder = Path(folder)
    parts = read_parts(folder)
    if parts.codebook is None or parts.problems:
        raise DataError(str(folder), list(parts.problems))
    replaced = {rule.strategy for rule in parts.rules}
    kept = tuple(rule for rule in load_rules() if rule.strategy not in replaced)
    return Project(parts.codebook, (*kept, *parts.rules), (*load_cue_rules(), *parts.cue_rules), folder)


def codebook_of(folder: Path | str | None) -> Codebook:
    """The codebook in use alone, for those who need no rules. Raises `DataError` with every fault in it."""
    return load_codebook(None if folder is None else Path(folder) / "codebook.yml")


def read_parts(folder: Path) -> Parts:
    """Read all files of a project folder and collect what is wrong with any of them."""
    if not folder.is_dir():
        return Parts(None, (), (), ("is no folder; 'analyzer init-codebook' makes one",))
    codebook, problems = read_codebook(folder / "codebook.yml")
    problems = [f"codebook.yml: {problem}" for problem in problems]
    # Rules are checked even where the codebook is broken, against the ids that it names.
    known = codebook.ids if codebook is not None else (*STRATEGIES, *_named(folder / "codebook.yml"))
    rules: list[Rule] = []
    by_file: list[set[str]] = []
    for file in sorted([*(folder / "rules").glob("*.yml"), *(folder / "rules").glob("*.yaml")]):
        content, found = _yaml(file)
        sound, more = read_rules(content, strategies=known) if not found else ([], found)
        rules += sound
        by_file.append({rule.id for rule in sound})
        problems += [f"rules/{file.name}: {problem}" for problem in more]
    cues, found = _cue_rules(folder / "opportunities.yml", known)
    problems += [*found, *_taken_ids(rules, by_file, cues)]
    return Parts(codebook, tuple(rules), cues, tuple(problems))


def _cue_rules(file: Path, known: Sequence[str]) -> tuple[tuple[CueRule, ...], list[str]]:
    if not file.exists():
        return (), []
    content, found = _yaml(file)
    try:
        return (() if found else parse_cue_rules(file.name, content, strategies=known)), [
            f"{file.name}: {problem}" for problem in found
        ]
    except DataError as error:
        return (), [f"{file.name}: {problem}" for problem in error.problems]


def _taken_ids(rules: Sequence[Rule], by_file: Sequence[set[str]], cues: Sequence[CueRule]) -> list[str]:
    """Ids that stand in two files of the project, or already among the shipped rules that stay."""
    replaced = {rule.strategy for rule in rules}
    in_files = [name for ids in [*by_file, {r.id for r in load_rules() if r.strategy not in replaced}] for name in ids]
    taken = [f"rule {name}" for name in twice(in_files)]
    taken += [f"cue {name}" for name in sorted({c.id for c in cues} & {c.id for c in load_cue_rules()})]
    return [f"{what}: id stands already in another file; choose another" for what in taken]


def _named(file: Path) -> list[str]:
    content, _ = _yaml(file)
    return ids_in(content, "strategies") if isinstance(content, dict) else []


def _yaml(file: Path) -> tuple[Any, list[str]]:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8-sig")), []
    except OSError as error:
        return None, [f"cannot be read ({error.strerror}); check that the file is there"]
    except UnicodeDecodeError:
        return None, ["is not UTF-8 text; save it as UTF-8"]
    except (yaml.YAMLError, ValueError) as error:
        return None, [f"not valid YAML: {error}"]
