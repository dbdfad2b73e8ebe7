"""The page for a clinician: strengths first and in their own words, one place to look, one thing to try, and limits."""

from __future__ import annotations

import pytest

import analyzer
from analyzer.codebook import load_codebook
from analyzer.compare import compare
from analyzer.feedback import Feedback, feedback_for
from analyzer.feedback.strengths import Strength
from analyzer.feedback.wording import load_wording, open_question
from analyzer.records import STRATEGIES, Analysis, AnalyzerError
from tests.unit.feedback.making import (
    AL,
    ASKED,
    CC,
    HC,
    LISTENED,
    SS,
    TOLD,
    TR,
    done,
    few_answers,
    listening,
    moment,
    written,
)


def quoted(page: Feedback) -> list[str]:
    return [evidence.quote.words for strength in page.strengths for evidence in strength.evidence]


def strength(page: Feedback, strategy: str) -> Strength:
    (found,) = [s for s in page.strengths if s.strategy == strategy]
    return found


# Strengths


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
    page = feedback_for([*few_answers(answered=11), *listening()], "C1")
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


# Trend


def test_a_rise_from_the_earlier_to_the_later_half_is_told_with_its_uncertainty() -> None:
    notes = [*few_answers(answered=0), *few_answers(answered=12, start=7)]
    page = feedback_for(notes, "C1")
    assert page.trend is not None
    (row,) = [r for r in compare(notes, reference="past") if r.strategy == TR]
    assert f"response at 12 of 12 moments (100%; 95% interval {row.low:.0%} to 100%), before that at 0%" in page.trend
    assert "more than before (probability " in page.trend


def test_a_small_difference_between_the_halves_can_be_chance() -> None:
    page = feedback_for([*few_answers(answered=6), *few_answers(answered=7, start=7)], "C1")
    assert page.trend is not None
    assert page.trend.endswith("a difference of this size can be chance.")


def test_without_dates_no_trend_is_claimed() -> None:
    undated = [Analysis.from_dict({**n.to_dict(), "date": "spring"}) for n in few_answers()]
    page = feedback_for(undated, "C1")
    assert page.days is None
    assert page.trend == "There are not enough dated notes yet to set an earlier half against a later half."


# Texts


def test_with_the_text_at_hand_the_whole_sentence_is_quoted() -> None:
    text = "S: Cl tense. Th named the fear, slowly, before the hearing; set next date."
    note = written("n1", text, tags=[done(AL, "named the fear")])
    with_text = strength(feedback_for([note], "C1", texts={"n1": text}), AL).evidence[0].quote
    without = strength(feedback_for([note], "C1"), AL).evidence[0].quote
    assert (with_text.before, with_text.words, with_text.after) == (
        "Th ",
        "named the fear",
        ", slowly, before the hearing",
    )
    assert (without.before, without.words, without.after) == ("", "named the fear", "")


def test_identifiers_are_masked_in_quotes_from_texts_and_from_tags() -> None:
    text = "Told Marisol Vega why Dana Okafor reads the form. Ok."
    note = written(
        "n1", text, tags=[done(TR, "why Dana Okafor reads the form")], identifiers=["Marisol Vega", "Dana Okafor"]
    )
    for texts in ({}, {"n1": text}):
        quote = strength(feedback_for([note], "C1", texts=texts), TR).evidence[0].quote
        whole = quote.before + quote.words + quote.after
        assert "why ███████████ reads the form" in whole
        assert not any(name in whole for name in ("Marisol", "Vega", "Dana", "Okafor"))


def test_identifiers_beside_the_words_are_masked_too() -> None:
    text = "With Marisol Vega in the room, named the fear. Ok."
    note = written("n1", text, tags=[done(AL, "named the fear")], identifiers=["Marisol Vega"])
    quote = strength(feedback_for([note], "C1", texts={"n1": text}), AL).evidence[0].quote
    assert quote.before == "With ████████████ in the room, "


def test_the_text_of_another_note_with_the_same_id_is_not_quoted() -> None:
    text = "Th named the fear before the hearing. Ok."
    note = written("n1", text, tags=[done(AL, "named the fear")])
    other = "A quite different note, as it happens. Ok"
    assert len(other) == len(text)
    for wrong in (other, other + " and longer"):
        quote = strength(feedback_for([note], "C1", texts={"n1": wrong}), AL).evidence[0].quote
        assert (quote.before, quote.words, quote.after) == ("", "named the fear", "")


def test_a_line_that_runs_on_is_cut_short() -> None:
    words = "Named " + "and named " * 100 + "the loss"
    quote = strength(feedback_for([written("n1", f"{words}. Ok.", tags=[done(AL, words)])], "C1"), AL).evidence[0].quote
    assert len(quote.words) < 300
    assert words.startswith(quote.words.removesuffix(" …"))


# Whose notes


def test_only_the_clinicians_own_notes_are_on_the_page() -> None:
    page = feedback_for([*listening(), *few_answers(clinician="C2", answered=0)], "C1")
    assert page.notes == 6
    assert page.gap is None
    assert page.invitation is None


def test_an_unknown_clinician_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(AnalyzerError, match="no notes by clinician 'C9'; these notes are by 'C1', 'C2': give one"):
        feedback_for([*listening(), *listening(clinician="C2")], "C9")
    with pytest.raises(AnalyzerError, match="no notes could be read"):
        feedback_for([], "C1")


def test_notes_without_a_clinician_have_a_page_too() -> None:
    note = written("n1", "Named the fear of moving. Ok.", tags=[done(AL, "Named the fear of moving")], clinician=None)
    assert feedback_for([note], "(not given)").notes == 1


# The whole way


def test_from_plain_notes_to_the_page() -> None:
    said = [
        "Reviewed limits of confidentiality with client before the intake form.",
        "Explained what the court letter says and who will read it.",
        "Walked client through the next steps of the housing appeal.",
        "Explained why the form asks about alcohol.",
        "Told client what I cannot promise about the waiting list.",
        "Validated her grief over the lost apartment.",
    ]
    texts = {f"n{i}": f"S: Client asked who reads the notes.\nI: {line}" for i, line in enumerate(said, 1)}
    notes = [{"note_id": i, "text": text, "clinician": "C1", "date": f"2026-02-0{i[1:]}"} for i, text in texts.items()]
    results = [a for a in analyzer.analyze(notes, model=None) if isinstance(a, Analysis)]
    page = feedback_for(results, "C1", texts=texts)
    assert page.notes == 6
    assert TR in [s.strategy for s in page.strengths]
    for each in page.strengths:
        for evidence in each.evidence:
            quote = evidence.quote
            assert quote.before + quote.words + quote.after in texts[quote.note_id]
