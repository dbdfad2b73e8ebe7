"""How much one note, one archive or one file name may be; above it the user is told rather than kept waiting."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from analyzer.records import UnreadableNoteError

# The longest session note in ordinary use is some 30,000 characters; a file above this is many notes in one.
MAX_CHARS: Final = 1_000_000

MAX_MEMBERS: Final = 50_000
MAX_UNPACKED_BYTES: Final = 1024**3
# Text packs about 4:1 and repetitive tables up to about 50:1; deflate's own bound, which bombs come near, is 1032:1.
MAX_RATIO: Final = 200
RATIO_COUNTS_ABOVE_BYTES: Final = 10 * 1024**2

MAX_SHOWN_CHARS: Final = 40


def refuse_bomb(archive: zipfile.ZipFile) -> None:
    """Raise `UnreadableNoteError` where an archive (.zip, .docx, .xlsx) would unpack into more than is sensible.

    The sizes are those that the archive declares; `read_member` never unpacks more than was declared.
    """
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise UnreadableNoteError(f"holds {len(members):,} members, more than {MAX_MEMBERS:,}: split it")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES:
        size = f"{unpacked / 1024**2:,.0f} MB, more than {MAX_UNPACKED_BYTES / 1024**2:,.0f} MB"
        raise UnreadableNoteError(f"would unpack into {size}: split it")
    for member in members:
        if member.file_size > max(RATIO_COUNTS_ABOVE_BYTES, MAX_RATIO * member.compress_size):
            raise UnreadableNoteError(
                f"is refused: a member unpacks to over {MAX_RATIO} times its packed size, as in a zip bomb"
            )


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A member's bytes, unpacked in small steps so that a false size can't make it grow. Raises `UnreadableNoteError`.

    Only stored and deflated members are read: Python unpacks the other kinds in steps of unbounded size.
    """
    if member.flag_bits & 1:
        raise UnreadableNoteError("is encrypted inside the archive: pack it without a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableNoteError("is packed in an unusual way: pack the archive anew with ordinary zip compression")
    with archive.open(member) as stream:
        return b"".join(iter(lambda: stream.read(65_536), b""))


def check_office_file(data: bytes, kind: str) -> None:
    """Raise `UnreadableNoteError` unless the bytes are a whole and harmless .docx or .xlsx (``kind``)."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableNoteError(
            f"is protected by a password or an old-format file under a new name: save it as an ordinary {kind}"
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise UnreadableNoteError(f"is damaged or no {kind} file: open it and save it anew") from error
    refuse_bomb(archive)
    # Libraries unpack members in one go, so every size is proved in small steps first.
    for member in archive.infolist():
        read_member(archive, member)


def shown(name: str) -> str:
    """A heading or file name for a message; a long one may be note text (a table without headings) and is not shown."""
    return repr(name) if len(name) <= MAX_SHOWN_CHARS else f"(one of {len(name)} characters)"


def listed(names: list[str], most: int = 12) -> str:
    """Headings for a message, at most ``most`` of them; none where the line may be a note's, in a table without any."""
    if any(_is_content(name) for name in names):
        return f"none, it seems ({len(names)} cells in the first line)"
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown(name) for name in names[:most]) + rest if names else "none"


def _is_content(cell: str) -> bool:
    """Whether this is a bare number or date, or a sentence of three words or more, as headings are not."""
    sentence = cell.rstrip("\"'”’)» ").endswith((".", "!", "?")) and len(cell.split()) >= 3
    return sentence or (any(map(str.isdigit, cell)) and not any(map(str.isalpha, cell)))
