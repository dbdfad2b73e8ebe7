"""Pasted lines and copied blocks are found across a clinician's notes, and fresh words are not."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from analyzer.repetition import Repetition

LINE = "Client presented on time, casually dressed and cooperative, with good eye contact."


def found(texts: list[str], *, author: str | None = "A", client: str | None = None) -> list[list[str]]:
    """Per note, the words that its author repeats."""
    repetition = Repetition()
    for text in texts:
        repetition.learn(author, text)
    offsets = [repetition.find(author, client, text).by_author for text in texts]
    return [[text[a:b] for a, b in pairs] for text, pairs in zip(texts, offsets, strict=True)]


def test_a_line_in_three_notes_is_repeated_in_each_of_them() -> None:
    texts = [f"{LINE} {what}" for what in ("Slept badly.", "Argued with the landlord again.", "Quiet week at work.")]
    for words in found(texts):
        assert words[0] == "Client"
        assert words[-1] == "contact"
        assert "landlord" not in words


def test_a_line_in_two_notes_is_not_yet_repeated() -> None:
    assert found([LINE, LINE]) == [[], []]


def test_a_line_with_one_word_changed_is_still_found_around_it() -> None:
    words = found([LINE, LINE.replace("casually", "neatly"), LINE.replace("casually", "warmly"), LINE])[1]
    assert "neatly" not in words
    assert {"cooperative", "contact", "good"} <= set(words)


def test_numbers_do_not_make_a_pasted_line_new() -> None:
    texts = [f"Session {n} of 24, 45 minutes, in person at the clinic" for n in (3, 4, 11)]
    assert all(words[0] == "Session" for words in found(texts))


def test_other_authors_and_notes_without_author_do_not_count() -> None:
    repetition = Repetition()
    for author in ("A", "B", "C", None, None, None):
        repetition.learn(author, LINE)
    assert repetition.find("A", None, LINE).by_author == ()
    assert repetition.find(None, "K", LINE) == ((), ())


def test_what_stood_in_the_last_note_of_the_client_is_known_in_the_next() -> None:
    repetition = Repetition()
    for text in (LINE, LINE):
        repetition.learn("A", text)
    assert repetition.find("A", "K1", LINE).from_earlier == ()
    assert repetition.find("A", "K2", LINE).from_earlier == ()
    assert LINE[slice(*repetition.find("A", "K1", LINE).from_earlier[0])] == "Client"


def test_many_different_notes_do_not_look_alike_by_chance() -> None:
    draw = random.Random(0)
    words = [chr(97 + i % 26) * 2 + chr(97 + i // 26) for i in range(600)]
    texts = [" ".join(draw.choice(words) for _ in range(60)) for _ in range(2_000)]
    assert sum(len(words) for words in found(texts)) < 0.001 * 60 * 2_000


@given(st.text(max_size=80))
def test_offsets_stay_inside_any_text(text: str) -> None:
    for words in found([text, text, text]):
        assert all(words)
