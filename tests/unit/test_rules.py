"""Every rule finds its hits and leaves its misses alone; broken rule files name every fault."""

from __future__ import annotations

import pytest
import spacy
from spacy.language import Language

import analyzer.components  # noqa: F401  registers the factories
from analyzer.components.tokenizer import create_note_tokenizer
from analyzer.records import STRATEGIES, DataError
from analyzer.rules import Rule, compile_pattern, load_rules, parse_rules

RULES = load_rules()


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.tokenizer = create_note_tokenizer()(nlp)
    nlp.add_pipe("segmenter")
    nlp.add_pipe("strategy_rules")
    return nlp


def ids_found(nlp: Language, sentence: str) -> set[str]:
    doc = nlp(sentence)
    return {span.id_ for span in doc.spans["rules"]}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_finds_its_hits_and_no_miss(nlp: Language, rule: Rule) -> None:
    missed = [hit for hit in rule.hits if rule.id not in ids_found(nlp, hit)]
    wrong = [miss for miss in rule.misses if rule.id in ids_found(nlp, miss)]
    assert (missed, wrong) == ([], [])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_each_strategy_has_fifteen_rules(strategy: str) -> None:
    assert sum(rule.strategy == strategy for rule in RULES) >= 15


def test_rule_ids_are_unique_over_all_files() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))


def test_all_faults_of_a_file_are_reported_at_once() -> None:
    bad = {
        "strategy": "kindness",
        "rules": [
            {"id": "x", "source": "s", "patterns": ["@nobody"], "hits": ["one"], "misses": ["m"], "extra": 1},
            {"id": "y", "source": "", "patterns": ["..2"], "hits": ["a", "b"], "misses": []},
        ],
    }
    with pytest.raises(DataError) as error:
        parse_rules("bad.yml", bad)
    told = "\n".join(error.value.problems)
    for part in ("kindness", "extra", "hits needs at least 2", "@nobody", "'source'", "'misses'", "at least one word"):
        assert part in told


@pytest.mark.parametrize("pattern", ["a ..10 b", "..3", "a||b", "explain~ @no_such_list", "maybe?"])
def test_broken_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern|gap|list|alternative"):
        compile_pattern(pattern)


def test_pattern_language() -> None:
    assert compile_pattern("explain~ why|how the? ..2 form*") == [
        {"NORM": {"IN": ["explain", "explained", "explaining", "explains"]}},
        {"NORM": {"IN": ["how", "why"]}},
        {"NORM": "the", "OP": "?"},
        {"IS_SPACE": False, "OP": "{0,2}"},
        {"NORM": {"REGEX": "^(?:form)"}},
    ]
