"""The same id or the same text twice: nothing is dropped, all is told."""

from __future__ import annotations

from analyzer.notes.repeats import tell_repeats
from analyzer.records import Note, Remark, Skipped

from .making import SENTENCE, read, remarks, texts


def test_a_repeated_id_with_another_text_gets_a_number() -> None:
    found = read({"a.csv": "note_id,text\nx,One\nx,Two\nx,Three\n"})
    assert texts(found) == {"x": "One", "x#2": "Two", "x#3": "Three"}
    assert remarks(found) == [
        "a.csv row 2: note id 'x' again, with another text: kept as 'x#2'",
        "a.csv row 3: note id 'x' again, with another text: kept as 'x#3'",
    ]


def test_a_number_that_is_taken_is_not_given_again() -> None:
    assert list(texts(read({"a.csv": "note_id,text\nx#2,One\nx,Two\nx,Three\nx#2,Four\n"}))) == [
        "x#2",
        "x",
        "x#3",
        "x#2#2",
    ]


def test_the_same_text_under_two_ids_is_kept_twice_and_both_are_named() -> None:
    found = read({"a.txt": "Same.", "b.txt": "Same.\r\n".replace("\r\n", ""), "c.txt": "Other."})
    assert texts(found) == {"a": "Same.", "b": "Same.", "c": "Other."}
    assert remarks(found) == ["b.txt: notes 'a' and 'b' have the same text: both are kept"]


def test_the_same_note_given_twice_is_told_once() -> None:
    items = [Note("x", "One", "a.txt"), Skipped("b", "why"), Note("x", "One", "c.txt"), Remark("d", "look")]
    assert list(tell_repeats(items)) == [
        Note("x", "One", "a.txt"),
        Skipped("b", "why"),
        Note("x#2", "One", "c.txt"),
        Remark("c.txt", "note id 'x' again, with the same text: kept as 'x#2'"),
        Remark("d", "look"),
    ]


def test_a_long_id_may_be_note_text_and_is_not_shown() -> None:
    told = remarks(read({"a.csv": f"note_id,text\n{SENTENCE},One\n{SENTENCE},Two\nx,One\n"}))
    assert len(told) == 2
    assert "confidentiality" not in " ".join(told)
    assert "note id (one of 47 characters) again" in told[0]
