"""Trends: a lasting change is documented as one, ups and downs of chance are not, and few notes give no signal."""

from __future__ import annotations

import math
from dataclasses import astuple
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.compare.clustering import Alikeness
from analyzer.compare.model import DENOMINATORS, Denominator
from analyzer.compare.questions import measure
from analyzer.compare.trend import Trend, build_trend, find_runs, moving_average
from analyzer.profiles import profile
from analyzer.records import STRATEGIES, Analysis, AnalyzerError
from tests.unit.test_profiles import TR, note, notes

TODAY = date(2026, 7, 1)


def session(day: str | None, responded: int, cues: int = 1, **options: Any) -> Analysis:
    """A note of that day with so many cues, of which so many have a documented response; each is of another client."""
    answers = ["responded"] * responded + ["no_documented_response"] * (cues - responded)
    return note(f"n-{day}", cues=[((TR,), a) for a in answers], date=day, **{"client": f"K-{day}", **options})


def by_month(responded: list[int], cues: int = 20) -> Trend:
    """One note a month from January 2024 on."""
    months = [f"{2024 + i // 12}-{i % 12 + 1:02}-15" for i in range(len(responded))]
    return follow([session(day, r, cues) for day, r in zip(months, responded, strict=True)])


def by_note(responded: list[int], cues: int = 1) -> Trend:
    """One note a day in three months of 2026, so that each note is a period."""
    days = [f"2026-{i // 28 + 1:02}-{i % 28 + 1:02}" for i in range(len(responded))]
    return follow([session(day, r, cues) for day, r in zip(days, responded, strict=True)])


def follow(some: list[Analysis], denominator: Denominator = "opportunity", **options: Any) -> Trend:
    return build_trend(some, strategy=TR, denominator=denominator, today=TODAY, **options)


# Lasting changes and chance


def test_a_lasting_rise_after_a_year_is_a_change() -> None:
    trend = by_month([6, 7, 5, 6, 8, 6, 5, 7, 6, 6, 7, 5] + [15, 14, 16, 15, 13, 15, 14, 16, 15, 15, 14, 16])
    assert trend.shifted
    assert trend.runs is not None
    assert (trend.runs.longest, trend.runs.crossings) == (12, 1)
    assert "12 months in a row lie" in trend.reason and "crossings of the median: 1, where" in trend.reason


def test_ups_and_downs_around_the_same_level_are_no_change() -> None:
    trend = by_month([11, 9, 12, 10, 8, 11, 9, 13, 10, 9, 11, 12, 8, 10, 12, 9, 11, 10, 9, 12, 8, 11, 10, 12])
    assert not trend.shifted
    assert trend.reason.startswith("within the limits; longest run of months on one side of the median: 2")


def test_one_month_far_from_the_others_is_named() -> None:
    trend = by_month([11, 9, 12, 10, 8, 11, 0, 13, 10, 9, 11, 12, 8, 10])
    assert [p.period for p in trend.periods if p.beyond] == ["2024-07"]
    assert trend.reason == "the estimate lies below its limits in 1 of 14 months, first 2024-07"


def test_with_many_counts_the_limits_are_three_standard_errors_of_as_many_clients_around_the_centre() -> None:
    trend = by_month([10, 12] * 6)
    assert not trend.sparse and trend.centre == pytest.approx(0.55)
    assert trend.alike is not None
    error = math.sqrt(0.55 * 0.45 / 20 * trend.alike.design_effect([20]))
    assert trend.periods[0].low == pytest.approx(0.55 - 3 * error)
    assert trend.periods[0].high == pytest.approx(0.55 + 3 * error)
    assert trend.periods[0].smoothed is None


def test_tags_per_1000_words_have_limits_by_the_words_of_each_month() -> None:
    some = [
        note(str(i), *[(TR, "delivered")] * 8, date=f"2025-{i + 1:02}-03", words=1000 * (1 + i % 2)) for i in range(12)
    ]
    trend = follow(some, "1000 words", alike=Alikeness("rate", 0.0, measured=True))
    assert trend.centre == pytest.approx(96 / 18)
    for p in trend.periods:
        assert p.high is not None
        assert p.high - 96 / 18 == pytest.approx(3 * math.sqrt(96 / 18 / p.exposure))


# Few cues a note


def test_a_slow_change_in_single_cues_shows_in_the_moving_average() -> None:
    trend = by_note([0, 0, 1, 0, 0, 0, 0] * 4 + [1, 1, 0, 1, 1, 1, 1, 1])
    assert trend.unit == "note" and trend.sparse
    assert (
        trend.shifted and "the moving average lies above its limits in 1 of 36 notes, first 2026-02-08" in trend.reason
    )


def test_single_cues_mostly_met_do_not_make_the_few_others_a_run() -> None:
    # All twelve notes off the median lie below it, which the rules for runs would take for a run of twelve.
    trend = by_note([1, 1, 0] * 12)
    assert trend.runs is not None
    assert (trend.median, trend.runs.longest, trend.runs.reliable) == (1.0, 12, False)
    assert not trend.shifted
    assert "too few notes lie on both sides of the median" in trend.reason


def test_where_nothing_changes_few_courses_of_single_cues_show_a_signal() -> None:
    rng = np.random.default_rng(11)
    courses = [rng.binomial(1, share, 40).tolist() for share in (0.1, 0.5, 0.85) for _ in range(60)]
    assert np.mean([by_note(course).shifted for course in courses]) <= 0.08


@pytest.mark.parametrize("responded", [0, 1], ids=["none", "all"])
def test_the_same_in_every_note_is_no_change_and_no_nan(responded: int) -> None:
    trend = by_note([responded] * 30)
    assert not trend.shifted
    assert {(p.low, p.high, p.smoothed) for p in trend.periods} == {(responded, responded, responded)}


# The rules


@pytest.mark.parametrize(
    ("useful", "longest"), [(10, 6), (11, 6), (12, 7), (22, 7), (23, 8), (45, 8), (46, 9), (90, 9), (91, 10)]
)
def test_the_longest_run_by_chance_is_that_of_the_published_table(useful: int, longest: int) -> None:
    assert find_runs([i % 2 for i in range(useful)], 0.5).longest_by_chance == longest


def test_for_24_points_the_published_limits_are_a_run_of_8_and_8_crossings() -> None:
    runs = find_runs([i % 2 for i in range(24)], 0.5)
    assert (runs.useful, runs.longest_by_chance, runs.crossings_by_chance) == (24, 8, 8)


def test_points_on_the_median_neither_make_nor_break_a_run() -> None:
    runs = find_runs([1, 1, 0.5, 1, 0, 0.5, 0, 1], 0.5)
    assert (runs.useful, runs.longest, runs.side, runs.crossings) == (6, 3, "above", 2)


def test_the_moving_average_has_the_published_standard_error() -> None:
    smoothed, errors = moving_average(np.array([1.0, 0, 0, 2]), np.full(4, 0.3), 0.5)
    assert smoothed.tolist() == pytest.approx([0.6, 0.48, 0.384, 0.7072])
    # Lucas & Saccucci 1990: variance lambda / (2 - lambda) (1 - (1 - lambda)^(2 i)) sigma^2.
    assert errors.tolist() == pytest.approx([math.sqrt(0.2 / 1.8 * (1 - 0.8 ** (2 * i))) * 0.3 for i in (1, 2, 3, 4)])


# Dates


def test_twelve_months_with_cues_are_followed_by_month_and_eleven_by_note() -> None:
    assert by_month([3] * 12).unit == "month"
    assert by_month([3] * 11).unit == "note"


def test_months_add_up_their_notes_and_name_them() -> None:
    some = [session(f"2025-{m:02}-{d}", 1, 2) for m in range(1, 13) for d in (10, 20)]
    first = follow(some).periods[0]
    assert (first.period, first.count, first.exposure) == ("2025-01", 2, 4)
    assert first.note_ids == ("n-2025-01-10", "n-2025-01-20")


def test_two_notes_of_one_day_are_two_periods() -> None:
    some = [session("2026-03-05", r) for r in (0, 1, 1)]
    assert [p.period for p in follow(some).periods] == ["2026-03-05", "2026-03-05 (2)", "2026-03-05 (3)"]


def test_notes_come_in_the_order_of_dates_whatever_the_order_read() -> None:
    some = [session(f"2026-01-{d:02}", d % 2) for d in range(1, 16)]
    assert follow(some) == follow(some[::-1])
    assert [p.period for p in follow(some).periods] == sorted(n.date or "" for n in some)


def test_undated_and_future_notes_are_counted_and_left_out() -> None:
    some = [session(d, 1) for d in (None, "last week", "2026-02-30", "2026-07-01", "2026-07-02", "2031-01-01")]
    trend = follow(some)
    assert (trend.undated, trend.future) == (3, 2)
    assert [p.period for p in trend.periods] == ["2026-07-01"]


@pytest.mark.parametrize(("number", "enough"), [(9, False), (10, True)])
def test_fewer_than_ten_dated_notes_with_a_cue_give_no_signal(number: int, enough: bool) -> None:
    quiet = [note(f"q{i}", date=f"2026-02-{i + 1:02}") for i in range(20)]
    trend = follow([*quiet, *(session(f"2026-01-{i + 1:02}", int(i > 4), 9) for i in range(number))])
    assert (
        trend.runs is not None,
        trend.reason.startswith("not enough dated notes (notes with data: 9, needed: 10)"),
    ) == (enough, not enough)
    assert enough or not trend.shifted


def test_no_notes_at_all_are_said_to_be_none() -> None:
    trend = follow([])
    assert (trend.periods, trend.median, trend.centre, trend.shifted) == ((), None, None, False)
    assert trend.reason == "not enough dated notes (notes with data: 0, needed: 10)"


def test_an_unknown_strategy_or_denominator_is_named_with_the_choices() -> None:
    with pytest.raises(AnalyzerError, match="no strategy 'kindness'"):
        build_trend([], strategy="kindness")
    with pytest.raises(AnalyzerError, match="no denominator 'hour'"):
        build_trend([], strategy=TR, denominator="hour")  # type: ignore[arg-type]


# What must always hold


@given(notes, st.sampled_from(STRATEGIES), st.sampled_from(DENOMINATORS))
def test_a_note_counts_for_the_trend_as_it_counts_for_its_profile(
    one: Analysis, strategy: str, denominator: Denominator
) -> None:
    dated = Analysis.from_dict({**one.to_dict(), "date": "2026-01-05"})
    expected = measure(profile([dated], by="note")[0], strategy, denominator)
    periods = build_trend([dated], strategy=strategy, denominator=denominator, today=TODAY).periods
    assert [(p.count, p.exposure) for p in periods] == [(expected.count, expected.exposure)] * bool(expected.exposure)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 27), st.sampled_from([0, 90])), max_size=40
    ),
    st.sampled_from(DENOMINATORS),
)
def test_whatever_the_notes_hold_there_is_no_nan_and_the_limits_hold_the_centre(
    cues: list[tuple[int, int, int, int]], denominator: Denominator
) -> None:
    some = [session(f"2026-0{1 + d % 3}-{d + 1:02}", min(r, n), n, words=words) for r, n, d, words in cues]
    trend = follow(some, denominator)
    numbers = [x for p in trend.periods for x in astuple(p) if isinstance(x, float)]
    assert all(math.isfinite(x) for x in numbers)
    assert not trend.shifted or len(trend.periods) >= 10
    for p in trend.periods:
        if p.low is not None and p.high is not None and trend.centre is not None:
            assert 0 <= p.low <= trend.centre + 1e-12 and trend.centre - 1e-12 <= p.high
