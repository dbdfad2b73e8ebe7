"""Every cue rule finds what opens the door and leaves the clinician's own acts alone."""

from __future__ import annotations

import pytest
import spacy
from spacy.language import Language

import analyzer.components  # noqa: F401  registers the factories
from analyzer.components.tokenizer import create_note_tokenizer
from analyzer.cue_rules import CueRule, load_cue_rules, parse_cue_rules
from analyzer.records import STRATEGIES, DataError

RULES = load_cue_rules()


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.tokenizer = create_note_tokenizer()(nlp)
    nlp.add_pipe("segmenter")
    nlp.add_pipe("cue_rules")
    return nlp


def ids_found(nlp: Language, sentence: str) -> set[str]:
    doc = nlp(sentence)
    return {span.id_ for span in doc.spans["cue_rules"]}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_cue_rule_finds_its_hits_and_no_miss(nlp: Language, rule: CueRule) -> None:
    missed = [hit for hit in rule.hits if rule.id not in ids_found(nlp, hit)]
    wrong = [miss for miss in rule.misses if rule.id in ids_found(nlp, miss)]
    assert (missed, wrong) == ([], [])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_each_strategy_is_called_for_by_some_cue(strategy: str) -> None:
    assert any(strategy in rule.strategies for rule in RULES)


@pytest.mark.parametrize(
    "sentence",
    [
        "42yo Afro-Latina lesbian w/ MDD.",
        "28yo Somali woman, Muslim, 2 kids.",
        "35yo Black Deaf man, unemployed.",
        "Denied SI/HI.",
        "Reviewed family hx of diabetes.",
        "Limits of confid. reviewed at start.",
        "Brought bus passes promised last wk.",
        "Next appt Thurs 2p.",
        "Offered phone or in-person; cl picked phone.",
    ],
)
def test_demographics_routine_lines_and_clinician_acts_are_no_cue(nlp: Language, sentence: str) -> None:
    assert ids_found(nlp, sentence) == set()


def test_all_faults_of_a_cue_file_are_reported_at_once() -> None:
    bad = {
        "cues": [
            {
                "id": "a",
                "strategies": ["kindness"],
                "source": "",
                "patterns": ["@nobody"],
                "hits": ["x"],
                "misses": [],
            },
            {"id": "a", "strategies": ["safe_space"], "source": "s", "patterns": ["x"], "hits": ["x", "y"], "more": 1},
            "no mapping",
            {"id": "b", "strategies": [], "source": 7, "patterns": ["..2"], "hits": ["x", {"y": 1}], "misses": ["z"]},
        ]
    }
    with pytest.raises(DataError) as error:
        parse_cue_rules("bad.yml", bad)
    told = "\n".join(error.value.problems)
    for part in (
        "cue a: unknown strategy 'kindness'",
        "cue a: pattern '@nobody'",
        "cue a: field 'source' is missing or empty",
        "cue a: hits needs at least 2",
        "cue a: field 'misses' is missing or empty",
        "cue a: unknown field 'more'",
        "cue a: id stands twice",
        "cue 3: must be a mapping",
        "cue b: source must be text",
        "cue b: hits must be a list of texts",
        "at least one word",
    ):
        assert part in told


@pytest.mark.parametrize("content", [None, [], {"cues": {}}, {"cues": [], "more": []}])
def test_a_file_of_another_shape_is_refused(content: object) -> None:
    with pytest.raises(DataError, match="exactly the key 'cues'"):
        parse_cue_rules("bad.yml", content)
