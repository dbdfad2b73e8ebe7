"""Files and folders appear whole or not at all: they are made in a folder beside their place, then renamed into it."""

from __future__ import annotations

import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from analyzer.records import AnalyzerError

_ADVICE = "choose another place with -o"
_LOCK: Final = "lock"
# What an unfinished file was made of, and the lock of who writes it.
KEPT_BESIDE: Final = ("made_of.json", _LOCK)


class UnfinishedError(AnalyzerError):
    """Work that had begun and could not be brought to its end, as on a full disk (exit code 1)."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file to write to, of the same name in a folder of its own; renamed to ``path`` if all goes well.

    Whatever else is put beside it goes with it. If not all goes well nothing is left, and an older file stays as it
    was. Devices and pipes can't be replaced, so these are written to directly. Raises `AnalyzerError` where ``path``
    can't be written.
    """
    check_writable(path)
    target = path.resolve()
    if target.exists() and not target.is_file():
        yield target
        return
    with _beside(target, path) as part:
        yield part
        if target.exists():
            shutil.copymode(target, part)


@contextmanager
def unfinished_file(path: Path) -> Iterator[Path]:
    """As `whole_file`, but what was written so far stays where not all goes well, so that a later run can go on.

    It stays in a hidden folder of the target's name beside it. The file given may hold an earlier run's part. What is
    put beside it under the names in `KEPT_BESIDE` ends with it. Raises `AnalyzerError` where another process is writing
    there.
    """
    check_writable(path)
    target = path.resolve()
    if target.exists() and not target.is_file():
        yield target
        return
    stage = unfinished_stage(path)
    with _locked(stage, path), _beside(target, path, stage=stage) as part:
        yield part
        if target.exists():
            shutil.copymode(target, part)


def unfinished_stage(path: Path) -> Path:
    """The folder in which `unfinished_file` keeps what was written so far."""
    target = path.resolve()
    return target.with_name(f".{target.name}.part")


@contextmanager
def whole_folder(path: Path, *, replacing: frozenset[str] = frozenset()) -> Iterator[Path]:
    """A folder to fill, renamed to ``path`` if all goes well and removed if not.

    Raises `AnalyzerError` where ``path`` holds something already: people annotate in such a folder, and that is kept.
    Only files of the names in ``replacing`` give way.
    """
    check_new_folder(path, replacing=replacing)
    with _beside(path.resolve(), path) as part:
        part.mkdir()
        yield part
        check_new_folder(path, replacing=replacing)


def check_writable(path: Path) -> None:
    """Raises `AnalyzerError` where a file can't be written at ``path``; an existing one may be replaced."""
    try:
        target = path.resolve()
        if target.is_dir():
            raise AnalyzerError(f"{path}: is a folder; name a file in it")
        if not target.parent.is_dir():
            raise AnalyzerError(f"{path}: the folder {path.parent} does not exist; make it first, or {_ADVICE}")
        if _is_there(target) and not os.access(target, os.W_OK):
            raise AnalyzerError(f"{path}: is write-protected; {_ADVICE}")
        if not target.exists() or target.is_file():
            # Trying is the only sure test: permissions alone say nothing about read-only disks.
            trial = _stage_of(target)
            trial.mkdir()
            trial.rmdir()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise AnalyzerError(f"{path}: can't be written ({reason}); {_ADVICE}") from error


def check_new_folder(path: Path, *, replacing: frozenset[str] = frozenset()) -> None:
    """Raises `AnalyzerError` where a folder can't be made at ``path``; an empty one may be there."""
    advice = "name a new folder with -o"
    try:
        target = path.resolve()
        if target.is_dir() and any(found.is_dir() or found.name not in replacing for found in target.iterdir()):
            raise AnalyzerError(f"{path}: holds files already, maybe somebody's annotations; {advice}")
        if target.exists() and not target.is_dir():
            raise AnalyzerError(f"{path}: is a file; {advice}")
        if not target.parent.is_dir():
            raise AnalyzerError(f"{path}: the folder {path.parent} does not exist; make it first, or {advice}")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a folder name"
        raise AnalyzerError(f"{path}: can't be written ({reason}); {advice}") from error


def moment() -> datetime:
    """Now, in UTC and whole seconds; or the moment that SOURCE_DATE_EPOCH gives, so that a run can be repeated.

    Source: reproducible-builds.org, SOURCE_DATE_EPOCH specification 1.1.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(given), UTC) if given.isdecimal() else datetime.now(UTC).replace(microsecond=0)


def add_member(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a file to an archive under a fixed date, since the same files shall give the same bytes on every run."""
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


@contextmanager
def _beside(target: Path, named: Path, *, stage: Path | None = None) -> Iterator[Path]:
    """The target's name in a new folder beside it; what is there in the end is moved, the target first.

    A ``stage`` that is given may be there already, and stays with what was written where not all goes well.
    """
    kept = stage is not None
    stage = stage or _stage_of(target)
    part = stage / target.name
    try:
        stage.mkdir(mode=0o700, exist_ok=kept)
        yield part
        for made in (part, *sorted(set(stage.iterdir()) - {part, *(stage / name for name in KEPT_BESIDE)})):
            _to_disk(made)
            _move(made, target.parent / made.name)
    except AnalyzerError as error:
        # Users know the place by the name that they gave it.
        error.args = (str(error).replace(str(part), str(named)),)
        raise
    except OSError as error:
        if error.filename is not None and not Path(os.fsdecode(error.filename)).is_relative_to(stage):
            raise
        raise UnfinishedError(f"{named}: could not be written ({error.strerror}); {_ADVICE}") from error
    finally:
        if not kept or not part.exists() or not part.stat().st_size:
            shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def _locked(stage: Path, named: Path) -> Iterator[None]:
    """Keep other processes out of the stage; the system lifts the lock when this one ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        yield
        return
    busy = f"{named}: is being written by another run; wait for it, or {_ADVICE}"
    stage.mkdir(mode=0o700, exist_ok=True)
    with (stage / _LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine = os.path.samestat(os.fstat(file.fileno()), (stage / _LOCK).stat())
        except OSError as error:
            raise AnalyzerError(busy) from error
        # The other run may have ended, and cleared up, while this one waited.
        if not mine:
            raise AnalyzerError(busy)
        yield


def _to_disk(made: Path) -> None:
    """After a loss of power a renamed file must not be an empty one."""
    if made.is_file():
        with made.open("rb+") as file:
            os.fsync(file.fileno())


def _move(made: Path, target: Path) -> None:
    if not target.is_dir():
        made.replace(target)
        return
    old = made.with_name(f"{made.name}.before")
    target.rename(old)
    try:
        made.rename(target)
    except OSError:
        old.rename(target)
        raise


def _is_there(target: Path) -> bool:
    # Unlike Path.exists, this tells of names that are too long.
    try:
        target.lstat()
    except FileNotFoundError:
        return False
    return True


def _stage_of(target: Path) -> Path:
    return target.parent / f".{secrets.token_hex(6)}.part"
