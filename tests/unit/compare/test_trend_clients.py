"""Trends and clients: as clients come and go a course moves by itself, which is no change in what is documented."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analyzer.charts.trend import trend_chart
from analyzer.compare.caseload import caseload
from analyzer.compare.clustering import Alikeness
from analyzer.compare.moving_average import moving_average
from analyzer.compare.settings import load_settings
from analyzer.compare.trend import Trend
from analyzer.records import Analysis
from tests.benchmarks.courses import Practice, signals
from tests.unit.compare.judged import ACCUSING
from tests.unit.compare.test_trend import by_month, follow, session
from tests.unit.test_profiles import TR, note

ALIKE = Alikeness("share", 0.2, measured=True)
INDEPENDENT = Alikeness("share", 0.0, measured=True)
FEW = Practice(notes=144, a_month=6, clients=3, visits=12, cues=1)
MANY = Practice(notes=288, a_month=12, clients=4, visits=18, cues=2)


def year(clients: int, *, cues: int = 16, alike: Alikeness | None = ALIKE) -> Trend:
    """Twelve months with as many notes each as there are clients, who share the month's cues."""
    some: list[Analysis] = []
    for month in range(1, 13):
        for i in range(clients):
            answers = ["responded", "no_documented_response"] * (cues // clients // 2)
            asked = [((TR,), answer) for answer in answers]
            some.append(note(f"{month}-{i}", cues=asked, client=f"K{i}", date=f"2025-{month:02}-{i + 1:02}"))  # type: ignore[arg-type]
    return follow(some, alike=alike)


# Limits


def test_a_month_of_two_clients_has_wider_limits_than_one_of_eight() -> None:
    alike = Alikeness("share", 0.05, measured=True)
    two, eight = year(2, alike=alike).periods[0], year(8, alike=alike).periods[0]
    assert (two.design_effect, eight.design_effect) == (pytest.approx(1 + 0.05 * 7), pytest.approx(1 + 0.05 * 1))
    assert two.low is not None and eight.low is not None
    assert (0.5 - two.low) / (0.5 - eight.low) == pytest.approx(math.sqrt(1.35 / 1.05))


def test_where_clients_differ_by_chance_only_it_is_all_one_how_many_there_are() -> None:
    two, eight = year(2, alike=INDEPENDENT), year(8, alike=INDEPENDENT)
    assert [(p.low, p.high, p.design_effect) for p in two.periods] == [(p.low, p.high, 1.0) for p in eight.periods]
    assert two.runs == eight.runs


def test_the_moving_average_varies_as_its_drawn_courses_do() -> None:
    # Of three clients the third follows the second. How far the values spread is drawn here and computed there.
    mix = [{"A": 2.0, "B": 1.0}] * 4 + [{"A": 1.0, "C": 1.0}] * 6
    clients = caseload(mix, ALIKE, 0.5)
    rng, exposures = np.random.default_rng(3), np.array([sum(m.values()) for m in mix])
    shares = {name: rng.beta(2, 2, 20_000) for name in "ABC"}
    counts = np.stack([sum(rng.binomial(int(n), shares[c]) for c, n in m.items()) for m in mix], axis=1)
    errors = np.sqrt(0.25 / exposures)
    smoothed, error = moving_average(counts / exposures, errors, 0.5)
    assert smoothed.std(axis=0) == pytest.approx(error * np.sqrt(clients.of_moving_average()), rel=0.03)


# Runs


def test_the_published_rules_stand_where_no_client_returns_or_clients_do_not_differ() -> None:
    alternating = [True] * 24
    once, again = [{f"K{i}": 10.0} for i in range(24)], [{f"K{i // 4}": 10.0} for i in range(24)]
    assert caseload(once, ALIKE, 0.5).runs_by_chance(alternating) is None
    assert caseload(again, INDEPENDENT, 0.5).runs_by_chance(alternating) is None


def test_clients_who_each_stay_for_months_make_long_runs_by_themselves() -> None:
    found = caseload([{f"K{i // 6}": 20.0} for i in range(24)], ALIKE, 0.5).runs_by_chance([True] * 24)
    assert found is not None
    longest, crossings = found
    assert longest > 8 and crossings < 8


def test_the_same_clients_in_every_month_shift_the_median_and_make_no_runs() -> None:
    found = caseload([{"A": 10.0, "B": 10.0}] * 24, ALIKE, 0.5).runs_by_chance([True] * 24)
    assert found is not None
    assert abs(found[0] - 8) <= 2 and abs(found[1] - 8) <= 2


# Signals


@pytest.mark.parametrize(("practice", "counts"), [(FEW, "sparse"), (MANY, "dense")])
def test_as_clients_come_and_go_no_more_courses_signal_than_is_said(practice: Practice, counts: str) -> None:
    said = 1 / load_settings().trend.false_signal_in[counts]  # type: ignore[index]
    independent, found, *_ = signals(practice, 0.3, 40)
    assert found <= said < independent


def test_a_real_change_is_still_seen() -> None:
    _, found, *_ = signals(MANY, 0.05, 20, share=0.25, later=0.75)
    assert found >= 0.8


# Words


def test_the_chart_says_in_words_that_clients_are_allowed_for() -> None:
    figure = trend_chart(year(2))
    assert figure.sentence.endswith(
        "Notes of one client are taken to be alike (intraclass correlation 0.20, from these notes and a starting "
        "value), which widens the limits (design effects up to 2.4) and asks for longer runs where clients come and go."
    )
    assert figure.table["design_effect"].tolist() == pytest.approx([2.4] * 12)
    assert not ACCUSING.search(figure.sentence)


def test_how_alike_clients_are_is_told_from_the_notes_unless_given() -> None:
    assert by_month([10, 12] * 6).alike == Alikeness("share", pytest.approx(0.05, abs=0.06), measured=True)
    assert year(2).alike == ALIKE
    assert follow([session("2026-01-05", 1)]).alike is None


def test_a_change_half_way_is_not_taken_for_clients_who_differ() -> None:
    # Each client is seen in one month only, so all those of the later year have another share than those before.
    trend = by_month([4] * 12 + [16] * 12)
    assert trend.alike is not None and trend.alike.value <= load_settings().clients.correlation
    assert trend.shifted
