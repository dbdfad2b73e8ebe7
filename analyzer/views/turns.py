"""Sessions take turns at the shared pipelines: spaCy gives no promise that two threads may use one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Final

from analyzer.records import Analysis, Skipped

TURN: Final = threading.Lock()


def in_turns(results: Iterator[Analysis | Skipped]) -> Iterator[Analysis | Skipped]:
    """The same results, each made while no other session uses a pipeline."""
    while True:
        with TURN:
            result = next(results, None)
        if result is None:
            return
        yield result
