"""Template text is found, and a line with something of the session in it is not taken for it."""

from __future__ import annotations

import time

import pytest
import spacy
from spacy.language import Language
from spacy.matcher import Matcher

from analyzer.boilerplate_rules import BoilerplateRule, load_boilerplate_rules, parse_boilerplate_rules
from analyzer.components.tokenizer import create_note_tokenizer
from analyzer.records import DataError
from analyzer.rules import compile_pattern

RULES = load_boilerplate_rules()


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.tokenizer = create_note_tokenizer()(nlp)
    return nlp


def found_by(nlp: Language, rule: BoilerplateRule, sentence: str) -> bool:
    if rule.regex is not None:
        return rule.regex.search(sentence) is not None
    matcher = Matcher(nlp.vocab)
    matcher.add(rule.id, [compile_pattern(pattern) for pattern in rule.patterns])
    return bool(matcher(nlp(sentence)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_finds_its_hits_and_no_rule_its_misses(nlp: Language, rule: BoilerplateRule) -> None:
    missed = [hit for hit in rule.hits if not found_by(nlp, rule, hit)]
    wrong = [miss for miss in rule.misses if any(found_by(nlp, other, miss) for other in RULES)]
    assert (missed, wrong) == ([], [])


@pytest.mark.parametrize(
    "sentence",
    [
        "Validated cl's frustration.",
        "Made a safe space for ct to be angry at me re: report.",
        "Goals written collaboratively, in his words.",
        "Session held in Spanish.",
        "Trauma-informed pace: she chose where to begin.",
        "Told cl nothing he says about using changes his welcome here.",
        "Ct says the shelter is no safe space.",
        "I: Safe space maintained: blinds down, hall phone unplugged.",
    ],
)
def test_a_concrete_act_or_session_content_is_no_template(nlp: Language, sentence: str) -> None:
    assert [rule.id for rule in RULES if found_by(nlp, rule, sentence)] == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.regex], ids=lambda rule: rule.id)
@pytest.mark.parametrize("piece", ["safe care, ", "trauma-informed ", "client needs ", "[ ", "((auto ", "a", " "])
def test_a_very_long_line_takes_no_time(rule: BoilerplateRule, piece: str) -> None:
    assert rule.regex is not None
    begun = time.process_time()
    rule.regex.search(piece * (60_000 // len(piece)))
    assert time.process_time() - begun < 1.0


def test_all_faults_of_a_boilerplate_file_are_reported_at_once() -> None:
    good = {"source": "s", "hits": ["x", "y"], "misses": ["z"]}
    bad = {
        "patterns": [
            {"id": "both", "patterns": ["x"], "regex": "x", **good},
            {"id": "none", **good},
            {"id": "slow", "regex": "(?:a+b)*", **good},
            {"id": "open", "regex": "(a", **good},
            {"id": "open", "patterns": ["@nobody"], **good, "extra": 1},
        ]
    }
    with pytest.raises(DataError) as error:
        parse_boilerplate_rules("bad.yml", bad)
    told = "\n".join(error.value.problems)
    for part in ("rule both: needs either", "rule none: needs either", "rule slow: regex", "rule open: regex '(a'"):
        assert part in told
    for part in ("rule open: id stands twice", "@nobody", "unknown field 'extra'"):
        assert part in told
