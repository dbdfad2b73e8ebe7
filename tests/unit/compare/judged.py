"""Notes to compare, and the one row that a test is about."""

from __future__ import annotations

import re
from typing import Any

from analyzer.compare import Comparison
from analyzer.records import Response
from tests.unit.test_profiles import TR, note

ACCUSING = re.compile(r"\b(fail(ed|s|ure)?|never|did not|didn't|should|must|poor|bad|worst|best)\b", re.IGNORECASE)


def answering(response: Response, times: int, *, clinician: str = "C1", year: int = 2026, **options: Any) -> list:
    """Notes with one cue for transparency each, of as many clients, met so; used where it was responded to."""
    tags = [(TR, "delivered")] if response == "responded" else []
    return [
        note(
            f"{clinician}-{year}-{response}-{i}",
            *tags,
            cues=[((TR,), response)],
            clinician=clinician,
            date=f"{year}-01-{i + 1:02}",
            **{"client": f"{clinician}-{year}-{response}-{i}", **options},
        )
        for i in range(times)
    ]


def row(rows: list[Comparison], strategy: str = TR, group: str = "C1") -> Comparison:
    (found,) = [r for r in rows if (r.group, r.strategy) == (group, strategy)]
    return found
