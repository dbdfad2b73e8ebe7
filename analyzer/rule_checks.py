"""Checks a project folder before it is used: the format of every file, and each rule against its own sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy

import analyzer.components  # noqa: F401  registers the factories
from analyzer.components.ruler import SegmentRuler, cue_patterns, ruler_patterns
from analyzer.cue_rules import CueRule
from analyzer.examples import EXAMPLES, read_examples
from analyzer.own_model import has_own_model
from analyzer.project import Parts, read_parts
from analyzer.records import STRATEGIES, DataError
from analyzer.rules import Rule


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was checked, and every problem found, by file and rule; the sentences themselves are not repeated."""

    strategies: tuple[str, ...]
    rules: int
    sentences: int
    examples: int
    problems: tuple[str, ...]


def check_project(folder: Path) -> Checked:
    """Check all files of a project folder. Problems are returned, not raised."""
    parts = read_parts(folder)
    rules: list[Rule | CueRule] = [*parts.rules, *parts.cue_rules]
    problems = [*parts.problems, *_wrong_sentences(parts.rules, ruler_patterns(parts.rules))]
    problems += _wrong_sentences(parts.cue_rules, cue_patterns(parts.cue_rules))
    examples, found = _examples(folder, parts)
    return Checked(
        strategies=tuple(strategy.id for strategy in parts.codebook.own_names) if parts.codebook else (),
        rules=len(rules),
        sentences=sum(len(rule.hits) + len(rule.misses) for rule in rules),
        examples=examples,
        problems=(*problems, *found, *_never_found(folder, parts)),
    )


def _wrong_sentences(rules: Sequence[Rule] | Sequence[CueRule], patterns: list[dict[str, Any]]) -> Iterator[str]:
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "note_tokenizer.v1"}}})
    nlp.add_pipe("segmenter")
    ruler = SegmentRuler(nlp, "rules", spans_key="rules")
    ruler.add_patterns(patterns)
    for rule in rules:
        for kind, sentences, wanted in (("hit", rule.hits, True), ("miss", rule.misses, False)):
            for number, sentence in enumerate(sentences, 1):
                if (rule.id in {span.id_ for span in ruler.match(nlp(sentence))}) != wanted:
                    yield f"rule {rule.id}: {kind} {number} is {'not ' if wanted else ''}found"


def _examples(folder: Path, parts: Parts) -> tuple[int, list[str]]:
    if not (folder / EXAMPLES).exists():
        return 0, []
    known = parts.codebook.ids if parts.codebook else STRATEGIES
    try:
        return len(read_examples(folder, known)), []
    except DataError as error:
        return 0, [f"{EXAMPLES}: {problem}" for problem in error.problems]


def _never_found(folder: Path, parts: Parts) -> Iterator[str]:
    """Strategies that nothing would ever tag."""
    ruled = {rule.strategy for rule in parts.rules}
    for strategy in parts.codebook.ids if parts.codebook and not has_own_model(folder) else ():
        if strategy not in STRATEGIES and strategy not in ruled:
            yield f"strategy {strategy}: has no rules; write rules/{strategy}.yml, or train it on examples"
