"""The advised number of units does give an interval of the width that was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from analyzer.agreement import plan
from analyzer.records import AnalyzerError

EXPECTED = [(0.8, 0.1, 0.1), (0.6, 0.3, 0.2), (0.4, 0.5, 0.15)]


def cells(kappa: float, share: float) -> list[float]:
    """Both, one, the other, neither: two coders alike in how often they say yes (Bloch & Kraemer 1989)."""
    apart = share * (1 - share) * (1 - kappa)
    return [share**2 + kappa * share * (1 - share), apart, apart, (1 - share) ** 2 + kappa * share * (1 - share)]


@pytest.mark.parametrize(("kappa", "share", "width"), EXPECTED)
def test_studies_of_the_advised_size_find_kappa_within_the_width(kappa: float, share: float, width: float) -> None:
    units = plan(kappa=kappa, prevalence=share, width=width).units
    tables = np.random.default_rng(0).multinomial(units, cells(kappa, share), size=4000)
    n = tables.sum(1)
    observed = (tables[:, 0] + tables[:, 3]) / n
    yes = (2 * tables[:, 0] + tables[:, 1] + tables[:, 2]) / (2 * n)
    chance = yes**2 + (1 - yes) ** 2
    low, high = np.percentile((observed - chance) / (1 - chance), (2.5, 97.5))
    assert high - low == pytest.approx(width, rel=0.08)


@pytest.mark.parametrize(("kappa", "share", "width"), EXPECTED)
def test_another_formula_for_the_error_of_kappa_comes_to_nearly_the_same(
    kappa: float, share: float, width: float
) -> None:
    """Fleiss, Cohen & Everitt 1969, as statsmodels has it, on the table to expect."""
    units = plan(kappa=kappa, prevalence=share, width=width).units
    table = np.array(cells(kappa, share)).reshape(2, 2) * units
    found = cohens_kappa(table)
    assert found.kappa_upp - found.kappa_low == pytest.approx(width, rel=0.02)


def test_the_advice_is_a_sentence_with_its_source() -> None:
    advice = plan(kappa=0.8, prevalence=0.1, width=0.1)
    assert advice.units == 1603
    assert "1,603 independent units" in advice.sentence
    assert "Donner & Eliasziw 1992" in advice.sentence


def test_rarer_codes_and_narrower_intervals_need_more_units() -> None:
    usual = plan(kappa=0.7, prevalence=0.2, width=0.2).units
    assert plan(kappa=0.7, prevalence=0.05, width=0.2).units > usual
    assert plan(kappa=0.7, prevalence=0.2, width=0.1).units > usual


@pytest.mark.parametrize(
    ("kappa", "share", "width"), [(1, 0.1, 0.1), (0.8, 0, 0.1), (0.8, 0.1, -1), (0.8, float("nan"), 0.1)]
)
def test_values_that_no_study_can_have_are_refused(kappa: float, share: float, width: float) -> None:
    with pytest.raises(AnalyzerError, match="must lie between 0 and 1"):
        plan(kappa=kappa, prevalence=share, width=width)
