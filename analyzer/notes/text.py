"""Bytes become text: the encoding is found, line ends become LF, nothing else changes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from analyzer.records import UnreadableNoteError

# A few control characters come from old record systems and are read; a larger share means that this is no text.
CONTROL_SHARE_UTF8: Final = 0.3
CONTROL_SHARE_OTHER: Final = 0.05
FEW_CONTROLS: Final = 3
SAMPLE_BYTES: Final = 200_000

_MAGIC: Final = {
    b"%PDF-": "a PDF: name it .pdf",
    b"PK\x03\x04": "a Word, Excel or zip file: give it its own ending",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Word or Excel file: save it as .docx or .xlsx",
    b"{\\rtf": "rich text: name it .rtf",
    b"\x89PNG\r\n\x1a\n": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF89a": "a picture",
    b"GIF87a": "a picture",
    b"\x1f\x8b\x08": "a packed file (gzip): unpack it first",
    b"\x7fELF": "a program",
    b"SQLite format 3\x00": "a database",
    b"Rar!\x1a\x07": "a packed file (rar): unpack it first",
    b"7z\xbc\xaf\x27\x1c": "a packed file (7z): unpack it first",
}
# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SEEN = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\u200b\ufeff]")
_HALF = re.compile(r"[\ud800-\udfff]")
_WESTERN = re.compile(r"[\x00-\x7f\xa0\xa3\xa7\xa9-\xae\xb0\xb1\xb4\xb7\xba-\xff€‚„…†ŠŒŽ‘’“”•–—™šœžŸ]*")
# "clientÕs": what Mac Roman's apostrophe looks like when read as Windows-1252.
_CAPITAL_INSIDE_WORD = re.compile(r"[a-z][À-ÖØ-ÞŠŒŽ][a-z]")
_SINGLE_BYTES = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(128, 256)}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text as read, and what to point out about it (a guessed encoding), if anything."""

    text: str
    remark: str | None = None


def decode(data: bytes) -> Decoded:
    """The text in the bytes, line ends LF, without a leading byte order mark.

    UTF-8, UTF-16 and UTF-32 (marked; UTF-16 also unmarked), Windows-1252, else what charset-normalizer finds. Raises
    `UnreadableNoteError` for bytes that are empty, binary or in no encoding that can be told.
    """
    if not data:
        raise UnreadableNoteError("is empty")
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise UnreadableNoteError(f"is not text but {what}")
    decoded = _marked(data) or _unmarked_utf16(data) or _utf8(data) or _other(data)
    return Decoded(line_feeds(decoded.text), decoded.remark)


def line_feeds(text: str) -> str:
    """CRLF and CR become LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_blank(text: str) -> bool:
    """Whether there is nothing to read: only white space, control characters and byte order marks."""
    return not _SEEN.search(text)


def whole_characters(text: str) -> str:
    r"""Two halves of a character (a surrogate pair) become one; a half by itself becomes U+FFFD, which UTF-8 can hold.

    >>> whole_characters("\ud83d\ude00"), whole_characters("cut off \ud83d")
    ('😀', 'cut off \ufffd')
    """
    if not _HALF.search(text):
        return text
    return _HALF.sub("\ufffd", text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass"))


def _marked(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return _checked(data[len(mark) :].decode(encoding), CONTROL_SHARE_UTF8)
            except UnicodeDecodeError:
                if encoding == "utf-8":
                    return _other(data[len(mark) :])
                if encoding.startswith("utf-16"):
                    raise UnreadableNoteError(
                        "is marked as UTF-16 but is binary or damaged: save it as UTF-8"
                    ) from None
    return None


def _unmarked_utf16(data: bytes) -> Decoded | None:
    """UTF-16 without its mark: in Western text every second byte is zero."""
    head = data[:4096]
    if len(data) % 2 or len(head) < 16:
        return None
    even, odd = (head[start::2].count(0) / (len(head) / 2) for start in (0, 1))
    encoding = "utf-16-le" if odd > 0.7 and even < 0.05 else "utf-16-be" if even > 0.7 and odd < 0.05 else None
    try:
        return _checked(data.decode(encoding), CONTROL_SHARE_UTF8) if encoding else None
    except UnicodeDecodeError:
        return None


def _utf8(data: bytes) -> Decoded | None:
    try:
        return _checked(data.decode("utf-8"), CONTROL_SHARE_UTF8)
    except UnicodeDecodeError:
        return None


def _other(data: bytes) -> Decoded:
    _checked(data.decode("latin-1").translate(dict.fromkeys(range(0x80, 0xA0))), CONTROL_SHARE_OTHER)
    return _mostly_utf8(data) or _windows_1252(data) or _guessed(data)


def _mostly_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few stray bytes pasted in from elsewhere, which are then Windows-1252."""
    text = data.decode("utf-8", "surrogateescape")
    stray = len(re.findall(r"[\udc80-\udcff]", text))
    whole = len(re.findall(r"[^\x00-\x7f\udc80-\udcff]", text))
    if whole < 3 * stray:
        return None
    return Decoded(
        text.translate(_SINGLE_BYTES), f"{stray} byte(s) are not UTF-8 and were read as Windows-1252: check accents"
    )


def _windows_1252(data: bytes) -> Decoded | None:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    letters = [char for char in text[:SAMPLE_BYTES] if char.isalpha()]
    foreign = sum(char > "\x7f" for char in letters)
    western = (
        _WESTERN.fullmatch(text) and not _CAPITAL_INSIDE_WORD.search(text) and foreign <= max(3, 0.25 * len(letters))
    )
    return Decoded(text) if western else None


def _guessed(data: bytes) -> Decoded:
    from charset_normalizer import from_bytes

    first = next((at for at, byte in enumerate(data) if byte > 127), 0)
    start = data.rfind(b"\n", 0, first) + 1
    best = from_bytes(data[start : start + SAMPLE_BYTES]).best()
    try:
        text = data.decode(best.encoding) if best else None
    except (UnicodeDecodeError, LookupError):
        text = None
    if best is None or text is None:
        raise UnreadableNoteError("is binary or in an encoding that can't be told: save it as UTF-8")
    _checked(text, CONTROL_SHARE_OTHER)
    return Decoded(text, f"read as {best.encoding}, which is a guess: check accents, or save it as UTF-8")


def _checked(text: str, most: float) -> Decoded:
    controls = sum(1 for _ in _CONTROL.finditer(text))
    if controls > FEW_CONTROLS and controls > most * len(text):
        share = f"{controls / len(text):.0%} of it are control characters"
        raise UnreadableNoteError(f"is binary, not text ({share}): export it as .txt")
    return Decoded(text)
