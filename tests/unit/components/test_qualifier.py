"""Status: what decides it, and what only looks as if it did. The evidence stands in [brackets]."""

from __future__ import annotations

import pytest
from spacy.language import Language
from spacy.tokens import Doc, Span

from analyzer.components.qualifier import Decision, Qualifier
from analyzer.pipeline import load
from analyzer.qualifiers import Cue, load_qualifiers

CUES = [cue for cue in load_qualifiers().cues.values() if not cue.guard]

SENTENCES = [
    ("[Validated cl's frustration].", "delivered"),
    ("Th [reflected the exhaustion under the anger].", "delivered"),
    ("Peers [validated her anger].", "other_agent"),
    ("Prior th [explained mandated reporting].", "other_agent"),
    ("Cl [practiced active listening w/ partner].", "other_agent"),
    ("Did not get to [limits of confid.] today.", "negated"),
    ("[Limits of confid. not reviewed] d/t crisis.", "negated"),
    ("[Did not press for details of detention].", "delivered"),
    ("[Asked without assuming what faith means to her].", "delivered"),
    ("Cl [may benefit from more say in goals].", "hypothetical"),
    ("Consider [adapting CBT to cultural values].", "hypothetical"),
    ("Will [call w/ update Fri].", "planned"),
    ("Next session: [review options with her].", "planned"),
    ("At intake, [reviewed limits of confid].", "historical"),
    ("In Feb [we had made the crisis plan with her].", "historical"),
]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load(model=None)


def marked(nlp: Language, sentence: str) -> tuple[Doc, Span]:
    start, end = sentence.index("["), sentence.index("]") - 1
    doc = nlp(sentence.replace("[", "").replace("]", ""))
    span = doc.char_span(start, end, label="transparency", alignment_mode="expand")
    assert span is not None
    return doc, span


def decide(nlp: Language, sentence: str) -> Decision:
    qualifier = nlp.get_pipe("qualifier")
    assert isinstance(qualifier, Qualifier)
    _doc, span = marked(nlp, sentence)
    return qualifier.decide([span])[0]


@pytest.mark.parametrize(("sentence", "status"), SENTENCES)
def test_without_a_model_the_codebook_order_of_cues_decides(nlp: Language, sentence: str, status: str) -> None:
    decision = decide(nlp, sentence)
    assert decision.status == status
    assert (decision.cue is None) == (status == "delivered")


@pytest.mark.parametrize("cue", CUES, ids=lambda cue: cue.id)
def test_each_cue_finds_its_hits_and_leaves_its_misses(nlp: Language, cue: Cue) -> None:
    qualifier = nlp.get_pipe("qualifier")
    assert isinstance(qualifier, Qualifier)
    for sentence, expected in [(hit, True) for hit in cue.hits] + [(miss, False) for miss in cue.misses]:
        _doc, span = marked(nlp, sentence)
        found = {c.cue.id for c in qualifier.find(span)[0]}
        assert (cue.id in found) is expected, sentence


def test_but_ends_a_cues_reach(nlp: Language) -> None:
    assert decide(nlp, "Could not reach the school but [validated her anger].").status == "delivered"
