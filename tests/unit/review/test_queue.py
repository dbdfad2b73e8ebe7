"""What comes first for review."""

from __future__ import annotations

from dataclasses import replace

from analyzer.records import Boilerplate
from analyzer.review.decisions import decide
from analyzer.review.queue import queue
from tests.unit.review.making import FEAR, FORM, LIMITS, TEXT, analysis, segment, tag


def strategies(items: list) -> list[list[str]]:
    return [[t.strategy for t in item.tags] for item in items]


def test_what_the_program_is_unsure_of_comes_first() -> None:
    sure = [replace(t, confidence=0.99, source="rule+model") for t in (FEAR, FORM)]
    first, *_ = queue([(analysis(sure[0], LIMITS, sure[1]), TEXT)], [])
    assert [t.strategy for t in first.tags] == ["transparency"]
    assert "the program is unsure" in first.reasons


def test_the_model_against_the_rules_comes_before_what_both_find() -> None:
    both, model = replace(FEAR, confidence=0.99), replace(FORM, confidence=0.99)
    assert strategies(queue([(analysis(both, model), TEXT)], [])) == [
        ["consistency_reliability"],
        ["active_listening_empathy"],
    ]


def test_a_rule_that_the_model_overruled_is_brought_up() -> None:
    alone = analysis(tag("Client nodded", "safe_space", by="rule"))
    items = queue([(analysis(replace(FEAR, confidence=0.99)), TEXT)], [], by_rules={"n1": alone})
    assert [item.by_rules_alone for item in items] == [("safe_space",), ()]
    assert "a rule reads it, the model does not" in items[0].reasons


def test_a_rare_strategy_comes_before_common_ones() -> None:
    common = [(analysis(replace(FEAR, confidence=0.99), note_id=f"n{i}"), TEXT) for i in range(30)]
    rare = (analysis(tag("Client nodded", "intersectionality", confidence=0.99), note_id="rare"), TEXT)
    items = queue([*common, rare], [])
    assert items[0].note_id == "rare"
    assert items[0].reasons == ("the strategy is rare in these notes",)


def test_a_finished_segment_leaves_the_queue() -> None:
    made = decide(analysis(), segment=segment(FEAR.text), verdict="accept", who="RR", tag=FEAR)
    assert strategies(queue([(analysis(), TEXT)], [made])) == [["transparency"], ["consistency_reliability"]]


def test_template_lines_and_empty_segments_are_left_out() -> None:
    start, end = segment(FEAR.text)
    template = replace(analysis(), boilerplate=(Boilerplate(start, end, "copied"),))
    assert len(queue([(template, TEXT)], [])) == 2
    assert len(queue([(template, TEXT)], [], empty=True)) == 4
