"""The part of an output that a run left unfinished, and taking it up again: ``analyzer tag --resume``.

Beside the part stands what it was made of, by SHA-256: a run that is given something else must not go on with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from analyzer.files import KEPT_BESIDE
from analyzer.records import Analysis, AnalyzerError, DataError


def digest(what: object) -> str:
    """SHA-256 of anything that JSON can say, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def begin(part: Path, made_of: Mapping[str, str]) -> None:
    """Begin a part anew; what an earlier run left is thrown away."""
    _clear(part, keep=())
    (part.parent / KEPT_BESIDE[0]).write_text(json.dumps(dict(made_of)), encoding="utf-8")


def take_up(part: Path, made_of: Mapping[str, str], *, named: Path) -> int:
    """Make ready to go on with a part: a line that was cut short is taken off; how many analyses are whole.

    Where there is no part one is begun. ``made_of`` names what decides the output (notes, model, options...), with the
    SHA-256 of each. Raises `AnalyzerError` with the names that differ from those of the run that began it.
    """
    try:
        before = json.loads((part.parent / KEPT_BESIDE[0]).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = None
    if not isinstance(before, dict) or not part.exists():
        begin(part, made_of)
        return 0
    if changed := [name for name in made_of if before.get(name) != made_of[name]]:
        raise AnalyzerError(
            f"{named}: can't be taken up again, since what it was begun with has changed: {', '.join(changed)}; "
            "give the same again, or leave --resume out to begin anew"
        )
    _clear(part, keep=(part.name, *KEPT_BESIDE))
    whole, count = _whole(part)
    with part.open("r+b") as file:
        file.truncate(whole)
    return count


def done(part: Path) -> Iterator[Analysis]:
    """The analyses in a part, in order."""
    if part.exists():
        with part.open("rb") as file:
            yield from map(Analysis.from_json, file)


def _whole(part: Path) -> tuple[int, int]:
    """Bytes and lines up to the first line that was cut short, as a loss of power may leave it."""
    size = count = 0
    with part.open("rb") as file:
        for line in file:
            try:
                Analysis.from_json(line)
            except DataError:
                break
            if not line.endswith(b"\n"):
                break
            size, count = size + len(line), count + 1
    return size, count


def _clear(part: Path, *, keep: tuple[str, ...]) -> None:
    # The lock is this run's own.
    for file in part.parent.iterdir():
        if file.name not in (*keep, *KEPT_BESIDE[1:]):
            file.unlink()
