""".zip archives are read in memory, member by member, and never unpacked to the disk."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from functools import partial

from analyzer.notes.entries import Entry
from analyzer.notes.limits import read_member, refuse_bomb
from analyzer.records import UnreadableNoteError


def zip_entries(name: str, data: bytes) -> list[Entry]:
    """The files in an archive; ``name`` stands before theirs. Raises `UnreadableNoteError` for damage or a bomb."""
    if not data:
        raise UnreadableNoteError("is empty")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise UnreadableNoteError("is damaged or no .zip archive: pack it anew") from error
    refuse_bomb(archive)
    return [_entry(name, archive, member) for member in archive.infolist() if not member.is_dir()]


def _entry(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Entry:
    # Some Windows programs separate folders by backslashes.
    key = member.filename.replace("\\", "/").removeprefix("./")
    problem = None
    if key.startswith("/") or re.match(r"[A-Za-z]:", key) or ".." in key.split("/"):
        problem = "has an unsafe path that leads out of the archive: pack it anew"
    elif stat.S_ISLNK(member.external_attr >> 16):
        problem = "is a link, not a file: pack the file itself"
    return Entry(f"{name}/{key}", key, partial(read_member, archive, member), problem)
