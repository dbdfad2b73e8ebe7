"""A database's own errors as sentences: what it says, its first line alone, never a statement or a note's id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, OperationalError

from analyzer.records import AnalyzerError
from analyzer.store.place import shown


@contextmanager
def in_sentences(place: str | Path) -> Iterator[None]:
    """Raises `AnalyzerError` where the place can't be opened, read or written, or holds something else."""
    # Nothing is chained: a server's details may repeat what was to be stored.
    try:
        yield
    except OperationalError as error:
        told, advice = (
            f"can't be opened, read or written ({_reason(error)})",
            "check the place, its room and its rights",
        )
    except (DataError, UnicodeEncodeError):
        told, advice = "can't keep a note's id, clinician or reviewer", "take out what is no plain character, and go on"
    except IntegrityError:
        told, advice = "was written by another program at the same moment", "nothing was changed; try again"
    except DatabaseError as error:
        told, advice = f"is no store, or a damaged one ({_reason(error)})", "restore a backup, or choose another place"
    else:
        return
    raise AnalyzerError(f"{shown(place)}: {told}; {advice}") from None


def _reason(error: DatabaseError) -> str:
    lines = str(error.orig).splitlines()
    return lines[0][:200] if lines else type(error.orig).__name__
