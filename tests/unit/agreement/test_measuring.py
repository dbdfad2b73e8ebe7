"""What is said of coders' agreement: right figures, intervals over notes, no number where nothing is measured."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analyzer.agreement import Coder, agreement, format_agreement
from analyzer.records import STRATEGIES, AnalyzerError, CodedNote, DataError
from tests.unit.agreement.making import CHOSE, SEGMENTS, TEXT, TOLD, WILL, coded, coder

ANA = coder("ana", {"n1": (TOLD, CHOSE), "n2": (TOLD,), "n3": ()})
BEN = coder("ben", {"n1": (TOLD,), "n2": (TOLD, WILL), "n3": (CHOSE,)})


def test_two_coders_who_code_alike_agree_wholly() -> None:
    twin = Coder("twin", ANA.notes)
    line = agreement([ANA, twin], rounds=50).line("transparency")
    assert {line.percent.value, line.cohen_kappa.value, line.fleiss_kappa.value, line.gwet_ac.value} == {1.0}
    assert line.krippendorff_alpha.value == 1.0


def test_figures_are_those_of_the_table_of_both() -> None:
    """By segment, 12 units: both 0, ana alone 1 (n1), ben alone 1 (n3), neither 10."""
    line = agreement([ANA, BEN], rounds=50).line("collaborative_decision_making")
    assert line.units == 12
    assert line.percent.value == pytest.approx(10 / 12)
    assert line.cohen_kappa.value == pytest.approx((10 / 12 - 122 / 144) / (22 / 144))
    assert line.prevalence == pytest.approx(2 / 24)
    assert (line.prevalence_index, line.bias_index) == (pytest.approx(10 / 12), 0.0)


def test_bias_shows_where_one_coder_says_yes_more_often() -> None:
    keen = coder("keen", {"n1": (TOLD, CHOSE), "n2": (CHOSE,), "n3": (CHOSE,)})
    shy = coder("shy", {"n1": (TOLD,), "n2": (), "n3": ()})
    assert agreement([keen, shy], rounds=10).line("collaborative_decision_making").bias_index == pytest.approx(3 / 12)


def test_only_delivered_counts_as_given_and_status_is_told_apart() -> None:
    planned = coder("planned", {"n1": ((0, "transparency", "planned"), CHOSE), "n2": (TOLD,), "n3": ()})
    found = agreement([ANA, planned], rounds=10)
    assert found.line("transparency").percent.value == pytest.approx(11 / 12)
    status = found.line("status", question="status")
    assert (status.units, status.percent.value) == (3, pytest.approx(2 / 3))


def test_a_strategy_that_nobody_gives_is_not_measurable() -> None:
    found = agreement([ANA, BEN], rounds=20)
    line = found.line("safe_space")
    assert not line.measurable
    assert line.percent.value is line.gwet_ac.value is line.cohen_kappa.value is None
    assert "not measurable" in next(row for row in format_agreement(found).split("\n") if "safe_space" in row)


def test_nothing_is_ever_nan() -> None:
    for coders in ([ANA, BEN], [coder("a", {"n": ()}), coder("b", {"n": ()})], [coder("a", {"n": (TOLD,)})] * 2):
        found = agreement(coders, rounds=20)
        assert "nan" not in format_agreement(found).lower()
        json.dumps(found.to_dict(), allow_nan=False)


def test_notes_are_measured_as_wholes_too() -> None:
    """n1: both; n2: both; n3: ben alone gives shared decisions, ana alone in n1."""
    found = agreement([ANA, BEN], rounds=20)
    assert found.line("transparency", level="note").percent.value == 1.0
    assert found.line("collaborative_decision_making", level="note").percent.value == pytest.approx(1 / 3)


def test_amounts_agree_in_part_where_they_are_near() -> None:
    """One segment against three, of the classes 0, 1, 2, 3 or more: a third of the way."""
    one = coder("one", {"n1": (TOLD,)})
    three = coder("three", {"n1": tuple((n, "transparency", "delivered") for n in range(3))})
    line = agreement([one, three], rounds=10).line("transparency", level="note", question="amount")
    assert line.percent.value == pytest.approx(1 / 3)


def test_three_coders_have_three_pairs_and_notes_may_be_missing() -> None:
    third = coder("third", {"n1": (TOLD,)})
    line = agreement([ANA, BEN, third], rounds=20).line("transparency")
    assert {(pair.first, pair.second): pair.units for pair in line.pairs} == {
        ("ana", "ben"): 12,
        ("ana", "third"): 4,
        ("ben", "third"): 4,
    }


def test_contested_codes_are_no_answer() -> None:
    unsure = Coder("unsure", {"n1": coded("n1", CHOSE, contested=(TOLD,))})
    line = agreement([ANA, unsure], rounds=10).line("transparency")
    assert line.units == 3


def test_intervals_come_from_whole_notes_and_the_seed_makes_them_again() -> None:
    rng = np.random.default_rng(1)
    notes = {f"n{i}": (TOLD,) if rng.random() < 0.5 else () for i in range(40)}
    other = {n: said if rng.random() < 0.8 else (CHOSE,) for n, said in notes.items()}
    coders = [coder("a", notes), coder("b", other)]
    first, again = (agreement(coders, rounds=300, seed=3) for _ in range(2))
    assert first == again
    kappa = first.line("transparency").cohen_kappa
    assert kappa.low is not None and kappa.high is not None and kappa.value is not None
    assert kappa.low < kappa.value < kappa.high
    assert first.line("transparency") != agreement(coders, rounds=300, seed=4).line("transparency")
    assert "300 bootstrap samples of notes (percentiles, seed 3)" in format_agreement(first)


def test_one_note_has_no_interval_and_that_is_said() -> None:
    found = agreement([coder("a", {"n": (TOLD,)}), coder("b", {"n": (CHOSE,)})])
    assert found.line("transparency").percent.low is None
    assert "No intervals" in format_agreement(found)


def test_the_mean_is_over_what_can_be_measured() -> None:
    found = agreement([ANA, BEN], rounds=20)
    measured = [found.line(s).gwet_ac.value for s in STRATEGIES if found.line(s).measurable]
    assert found.line("mean", question="mean").gwet_ac.value == pytest.approx(np.mean([v for v in measured if v]))


def test_notes_that_one_coder_alone_coded_are_counted_as_left_out() -> None:
    more = coder("more", {"n1": (), "n9": (TOLD,)})
    found = agreement([ANA, more], rounds=10)
    assert (found.notes, found.left_out) == (1, 3)


def test_codes_on_other_segments_are_laid_on_those_that_the_file_brings() -> None:
    own = CodedNote("n1", TEXT, (SEGMENTS[0], (SEGMENTS[1][0], SEGMENTS[3][1])), coded("n1", TOLD).tags, (), ())
    found = agreement([ANA, Coder("own", {"n1": own})], rounds=10)
    assert found.segments == 2
    assert found.line("transparency").percent.value == 1.0


@pytest.mark.parametrize("coders", [[], [ANA]])
def test_one_coder_alone_is_refused(coders: list[Coder]) -> None:
    with pytest.raises(AnalyzerError, match="agreement needs the codes of two coders or more"):
        agreement(coders)


def test_no_shared_note_is_refused() -> None:
    with pytest.raises(AnalyzerError, match="no note was coded by two coders or more"):
        agreement([ANA, coder("other", {"n8": ()})])


def test_another_text_under_the_same_id_is_named() -> None:
    longer = CodedNote("n2", TEXT + " More.", SEGMENTS, (), (), ())
    with pytest.raises(DataError, match="note 'n2': the coders had different texts") as told:
        agreement([ANA, Coder("other", {"n2": longer})])
    assert "More" not in str(told.value)
