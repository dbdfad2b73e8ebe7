"""Intervals, beliefs and corrections against published figures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from analyzer.compare.estimates import Belief, interval, q_values, spread


@given(st.integers(0, 400), st.integers(1, 400))
def test_a_share_lies_within_its_interval(count: int, more: int) -> None:
    low, high = interval("share", count, count + more)
    assert 0 <= low <= count / (count + more) <= high <= 1


@given(st.integers(0, 400), st.floats(0.001, 1000))
def test_a_rate_lies_within_its_interval(count: int, exposure: float) -> None:
    low, high = interval("rate", count, exposure)
    assert 0 <= low <= count / exposure <= high < math.inf


def test_published_intervals() -> None:
    # Brown, Cai & DasGupta 2001, table 5 (Jeffreys, n = 10, x = 2); Garwood 1936 (x = 0, 6 and 10).
    assert interval("rate", 6, 4) == (pytest.approx(2.2019 / 4, abs=1e-4), pytest.approx(13.0595 / 4, abs=1e-4))
    assert interval("share", 2, 10) == (pytest.approx(0.044, abs=5e-4), pytest.approx(0.503, abs=5e-4))
    assert interval("rate", 0, 1) == (0, pytest.approx(3.689, abs=5e-4))
    assert interval("rate", 10, 1) == (pytest.approx(4.795, abs=5e-4), pytest.approx(18.390, abs=5e-4))


def test_which_of_two_beliefs_is_above() -> None:
    # P(X > Y) of Beta(2, 1) and Beta(1, 1) is 2/3; of two equal ones a half; of Gamma(1, 2) and Gamma(1, 1) is 1/3.
    assert Belief("share", 2, 1).above(Belief("share", 1, 1)) == pytest.approx(2 / 3, abs=1e-3)
    assert Belief("share", 3, 7).above(Belief("share", 3, 7)) == pytest.approx(0.5, abs=1e-3)
    assert Belief("rate", 1, 2).above(Belief("rate", 1, 1)) == pytest.approx(1 / 3, abs=1e-3)


def test_peers_who_differ_more_lend_less() -> None:
    alike = spread("share", [15, 16, 14], [30, 30, 30], at_most=1000)
    unlike = spread("share", [5, 25, 15], [30, 30, 30], at_most=1000)
    assert alike.a + alike.b == pytest.approx(90)
    # Kleinman's rho by hand: S/pq = 2 * 30/9 * 4 = 26.67, less 2, over 60 - 2 = 0.425; 1/rho - 1 = 1.351.
    assert unlike.a + unlike.b == pytest.approx(1.351, abs=1e-3)
    assert spread("rate", [15, 15], [10, 10], at_most=5).b == 5


def test_benjamini_hochberg() -> None:
    assert q_values([0.01, 0.04, 0.03, 0.8]) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.8])
    assert q_values([]).tolist() == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_the_correction_for_many_tests_is_that_of_scipy(p_values: list[float]) -> None:
    assert q_values(p_values).tolist() == false_discovery_control(p_values, method="bh").tolist()
