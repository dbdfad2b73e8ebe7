"""The agenda for supervision: strengths to name first, open questions with evidence, no small count of clients."""

from __future__ import annotations

import pytest

from analyzer.codebook import load_codebook
from analyzer.feedback import agenda_for
from analyzer.feedback.wording import load_wording
from analyzer.records import AnalyzerError
from tests.unit.feedback.making import AL, ASKED, CC, HC, TR, done, few_answers, listening, moment, written


def test_a_possible_under_use_becomes_a_curious_question_with_quotes_and_note_ids() -> None:
    agenda = agenda_for([*few_answers(), *listening()], "C1")
    (question,) = agenda.questions
    assert (question.kind, question.strategy) == ("under_used", TR)
    assert question.ask == load_wording().strategies[TR].ask
    assert question.ask.endswith("?")
    assert {q.words for q in question.quotes} <= set(ASKED)
    assert len({q.note_id for q in question.quotes}) == 2
    assert len(question.also_in) == 9
    assert question.focus is not None
    assert "95% interval" in question.focus.sure
    assert "probability" in question.focus.sure


def test_strengths_to_name_come_with_the_agenda_and_are_not_what_is_asked_about() -> None:
    agenda = agenda_for([*few_answers(), *listening()], "C1")
    assert agenda.strengths[0].strategy == AL
    assert agenda.opening.endswith("?")
    assert agenda.closing.endswith("?")


@pytest.mark.parametrize(
    ("clients", "said"),
    [(0, "clients who are not named"), (1, "fewer than 3 clients"), (2, "fewer than 3 clients"), (3, "3 clients")],
)
def test_small_counts_of_clients_are_not_told(clients: int, said: str) -> None:
    agenda = agenda_for(few_answers(answered=0, clients=clients), "C1")
    assert agenda.clients == said
    assert agenda.questions[0].clients == said


def test_lines_worded_alike_lead_to_a_question_about_the_line() -> None:
    line = "Validated client's feelings throughout"
    notes = [
        written(f"r{i}", f"{line}. Day {i}.", tags=[done(AL, line, repeated=True)], client=f"K{i}") for i in range(4)
    ]
    agenda = agenda_for([*listening(), *notes], "C1")
    (question,) = agenda.questions
    assert (question.kind, question.strategy, question.focus) == ("over_used", AL, None)
    assert question.ask == load_wording().agenda.over_use["worded_alike"].ask
    assert load_codebook().strategy(AL).over_use in question.why
    assert [q.words for q in question.quotes] == [line], "said once, not four times"
    assert len(question.also_in) == 3


def test_culture_documented_where_no_moment_calls_for_it_leads_to_the_question_who_brought_it_up() -> None:
    lines = ["Asked about the feast of the dead", "Asked what elders say of pills", "Wove her proverb into the card"]
    notes = [
        written(f"u{i}", f"{words}. Ok.", tags=[done(CC, words)], client="K1", date=f"2026-06-0{i + 1}")
        for i, words in enumerate(lines)
    ]
    agenda = agenda_for([*listening(), *notes], "C1")
    (question,) = agenda.questions
    assert (question.kind, question.strategy) == ("over_used", CC)
    assert question.ask == load_wording().agenda.over_use["without_a_cue"].ask
    assert {q.words for q in question.quotes} <= set(lines)
    assert question.clients == "fewer than 3 clients"


def test_where_there_is_no_pattern_one_open_moment_is_offered_as_such() -> None:
    agenda = agenda_for([*few_answers(answered=9), *listening()], "C1")
    (question,) = agenda.questions
    assert (question.kind, question.strategy) == ("open", TR)
    assert agenda_for(listening(), "C1").questions == ()


def test_one_or_two_open_moments_are_no_matter_for_supervision() -> None:
    assert agenda_for([*few_answers(answered=10), *listening()], "C1").questions == ()


def test_few_notes_give_strengths_to_name_and_no_questions_about_patterns() -> None:
    agenda = agenda_for([*listening()[:2], *few_answers(answered=0)[:2]], "C1")
    assert not agenda.enough
    assert [s.strategy for s in agenda.strengths] == [AL]
    assert (agenda.questions, agenda.trend) == ((), None)


def test_at_most_three_questions_are_asked() -> None:
    notes = [n for strategy in (TR, AL, HC, CC) for n in _unanswered(strategy)]
    assert len(agenda_for(notes, "C1").questions) == 3


def test_an_unknown_clinician_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(AnalyzerError, match="'C1'"):
        agenda_for(listening(), "C9")


def _unanswered(strategy: str) -> list:
    return [
        written(f"{strategy}-{i}", f"Cl {words}. Ok.", moments=[moment(words, strategy)], client=f"K{i}")
        for i, words in enumerate(ASKED)
    ]
