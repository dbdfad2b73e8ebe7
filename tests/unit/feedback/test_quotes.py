"""Quotes: whole sentences where the text is at hand, identifiers masked, long lines cut short."""

from __future__ import annotations

from analyzer.feedback import feedback_for
from tests.unit.feedback.making import (
    AL,
    TR,
    done,
    strength,
    written,
)


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
