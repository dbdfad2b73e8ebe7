"""Sentences in context with the status that a trained coder gives, and moments with how the note shows they were met.

The tables were written from the codebook by readers who did not see the program; what it still gets wrong is counted,
so that it can only become less.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from spacy.language import Language
from spacy.tokens import Span

from analyzer.components.attributes import fact
from analyzer.components.qualifier import Qualifier
from analyzer.records import RESPONSES, STATUSES, STRATEGIES

HERE = Path(__file__).parent
SENTENCES: list[dict[str, Any]] = yaml.safe_load((HERE / "status_sentences.yml").read_text(encoding="utf-8"))
MOMENTS: list[dict[str, Any]] = yaml.safe_load((HERE / "cue_responses.yml").read_text(encoding="utf-8"))
# Shares right as measured; raise them whenever the program gets better.
STATUS_RIGHT = 0.78
RESPONSE_RIGHT = 0.65


def test_the_tables_are_whole() -> None:
    assert len(SENTENCES) >= 250
    assert len(MOMENTS) >= 120
    assert {s["status"] for s in SENTENCES} == set(STATUSES)
    assert {m["response"] for m in MOMENTS} == set(RESPONSES)
    for entry in SENTENCES:
        assert entry["words"] in entry["note"]
        assert entry["strategy"] in STRATEGIES
    for entry in MOMENTS:
        assert entry["cue"] in entry["note"]
        assert entry["answer"] is None or entry["answer"] in entry["note"]


@pytest.fixture(scope="module")
def wrong_statuses(nlp: Language) -> list[str]:
    """``expected -> given: words`` of each sentence on which the program differs."""
    qualifier = nlp.get_pipe("qualifier")
    assert isinstance(qualifier, Qualifier)
    wrong = []
    # The last component drops what the encoder saw.
    with nlp.select_pipes(disable=["opportunities"]):
        for entry, doc in zip(SENTENCES, nlp.pipe(e["note"] for e in SENTENCES), strict=True):
            start = entry["note"].index(entry["words"])
            words = doc.char_span(start, start + len(entry["words"]), alignment_mode="expand")
            (decision,) = qualifier.decide([Span(doc, words.start, words.end, label=entry["strategy"])])
            if decision.status != entry["status"]:
                wrong.append(f"{entry['status']} -> {decision.status}: {entry['words']} ({entry['why']})")
    return wrong


def test_statuses_are_those_of_a_trained_coder(wrong_statuses: list[str]) -> None:
    assert 1 - len(wrong_statuses) / len(SENTENCES) >= STATUS_RIGHT, "\n".join(wrong_statuses)


def test_responses_are_those_of_a_trained_coder_where_the_moment_is_found(nlp: Language) -> None:
    found: Counter[bool] = Counter()
    for entry, doc in zip(MOMENTS, nlp.pipe(m["note"] for m in MOMENTS), strict=True):
        start, end = entry["note"].index(entry["cue"]), entry["note"].index(entry["cue"]) + len(entry["cue"])
        hits = [s for s in doc.spans["opportunities"] if s.start_char < end and s.end_char > start]
        if hits:
            found[fact(hits[0], "response") == entry["response"]] += 1
    assert found.total() >= len(MOMENTS) / 2
    assert found[True] / found.total() >= RESPONSE_RIGHT
