"""Possible over-use: four patterns, each with the notes that show it, and none where notes are too few."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.compare.over_use import OverUse, over_use_lines
from analyzer.compare.patterns import over_use
from analyzer.records import Analysis, Boilerplate, Opportunity
from tests.unit.test_profiles import AL, HC, TR, note

SS = "safe_space"


def met(number: int) -> list[Analysis]:
    """Notes of other clients in which listening meets a moment: enough to judge, and no pattern of their own."""
    cues = [((AL, TR), "responded")]
    return [note(f"m{i}", (AL, "delivered"), (TR, "delivered"), cues=cues, client=f"M{i}") for i in range(number)]


def only(found: list[OverUse]) -> OverUse:
    (one,) = found
    return one


def on(day: int, *uses: str, moment: Opportunity | None = None, client: str = "K1") -> Analysis:
    made = note(f"d{day}", *((s, "delivered") for s in uses), client=client, date=f"2026-05-{day:02}")
    return replace(made, opportunities=(moment,) if moment else ())


def test_lines_that_return_are_named_with_their_words_and_notes() -> None:
    plain = note("x", (AL, "delivered"))
    again = replace(plain, tags=tuple(replace(t, text="Validated feelings", repeated=True) for t in plain.tags))
    found = only(over_use([*met(5), *(replace(again, note_id=f"r{i}") for i in range(3))]))
    assert (found.strategy, found.pattern, found.quotes) == (AL, "worded_alike", ("Validated feelings",))
    assert found.note_ids == ("r0", "r1", "r2")


def test_evidence_in_blocks_copied_forward_counts_as_lines_that_return() -> None:
    copied = replace(note("x", (SS, "delivered")), boilerplate=(Boilerplate(0, 10, "copied_forward"),))
    found = only(over_use([*met(5), *(replace(copied, note_id=f"c{i}") for i in range(3))]))
    assert (found.strategy, found.note_ids) == (SS, ("c0", "c1", "c2"))
    assert over_use([*met(5), *(replace(copied, note_id=f"c{i}") for i in range(2))]) == []


def test_a_template_line_is_named_with_its_notes() -> None:
    found = only(over_use([*met(5), *(note(f"t{i}", templates=("provided_safe_space",)) for i in range(3))]))
    assert (found.strategy, found.note_ids, found.quotes) == (SS, ("t0", "t1", "t2"), ())


def test_content_without_a_moment_for_it_names_the_longest_row_of_notes() -> None:
    notes = [on(1, HC), on(2), on(5, HC), on(4, HC), on(3, HC)]
    assert only(over_use([*met(5), *notes])).note_ids == ("d3", "d4", "d5")


def test_one_strategy_crowds_out_the_others_where_open_moments_call_for_them() -> None:
    cues = [((TR,), "no_documented_response"), ((AL,), "responded")]
    alone = [note(f"a{i}", (AL, "delivered"), cues=cues, client=f"K{i}") for i in range(9)]
    found = only(over_use([*met(2), *alone]))
    assert (found.strategy, found.pattern, len(found.note_ids)) == (AL, "crowding_out", 9)
    assert found.share == pytest.approx(11 / 13)
    assert "85% of all evidence" in found.said


def test_much_of_one_strategy_is_no_crowding_where_nothing_else_was_called_for() -> None:
    called = [note(f"a{i}", (AL, "delivered"), cues=[((AL,), "responded")]) for i in range(9)]
    assert over_use(called) == []


def test_history_taken_up_again_after_the_client_did_not_want_it() -> None:
    moment = Opportunity(0, 4, "Did not want to talk about the raid", (HC, AL), "suppressed")
    found = only(over_use([*met(5), on(1, moment=moment), on(2), on(3, HC), on(4, AL)]))
    assert (found.strategy, found.pattern, found.note_ids) == (HC, "after_an_objection", ("d3",))
    assert "had not wanted it" in found.said


@pytest.mark.parametrize(
    "notes",
    [
        pytest.param(
            [
                on(1, moment=Opportunity(0, 4, "Did not want to talk about the raid", (HC,), "suppressed")),
                on(2, HC, moment=Opportunity(0, 4, "told of the raid", (HC,), "responded")),
            ],
            id="the client came back to it",
        ),
        pytest.param(
            [on(1, moment=Opportunity(0, 4, "Gun in the house, raid", (HC,), "suppressed")), on(2, HC)],
            id="not pursued because of acute risk",
        ),
        pytest.param(
            [
                on(1, moment=Opportunity(0, 4, "Did not want to talk about the raid", (HC,), "suppressed")),
                on(2, HC, client="K2"),
            ],
            id="another client",
        ),
    ],
)
def test_no_objection_is_read_where(notes: list[Analysis]) -> None:
    assert over_use([*met(5), *notes]) == []


def test_fewer_notes_than_the_minimum_show_no_pattern() -> None:
    cues = [((AL,), "responded")] * 3
    few = [on(1, HC), on(2, HC), note("n", cues=cues)]
    assert over_use(few) == []
    assert only(over_use([*few, *met(2)])).strategy == HC


def test_the_line_for_people_names_group_strategy_and_notes() -> None:
    (line,) = over_use_lines([OverUse("C1", HC, "without_a_cue", tuple(f"n{i}" for i in range(8)))])
    assert line.startswith("Possible over-use of Historical context in the notes of C1: it is documented in 8 notes")
    assert line.endswith("(n0, n1, n2, n3, n4, n5 and 2 more).")
