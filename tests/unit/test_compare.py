"""Over- and under-use: verdicts that the codebook supports, figures with their uncertainty, fair words."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.compare import Comparison, compare, format_table, load_targets, sentence
from analyzer.compare.estimates import Belief, interval, q_values, spread
from analyzer.compare.model import REFERENCES
from analyzer.profiles import NOT_GIVEN
from analyzer.records import STRATEGIES, Analysis, AnalyzerError, DataError, Response
from tests.conftest import ROOT
from tests.unit.test_profiles import AL, HC, TR, note, notes

ACCUSING = re.compile(r"\b(fail(ed|s|ure)?|never|did not|didn't|should|must|poor|bad|worst|best)\b", re.IGNORECASE)


def answering(response: Response, times: int, *, clinician: str = "C1", year: int = 2026, **options: Any) -> list:
    """Notes with one cue for transparency each, of as many clients, met so; used where it was responded to."""
    tags = [(TR, "delivered")] if response == "responded" else []
    return [
        note(
            f"{clinician}-{year}-{response}-{i}",
            *tags,
            cues=[((TR,), response)],
            clinician=clinician,
            date=f"{year}-01-{i + 1:02}",
            **{"client": f"{clinician}-{year}-{response}-{i}", **options},
        )
        for i in range(times)
    ]


def row(rows: list[Comparison], strategy: str = TR, group: str = "C1") -> Comparison:
    (found,) = [r for r in rows if (r.group, r.strategy) == (group, strategy)]
    return found


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


# Peers, past, targets


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


# What always holds


@given(
    st.lists(st.tuples(notes, st.integers(1, 7)), max_size=10),
    st.sampled_from(REFERENCES),
    st.sampled_from(["clinician", "client", "period", "note"]),
    st.sampled_from([None, "opportunity", "note", "1000 words"]),
)
def test_no_notes_whatever_give_nan_or_an_estimate_outside_its_interval(
    weighted: list, reference: str, by: str, denominator: str | None
) -> None:
    analyses = [analysis for analysis, times in weighted for _ in range(times)]
    denominator = "opportunity" if reference == "opportunities" else denominator
    denominator = None if (reference, denominator) == ("targets", "1000 words") else denominator
    targets = dict.fromkeys(STRATEGIES, (0.3, 0.6))
    rows = compare(analyses, reference=reference, by=by, denominator=denominator, targets=targets)  # type: ignore[arg-type]
    assert [(r.group, STRATEGIES.index(r.strategy)) for r in rows] == sorted(
        {(r.group, i) for r in rows for i in range(len(STRATEGIES))}
    )
    for r in rows:
        json.dumps(r.to_dict(), allow_nan=False)
        figures = (r.estimate, r.low, r.high)
        assert all(f is None for f in figures) or all(f is not None and math.isfinite(f) for f in figures)
        if r.estimate is not None and r.low is not None and r.high is not None:
            assert r.low80 is not None and r.high80 is not None
            assert 0 <= r.low <= r.low80 <= r.estimate <= r.high80 <= r.high
        assert r.design_effect >= 1
        assert (r.probability is None) == (r.q_value is None)
        assert all(p is None or 0 <= p <= 1 for p in (r.probability, r.q_value))
        if r.verdict == "not_enough_notes":
            assert r.probability is None
        said = sentence(r)
        assert said.endswith(".") and "\n" not in said and "nan" not in said.lower().replace("finan", "")
        assert not ACCUSING.search(said)
    assert not ACCUSING.search(format_table(rows))


@given(st.lists(notes, max_size=10), st.randoms(use_true_random=False))
def test_the_order_in_which_notes_are_read_changes_nothing(analyses: list[Analysis], random: Any) -> None:
    shuffled = list(analyses)
    random.shuffle(shuffled)
    for reference in ("opportunities", "peers", "past"):
        assert compare(shuffled, reference=reference) == compare(analyses, reference=reference)


def test_one_note_gives_eleven_rows_that_claim_nothing() -> None:
    for reference in ("opportunities", "peers", "past"):
        rows = compare([note("n", (TR, "delivered"))], reference=reference)
        assert [r.strategy for r in rows] == list(STRATEGIES)
        assert {r.verdict for r in rows} == {"not_enough_notes"}


def test_no_notes_give_no_rows() -> None:
    assert compare([]) == []
    assert format_table([]) == "No notes to compare."


# Figures


@given(st.integers(0, 400), st.integers(1, 400))
def test_a_share_lies_within_its_interval(count: int, more: int) -> None:
    low, high = interval("share", count, count + more)
    assert 0 <= low <= count / (count + more) <= high <= 1


@given(st.integers(0, 400), st.floats(0.001, 1000))
def test_a_rate_lies_within_its_interval(count: int, exposure: float) -> None:
    low, high = interval("rate", count, exposure)
    assert 0 <= low <= count / exposure <= high < math.inf


def test_published_intervals() -> None:
    # Brown, Cai & DasGupta 2001, table 5 (Jeffreys, n = 10, x = 2); Garwood 1936 (x = 0, 6 and 10).
    assert interval("rate", 6, 4) == (pytest.approx(2.2019 / 4, abs=1e-4), pytest.approx(13.0595 / 4, abs=1e-4))
    assert interval("share", 2, 10) == (pytest.approx(0.044, abs=5e-4), pytest.approx(0.503, abs=5e-4))
    assert interval("rate", 0, 1) == (0, pytest.approx(3.689, abs=5e-4))
    assert interval("rate", 10, 1) == (pytest.approx(4.795, abs=5e-4), pytest.approx(18.390, abs=5e-4))


def test_which_of_two_beliefs_is_above() -> None:
    # P(X > Y) of Beta(2, 1) and Beta(1, 1) is 2/3; of two equal ones a half; of Gamma(1, 2) and Gamma(1, 1) is 1/3.
    assert Belief("share", 2, 1).above(Belief("share", 1, 1)) == pytest.approx(2 / 3, abs=1e-3)
    assert Belief("share", 3, 7).above(Belief("share", 3, 7)) == pytest.approx(0.5, abs=1e-3)
    assert Belief("rate", 1, 2).above(Belief("rate", 1, 1)) == pytest.approx(1 / 3, abs=1e-3)


def test_peers_who_differ_more_lend_less() -> None:
    alike = spread("share", [15, 16, 14], [30, 30, 30], at_most=1000)
    unlike = spread("share", [5, 25, 15], [30, 30, 30], at_most=1000)
    assert alike.a + alike.b == pytest.approx(90)
    # Kleinman's rho by hand: S/pq = 2 * 30/9 * 4 = 26.67, less 2, over 60 - 2 = 0.425; 1/rho - 1 = 1.351.
    assert unlike.a + unlike.b == pytest.approx(1.351, abs=1e-3)
    assert spread("rate", [15, 15], [10, 10], at_most=5).b == 5


def test_benjamini_hochberg() -> None:
    assert q_values([0.01, 0.04, 0.03, 0.8]) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.8])
    assert q_values([]) == []


# Words, table, files


def test_the_sentence_says_what_the_notes_show() -> None:
    found = row(compare(answering("no_documented_response", 10) + answering("responded", 2)))
    assert sentence(found) == (
        "Transparency in the notes of C1: possible under-use; the notes show 2 of 12 relevant opportunities with a "
        "documented response (17%, 95% interval 4% to 44%), beside 50% as the codebook's starting value."
    )


def test_the_table_names_reference_denominator_and_minimum() -> None:
    lines = format_table(compare(answering("no_documented_response", 10))).splitlines()
    heading = " ".join(lines[:3])
    for part in (
        "half of the relevant opportunities",
        "per relevant opportunity",
        "5 notes and 3 opportunities",
        "no ranking",
    ):
        assert part in heading
    table = lines[4:]
    assert len(table) == 2 + len(STRATEGIES)
    assert re.search(
        r"C1 +Transparency +10 +10 +10 +0 +0% +0%–12% +0%–22% +50% +possible under-use +1\.00 +0\.00$", table[5]
    )


def test_long_and_many_lined_names_leave_the_table_in_order() -> None:
    lines = format_table(compare([note(clinician="A" * 200 + "\nB")])).splitlines()
    assert len(lines) == 4 + 2 + len(STRATEGIES)
    assert max(map(len, lines[4:])) < 180


def test_the_shipped_example_of_targets_can_be_used() -> None:
    targets = load_targets(ROOT / "analyzer" / "data" / "targets.example.yml")
    assert targets["transparency"] == (0.5, 1.0)
    assert list(targets) == [s for s in STRATEGIES if s in targets]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("kindness: [0.1, 0.2]", ["'kindness' is no known strategy"]),
        ("transparency: [0.9, 0.2]\nsafe_space: [0, 2]", ["transparency: must be", "safe_space: must be"]),
        ("transparency: [.nan, 0.2]", ["transparency: must be"]),
        ("transparency: [no, yes]", ["transparency: must be"]),
        ("transparency: 0.5", ["transparency: must be"]),
        ("transparency: [0.1, 0.2]\ntransparency: [0.3, 0.4]", ["transparency: stands twice"]),
        ("- transparency", ["must be a mapping"]),
        ("", ["must be a mapping"]),
        ("transparency: [0.1", ["not valid YAML"]),
        ("1: [0.1, 0.2]", ["1 is no known strategy"]),
        (b"\xff\xfe\x00", ["is not UTF-8"]),
    ],
)
def test_broken_targets_are_named_all_at_once(tmp_path: Path, content: str | bytes, told: list[str]) -> None:
    file = tmp_path / "targets.yml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError) as error:
        load_targets(file)
    assert all(part in str(error.value) for part in ["targets.yml", *told])
    assert len(error.value.problems) == len(told)


def test_a_targets_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load_targets(tmp_path / "none.yml")
