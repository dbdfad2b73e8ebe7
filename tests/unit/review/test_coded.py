"""Reviewed notes as coded notes: read back unchanged, learned from where reviewed and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.language import Language

from analyzer.corpus import read_coded, write_coded
from analyzer.records import CodedTag, DataError, Opportunity
from analyzer.review.coded import reviewed_corpus
from analyzer.review.decisions import Decision, decide
from analyzer.train import train
from analyzer.train.folds import misleads
from analyzer.train.material import prepare
from tests.unit.review.making import FEAR, FORM, LIMITS, TEXT, analysis, segment


def decided(verdict: str, found=FEAR, who: str = "RR", **more: str) -> Decision:
    return decide(analysis(), segment=segment(found.text), verdict=verdict, who=who, tag=found, **more)  # type: ignore[arg-type]


def test_decisions_become_a_corpus_file_that_is_read_back_unchanged(tmp_path: Path) -> None:
    cue = Opportunity(FEAR.start, FEAR.end, FEAR.text, ("safe_space",), "responded")
    note = analysis(FEAR, LIMITS, FORM, opportunities=(cue,))
    made = [decided("accept"), decided("change_status", LIMITS, status="historical"), decided("reject", FORM)]
    coded = reviewed_corpus([(note, TEXT)], made)
    write_coded(coded, tmp_path / "reviewed.jsonl")
    assert read_coded(tmp_path / "reviewed.jsonl") == coded
    (one,) = coded
    assert one.segments == tuple(segment(t.text) for t in (FEAR, LIMITS, FORM))
    assert one.tags == (
        CodedTag(0, "active_listening_empathy", "delivered", FEAR.start, FEAR.end),
        CodedTag(1, "transparency", "historical", LIMITS.start, LIMITS.end),
    )
    assert (one.writer, one.coders) == ("review:RR", 1)
    assert one.cues[0].response_contested


def test_a_note_without_a_finished_segment_is_left_out() -> None:
    assert reviewed_corpus([(analysis(), TEXT)], []) == []


def test_what_two_reviewers_see_differently_is_contested() -> None:
    made = [
        decided("accept"),
        decided("reject", who="SS"),
        decided("accept", LIMITS),
        decided("accept", LIMITS, who="SS"),
    ]
    (one,) = reviewed_corpus([(analysis(), TEXT)], made)
    assert [tag.strategy for tag in one.tags] == ["transparency"]
    assert [tag.strategy for tag in one.contested] == ["active_listening_empathy"]
    assert (one.writer, one.coders) == ("review:RR+SS", 2)


def test_training_learns_from_reviewed_segments_alone(rules_only: Language) -> None:
    (note,) = reviewed_corpus([(analysis(), TEXT)], [decided("reject")])
    (material,) = prepare([note], rules_only)
    assert material.scored.tolist() == [False, True, False, False, False]


def test_no_figure_of_a_model_rests_on_reviewed_notes() -> None:
    (note,) = reviewed_corpus([(analysis(), TEXT)], [decided("accept")])
    assert misleads(note)


def test_a_note_that_stands_in_the_corpus_already_is_not_learned_from_twice(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    write_coded(reviewed_corpus([(analysis(), TEXT)], [decided("accept")]), corpus)
    with pytest.raises(DataError, match="stands in the corpus already"):
        train(corpus, tmp_path / "model", reviewed=corpus, encoder=False)
