"""Plain text is read as it stands, in whatever encoding, and binary files are told from it."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.notes.text import decode, is_blank
from analyzer.records import Note

from .making import SENTENCE, notes, read, remarks, skipped, texts

FRENCH = "Séance n° 3 – la cliente a dit : « ça va mieux »…\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_accents_and_dashes_survive_in_every_usual_encoding(encoding: str) -> None:
    assert read({"a.txt": FRENCH.encode(encoding)}) == [Note("a", FRENCH, "a.txt")]


@pytest.mark.parametrize(("encoding", "mark"), [("utf-16-be", b"\xfe\xff"), ("utf-16-le", b""), ("utf-16-be", b"")])
def test_utf_16_is_known_by_its_mark_or_by_its_zeros(encoding: str, mark: bytes) -> None:
    assert texts(read({"a.txt": mark + FRENCH.encode(encoding)})) == {"a": FRENCH}


def test_windows_quotation_marks_and_apostrophes_are_read() -> None:
    assert texts(read({"a.md": b"Client said \x93I\x92m okay\x94 \x97 then cried."})) == {
        "a": "Client said “I’m okay” — then cried."
    }


def test_the_apostrophes_of_old_macs_are_not_taken_for_capitals() -> None:
    text = "The client’s sister said “it’s fine”. We didn’t agree, and the client’s mood was low – she’d slept badly.\n"
    found = read({"a.txt": text.encode("mac_roman") * 3})
    assert texts(found) == {"a": text * 3}
    assert "guess" in remarks(found)[0]


def test_another_encoding_is_guessed_and_the_guess_is_told() -> None:
    russian = "Клиент пришёл вовремя и рассказал о своей неделе, было тяжело, но он справился.\n" * 3
    found = read({"a.txt": russian.encode("cp1251")})
    assert texts(found) == {"a": russian}
    assert "guess" in remarks(found)[0]


def test_one_stray_windows_byte_does_not_spoil_a_utf_8_file() -> None:
    found = read({"a.txt": "Café, naïve, déjà, señor".encode() + b" \x96 done"})
    assert texts(found) == {"a": "Café, naïve, déjà, señor – done"}
    assert "1 byte(s) are not UTF-8" in remarks(found)[0]


def test_line_ends_of_windows_and_of_old_macs_become_line_feeds() -> None:
    assert texts(read({"a.txt": b"one\r\ntwo\rthree\n\r\n"})) == {"a": "one\ntwo\nthree\n\n"}


@pytest.mark.parametrize(
    "text",
    [
        "שלום, הגיעה בזמן",
        "مرحبا, came on time",
        "fine 👩🏽‍⚕️ today",
        "bell\x07 and\x00 null in a long enough line",
        "a\u2028b\x0cc\x85d",
        "ok\x00",
    ],
    ids=["Hebrew", "Arabic", "emoji", "control characters", "unusual line ends", "a null at the end of a short text"],
)
def test_unusual_characters_pass_through_unchanged(text: str) -> None:
    assert texts(read({"a.txt": text})) == {"a": text}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "white space"),
        (b"\xef\xbb\xbf", "white space"),
        ("\u3000\u200b\n".encode(), "white space"),
        (b"%PDF-1.7 and so on", "a PDF: name it .pdf"),
        (b"PK\x03\x04rest", "Word, Excel or zip"),
        (rb"{\rtf1 Words}", "rich text: name it .rtf"),
        (b"\x89PNG\r\n\x1a\n....", "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "old Word"),
        (random.Random(3).randbytes(4000), "binary"),
        (b"\x00\x01\x02\x03\x04\x05abc" * 50, "binary"),
        (b"\xff\xfe\x00\xd8\x41\x00", "UTF-16"),
    ],
)
def test_what_is_no_text_is_skipped_with_its_own_reason(data: bytes, reason: str) -> None:
    found = read({"a.txt": data})
    assert not notes(found)
    assert reason in skipped(found)["a.txt"]


def test_a_reason_never_repeats_what_the_file_says() -> None:
    for data in (b"%PDF-1.7 Secretname", b"\x01\x02\x03\x04Secretname\x05\x06\x07" * 9):
        assert "Secret" not in str(read({"a.txt": data}))


@given(st.text())
@example("\ufefftwo marks")
@example("a\r\rb\r\n")
@example("\x00")
@example("x" + "\x00" * 9)
def test_any_text_comes_back_from_a_utf_8_file_with_only_its_line_ends_changed(text: str) -> None:
    expected = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = read({"a.txt": text.encode()})
    controls = sum(char < " " and char not in "\t\n\r\v\f" or "\x7f" <= char <= "\x9f" for char in text)
    if is_blank(text) or controls > 0.3 * len(text):
        assert len(found) == 1  # read or skipped, but never lost
    else:
        assert found == [Note("a", expected, "a.txt")]


def test_encodings_are_found_in_large_files_too() -> None:
    text = (SENTENCE + "\n") * 20_000 + "naïve"
    assert decode(text.encode("cp1252")).text == text
