"""Who saw or took which note, when, and who was refused: a log without text.

Each line is sealed by the SHA-256 of the one before, so that a changed, removed or inserted line breaks the chain
(Schneier & Kelsey 1999, doi:10.1145/317087.317089, simplified: no key). Lines taken off the end leave a whole chain:
note the last seal elsewhere, and compare.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import IO, BinaryIO, Final, Literal

import msgspec

from analyzer.notes.text import whole_characters
from analyzer.records import AnalyzerError, DataError

Did = Literal["opened", "saw words of", "took away", "purged", "was refused"]
_FIRST: Final = "0" * 64
_TURN: Final = Lock()
_LONGEST: Final = 1 << 16  # bytes read back at a time, to find the last line
_MOST: Final = 500  # notes a line
_ASIDE: Final = "put the log aside, and the program begins a new one"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a moment in UTC (ISO 8601), who with which role, on which page, did what with which notes.

    ``what`` is the kind of file taken away, or what was refused.
    """

    at: str
    who: str
    role: str
    page: str
    did: Did
    what: str
    notes: tuple[str, ...]
    before: str
    seal: str = ""

    def sealed_by(self) -> str:
        """The SHA-256 over everything but the seal itself."""
        held = {name: value for name, value in asdict(self).items() if name != "seal"}
        return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def record(path: Path, *, who: str, role: str, page: str, did: Did, what: str = "", notes: Iterable[str] = ()) -> None:
    """Add to the log, on the disk before this returns; several processes and sessions take turns.

    Raises `AnalyzerError` where that is not possible: then nothing may be shown.
    """
    # Half a character, which no reader of JSON takes, would make all that comes after unreadable.
    ids = [whole_characters(note) for note in notes]
    who, page, what = map(whole_characters, (who, page, what))
    try:
        with _locked(path) as file:
            before = _last_seal(file, path)
            for at in range(0, len(ids) or 1, _MOST):
                now = datetime.now(UTC).isoformat(timespec="seconds")
                entry = Entry(now, who, role, page, did, what, tuple(ids[at : at + _MOST]), before)
                before = entry.sealed_by()
                file.write(json.dumps(asdict(entry) | {"seal": before}, sort_keys=True).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise AnalyzerError(
            f"{path.name}: the log of who saw which note can't be written ({error.strerror}), so nothing is shown, "
            "taken away or purged; give it space and write permission"
        ) from error


def check_log(path: Path) -> list[Entry]:
    """The log's entries, oldest first. Raises as `entries` does."""
    return list(entries(path))


def entries(path: Path) -> Iterator[Entry]:
    """The log's entries one by one, oldest first; none where nobody has written it.

    Raises `DataError` for the first line that breaks the chain, `AnalyzerError` where the log can't be read.
    """
    before = _FIRST
    for number, line in enumerate(_bytes(path).splitlines(), 1):
        entry = _entry(line, path, f"line {number}")
        if entry.before != before or entry.seal != entry.sealed_by():
            raise DataError(path.name, [f"line {number} was changed, or lines before it are missing; compare a backup"])
        before = entry.seal
        yield entry


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            _lock(file, alone=False)
            return file.read()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise AnalyzerError(
            f"{path.name}: the log of who saw which note can't be read ({error.strerror}); read it as the user who "
            "runs the dashboard"
        ) from error


def _entry(line: bytes, path: Path, where: str) -> Entry:
    try:
        return msgspec.json.decode(line, type=Entry)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(path.name, [f"{where} is no entry of the log; {_ASIDE}"]) from error


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    with _TURN, open(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b") as file:  # noqa: PTH123
        _lock(file, alone=True)
        yield file


def _lock(file: IO[bytes], *, alone: bool) -> None:
    """Wait until no other program writes, and where ``alone`` until none reads; closing the file ends it."""
    try:
        import fcntl
    except ImportError:  # Windows: one process serves the dashboard, and its sessions take turns in `_locked`
        return
    fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)


def _last_seal(file: BinaryIO, path: Path) -> str:
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return _FIRST
    tail, at = b"", size
    while at and b"\n" not in tail[:-1]:
        step = min(_LONGEST, at)
        at -= step
        file.seek(at)
        tail = file.read(step) + tail
    if not tail.endswith(b"\n"):
        raise DataError(path.name, [f"ends in half a line; {_ASIDE}"])
    file.seek(0, os.SEEK_END)
    return _entry(tail[:-1].rpartition(b"\n")[2], path, "its last line").seal
