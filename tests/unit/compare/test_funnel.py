"""Funnels: small groups get wide limits, chance is not called a difference, and nobody is put in an order."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from analyzer.compare.estimates import Kind
from analyzer.compare.funnel import Funnel, FunnelPoint, build_funnel, chance_limits, dispersion
from analyzer.compare.model import DENOMINATORS, Denominator
from analyzer.compare.questions import Measure
from analyzer.profiles import NOT_GIVEN, Profile, profile
from analyzer.records import STRATEGIES, Analysis, AnalyzerError
from tests.unit.test_profiles import TR, note, notes


def group(name: str | None, responded: int, cues: int, *, in_notes: int = 6) -> list[Analysis]:
    """Notes of one clinician with so many cues, of which so many have a documented response."""
    answers = ["responded"] * responded + ["no_documented_response"] * (cues - responded)
    return [
        note(f"{name}-{i}", cues=[((TR,), answer) for answer in answers[i::in_notes]], clinician=name)
        for i in range(in_notes)
    ]


def of(*groups: Iterable[Analysis]) -> list[Profile]:
    return profile([n for group_notes in groups for n in group_notes])


def point(funnel: Funnel, name: str) -> FunnelPoint:
    (found,) = [p for p in funnel.points if p.group == name]
    return found


# The limits


def test_the_limits_of_ten_cues_at_a_half_are_those_worked_out_by_hand() -> None:
    # P(R <= 1) = 11/1024 and P(R <= 2) = 56/1024, so 2.5% lies (56 - 25.6) / 45 below 2; the other side mirrors it.
    low, high = chance_limits("share", 0.5, np.array([10.0]), outside=0.05)
    assert low[0] == pytest.approx((2 - (56 - 25.6) / 45) / 10)
    assert high[0] == pytest.approx(1 - low[0])


@pytest.mark.parametrize("outside", [0.05, 0.002])
@pytest.mark.parametrize("cues", [1, 2, 5, 17, 60, 400])
@pytest.mark.parametrize("centre", [0.02, 0.3, 0.5, 0.9])
def test_a_share_lies_beyond_a_limit_exactly_where_chance_gives_it_in_less_than_half_the_nominal_rate(
    centre: float, cues: int, outside: float
) -> None:
    low, high = chance_limits("share", centre, np.array([float(cues)]), outside=outside)
    counts, chance = np.arange(cues + 1), binom(cues, centre)
    assert ((counts / cues < low[0] - 1e-12) == (chance.cdf(counts) < outside / 2)).all()
    assert ((counts / cues > high[0] + 1e-12) == (chance.sf(counts - 1) < outside / 2)).all()


@pytest.mark.parametrize("words", [0.2, 1.0, 7.5, 120.0])
@pytest.mark.parametrize("centre", [0.05, 1.0, 3.4])
def test_a_rate_lies_beyond_a_limit_exactly_where_chance_gives_it_in_less_than_half_the_nominal_rate(
    centre: float, words: float
) -> None:
    low, high = chance_limits("rate", centre, np.array([words]), outside=0.05)
    counts, chance = np.arange(int(3 * centre * words) + 12), poisson(centre * words)
    assert ((counts / words < low[0] - 1e-12) == (chance.cdf(counts) < 0.025)).all()
    assert ((counts / words > high[0] + 1e-12) == (chance.sf(counts - 1) < 0.025)).all()


@given(
    st.sampled_from(["share", "rate"]),
    st.floats(1e-6, 1) | st.just(0.0),
    st.integers(1, 3000),
    st.sampled_from([0.05, 0.002]),
)
def test_limits_hold_the_centre_and_more_cues_make_them_narrower(
    kind: Kind, centre: float, exposure: int, outside: float
) -> None:
    low, high = chance_limits(kind, centre, np.array([exposure, 4.0 * exposure]), outside=outside)
    assert np.isfinite([low, high]).all()
    assert (low >= 0).all() and (low <= centre + 1e-12).all() and (high >= centre - 1e-12).all()
    assert kind == "rate" or (high <= 1).all()
    assert high[1] - low[1] <= high[0] - low[0] + 1e-12


# The groups


def test_five_of_five_is_no_difference_where_others_document_nine_of_ten() -> None:
    funnel = build_funnel(of(group("A", 5, 5), group("B", 85, 95)), strategy=TR)
    assert funnel.centre == 0.9
    assert point(funnel, "A").place == "inside"


def test_a_group_far_from_the_others_lies_beyond_the_outer_limits_and_they_inside() -> None:
    funnel = build_funnel(of(*(group(f"C{i}", 38 + i, 50) for i in range(9)), group("D", 10, 50)), strategy=TR)
    assert [p.place for p in funnel.points] == ["inside"] * 9 + ["beyond 99.8%"]
    assert point(funnel, "D").estimate < point(funnel, "D").low998 < point(funnel, "D").low95


def test_between_the_limits_a_group_lies_beyond_95_only() -> None:
    alike = [group(f"C{i:02}", 40, 80) for i in range(20)]
    assert point(build_funnel(of(*alike, group("X", 29, 80)), strategy=TR), "X").place == "beyond 95%"


def test_groups_come_in_the_order_of_their_names_whatever_they_document() -> None:
    groups = [group("B", 1, 20), group("C", 20, 20), group("A", 10, 20)]
    ahead, behind = (build_funnel(profiles, strategy=TR) for profiles in (of(*groups), of(*groups)[::-1]))
    assert [p.group for p in ahead.points] == ["A", "B", "C"]
    assert ahead == behind


@pytest.mark.parametrize(
    ("cues", "in_notes", "enough"), [(3, 5, True), (2, 5, False), (30, 4, False)], ids=["just", "cues", "notes"]
)
def test_below_the_codebooks_minimum_a_group_is_shown_and_not_judged(cues: int, in_notes: int, enough: bool) -> None:
    funnel = build_funnel(of(group("A", 0, cues, in_notes=in_notes), group("B", 90, 90)), strategy=TR)
    assert (point(funnel, "A").place != "not enough notes") == enough


def test_each_denominator_counts_what_it_names() -> None:
    mine = [note(str(i), (TR, "delivered"), (TR, "delivered"), clinician="A", words=250) for i in range(4)]
    mine += [note("quiet", clinician="A", words=1000)]
    found = {d: build_funnel(profile(mine), strategy=TR, denominator=d) for d in DENOMINATORS}
    assert found["opportunity"].points == ()
    assert [(p.count, p.exposure) for p in found["note"].points] == [(4, 5)]
    assert [(p.count, p.exposure) for p in found["1000 words"].points] == [(8, 2.0)]


def test_notes_of_nobody_in_particular_are_no_group() -> None:
    funnel = build_funnel(of(group("A", 5, 10), group(None, 0, 90)), strategy=TR)
    assert [p.group for p in funnel.points] == ["A"] and NOT_GIVEN not in [p.group for p in funnel.points]
    assert funnel.centre == 0.5


def test_the_limits_drawn_reach_from_one_cue_to_beyond_the_largest_group_and_meet_the_points() -> None:
    funnel = build_funnel(of(group("A", 3, 6), group("B", 30, 41)), strategy=TR)
    drawn = {limit.exposure: limit for limit in funnel.limits}
    assert min(drawn) == 1 and max(drawn) > 41
    assert (drawn[6.0].low95, drawn[6.0].high998) == (point(funnel, "A").low95, point(funnel, "A").high998)


# Nothing much to show


def test_one_group_makes_a_funnel_of_one_point_on_its_own_centre() -> None:
    funnel = build_funnel(of(group("A", 4, 10)), strategy=TR)
    assert [p.place for p in funnel.points] == ["inside"]
    assert (funnel.centre, funnel.phi, funnel.widened) == (0.4, 1.0, False)


@pytest.mark.parametrize("profiles", [[], of([note("n1"), note("n2", clinician="C2")])], ids=["no notes", "no cues"])
def test_without_cues_the_funnel_is_empty(profiles: list[Profile]) -> None:
    funnel = build_funnel(profiles, strategy=TR)
    assert (funnel.centre, funnel.points, funnel.limits) == (None, (), ())


@pytest.mark.parametrize("responded", [0, 20], ids=["none", "all"])
def test_where_nothing_or_everything_has_a_response_all_groups_lie_inside(responded: int) -> None:
    funnel = build_funnel(of(group("A", responded, 20), group("B", responded, 20)), strategy=TR)
    assert [p.place for p in funnel.points] == ["inside", "inside"]
    assert not funnel.widened


@given(st.lists(notes, max_size=12), st.sampled_from(STRATEGIES), st.sampled_from(DENOMINATORS))
def test_whatever_the_notes_hold_there_is_no_nan_and_the_centre_lies_between_the_limits(
    some: list[Analysis], strategy: str, denominator: Denominator
) -> None:
    funnel = build_funnel(profile(some), strategy=strategy, denominator=denominator)
    numbers = [x for part in (*funnel.points, *funnel.limits) for x in astuple(part) if isinstance(x, float)]
    assert all(math.isfinite(x) for x in [funnel.phi, *numbers])
    for at in (*funnel.points, *funnel.limits):
        assert funnel.centre is not None
        assert at.low998 <= at.low95 + 1e-9 <= funnel.centre + 2e-9 <= at.high95 + 3e-9 <= at.high998 + 4e-9


def test_an_unknown_strategy_or_denominator_is_named_with_the_choices() -> None:
    with pytest.raises(AnalyzerError, match="no strategy 'kindness'.*transparency"):
        build_funnel([], strategy="kindness")
    with pytest.raises(AnalyzerError, match="no denominator 'hour'.*opportunity"):
        build_funnel([], strategy=TR, denominator="hour")  # type: ignore[arg-type]


# Groups that differ more than by chance


def measures(counts: Iterable[int], exposure: int) -> list[Measure]:
    return [Measure("opportunity", int(count), exposure, notes=9, cues=exposure) for count in counts]


def test_groups_that_all_differ_widen_the_limits_instead_of_all_lying_beyond_them() -> None:
    spread = [group(f"C{i:02}", 20 + 3 * i, 60) for i in range(12)]
    funnel = build_funnel(of(*spread), strategy=TR)
    assert funnel.widened and funnel.phi > 3
    assert [p.place for p in funnel.points] == ["inside"] * 12
    at = point(funnel, "C00")
    assert funnel.centre is not None
    unwidened, _ = chance_limits("share", funnel.centre, np.array([60.0]), outside=0.05)
    assert funnel.centre - at.low95 == pytest.approx(math.sqrt(funnel.phi) * (funnel.centre - unwidened[0]))


def test_groups_more_alike_than_chance_do_not_narrow_the_limits() -> None:
    funnel = build_funnel(of(*(group(f"C{i}", 30, 60) for i in range(12))), strategy=TR)
    low, _ = chance_limits("share", 0.5, np.array([60.0]), outside=0.05)
    assert (funnel.phi, funnel.widened, funnel.points[0].low95) == (0, False, pytest.approx(low[0]))


def test_one_unusual_group_among_many_alike_does_not_widen_the_limits_for_itself() -> None:
    rng = np.random.default_rng(8)
    alike = rng.binomial(50, 0.6, 30)
    assert not dispersion(measures([*alike, 2], 50))[1]


def test_by_chance_alone_limits_are_widened_in_about_one_upload_in_twenty() -> None:
    rng = np.random.default_rng(7)
    found = [dispersion(measures(rng.binomial(20, 0.7, 8), 20)) for _ in range(150)]
    assert np.mean([widened for _, widened in found]) <= 0.09
    assert np.mean([phi for phi, _ in found]) == pytest.approx(1, abs=0.15)


@given(st.integers(2, 40), st.integers(1, 30), st.integers(0, 30))
def test_the_same_groups_always_give_the_same_phi(number: int, exposure: int, count: int) -> None:
    assume(count <= exposure)
    same = measures([count] * number, exposure)
    assert dispersion(same) == dispersion(same)
