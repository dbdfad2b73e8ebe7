"""The one place to look: which it is, what it says, and what the page offers where there is none."""

from __future__ import annotations

import pytest

from analyzer.codebook import load_codebook
from analyzer.compare import compare
from analyzer.feedback import feedback_for
from analyzer.feedback.wording import load_wording, open_question
from analyzer.records import STRATEGIES, Analysis
from tests.unit.feedback.making import (
    AL,
    ASKED,
    HC,
    LISTENED,
    SS,
    TOLD,
    TR,
    done,
    few_answers,
    listening,
    moment,
    quoted,
    written,
)

# The gap


def test_the_gap_is_the_strategy_with_most_moments_left_without_a_documented_response() -> None:
    page = feedback_for([*few_answers(), *listening()], "C1")
    assert page.gap is not None
    assert (page.gap.strategy, page.gap.documented, page.gap.open) == (TR, 1, 11)
    (quote,) = page.gap.quotes
    assert quote.words in ASKED[1:]
    assert quote.note_id not in page.gap.also_in
    assert len(page.gap.also_in) == 10
    assert page.gap.question == "How did the client hear about it, and what did they ask?"
    assert page.gap.question in load_codebook().strategy(TR).feedback
    assert page.try_next == load_wording().strategies[TR].try_next
    assert page.invitation is None
    assert page.strengths[0].strategy == AL


def test_the_gap_says_what_compare_says() -> None:
    notes = [*few_answers(), *listening()]
    gap = feedback_for(notes, "C1").gap
    (row,) = [r for r in compare(notes) if r.strategy == TR]
    assert row.verdict == "under_used"
    assert gap is not None
    assert (gap.low, gap.high, gap.probability, gap.expected) == (row.low, row.high, row.probability, row.expected)
    assert gap.sure.startswith(f"A response is documented at 8% of them (95% interval {row.low:.0%} to {row.high:.0%})")
    assert "the probability that the share is below 50% is" in gap.sure


def test_of_two_gaps_with_as_many_open_moments_the_surer_one_is_shown() -> None:
    def asked(strategy: str, answered: int, name: str) -> list[Analysis]:
        open_ones = [written(f"{name}o{i}", f"Cl {w}. Ok.", moments=[moment(w, strategy)]) for i, w in enumerate(ASKED)]
        met = [
            written(f"{name}r{i}", f"Cl {w}. Ok.", moments=[moment(w, strategy, response="responded")])
            for i, w in enumerate(ASKED[:answered])
        ]
        return [*open_ones, *met]

    gap = feedback_for([*asked(HC, 2, "h"), *asked(SS, 0, "s")], "C1").gap
    assert gap is not None
    assert gap.strategy == SS


def test_a_moment_on_the_clients_side_is_quoted_before_one_in_the_plan_or_inside_the_clinicians_words() -> None:
    notes = few_answers(answered=0)
    newest = written(
        "new", "Cl fine. P: ask who gets the second letter.", moments=[moment("ask who gets the second letter", TR)],
        plan_from="P:", date="2026-12-01",
    )  # fmt: skip
    own_words = "Wondered with cl who opens the mail"
    own = written(
        "own", f"{own_words}. Ok.", tags=[done(AL, own_words)], moments=[moment(own_words, TR)], date="2026-12-02"
    )
    page = feedback_for([*notes, newest, own], "C1")
    assert page.gap is not None
    assert page.gap.quotes[0].words == ASKED[-1]


def test_moments_taken_up_or_planned_are_named_and_not_counted() -> None:
    words = "asked about the second file"
    more = [
        written(f"e{i}", f"Cl {words}. Ok.", moments=[moment(words, TR, response=response)])
        for i, response in enumerate(["engaged", "planned_only", "planned_only", "suppressed"])
    ]
    gap = feedback_for([*few_answers(answered=1), *more], "C1").gap
    assert gap is not None
    assert (gap.documented, gap.open) == (1, 11)
    assert gap.left_out == "Left out of the count: 1 taken up in the session, 2 planned for later."


def test_an_under_used_strategy_is_named_a_strength_only_where_nothing_else_is_there() -> None:
    assert [s.strategy for s in feedback_for([*few_answers(), *listening()], "C1").strengths] == [AL, TR]
    assert [s.strategy for s in feedback_for(few_answers(), "C1").strengths] == [TR]
    assert set(quoted(feedback_for(few_answers(), "C1"))) <= set(TOLD)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_has_its_sentence_to_try_and_the_codebooks_own_question(strategy: str) -> None:
    advice = load_wording().strategies[strategy]
    assert advice.try_next.endswith(".")
    assert advice.try_next.count(". ") == 0, "one sentence"
    assert advice.ask.endswith("?")
    assert "codebook 5." in advice.source
    question = open_question(load_codebook().strategy(strategy))
    assert question.endswith("?")
    assert ". " not in question
    assert question in load_codebook().strategy(strategy).feedback


# Nothing under-used, and not enough


def test_where_nothing_is_under_used_the_page_says_so_and_offers_the_most_frequent_open_moment() -> None:
    page = feedback_for([*few_answers(answered=9), *listening()], "C1")
    assert page.gap is None
    assert page.invitation is not None
    assert page.invitation.strategy == TR
    assert page.invitation.quotes[0].words == ASKED[-1]
    assert page.try_next == load_wording().strategies[TR].try_next
    assert page.curious is None


def test_where_no_moment_is_open_a_curious_question_is_offered() -> None:
    page = feedback_for(listening(), "C1")
    assert (page.gap, page.invitation) == (None, None)
    assert page.curious == load_wording().curious
    assert page.try_next == load_wording().strategies[AL].try_next


@pytest.mark.parametrize("notes", [few_answers()[:4], [*listening()[:2], *few_answers()[2:4]]])
def test_few_notes_show_what_is_there_and_nothing_more(notes: list[Analysis]) -> None:
    page = feedback_for(notes, "C1")
    assert not page.enough
    assert page.strengths
    assert (page.gap, page.invitation, page.curious, page.try_next, page.trend) == (None,) * 5
    assert page.cannot_say


def test_many_notes_without_moments_are_not_enough_either() -> None:
    words = [said for said, _ in LISTENED]
    page = feedback_for([written(f"n{i}", f"{w}. Ok.", tags=[done(AL, w)]) for i, w in enumerate(words)], "C1")
    assert not page.enough
    assert [s.strategy for s in page.strengths] == [AL]
