"""The pipeline as a spaCy user meets it: attributes, analysis of pipes, batches, disk, worker processes."""

from __future__ import annotations

import pickle
from pathlib import Path

import spacy
from spacy.language import Language

from analyzer.pipeline import load
from analyzer.records import STATUSES, STRATEGIES

NOTE = """S: Cl tearful re: slur at work. "You wouldn't get it."
O: Th validated cl's anger and reviewed limits of confidentiality. Prior th never explained reporting.
A: Adjustment d/o.
P: Will call HR w/ cl next week."""


def tags(nlp: Language, text: str) -> list[tuple[str, str, str]]:
    doc = nlp(text)
    return [(s.label_, s._.status, s.text) for s in doc.spans["strategies"]]


def test_the_pipes_report_no_problem(rules_only: Language) -> None:
    analysis = rules_only.analyze_pipes()
    assert {name: found for name, found in analysis["problems"].items() if found} == {}


def test_every_component_declares_what_it_assigns(rules_only: Language) -> None:
    assert all(rules_only.get_pipe_meta(name).assigns for name in rules_only.pipe_names)


def test_tags_carry_the_facts_a_user_looks_for(nlp: Language) -> None:
    doc = nlp(NOTE)
    assert len(doc.spans["strategies"]) > 0
    for span in doc.spans["strategies"]:
        assert span.label_ in STRATEGIES
        assert span._.status in STATUSES
        assert 0 <= span._.confidence <= 1
        assert span._.source in ("rule", "model", "rule+model")
        assert span._.reason
        assert span._.section in ("subjective", "objective", "assessment", "plan")
    assert set(doc._.strategies) <= {s.label_ for s in doc.spans["strategies"]}


def test_two_strategies_on_the_same_words_keep_their_own_facts(rules_only: Language) -> None:
    doc = rules_only("Explored impact of systemic racism on client.")
    found = {span.label_: span._.reason for span in doc.spans["strategies"]}
    assert set(found) >= {"active_listening_empathy", "historical_context"}
    assert found["active_listening_empathy"] != found["historical_context"]


def test_pipe_gives_what_one_by_one_gives(nlp: Language) -> None:
    texts = [NOTE, "", "Validated grief.", "x", NOTE.lower()]
    together = [[(s.label_, s._.status, s.text) for s in doc.spans["strategies"]] for doc in nlp.pipe(texts)]
    assert together == [tags(nlp, text) for text in texts]


def test_to_disk_and_from_disk_keep_every_tag(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "pipeline")
    assert tags(spacy.load(tmp_path / "pipeline"), NOTE) == tags(nlp, NOTE)


def test_pickling_to_a_worker_keeps_every_tag(nlp: Language) -> None:
    assert tags(pickle.loads(pickle.dumps(nlp)), NOTE) == tags(nlp, NOTE)


def test_two_processes_give_what_one_gives(nlp: Language) -> None:
    texts = [NOTE, "Validated her grief.", "Plan: review options."] * 2
    both = [[(s.label_, s._.status) for s in doc.spans["strategies"]] for doc in nlp.pipe(texts, n_process=2)]
    assert both == [[t[:2] for t in tags(nlp, text)] for text in texts]


def test_docs_survive_bytes(nlp: Language) -> None:
    doc = nlp(NOTE)
    again = spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert [(s.text, s._.status) for s in again.spans["strategies"]] == [
        (s.text, s._.status) for s in doc.spans["strategies"]
    ]


def test_rules_alone_work_without_a_model() -> None:
    assert tags(load(model=None), "Validated her grief.") == [
        ("active_listening_empathy", "delivered", "Validated her grief")
    ]
