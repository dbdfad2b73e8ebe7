"""Possible over-use on the clinician's page: what the notes show, the words, an open question, and what to try."""

from __future__ import annotations

from analyzer.codebook import load_codebook
from analyzer.feedback import feedback_for, plain_text
from analyzer.feedback.wording import load_wording
from analyzer.records import Analysis
from tests.unit.feedback.making import AL, CC, SS, TR, done, few_answers, listening, moment, written

LINE = "Validated client's feelings throughout"
ASKED_ABOUT = ("Asked about the feast of the dead", "Asked what elders say of pills", "Wove her proverb into the card")


def worded_alike() -> list[Analysis]:
    return [
        written(f"r{i}", f"{LINE}. Day {i}.", tags=[done(AL, LINE, repeated=True)], client=f"K{i}") for i in (1, 2, 3)
    ]


def uncued() -> list[Analysis]:
    return [
        written(f"u{i}", f"{words}. Ok.", tags=[done(CC, words)], client="K1", date=f"2026-06-0{i}")
        for i, words in enumerate(ASKED_ABOUT, 1)
    ]


def test_a_line_that_returns_is_quoted_with_its_notes_a_question_and_something_to_try() -> None:
    page = feedback_for([*listening(), *worded_alike()], "C1")
    assert page.noticed is not None
    assert (page.noticed.pattern, page.noticed.strategy) == ("worded_alike", AL)
    assert [q.words for q in page.noticed.quotes] == [LINE]
    assert {page.noticed.quotes[0].note_id, *page.noticed.also_in} == {"r1", "r2", "r3"}
    assert page.noticed.ask.endswith("?")
    assert load_codebook().strategy(AL).over_use in page.noticed.means
    assert page.try_next == load_wording().agenda.over_use["worded_alike"].try_next
    assert page.invitation is None, "one thing to look at is enough"
    assert "in 3 notes" in " ".join(plain_text(page).split())


def test_a_template_line_is_quoted_where_the_notes_text_is_at_hand() -> None:
    line = "Safe space was provided throughout."
    texts = {f"t{i}": f"{line} Cl came late on day {i}." for i in (1, 2, 3)}
    notes = [written(n, text, template=line, client=n) for n, text in texts.items()]
    named = [_as_rule(note, "provided_safe_space") for note in notes]
    page = feedback_for([*listening(), *named], "C1", texts=texts)
    without = feedback_for([*listening(), *named], "C1")
    assert page.noticed is not None
    assert without.noticed is not None
    assert (page.noticed.strategy, [q.words for q in page.noticed.quotes]) == (SS, [line])
    assert (without.noticed.quotes, without.noticed.also_in) == ((), ("t1", "t2", "t3"))


def test_what_may_be_too_much_is_named_a_strength_only_where_nothing_else_is_there() -> None:
    page = feedback_for([*listening(), *uncued()], "C1")
    assert page.noticed is not None
    assert page.noticed.strategy == CC
    assert [s.strategy for s in page.strengths] == [AL, CC]


def test_a_gap_comes_first_and_decides_what_to_try() -> None:
    page = feedback_for([*few_answers(answered=0), *listening(), *uncued()], "C1")
    assert page.gap is not None
    assert page.noticed is not None
    assert page.try_next == load_wording().strategies[TR].try_next
    text = plain_text(page)
    assert text.index("One place to look first") < text.index("Something that may be more than is needed")


def test_one_strategy_alone_where_others_were_called_for_is_shown_with_its_notes() -> None:
    said = [f"Named the fear about {what}" for what in ("rent", "court", "sleep", "school", "papers", "the guard")]
    asked = [f"asked who hears of {what}" for what in ("rent", "court", "sleep", "school", "papers", "the guard")]
    notes = [
        written(
            f"n{i}", f"Cl {a}. {s}.", tags=[done(AL, s)], moments=[moment(a, TR), moment(a, TR, response="responded")]
        )
        for i, (s, a) in enumerate(zip(said, asked, strict=True))
    ]
    page = feedback_for(notes, "C1")
    assert page.noticed is not None
    assert page.noticed.pattern == "crowding_out"
    assert "100% of all evidence" in page.noticed.said
    assert len(page.noticed.also_in) == 5


def _as_rule(note: Analysis, rule: str) -> Analysis:
    data = note.to_dict()
    return Analysis.from_dict({**data, "boilerplate": [{**line, "reason": rule} for line in data["boilerplate"]]})
