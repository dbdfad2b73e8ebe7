"""Corrected shares: what a careful coder would likely have counted, and when no such figure is given."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.artifact import SHIPPED
from analyzer.compare import compare, sentence
from analyzer.compare.correction import corrected, explain, set_right, true_share
from analyzer.compare.error_rates import ErrorRates, error_rates
from analyzer.compare.estimates import interval
from analyzer.compare.model import Corrected
from analyzer.compare.questions import Measure
from analyzer.records import STRATEGIES, AnalyzerError, DataError
from tests.unit.compare.judged import answering, row
from tests.unit.test_profiles import TR

ACCUSING = re.compile(r"\b(fail(ed|s|ure)?|never|did not|didn't|should|must|poor|bad|worst|best of)\b", re.IGNORECASE)
# Finds 90 of 100, and is right on 80 of 100 without.
FAIR = ErrorRates(90, 10, 20, 80)
FLAWLESS = ErrorRates(10_000, 0, 0, 10_000)


def counted(count: int, exposure: int, *, design_effect: float = 1.0) -> Measure:
    """So many opportunities with a documented response, in notes enough."""
    return Measure("opportunity", count, exposure, 20, exposure, design_effect=design_effect)


def metrics(tmp_path: Path, **blocks: Any) -> Path:
    (tmp_path / "metrics.json").write_text(json.dumps(blocks), encoding="utf-8")
    return tmp_path


def block(**responses: dict[str, int]) -> dict[str, Any]:
    """The figures of a model that was measured on one strategy."""
    counts = {"true_positives": 8, "false_negatives": 2, "false_positives": 3, "true_negatives": 27}
    return {
        "notes": {"strategies": [{"name": "transparency", **counts}]},
        "cues": {"response_table": responses},
    }


TABLE = block(
    responded={"responded": 36, "no_documented_response": 9, "engaged": 1},
    no_documented_response={"responded": 6, "no_documented_response": 11, "engaged": 0},
    engaged={"responded": 1, "no_documented_response": 0, "engaged": 0},
)


# The correction


def test_the_share_is_set_right_by_rogan_and_gladens_formula() -> None:
    # (0.41 + 0.8 - 1) / (0.9 + 0.8 - 1) = 0.3
    assert corrected(counted(41, 100), FAIR).estimate == pytest.approx(0.3)


@pytest.mark.parametrize("count", [3, 12, 25, 40])
def test_drawing_the_shares_at_random_gives_the_same_intervals(count: int) -> None:
    # Draw sensitivity and specificity, weigh each true share on a fine grid by how well it fits, and draw from that.
    rng, shares = np.random.default_rng(0), (np.arange(500) + 0.5) / 500
    drawn = []
    for found, wrong in zip(rng.beta(90.5, 10.5, 1500), rng.beta(20.5, 80.5, 1500), strict=True):
        seen = shares * found + (1 - shares) * wrong
        drawn.append(seen**count * (1 - seen) ** (60 - count) / np.sqrt(shares * (1 - shares)))
    weight = np.sum(drawn, axis=0)
    cumulated = np.cumsum(weight) / weight.sum()
    usual = [float(shares[np.searchsorted(cumulated, p)]) for p in (0.025, 0.1, 0.9, 0.975)]
    quantiles = true_share(counted(count, 60), FAIR).quantile(np.array([0.025, 0.1, 0.9, 0.975]))
    assert quantiles.tolist() == pytest.approx(usual, abs=0.02)


def test_a_reader_without_errors_leaves_the_share_as_it_is() -> None:
    found = corrected(counted(12, 30), FLAWLESS)
    assert found.estimate == pytest.approx(12 / 30, abs=1e-3)
    assert [found.low, found.high] == pytest.approx(list(interval("share", 12, 30)), abs=0.01)
    assert [found.low80, found.high80] == pytest.approx(list(interval("share", 12, 30, within=0.8)), abs=0.01)


def width(found: Corrected) -> float:
    assert found.low is not None and found.high is not None
    return found.high - found.low


def test_errors_widen_the_interval_and_little_knowledge_of_them_widens_it_more() -> None:
    raw = interval("share", 30, 60)
    few, many = ErrorRates(9, 1, 1, 9), ErrorRates(900, 100, 200, 800)
    assert raw[1] - raw[0] < width(corrected(counted(30, 60), many)) < width(corrected(counted(30, 60), FAIR))
    assert width(corrected(counted(30, 60), ErrorRates(90, 10, 10, 90))) < width(corrected(counted(30, 60), few))


def test_many_notes_of_few_clients_say_less_than_as_many_of_many_clients() -> None:
    of_many, of_few = corrected(counted(30, 60), FAIR), corrected(counted(30, 60, design_effect=3), FAIR)
    assert of_few.estimate == of_many.estimate
    assert width(of_few) > 1.3 * width(of_many)


def test_five_other_groups_who_are_alike_lend_their_experience_and_four_do_not() -> None:
    alike, mine = [counted(21, 30) for _ in range(5)], counted(3, 6)
    alone = corrected(mine, FAIR)
    assert corrected(mine, FAIR, alike[:4]) == alone
    lent = corrected(mine, FAIR, alike)
    assert width(lent) < 0.8 * width(alone) and lent.estimate == alone.estimate


_counts = st.integers(0, 200)


@given(
    _counts, st.integers(1, 200), _counts, _counts, _counts, _counts, st.floats(1, 20), st.lists(_counts, max_size=8)
)
def test_a_corrected_share_is_a_share_within_its_intervals_or_there_is_a_reason(
    count: int, exposure: int, tp: int, fn: int, fp: int, tn: int, design_effect: float, others: list[int]
) -> None:
    mine = counted(min(count, exposure), exposure, design_effect=design_effect)
    found = corrected(mine, ErrorRates(tp, fn, fp, tn), [counted(n // 2, n) for n in others])
    figures = (found.low, found.low80, found.estimate, found.high80, found.high)
    if found.reason is None:
        assert all(f is not None for f in figures)
        assert list(figures) == sorted(figures) and figures[0] >= 0 and figures[-1] <= 1  # type: ignore[type-var,operator]
    else:
        assert set(figures) == {None}


@pytest.mark.parametrize("exposure", [1, 2, 7, 30, 100])
def test_more_counted_is_more_after_the_correction_too(exposure: int) -> None:
    shares = [set_right(count / exposure, FAIR) for count in range(exposure + 1)]
    assert shares == sorted(shares) and (shares[0], shares[-1]) == (0, 1)


# No correction


@pytest.mark.parametrize(
    ("rates", "reason"),
    [
        pytest.param(ErrorRates(50, 50, 50, 50), "no better than chance", id="as good as a coin"),
        pytest.param(ErrorRates(20, 80, 40, 60), "no better than chance", id="worse than a coin"),
        pytest.param(ErrorRates(600, 400, 380, 620), "too unreliably", id="surely better, but only just"),
        pytest.param(ErrorRates(4, 1, 2, 3), "too unreliably", id="tested on so few that chance can't be ruled out"),
        pytest.param(ErrorRates(0, 0, 5, 60), "not known", id="no case in the test notes"),
        pytest.param(ErrorRates(60, 5, 0, 0), "not known", id="nothing but cases in the test notes"),
        pytest.param(None, "not measured", id="not measured"),
    ],
)
def test_where_the_program_reads_too_poorly_no_figure_is_given_but_a_reason(
    rates: ErrorRates | None, reason: str
) -> None:
    found = corrected(counted(5, 12), rates)
    assert found.estimate is None and reason in (found.reason or "")
    assert not ACCUSING.search(found.reason or "")


def test_where_nothing_was_counted_there_is_nothing_to_correct() -> None:
    assert "nothing to correct" in (corrected(counted(0, 0), FAIR).reason or "")


# Where the errors come from


def test_the_shipped_models_errors_are_read_from_their_metrics() -> None:
    for folder in SHIPPED.values():
        figures = json.loads((folder / "metrics.json").read_text("utf-8"))["gold"]
        of_notes = error_rates(folder, denominator="note")
        assert list(of_notes) == list(STRATEGIES)
        for scores in figures["notes"]["strategies"]:
            rates = of_notes[scores["name"]]
            assert rates.sensitivity == pytest.approx(scores["recall"]["value"])
            assert rates.positives == scores["support"]
            assert rates.positives + rates.negatives <= figures["n_notes"]
        assert set(error_rates(folder)) == set(STRATEGIES)
        assert len(set(error_rates(folder).values())) == 1


def test_a_response_counts_as_found_only_where_both_sides_say_responded_or_nothing_documented(tmp_path: Path) -> None:
    rates = error_rates(metrics(tmp_path, gold=TABLE))["trauma_informed"]
    assert rates == ErrorRates(true_positives=36, false_negatives=9, false_positives=6, true_negatives=11, block="gold")
    assert (rates.sensitivity, rates.specificity) == (36 / 45, 11 / 17)


def test_notes_are_corrected_for_each_strategy_apart(tmp_path: Path) -> None:
    assert error_rates(metrics(tmp_path, gold=TABLE), denominator="note") == {"transparency": ErrorRates(8, 2, 3, 27)}


def test_notes_kept_out_of_training_come_first_unless_another_part_is_asked_for(tmp_path: Path) -> None:
    folder = metrics(tmp_path, writers_left_out=TABLE, gold=TABLE)
    assert error_rates(folder)["transparency"].block == "gold"
    assert error_rates(folder, block="writers_left_out")["transparency"].block == "writers_left_out"
    assert error_rates(metrics(tmp_path, writers_left_out=TABLE))["transparency"].block == "writers_left_out"


@pytest.mark.parametrize("content", ["{}", "[]", "not JSON", '{"gold": {"cues": {}}}', '{"gold": {"cues": 5}}'])
def test_metrics_that_hold_no_such_figures_are_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "metrics.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"metrics\.json"):
        error_rates(tmp_path)


def test_a_model_without_metrics_is_refused_and_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="analyzer train"):
        error_rates(tmp_path)


# Verdicts


def test_a_verdict_that_the_programs_errors_explain_is_not_given_on_corrected_shares() -> None:
    # A program that overlooks half of the responses counts 7 of 28 where a careful coder would count 14.
    overlooking = dict.fromkeys(STRATEGIES, ErrorRates(500, 500, 1, 999))
    notes = answering("no_documented_response", 21) + answering("responded", 7)
    raw, set_right = row(compare(notes)), row(compare(notes, rates=overlooking))
    assert (raw.verdict, raw.corrected) == ("under_used", None)
    assert set_right.verdict == "in_range" and set_right.corrected is not None
    assert set_right.corrected.estimate == pytest.approx(0.5, abs=0.01)
    assert (set_right.count, set_right.estimate, set_right.low) == (raw.count, raw.estimate, raw.low)
    assert "after the program's own errors 50% (" in sentence(set_right)


def test_a_verdict_that_the_programs_errors_hide_is_given_on_corrected_shares() -> None:
    # A program that sees a response in one open opportunity of three counts 17 of 40 where it would be 8.
    inventing = dict.fromkeys(STRATEGIES, ErrorRates(950, 50, 300, 700))
    notes = answering("no_documented_response", 23) + answering("responded", 17)
    assert row(compare(notes)).verdict == "in_range"
    assert row(compare(notes, rates=inventing)).verdict == "under_used"


@pytest.mark.parametrize("reference", ["peers", "past"])
def test_against_peers_and_the_past_errors_change_shares_and_leave_the_probability(reference: Any) -> None:
    notes = answering("responded", 9, year=2025) + answering("no_documented_response", 6) + answering("responded", 2)
    notes += answering("responded", 9, clinician="C2") + answering("no_documented_response", 3, clinician="C2")
    raw = row(compare(notes, reference=reference))
    found = row(compare(notes, reference=reference, rates=dict.fromkeys(STRATEGIES, FAIR)))
    assert found.corrected is not None and found.corrected.expected is not None
    assert found.corrected.estimate != found.estimate
    assert (found.probability, found.verdict) == (raw.probability, raw.verdict)


def test_where_shares_cannot_be_corrected_there_is_a_reason_instead_of_a_verdict() -> None:
    notes = answering("no_documented_response", 12)
    for reference, targets in (("opportunities", None), ("past", None), ("targets", {TR: (0.4, 0.9)})):
        rows = compare(notes, reference=reference, targets=targets, rates={TR: ErrorRates(5, 5, 5, 5)})  # type: ignore[arg-type]
        assert row(rows).verdict == "not_enough_notes" and row(rows).probability is None
    assert "no better than chance" in sentence(row(compare(notes, rates={TR: ErrorRates(5, 5, 5, 5)})))


def test_corrected_figures_come_last_in_a_row_and_only_where_asked_for() -> None:
    notes = answering("responded", 6)
    plain, more = row(compare(notes)).to_dict(), row(compare(notes, rates={TR: FAIR})).to_dict()
    assert list(more)[: len(plain)] == list(plain)
    added = ["estimate", "low", "high", "low80", "high80", "expected", "reason"]
    assert list(more)[len(plain) :] == [f"corrected_{name}" for name in added]


def test_shares_are_corrected_over_the_denominator_that_they_are_counted_over() -> None:
    notes = answering("responded", 6) + answering("engaged", 6)
    found = row(compare(notes, reference="targets", denominator="note", targets={TR: (0.4, 0.9)}, rates={TR: FAIR}))
    assert found.corrected is not None and found.corrected.estimate == corrected(counted(6, 12), FAIR).estimate


def test_rates_over_words_are_refused() -> None:
    with pytest.raises(AnalyzerError, match="1,000 words"):
        compare([], reference="peers", denominator="1000 words", rates={})
    assert error_rates(Path("nowhere"), denominator="1000 words") == {}


def test_the_correction_is_explained_in_one_sentence() -> None:
    for text in (explain(), explain(FAIR)):
        assert text.endswith(".") and text.count(". ") == 0
        assert "verdict rests on it" in text and not ACCUSING.search(text)
    assert "90 of 100 yes, 80 of 100 no" in explain(FAIR)
