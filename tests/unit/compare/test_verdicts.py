"""What may be said of a clinician by the occasions in the notes, and by the codebook's patterns of over-use."""

from __future__ import annotations

import pytest

from analyzer.compare import compare, sentence
from analyzer.records import STRATEGIES, Analysis, Response
from tests.unit.compare.judged import answering, row
from tests.unit.test_profiles import AL, HC, TR, note

# Opportunities


def test_ten_unanswered_of_twelve_cues_is_possible_under_use() -> None:
    found = row(compare(answering("no_documented_response", 10) + answering("responded", 2)))
    assert (found.verdict, found.count, found.opportunities, found.notes) == ("under_used", 2, 12, 12)
    assert found.estimate == pytest.approx(2 / 12)
    assert found.expected == 0.5
    # Beta(1/2 + 2, 1/2 + 10) below one half, integrated numerically; the only strategy with cues, so q is its tail.
    assert found.probability == pytest.approx(0.99161, abs=1e-4)
    assert found.q_value == pytest.approx(1 - found.probability)


def test_half_and_half_is_in_range() -> None:
    assert row(compare(answering("no_documented_response", 6) + answering("responded", 6))).verdict == "in_range"


def test_cues_taken_up_planned_or_suppressed_are_left_out_of_the_share() -> None:
    left_out: list[Response] = ["engaged", "planned_only", "suppressed"]
    others = [n for response in left_out for n in answering(response, 2)]
    found = row(compare(answering("responded", 4) + answering("no_documented_response", 1) + others))
    assert (found.opportunities, found.count, found.estimate, found.notes) == (5, 4, 0.8, 11)


def test_no_flag_while_fewer_than_half_of_all_relevant_cues_lack_a_response() -> None:
    unanswered = answering("no_documented_response", 8)
    assert row(compare(unanswered + answering("engaged", 8))).verdict == "under_used"
    assert row(compare(unanswered + answering("engaged", 9))).verdict == "in_range"
    assert row(compare(unanswered + answering("suppressed", 9))).verdict == "under_used"


@pytest.mark.parametrize(("number", "enough"), [(4, False), (5, True)])
def test_nothing_is_said_below_five_notes(number: int, enough: bool) -> None:
    found = row(compare(answering("no_documented_response", number)))
    assert (found.verdict != "not_enough_notes", found.probability is not None) == (enough, enough)


@pytest.mark.parametrize(("number", "enough"), [(2, False), (3, True)])
def test_nothing_is_said_below_three_cues(number: int, enough: bool) -> None:
    rows = compare(answering("no_documented_response", number) + [note(f"quiet {i}") for i in range(9)])
    assert (row(rows).verdict != "not_enough_notes") == enough


def test_the_same_notes_are_judged_more_carefully_where_more_is_tested() -> None:
    borderline = answering("no_documented_response", 7) + answering("responded", 1)
    fine = [note(f"x{i}", cues=[((s,), "responded") for s in STRATEGIES if s != TR], clinician="C1") for i in range(6)]
    alone, among = row(compare(borderline)), row(compare(borderline + fine))
    assert alone.probability == among.probability
    assert (alone.verdict, among.verdict) == ("under_used", "in_range")
    assert among.q_value == pytest.approx(11 * (alone.q_value or 0))


# Over-use: the codebook's patterns


def in_a_row(*uses: bool, client: str = "K1", start: int = 1, cued: bool = False) -> list[Analysis]:
    """Notes of one client in the order of dates, with historical context documented where said."""
    return [
        note(
            f"{client}-{start + i}",
            *([(HC, "delivered")] if use else []),
            cues=[((AL,), "responded"), *([((HC,), "responded")] if cued else [])],
            client=client,
            date=f"2026-04-{start + i:02}",
        )
        for i, use in enumerate(uses)
    ]


def test_history_raised_in_two_notes_in_a_row_without_a_cue_is_possible_over_use() -> None:
    found = row(compare(in_a_row(False, True, True, False, False)), HC)
    assert (found.verdict, found.probability, found.q_value) == ("over_used", None, None)
    assert "in 2 or more notes in a row" in sentence(found)


@pytest.mark.parametrize(
    "analyses",
    [
        pytest.param(in_a_row(True, False, True, False, True), id="every other note"),
        pytest.param(in_a_row(True, True, True, True, True, cued=True), id="the client opened the door"),
        pytest.param(
            in_a_row(False, False, True, client="K1") + in_a_row(True, False, False, client="K2", start=4),
            id="two clients, one note each",
        ),
        pytest.param(in_a_row(True, True, True, True), id="four notes only"),
        pytest.param(
            [note(f"n{i}", (HC, "delivered"), cues=[((AL,), "responded")], date=None) for i in range(6)],
            id="no dates, so no order",
        ),
        pytest.param(
            [note(f"n{i}", (HC, "delivered"), date=f"2026-04-{i + 1:02}") for i in range(6)],
            id="no cues found at all",
        ),
    ],
)
def test_no_over_use_where_the_pattern_is_not_there(analyses: list[Analysis]) -> None:
    assert row(compare(analyses), HC).verdict != "over_used"


def test_the_order_is_that_of_dates_not_of_files() -> None:
    assert row(compare(in_a_row(False, True, True, False, False)[::-1]), HC).verdict == "over_used"
    assert row(compare(sorted(in_a_row(True, False, True, False, True), key=lambda n: len(n.tags))), HC).verdict != (
        "over_used"
    )


def test_listening_without_a_cue_is_no_over_use() -> None:
    analyses = [
        note(f"n{i}", (AL, "delivered"), cues=[((TR,), "responded")], date=f"2026-04-{i + 1:02}") for i in range(6)
    ]
    assert row(compare(analyses), AL).verdict != "over_used"


@pytest.mark.parametrize(("times", "verdict"), [(2, "not_enough_notes"), (3, "over_used")])
def test_a_template_claim_in_three_notes_is_possible_over_use(times: int, verdict: str) -> None:
    claimed = [note(f"t{i}", templates=("provided_safe_space",) * 2) for i in range(times)]
    found = row(compare(claimed + answering("responded", 5)), "safe_space")
    assert found.verdict == verdict
    assert ("template line claims it in 3 or more notes" in sentence(found)) == (verdict == "over_used")


def test_template_lines_of_two_clinicians_are_not_added_up() -> None:
    shared = [note(f"t{i}", templates=("safe",), clinician=c, client="K1") for i, c in enumerate(["C1", "C2"] * 2)]
    rows = compare(shared + answering("responded", 5, client="K1"), by="client")
    assert row(rows, "safe_space", "K1").verdict == "not_enough_notes"


def test_unanswered_cues_weigh_more_than_a_pattern_of_over_use() -> None:
    unasked = in_a_row(True, True, True)
    open_cues = [note(f"x{i}", cues=[((HC,), "no_documented_response")], client="K9") for i in range(12)]
    assert row(compare(unasked + open_cues), HC).verdict == "under_used"
