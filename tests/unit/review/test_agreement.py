"""Agreement between reviewers and the program, by month."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analyzer.charts.agreement import agreement_chart
from analyzer.review.agreement import agreement_by_month
from analyzer.review.decisions import Decision, decide
from tests.unit.review.making import FEAR, analysis, segment


def made(verdict: str, month: int, number: int, **more: str) -> Decision:
    note = analysis(note_id=f"n{number}")
    at = datetime(2026, month, 15, tzinfo=UTC)
    found = None if verdict == "add" else FEAR
    return decide(note, segment=segment(FEAR.text), verdict=verdict, who="RR", tag=found, at=at, **more)  # type: ignore[arg-type]


def test_eight_of_ten_accepted_has_wilsons_interval() -> None:
    decisions = [made("accept" if i < 8 else "reject", 3, i) for i in range(10)]
    (month,) = agreement_by_month(decisions)
    assert (month.month, month.decided, month.accepted, month.share) == ("2026-03", 10, 8, 0.8)
    # By hand from Wilson 1927 with z = 1.96: (0.8 + z²/20 ± z·sqrt(0.016 + z²/400)) / (1 + z²/10).
    assert (month.low, month.high) == pytest.approx((0.4902, 0.9433), abs=5e-4)


def test_months_come_in_order_and_added_tags_stand_beside_the_share() -> None:
    added = made("add", 4, 3, strategy="safe_space", status="delivered")
    months = agreement_by_month([added, made("reject", 5, 2), made("accept", 3, 1)])
    assert [(m.month, m.decided, m.accepted, m.added) for m in months] == [
        ("2026-03", 1, 1, 0),
        ("2026-04", 0, 0, 1),
        ("2026-05", 1, 0, 0),
    ]
    assert months[1].share is None


def test_changing_ones_mind_counts_once() -> None:
    (month,) = agreement_by_month([made("reject", 3, 1), made("accept", 3, 1)])
    assert (month.decided, month.accepted) == (1, 1)


def test_the_chart_says_in_a_sentence_what_it_shows() -> None:
    figure = agreement_chart(agreement_by_month([made("accept", 3, 1), made("reject", 3, 2)]))
    assert "Of 2 of the program's tags" in figure.sentence
    assert "1 (50%)" in figure.sentence
    assert figure.table["rests on"].tolist() == ["few decisions"]
    assert agreement_chart([]).sentence.startswith("No tag")
