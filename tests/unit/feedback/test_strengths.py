"""Strengths first: in the clinician's own words, and only what is documented as done in words of its own."""

from __future__ import annotations

import pytest

from analyzer.feedback import feedback_for
from tests.unit.feedback.making import (
    AL,
    CC,
    HC,
    LISTENED,
    SS,
    done,
    listening,
    moment,
    quoted,
    strength,
    written,
)


def test_strengths_are_quoted_in_the_clinicians_words_with_note_and_date() -> None:
    page = feedback_for(listening(), "C1")
    evidence = strength(page, AL).evidence
    assert len(evidence) == 2
    assert {(e.quote.words, e.quote.note_id, e.quote.date) for e in evidence} <= {
        (said, f"C1-L{i}", f"2026-05-{i + 1:02}") for i, (said, _) in enumerate(LISTENED)
    }
    assert all(e.moment and e.moment.note_id == e.quote.note_id for e in evidence)
    assert strength(page, AL).said == "Documented as done in 6 of 6 notes, each time where a moment called for it."


def test_what_meets_a_moment_of_the_clients_is_quoted_before_what_does_not() -> None:
    alone = written(
        "n0", "Reflected the pride in the new job. Cl smiled.", tags=[done(AL, "Reflected the pride in the new job")],
        date="2026-12-01",
    )  # fmt: skip
    page = feedback_for([alone, *listening()], "C1")
    assert "Reflected the pride in the new job" not in quoted(page)


def test_a_surer_reading_is_quoted_before_a_doubtful_one() -> None:
    doubtful = written(
        "n0", "Cl wept on arriving here. Nodded along for a while. Bye.",
        tags=[done(AL, "Nodded along for a while", confidence=0.4)],
        moments=[moment("wept on arriving here", AL, response="responded", answer="Nodded along for a while")],
        date="2026-12-01",
    )  # fmt: skip
    assert "Nodded along for a while" not in quoted(feedback_for([doubtful, *listening()], "C1"))


@pytest.mark.parametrize(
    ("why", "facts"),
    [
        ("repeated from note to note", {"repeated": True}),
        ("only planned", {"status": "planned"}),
        ("somebody else's act", {"status": "other_agent"}),
        ("documented as not done", {"status": "negated"}),
        ("only considered", {"status": "hypothetical"}),
        ("from before this contact", {"status": "historical"}),
    ],
)
def test_no_strength_rests_on_what_is(why: str, facts: dict) -> None:
    words = "Validated cl's feelings about the move"
    note = written("n1", f"{words}. Set next date.", tags=[done(AL, words, **facts)])
    page = feedback_for([note], "C1")
    assert page.strengths == (), why


def test_a_block_copied_forward_is_no_strength() -> None:
    words = "Validated cl's feelings about the move"
    note = written("n1", f"{words}. Set next date.", tags=[done(AL, words)], template=f"{words}.")
    assert feedback_for([note], "C1").strengths == ()


def test_quotes_vary_within_and_across_strategies() -> None:
    same = "Made room for her anger at the court"
    notes = [
        written(f"n{i}", f"{same}. Met at {i} pm.", tags=[done(SS, same), done(AL, same)], date=f"2026-04-0{i}")
        for i in range(1, 4)
    ]
    other = written(
        "n9", "Said cl may pass on any question. Fine.", tags=[done(SS, "Said cl may pass on any question")]
    )
    words = quoted(feedback_for([*notes, other], "C1"))
    assert sorted(words) == [same, "Said cl may pass on any question"]


def test_two_quotes_come_from_two_notes_where_two_notes_have_any() -> None:
    rich = written(
        "n1", "Validated his rage at the guard. Named the old shame under it. Ok.",
        tags=[done(AL, "Validated his rage at the guard"), done(AL, "Named the old shame under it")],
        date="2026-06-01",
    )  # fmt: skip
    plain = written("n2", "Checked I had the dates right. Ok.", tags=[done(AL, "Checked I had the dates right")])
    only = feedback_for([rich], "C1")
    both = feedback_for([rich, plain], "C1")
    assert [e.quote.note_id for e in strength(only, AL).evidence] == ["n1", "n1"]
    assert [e.quote.note_id for e in strength(both, AL).evidence] == ["n1", "n2"]


def test_at_most_three_strengths_and_those_that_meet_moments_come_first() -> None:
    lines = {CC: "Asked what the wake means at home", SS: "Put the headset on first", HC: "Named the old quotas"}
    notes = [written(f"s-{s}", f"{words}. Ok.", tags=[done(s, words)]) for s, words in lines.items()]
    page = feedback_for([*notes, *listening()], "C1")
    assert len(page.strengths) == 3
    assert page.strengths[0].strategy == AL


def test_a_moment_far_from_the_words_or_in_the_plan_is_not_shown_beside_them() -> None:
    said, felt = "Named the fear before the hearing", "shook when the hearing came up"
    met = {"tags": [done(AL, said)], "moments": [moment(felt, AL, response="responded", answer=said)]}
    near = written("n1", f"Cl {felt}. {said}.", **met)
    far = written("n1", f"Cl {felt}. {'He talked on about buses. ' * 60}{said}.", **met)
    in_plan = written("n1", f"{said}. P: Cl {felt}.", plan_from="P:", **met)
    shown = [strength(feedback_for([note], "C1"), AL).evidence[0].moment for note in (near, far, in_plan)]
    assert [m.words if m else None for m in shown] == [felt, None, None]
