"""The own trend: the later half of the notes beside the earlier one, in one sentence."""

from __future__ import annotations

from analyzer.compare import compare
from analyzer.feedback import feedback_for
from analyzer.records import Analysis
from tests.unit.feedback.making import (
    TR,
    few_answers,
)


def test_a_rise_from_the_earlier_to_the_later_half_is_told_with_its_uncertainty() -> None:
    notes = [*few_answers(answered=0), *few_answers(answered=12, start=7)]
    page = feedback_for(notes, "C1")
    assert page.trend is not None
    (row,) = [r for r in compare(notes, reference="past") if r.strategy == TR]
    assert f"response at 12 of 12 moments (100%; 95% interval {row.low:.0%} to 100%), before that at 0%" in page.trend
    assert "more than before (probability " in page.trend


def test_a_small_difference_between_the_halves_can_be_chance() -> None:
    page = feedback_for([*few_answers(answered=6), *few_answers(answered=7, start=7)], "C1")
    assert page.trend is not None
    assert page.trend.endswith("a difference of this size can be chance.")


def test_without_dates_no_trend_is_claimed() -> None:
    undated = [Analysis.from_dict({**n.to_dict(), "date": "spring"}) for n in few_answers()]
    page = feedback_for(undated, "C1")
    assert page.days is None
    assert page.trend == "There are not enough dated notes yet to set an earlier half against a later half."
