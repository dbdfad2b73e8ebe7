"""Coefficients are those of the published examples and of independent libraries."""

from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from analyzer.agreement.coefficients import Numbers, coefficients, linear, sums
from analyzer.agreement.units import MISSING

# Krippendorff 2011, Computing Krippendorff's alpha-reliability, example C: 4 observers, 12 units, 5 values, * missing.
RELIABILITY = (
    "1 2 3 3 2 1 4 1 2 * * *",
    "1 2 3 3 2 2 4 1 2 5 * 3",
    "* 3 3 3 2 3 4 2 2 5 1 *",
    "1 2 3 3 2 4 4 1 2 5 1 *",
)
# Fleiss 1971, doi:10.1037/h0031619, table 1: 30 patients, 6 psychiatrists, 5 diagnoses.
DIAGNOSES = (
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
    "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
)


def of(ratings: NDArray[np.int64], weights: Numbers) -> dict[str, float]:
    """Each coefficient over all units as one note."""
    found = sums(ratings, np.zeros(len(ratings), dtype=np.int64), 1, weights)
    return {name: float(value[0]) for name, value in coefficients(found, weights).items()}


def reliability() -> NDArray[np.int64]:
    rows = [[MISSING if value == "*" else int(value) - 1 for value in row.split()] for row in RELIABILITY]
    return np.array(rows).T


def test_krippendorffs_reliability_data() -> None:
    assert of(reliability(), np.eye(5))["krippendorff_alpha"] == pytest.approx(0.743, abs=0.0005)


def test_gwets_example_with_missing_ratings() -> None:
    """The same data in Gwet 2014 and in his R package irrCAC (cac.raw4raters)."""
    found = of(reliability(), np.eye(5))
    assert found["percent"] == pytest.approx(0.8181818, abs=1e-6)
    assert found["gwet_ac"] == pytest.approx(0.77544, abs=5e-6)
    assert found["fleiss_kappa"] == pytest.approx(0.76117, abs=5e-6)
    assert found["krippendorff_alpha"] == pytest.approx(0.74342, abs=5e-6)


def test_gwets_ac2_with_linear_weights() -> None:
    """As irrCAC 0.4.4 (weights="linear") gives it for the same data."""
    found = of(reliability(), linear(5))
    assert found["percent"] == pytest.approx(0.93939394, abs=1e-7)
    assert found["gwet_ac"] == pytest.approx(0.85873914, abs=1e-7)
    assert found["fleiss_kappa"] == pytest.approx(0.81794477, abs=1e-7)
    assert found["krippendorff_alpha"] == pytest.approx(0.80038388, abs=1e-7)


def test_gwets_abstractors_of_ectopic_pregnancies() -> None:
    """Gwet 2014's table of two abstractors (irrCAC, cont3x3abstractors): kappa 0.7964, AC1 0.8493."""
    table = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    ratings = np.array([(i, j) for i in range(3) for j in range(3) for _ in range(table[i, j])])
    found = of(ratings, np.eye(3))
    assert found["cohen_kappa"] == pytest.approx(0.7964094, abs=1e-7)
    assert found["gwet_ac"] == pytest.approx(0.8493, abs=5e-5)


def test_fleiss_psychiatric_diagnoses() -> None:
    rows = [[place for place, times in enumerate(row) for _ in range(int(times))] for row in DIAGNOSES.split()]
    found = of(np.array(rows), np.eye(5))
    assert len(rows) == 30
    assert found["fleiss_kappa"] == pytest.approx(0.430, abs=0.0005)
    assert found["percent"] == pytest.approx(0.556, abs=0.001)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=4, max_size=20))
def test_any_ratings_agree_as_independent_libraries_say(rows: list[list[int]]) -> None:
    ratings = np.array(rows)
    if len(np.unique(ratings)) < 2:
        return
    found = of(ratings, np.eye(3))
    assert found["fleiss_kappa"] == pytest.approx(fleiss_kappa(aggregate_raters(ratings)[0]))
    alpha = krippendorff.alpha(ratings.T, level_of_measurement="nominal")
    assert found["krippendorff_alpha"] == pytest.approx(alpha)
    pairs = [ratings[:, [0, 1]], ratings[:, [0, 2]], ratings[:, [1, 2]]]
    kappas = [cohen_kappa_score(*pair.T) for pair in pairs if len(np.unique(pair)) > 1]
    assert found["cohen_kappa"] == pytest.approx(np.mean(kappas))
    linear_kappas = [
        cohen_kappa_score(*pair.T, weights="linear", labels=[0, 1, 2]) for pair in pairs if len(np.unique(pair)) > 1
    ]
    assert of(ratings, linear(3))["cohen_kappa"] == pytest.approx(np.mean(linear_kappas))


def test_a_sample_that_draws_every_note_once_is_the_whole() -> None:
    ratings, note_of = reliability(), np.arange(12) // 3
    by_note = sums(ratings, note_of, 4, np.eye(5))
    drawn = coefficients(by_note.drawn(np.array([[1.0, 1, 1, 1], [2, 0, 1, 1]])), np.eye(5))
    assert drawn["gwet_ac"][0] == pytest.approx(of(ratings, np.eye(5))["gwet_ac"])
    again = np.concatenate([ratings[note_of == note] for note in (0, 0, 2, 3)])
    for name, value in of(again, np.eye(5)).items():
        assert drawn[name][1] == pytest.approx(value)
