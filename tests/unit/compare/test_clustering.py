"""Clients within clinicians: many notes of one client say less than as many notes of many clients."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.compare import compare
from analyzer.compare.clustering import Alikeness, Cluster, alikeness
from analyzer.compare.counting import count
from analyzer.compare.settings import load_settings
from analyzer.compare.words import about_clients
from analyzer.profiles import By
from analyzer.records import Analysis
from tests.unit.compare.judged import answering, row
from tests.unit.test_profiles import TR, note

RULE = load_settings().clients


def sessions(answers: dict[str, tuple[int, int]], *, clinician: str = "C1") -> list[Analysis]:
    """For each client a note for each opportunity: so many with a documented response, so many without."""
    return [
        note(f"{clinician}-{client}-{i}", cues=[((TR,), answer)], clinician=clinician, client=client)  # type: ignore[list-item]
        for client, (met, open_) in answers.items()
        for i, answer in enumerate(["responded"] * met + ["no_documented_response"] * open_)
    ]


# Verdicts


def test_twelve_open_opportunities_of_one_client_say_less_than_of_twelve_clients() -> None:
    of_many = answering("no_documented_response", 10) + answering("responded", 2)
    of_one = [*answering("no_documented_response", 10, client="K1"), *answering("responded", 2, client="K1")]
    many, one = row(compare(of_many)), row(compare(of_one))
    assert (many.design_effect, many.clients, one.clients) == (1.0, 12, 1)
    assert one.design_effect == pytest.approx(1 + 11 * RULE.correlation)
    assert one.probability is not None and many.probability is not None and one.probability < many.probability
    assert one.low is not None and many.low is not None and one.low < many.low
    assert one.high is not None and many.high is not None and one.high > many.high
    assert (many.estimate, many.verdict) == (one.estimate, "under_used")


def test_clients_who_differ_widely_take_a_flag_away() -> None:
    alike = sessions({f"K{i}": (2, 6) for i in range(4)})
    differing = sessions({"K0": (0, 8), "K1": (0, 8), "K2": (8, 0), "K3": (0, 8)})
    assert row(compare(alike)).verdict == "under_used"
    found = row(compare(differing))
    assert (found.count, found.opportunities, found.verdict) == (8, 32, "in_range")
    assert found.design_effect > 2


@pytest.mark.parametrize("reference", ["peers", "past", "targets"])
def test_every_reference_respects_clients(reference: str) -> None:
    def probability(one_client: bool) -> float:
        more = {"client": "K1"} if one_client else {}
        notes = answering("responded", 9, year=2025, **more) + answering("no_documented_response", 9, **more)
        notes += answering("responded", 18, clinician="C2", **more)
        options = {"targets": {TR: (0.6, 0.9)}} if reference == "targets" else {}
        return row(compare(notes, reference=reference, **options)).probability or 0.0  # type: ignore[arg-type]

    assert 0.5 < probability(one_client=True) < probability(one_client=False)


def test_notes_without_a_client_count_as_one_clients() -> None:
    unnamed = row(compare(answering("no_documented_response", 12, client=None)))
    named = row(compare(answering("no_documented_response", 12, client="K1")))
    assert (unnamed.design_effect, unnamed.probability) == (named.design_effect, named.probability)
    assert (unnamed.clients, named.clients) == (0, 1)


def test_where_a_group_is_a_client_its_notes_are_told_apart_instead() -> None:
    found = row(compare(answering("no_documented_response", 12, client="K1"), by="client"), group="K1")
    assert (found.design_effect, found.verdict) == (1.0, "under_used")


def test_below_the_table_it_says_for_whom_clients_cannot_be_told_from_the_clinician() -> None:
    notes = answering("responded", 6, client=None) + sessions({"K1": (3, 3), "K2": (3, 3)}, clinician="C2")
    rows = compare(notes)
    said = about_clients(rows, count(notes, by="clinician", reference="opportunities").alikeness("opportunity"))
    assert "intraclass correlation" in said and "these notes and a starting value" in said
    assert said.splitlines()[1].startswith("One client or none is named in the notes of C1: they count as one client's")
    assert "C2" not in said


@pytest.mark.parametrize("by", ["clinician", "client", "period"])
def test_clients_are_told_apart_in_every_grouping(by: By) -> None:
    notes = [n for c in ("C1", "C2") for n in sessions({"K1": (2, 1), "K2": (1, 2)}, clinician=c)]
    parts = {group.whole.group: len(group.parts) for group in count(notes, by=by, reference="peers").groups}
    assert parts == {"clinician": {"C1": 2, "C2": 2}, "client": {"K1": 6, "K2": 6}, "period": {"2026-03": 4}}[by]


# Figures


def drawn(correlation: float, groups: int, clients: int, each: int, seed: int = 1) -> list[list[Cluster]]:
    rng = np.random.default_rng(seed)
    true = np.full((groups, clients), 0.4)
    if correlation:
        true = rng.beta(0.4 * (1 / correlation - 1), 0.6 * (1 / correlation - 1), (groups, clients))
    return [[Cluster(int(n), each) for n in counts] for counts in rng.binomial(each, true)]


@pytest.mark.parametrize("correlation", [0.0, 0.05, 0.3])
def test_from_many_clients_the_correlation_is_found_that_they_were_drawn_with(correlation: float) -> None:
    found = alikeness("share", drawn(correlation, 150, 6, 8), RULE)
    assert found.measured and found.value == pytest.approx(correlation, abs=0.03)


def test_from_few_clients_it_stays_near_the_starting_value() -> None:
    found = alikeness("share", drawn(0.4, 1, 3, 4), RULE)
    assert found.value == pytest.approx(RULE.correlation, abs=0.1)


def test_the_correlation_of_a_table_worked_out_by_hand() -> None:
    # Two groups of two clients with 4 each: 4 and 0 of 4, 2 and 2 of 4. Between: 8 * (1/2)^2 = 2 over 2; within: 2 over
    # 12; (1 - 1/6) / (1 + 3/6) = 0.556. Its variance 2 (1 + 3 * 0.05)^2 / (16 * 2) = 0.0827 against 0.01.
    groups = [[Cluster(4, 4), Cluster(0, 4)], [Cluster(2, 4), Cluster(2, 4)]]
    weight = 0.0827 / (0.0827 + RULE.standard_deviation**2)
    expected = weight * RULE.correlation + (1 - weight) * 0.5556
    assert alikeness("share", groups, RULE).value == pytest.approx(expected, abs=1e-3)


def test_rates_of_clients_who_differ_are_told_from_chance() -> None:
    rng = np.random.default_rng(2)
    rates = rng.gamma(4, 0.5, (200, 5))
    apart = [[Cluster(int(n), 3.0) for n in row_] for row_ in rng.poisson(3 * rates)]
    alike = [[Cluster(int(n), 3.0) for n in row_] for row_ in rng.poisson(6.0, (200, 5))]
    assert alikeness("rate", apart, RULE).value == pytest.approx(0.25, abs=0.04)
    assert alikeness("rate", alike, RULE).value == pytest.approx(0, abs=0.02)


def test_the_design_effect_is_kishs_and_counts_unequal_clients_for_more() -> None:
    alike = Alikeness("share", 0.1, measured=True)
    assert alike.design_effect([5, 5]) == pytest.approx(1.4)
    assert alike.design_effect([9, 1]) == pytest.approx(1 + 0.1 * (82 / 10 - 1))
    assert alike.design_effect([1, 1, 1]) == alike.design_effect([]) == 1.0
    assert Alikeness("rate", 0.1, measured=True).design_effect([2.0, 2.0], 3.0) == pytest.approx(1.6)


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=4), max_size=5))
def test_whatever_was_counted_the_figure_is_a_number_between_nothing_and_its_bound(counted: list) -> None:
    for kind in ("share", "rate"):
        groups = [[Cluster(min(x, n), float(n)) for x, n in clusters] for clusters in counted]
        found = alikeness(kind, groups, RULE)  # type: ignore[arg-type]
        assert 0 <= found.value <= RULE.at_most
