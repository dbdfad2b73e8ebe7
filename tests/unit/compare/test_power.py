"""The self-check: how often chance alone would flag somebody, and how often a real gap would go unseen."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from scipy.stats import binom

from analyzer.compare import compare, simulation
from analyzer.compare.clustering import Alikeness
from analyzer.compare.counting import count
from analyzer.compare.error_rates import ErrorRates
from analyzer.compare.power import PowerCheck, group_sizes, power_check
from analyzer.compare.power_words import brief, format_power, sentence
from analyzer.compare.references import Basis
from analyzer.compare.settings import load_settings
from analyzer.compare.uploads import GroupSize, Sizes, cell_of
from analyzer.profiles import NOT_GIVEN
from analyzer.records import STRATEGIES, Analysis, AnalyzerError, DataError, Response
from tests.unit.test_profiles import note

ACCUSING = re.compile(r"\b(fail(ed|s|ure)?|never|did not|didn't|should|must|poor|bad|worst|best)\b", re.IGNORECASE)
CLINICIANS = [f"C{i:02}" for i in range(1, 7)]
PERFECT, FAIR = None, dict.fromkeys(STRATEGIES, ErrorRates(80, 20, 35, 65))


def evenly(cues: int, clients: int) -> Sizes:
    """As many opportunities of each client as go."""
    return tuple(cues // clients + (i < cues % clients) for i in range(clients) if cues > i)


def upload(*, cues: int, groups: int = 6, notes: int = 20, clients: int = 10) -> list[GroupSize]:
    """Clinicians whose notes hold so many relevant opportunities of each strategy."""
    sizes = dict.fromkeys(STRATEGIES, evenly(cues, clients))
    return [GroupSize(f"C{i:02}", notes, clients, sizes) for i in range(1, groups + 1)]


def missed(check: PowerCheck) -> float:
    assert check.missed is not None
    return check.missed


# What is simulated


def test_the_figures_are_the_same_on_every_run_and_others_with_another_seed() -> None:
    sizes = upload(cues=30)
    first = power_check(sizes, simulations=60)
    assert first == power_check(sizes, simulations=60)
    assert first != power_check(sizes, simulations=60, seed=1)


def test_one_comparison_has_the_chances_that_can_be_worked_out_by_hand() -> None:
    # One clinician, one strategy, 30 opportunities, a perfect reader, clients alike. Flagged up to 10 responses: the
    # posterior below a half is then above 0.95, and at 11 it isn't (Beta(10.5, 20.5): 0.968; Beta(11.5, 19.5): 0.928).
    check = power_check([GroupSize("C01", 20, 5, {"transparency": evenly(30, 5)})], correlation=0.0, simulations=4000)
    assert (check.asked, check.any_flag) == (1, check.false_flag)
    assert check.false_flag == pytest.approx(binom.cdf(10, 30, 0.5), abs=0.01)
    assert missed(check) == pytest.approx(binom.sf(10, 30, 0.2), abs=0.01)


def test_chance_flags_far_less_than_five_comparisons_in_a_hundred_and_few_uploads_at_all() -> None:
    check = power_check(upload(cues=40), correlation=0.0, simulations=400)
    assert check.false_flag is not None and check.false_flag < 0.01
    # Benjamini-Hochberg holds this one to 5% but for the steps of whole numbers.
    assert check.any_flag is not None and 0.02 < check.any_flag < 0.1


def test_clients_who_differ_hide_more_gaps_and_bring_no_more_false_flags() -> None:
    sizes = upload(cues=60, clients=2)
    alike, differing = (power_check(sizes, correlation=c, simulations=150) for c in (0.0, 0.15))
    assert missed(alike) < 0.1 < 0.8 < missed(differing)
    assert (differing.any_flag or 0) <= 0.1


def test_a_gap_is_missed_less_often_the_more_opportunities_there_are() -> None:
    chances = [missed(power_check(upload(cues=cues), simulations=150)) for cues in (6, 20, 60, 200)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.95 and chances[-1] < 0.02


def test_a_smaller_gap_is_missed_more_often() -> None:
    sizes = upload(cues=40, groups=3)
    assert missed(power_check(sizes, gap=0.4, simulations=100)) > missed(power_check(sizes, gap=0.1, simulations=100))


def test_a_reader_with_errors_misses_more_of_the_real_gaps() -> None:
    sizes = upload(cues=40, groups=3)
    perfect, fair = (power_check(sizes, rates=rates, simulations=100) for rates in (PERFECT, FAIR))
    assert missed(fair) > missed(perfect) + 0.2
    assert (perfect.with_errors, fair.with_errors) == (False, True)


def test_a_reader_who_overlooks_responses_flags_those_who_are_as_expected() -> None:
    overlooking = dict.fromkeys(STRATEGIES, ErrorRates(50, 50, 0, 100))
    check = power_check(upload(cues=60), rates=overlooking, simulations=60)
    assert check.any_flag == 1.0 and (check.false_flag or 0) > 0.5


def test_corrected_shares_flag_nobody_whom_only_the_reading_makes_stand_out() -> None:
    overlooking = dict.fromkeys(STRATEGIES, ErrorRates(50, 50, 0, 100))
    check = power_check(upload(cues=60, groups=3), rates=overlooking, corrected=True, simulations=60)
    assert (check.any_flag or 0) <= 0.1 and check.corrected
    assert "Verdicts rest on corrected shares" in format_power(check)


@pytest.mark.parametrize("reference", ["peers", "past"])
def test_peers_and_the_past_are_checked_too_with_fewer_simulations_of_fewer_groups_where_that_would_take_long(
    reference: Any,
) -> None:
    few = [replace(s, exposures={"transparency": evenly(90 + i, 30)}) for i, s in enumerate(upload(cues=90, groups=8))]
    check = power_check([replace(s, earlier=s) for s in few], reference=reference, gap=0.05, simulations=60)
    assert (check.simulations, check.asked, check.of_groups) == (60, 8, 8)
    assert check.false_flag is not None and check.false_flag < 0.1 and missed(check) < 0.7
    many = [replace(s, earlier=s) for s in upload(cues=12, groups=40, clients=4)]
    large = power_check(many, reference=reference, simulations=60)
    assert large.simulations == 20 and 1 < large.of_groups < 40
    assert f"{large.of_groups} of 40 groups were asked about" in format_power(large)


def test_peers_are_asked_about_notes_as_well_as_opportunities() -> None:
    check = power_check(upload(cues=20, groups=3), reference="peers", denominator="note", simulations=5)
    assert (check.denominator, check.asked) == ("note", 33)


def test_against_targets_everyone_stands_at_the_low_end_and_a_gap_lies_as_far_below_as_elsewhere() -> None:
    check = power_check(
        upload(cues=60), reference="targets", targets={"transparency": (0.5, 1.0)}, correlation=0.0, simulations=200
    )
    assert (check.comparisons, check.asked) == (6, 6)
    assert (check.any_flag or 0) < 0.1 and missed(check) < 0.2
    assert "low end of its target" in sentence(check) and "60% below that" in sentence(check)


def test_a_target_that_starts_at_nothing_leaves_no_room_for_a_gap() -> None:
    check = power_check(upload(cues=10), reference="targets", targets={"transparency": (0.0, 1.0)}, simulations=20)
    assert (check.missed, check.false_flag) == (None, 0.0)
    assert sentence(check).endswith(".")


# The verdicts are those of the comparison


def answered(counts: dict[str, int], cues: int, *, first_day: int = 1) -> list[Analysis]:
    """For each clinician a note a day with one opportunity for transparency, so many of them with a response."""
    found = []
    for clinician, answered_ in counts.items():
        responses: list[Response] = ["responded"] * answered_ + ["no_documented_response"] * (cues - answered_)
        found += [
            note(
                f"{clinician}-{day}",
                *([("transparency", "delivered")] if response == "responded" else []),
                cues=[(("transparency",), response)],
                clinician=clinician,
                client=f"{clinician}-{day}",
                date=f"2026-03-{day:02}",
            )
            for day, response in enumerate(responses, first_day)
        ]
    return found


COUNTS = dict(zip(CLINICIANS, (0, 2, 5, 6, 9, 12), strict=True)) | {NOT_GIVEN: 1}
TARGETS = {"transparency": (0.4, 0.7)}


def asked_by_power(reference: Any, denominator: Any, now: dict[str, int], before: dict[str, int]) -> list[Any]:
    """What the self-check asks of these counts of twelve."""

    ranges = TARGETS if reference == "targets" else {}
    sizes = [GroupSize(group, 12, 12, {"transparency": (1,) * 12}) for group in now]
    sizes = [replace(size, earlier=size if before else None) for size in sizes]
    alike = Alikeness("share", 0.05, measured=False)
    cells = [cell_of(size, "transparency", 0.5, denominator, alike) for size in sizes]
    asker = simulation.Asker(cells, reference, ranges, Basis(load_settings()))
    others = [[cells[j].measure(list(now.values())[j]) for j in row] for row in asker.others or [[]] * len(cells)]
    past = [before.get(cell.group, 0) for cell in cells]
    return [asker.question(i, n, past[i], others[i]) for i, n in enumerate(now.values())]


@pytest.mark.parametrize(
    ("reference", "denominator"),
    [
        ("opportunities", "opportunity"),
        ("peers", "opportunity"),
        ("peers", "note"),
        ("past", "opportunity"),
        ("past", "note"),
        ("targets", "opportunity"),
        ("targets", "note"),
    ],
)
def test_the_simulated_questions_are_the_ones_that_the_comparison_asks(reference: Any, denominator: Any) -> None:
    before = dict.fromkeys(COUNTS, 6) if reference == "past" else {}
    notes = answered(before, 12) + answered(COUNTS, 12, first_day=13)
    targets = TARGETS if reference == "targets" else None
    rows = compare(notes, reference=reference, denominator=denominator, targets=targets)
    real = {r.group: r.probability for r in rows if r.strategy == "transparency"}
    simulated = asked_by_power(reference, denominator, COUNTS, before)
    # Where there are notes of nobody in particular, they are compared with nobody among peers.
    assert (real[NOT_GIVEN] is None) == (reference == "peers")
    assert [real[group] for group in COUNTS] == [pytest.approx(q.probability) for q in simulated]


def test_a_flag_in_the_simulation_is_a_flag_in_the_comparison() -> None:
    # One strategy only, everyone certain to be unanswered: flagged in every run as by the comparison itself.
    blind = {"transparency": ErrorRates(0, 10**9, 0, 10**9)}
    sizes = [GroupSize(c, 12, 12, {"transparency": (1,) * 12}) for c in CLINICIANS]
    check = power_check(sizes, rates=blind, simulations=20)
    rows = compare(answered(dict.fromkeys(CLINICIANS, 0), 12))
    assert [r.verdict for r in rows if r.strategy == "transparency"] == ["under_used"] * 6
    assert (check.asked, check.false_flag, check.missed) == (6, 1.0, 0.0)


# Sizes


def test_the_sizes_are_counted_as_the_comparison_counts_them() -> None:
    notes = answered({"C01": 3}, 5) + [note("x", cues=[(("transparency",), "engaged")], clinician="C02", client="")]
    counts = count(notes, by="clinician", reference="peers")
    first, second = group_sizes(counts)
    assert (first.notes, first.clients, first.exposures["transparency"]) == (5, 5, (1,) * 5)
    assert first.exposures["advocacy_social_justice"] == ()
    assert (second.clients, second.exposures["transparency"]) == (0, ())
    assert group_sizes(counts, denominator="note")[0].exposures["safe_space"] == (1,) * 5


def test_against_the_past_each_half_has_its_own_sizes() -> None:
    notes = answered({"C01": 3}, 5) + answered({"C01": 5}, 8, first_day=11)
    (size,) = group_sizes(count(notes, by="clinician", reference="past"))
    assert size.earlier is not None
    assert (size.notes, size.earlier.notes) == (7, 6)
    with pytest.raises(AnalyzerError, match="earlier half"):
        power_check([replace(size, earlier=None)], reference="past")


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param([], id="no notes at all"),
        pytest.param(upload(cues=2), id="two opportunities each"),
        pytest.param(upload(cues=10, notes=4), id="four notes each"),
        pytest.param([GroupSize("C01", 9, 3, {})], id="no opportunities"),
    ],
)
def test_too_few_notes_make_no_chances_up(sizes: list[GroupSize]) -> None:
    check = power_check(sizes, simulations=20)
    assert (check.asked, check.false_flag, check.any_flag, check.missed) == (0, None, None, None)
    assert "enough notes yet" in sentence(check) and "nan" not in format_power(check).lower()


def test_one_clinician_has_no_peers_to_be_flagged_among() -> None:
    assert power_check(upload(cues=30, groups=1), reference="peers", simulations=20).asked == 0


@pytest.mark.parametrize(
    "choices",
    [
        {"expected": 0.2, "gap": 0.5},
        {"expected": 1.0},
        {"gap": -0.1},
        {"correlation": 1.0},
        {"simulations": 0},
        {"reference": "peers", "denominator": "1000 words"},
        {"reference": "opportunities", "denominator": "note"},
        {"reference": "targets"},
        {"reference": "targets", "targets": {"kindness": (0.1, 0.5)}},
        {"reference": "the moon"},
    ],
)
def test_choices_that_make_no_sense_are_refused_in_a_sentence(choices: dict[str, Any]) -> None:
    with pytest.raises((AnalyzerError, DataError)) as refusal:
        power_check(upload(cues=10), **choices)
    assert len(str(refusal.value)) > 20


def test_sizes_below_nothing_are_refused() -> None:
    with pytest.raises(AnalyzerError, match="C01"):
        power_check([GroupSize("C01", 5, 2, {"transparency": (-1,)})])


# Words


def test_the_sentence_names_both_chances_with_their_intervals_and_accuses_nobody() -> None:
    check = power_check(upload(cues=30), rates=FAIR, simulations=50)
    text = sentence(check)
    assert text.count("95% interval") == 3 and "50 simulated uploads" in text and "20% instead" in text
    assert not ACCUSING.search(text + format_power(check))
    assert "with the program's reading errors" in format_power(check)
    assert "without errors" in format_power(power_check(upload(cues=30), simulations=20))


def test_beside_a_comparison_both_chances_stand_in_one_line() -> None:
    said = brief(power_check(upload(cues=30), rates=FAIR, simulations=50))
    assert said.startswith("Self-check (50 simulated uploads of these sizes, with the program's reading errors): ")
    assert "of uploads show a flag" in said and "one real gap (20% instead) would stay unflagged" in said
    assert "\n" not in said and not ACCUSING.search(said)
    assert "enough notes yet" in brief(power_check([], simulations=5))


def test_the_table_keeps_the_order_given_and_lays_names_on_one_line() -> None:
    sizes = [GroupSize(name, 20, 5, dict.fromkeys(STRATEGIES, evenly(8, 5))) for name in ("Z", "A\nB", "M")]
    lines = format_power(power_check(sizes, simulations=20)).splitlines()
    assert [line.split("  ")[0] for line in lines[-3:]] == ["Z", "A B", "M"]


def test_the_dictionary_holds_plain_values() -> None:
    import json

    check = power_check(upload(cues=20, groups=2), rates=FAIR, simulations=20)
    assert json.loads(json.dumps(check.to_dict()))["per_group"][0]["group"] == "C01"


def test_a_check_of_an_ordinary_upload_runs_as_often_as_asked() -> None:
    assert power_check(upload(cues=12, groups=5), rates=FAIR, simulations=60).simulations == 60
