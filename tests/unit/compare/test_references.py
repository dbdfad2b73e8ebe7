"""Set against peers, the past and targets; choices that do not go together."""

from __future__ import annotations

import pytest

from analyzer.compare import compare, sentence
from analyzer.compare.estimates import interval
from analyzer.profiles import NOT_GIVEN
from analyzer.records import AnalyzerError
from tests.unit.compare.judged import answering, row
from tests.unit.test_profiles import TR, note


def test_one_clinician_has_no_peers() -> None:
    rows = compare(answering("responded", 9), reference="peers")
    assert {r.verdict for r in rows} == {"not_enough_notes"}
    assert row(rows).expected is None
    assert "not enough notes by others" in sentence(row(rows))


def test_a_clinician_far_from_three_peers_stands_out_and_the_peers_do_not() -> None:
    analyses = answering("no_documented_response", 27, clinician="C4") + answering("responded", 3, clinician="C4")
    for peer in ("C1", "C2", "C3"):
        analyses += answering("responded", 26, clinician=peer) + answering("no_documented_response", 4, clinician=peer)
    rows = compare(analyses, reference="peers")
    far = row(rows, group="C4")
    assert far.expected == pytest.approx(78 / 90)
    assert (far.verdict, far.estimate) == ("under_used", pytest.approx(0.1))
    assert {row(rows, group=g).verdict for g in ("C1", "C2", "C3")} == {"in_range"}


def test_peers_who_differ_widely_give_a_wide_range() -> None:
    analyses = answering("responded", 9, clinician="C1") + answering("no_documented_response", 21, clinician="C1")
    for peer, answered in (("C2", 29), ("C3", 2), ("C4", 25), ("C5", 5)):
        analyses += answering("responded", answered, clinician=peer)
        analyses += answering("no_documented_response", 30 - answered, clinician=peer)
    assert {row(compare(analyses, reference="peers"), group=f"C{i}").verdict for i in range(1, 6)} == {"in_range"}


def test_notes_of_nobody_in_particular_are_no_peers() -> None:
    analyses = answering("responded", 20) + answering("no_documented_response", 20, clinician="")
    rows = compare(analyses, reference="peers")
    assert {r.group for r in rows} == {NOT_GIVEN, "C1"}
    assert {r.verdict for r in rows} == {"not_enough_notes"}


def test_more_documented_than_before_is_told_from_less() -> None:
    more = answering("no_documented_response", 12, year=2025) + answering("responded", 12, year=2026)
    less = answering("responded", 12, year=2025) + answering("no_documented_response", 12, year=2026)
    rose, sank = row(compare(more, reference="past")), row(compare(less, reference="past"))
    assert (rose.verdict, rose.expected, rose.estimate, rose.notes) == ("over_used", 0.0, 1.0, 12)
    assert (sank.verdict, sank.expected, sank.estimate, sank.notes) == ("under_used", 1.0, 0.0, 12)


def test_looking_for_more_and_for_less_doubles_the_tail() -> None:
    analyses = answering("responded", 8, year=2025) + answering("no_documented_response", 4, year=2026)
    found = row(compare(analyses + answering("responded", 4, year=2026), reference="past"))
    assert found.probability is not None and found.probability < 1
    assert found.q_value == pytest.approx(2 * (1 - found.probability))


def test_notes_without_dates_have_no_past() -> None:
    undated = [note(f"n{i}", (TR, "delivered"), cues=[((TR,), "responded")], date="in spring") for i in range(30)]
    rows = compare(undated, reference="past")
    assert {(r.verdict, r.notes, r.estimate) for r in rows} == {("not_enough_notes", 0, None)}
    assert "dated notes" in sentence(row(rows))


def test_notes_of_one_day_are_not_torn_apart() -> None:
    same_day = [note(f"n{i}", cues=[((TR,), "responded")]) for i in range(40)]
    assert row(compare(same_day, reference="past")).expected is None


@pytest.mark.parametrize(("answered", "verdict"), [(0, "under_used"), (12, "in_range"), (20, "over_used")])
def test_below_within_and_above_a_target(answered: int, verdict: str) -> None:
    analyses = answering("responded", answered) + answering("no_documented_response", 20 - answered)
    (found,) = compare(analyses, reference="targets", targets={TR: (0.4, 0.7)})
    assert (found.verdict, found.strategy, found.expected) == (verdict, TR, pytest.approx(0.55))


def test_shares_of_notes_and_rates_per_thousand_words() -> None:
    analyses = answering("responded", 6, words=500) + answering("engaged", 2, words=500, year=2027)
    per_note = row(compare(analyses, reference="past", denominator="note"))
    assert (per_note.denominator, per_note.count, per_note.estimate) == ("note", 2, 0.5)
    per_words = row(compare(analyses, reference="peers", denominator="1000 words"))
    assert (per_words.count, per_words.estimate) == (6, 1.5)
    # One tag a client at most is more even than chance, so nothing is widened.
    assert per_words.design_effect == 1.0
    assert (per_words.low, per_words.high) == interval("rate", 6 / per_words.design_effect, 4 / per_words.design_effect)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"by": "agency"}, "'agency'"),
        ({"reference": "gut feeling"}, "'gut feeling'"),
        ({"reference": "peers", "denominator": "minute"}, "'minute'"),
        ({"denominator": "note"}, "counts by opportunity"),
        ({"reference": "targets"}, "needs targets"),
        ({"reference": "targets", "targets": {TR: (0.1, 0.2)}, "denominator": "1000 words"}, "are shares"),
        ({"reference": "targets", "targets": {"kindness": (0.1, 0.2)}}, "'kindness'"),
    ],
)
def test_choices_that_do_not_go_together_are_refused(options: dict, told: str) -> None:
    with pytest.raises(AnalyzerError, match=told):
        compare([note()], **options)
