"""What is there to read: the files of a folder, before any of them is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from analyzer.notes.text import whole_characters
from analyzer.records import UnreadableNoteError

# What systems leave in folders of their own accord; nobody means them as notes.
_LITTER: Final = {"thumbs.db", "desktop.ini", "__macosx"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that can be loaded; ``key`` is its path within its folder or archive, ``name`` how messages call it.

    ``problem`` says why it isn't to be loaded at all.
    """

    name: str
    key: str
    load: Callable[[], bytes]
    problem: str | None = None

    @property
    def suffix(self) -> str:
        """The file name's ending, lower case, with its dot."""
        return PurePosixPath(self.key).suffix.lower()


def file_entry(path: Path, key: str) -> Entry:
    """A file on the disk."""

    def load() -> bytes:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableNoteError("is no ordinary file")
        return path.read_bytes()

    return Entry(key, key, load)


def folder_entries(folder: Path) -> Iterator[Entry]:
    """All files below a folder; links to folders are not followed, since they may lead in circles."""
    refused: list[Entry] = []

    def refuse(error: OSError) -> None:
        where = _key(Path(error.filename), folder)
        refused.append(Entry(where, where, bytes, f"is a folder that can't be opened ({type(error).__name__})"))

    for root, folders, names in os.walk(folder, onerror=refuse):
        for name in names:
            yield file_entry(Path(root, name), _key(Path(root, name), folder))
        for name in folders:
            if (path := Path(root, name)).is_symlink():
                key = _key(path, folder)
                yield Entry(key, key, bytes, "is a link to a folder and was not followed: give that folder itself")
    yield from refused


def left_out(key: str) -> bool:
    """Whether a file is passed over quietly: hidden files, README files, our own manifests, what systems leave."""
    parts = PurePosixPath(key).parts
    hidden = any(part.startswith((".", "~$")) or part.lower() in _LITTER for part in parts if part not in (".", ".."))
    name = parts[-1] if parts else ""
    return hidden or name.upper().startswith("README") or name.endswith(".manifest.json")


def readable(name: str) -> str:
    """A file name that can be printed: bytes of it that are not UTF-8 are shown as a replacement character."""
    return whole_characters(name)


def _key(path: Path, folder: Path) -> str:
    return readable(path.relative_to(folder).as_posix())
