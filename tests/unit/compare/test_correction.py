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
from analyzer.compare.correction import Corrected, ErrorRates, correct, corrected, error_rates, explain
from analyzer.compare.estimates import interval
from analyzer.compare.model import Comparison
from analyzer.records import STRATEGIES, DataError

ACCUSING = re.compile(r"\b(fail(ed|s|ure)?|never|did not|didn't|should|must|poor|bad|worst|best of)\b", re.IGNORECASE)
# Finds 90 of 100, and is right on 80 of 100 without.
FAIR = ErrorRates(90, 10, 20, 80)
FLAWLESS = ErrorRates(10_000, 0, 0, 10_000)


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
    assert corrected(41, 100, FAIR).estimate == pytest.approx(0.3)


def test_the_interval_is_lang_and_reiczigels() -> None:
    # By hand, z = 1.95996: 42.921 of 103.841 seen, 91 of 102 found, 81 of 102 left; share 0.30228, shifted by -0.00640,
    # half as wide as 1.95996 * sqrt(0.0023352 + 0.30228**2 * 0.00094326 + 0.69772**2 * 0.0016029) / 0.686275 = 0.1616.
    found = corrected(41, 100, FAIR)
    assert (found.low, found.high) == (pytest.approx(0.13428, abs=5e-5), pytest.approx(0.45748, abs=5e-5))


@pytest.mark.parametrize("count", [3, 12, 25, 40])
def test_drawing_the_shares_at_random_gives_much_the_same_interval(count: int) -> None:
    rng = np.random.default_rng(0)
    seen, found, left = (rng.beta(yes + 0.5, no + 0.5, 40_000) for yes, no in ((count, 60 - count), (90, 10), (80, 20)))
    drawn = np.percentile(np.clip((seen + left - 1) / (found + left - 1), 0, 1), [2.5, 97.5])
    ours = corrected(count, 60, FAIR)
    assert [ours.low, ours.high] == pytest.approx(list(drawn), abs=0.06)


def test_a_reader_without_errors_leaves_the_share_as_it_is() -> None:
    found, raw = corrected(12, 30, FLAWLESS), interval("share", 12, 30)
    assert found.estimate == pytest.approx(12 / 30, abs=1e-3)
    assert [found.low, found.high] == pytest.approx(list(raw), abs=0.02)


def test_errors_widen_the_interval_and_little_knowledge_of_them_widens_it_more() -> None:
    def width(found: Corrected) -> float:
        assert found.low is not None and found.high is not None
        return found.high - found.low

    raw = interval("share", 30, 60)
    few, many = ErrorRates(9, 1, 2, 8), ErrorRates(900, 100, 200, 800)
    assert raw[1] - raw[0] < width(corrected(30, 60, many)) < width(corrected(30, 60, FAIR))
    assert width(corrected(30, 60, FAIR)) < width(corrected(30, 60, few))


def test_many_notes_of_few_clients_say_less_than_as_many_of_many_clients() -> None:
    of_many, of_two = corrected(30, 60, FAIR, clients=60), corrected(30, 60, FAIR, clients=2)
    assert of_many == corrected(30, 60, FAIR)
    assert of_two.estimate == of_many.estimate
    assert (of_two.low or 0) < (of_many.low or 0) and (of_two.high or 0) > (of_many.high or 0)


_counts = st.integers(0, 200)


@given(_counts, st.integers(1, 200), _counts, _counts, _counts, _counts, st.none() | st.integers(1, 50))
def test_a_corrected_share_is_a_share_within_its_interval_or_there_is_a_reason(
    count: int, exposure: int, tp: int, fn: int, fp: int, tn: int, clients: int | None
) -> None:
    found = corrected(min(count, exposure), exposure, ErrorRates(tp, fn, fp, tn), clients=clients)
    if found.reason is None:
        assert found.low is not None and found.estimate is not None and found.high is not None
        assert 0 <= found.low <= found.estimate <= found.high <= 1
    else:
        assert (found.low, found.estimate, found.high) == (None, None, None)


@given(st.integers(1, 100))
def test_more_counted_is_more_after_the_correction_too(exposure: int) -> None:
    shares = [corrected(count, exposure, FAIR).estimate or 0.0 for count in range(exposure + 1)]
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
        pytest.param(None, "1,000 words", id="not measured"),
    ],
)
def test_where_the_program_reads_too_poorly_no_figure_is_given_but_a_reason(
    rates: ErrorRates | None, reason: str
) -> None:
    found = corrected(5, 12, rates)
    assert found.estimate is None and reason in (found.reason or "")
    assert not ACCUSING.search(found.reason or "")


def test_where_nothing_was_counted_there_is_nothing_to_correct() -> None:
    assert "nothing to correct" in (corrected(0, 0, FAIR).reason or "")


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


# Comparisons and words


def comparison(denominator: Any) -> Comparison:
    return Comparison("C1", "transparency", "peers", denominator, 40, 20, 10, 0.5, 0.3, 0.7, 0.5, "in_range", 0.5, 0.9)


def test_a_comparison_is_corrected_over_its_own_denominator() -> None:
    rates = {"transparency": FAIR}
    assert correct(comparison("opportunity"), rates) == corrected(10, 20, FAIR)
    assert correct(comparison("note"), rates) == corrected(10, 40, FAIR)
    assert "1,000 words" in (correct(comparison("1000 words"), rates).reason or "")
    assert error_rates(Path("nowhere"), denominator="1000 words") == {}


def test_the_correction_is_explained_in_one_sentence() -> None:
    for text in (explain(), explain(FAIR)):
        assert text.endswith(".") and text.count(". ") == 0
        assert "1,000 words" in text and not ACCUSING.search(text)
    assert "90 of 100 yes, 80 of 100 no" in explain(FAIR)
