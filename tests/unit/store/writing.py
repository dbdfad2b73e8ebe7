"""A program that writes to a store: ``python -m tests.unit.store.writing PLACE WHO``, without loading any pipeline."""

from __future__ import annotations

import sys

from analyzer.records import Tag
from analyzer.review.decisions import Decision, decide
from analyzer.store import open_store
from tests.unit.review.making import FEAR, analysis

WRITES = 12


def decision(note_id: str = "n1", who: str = "RR", found: Tag = FEAR) -> Decision:
    """An accepted tag."""
    place = (found.start, found.end)
    return decide(analysis(note_id=note_id), segment=place, verdict="accept", who=who, tag=found, model="words-0.1")


def main(place: str, who: str) -> None:
    """Save notes and decisions, each in a transaction of its own."""
    store = open_store(place)
    for i in range(WRITES):
        store.save([(analysis(note_id=f"{who}-{i}"), None), (analysis(), None)])
        store.record(decision(f"{who}-{i}", who))


if __name__ == "__main__":
    main(*sys.argv[1:])
