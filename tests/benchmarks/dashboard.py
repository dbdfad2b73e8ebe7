"""How long the dashboard takes over 500 notes: to read them, and to draw each page once they are read.

    python -m tests.benchmarks.dashboard [--notes 500] [--uploads 20]

The notes are invented ones of models/corpus, each of them different, as long as the samples or longer, given out to
eight clinicians; the model is loaded before. They are read as an upload is, by `Reading`; then every page is drawn
twice by Streamlit's own test runner, which sends nothing to a browser: the second time is what a click costs. Last,
20 uploads of 25 notes are read one after the other, and the memory is looked at. Wall seconds count on a calm machine
alone; CPU seconds say what is meant on any. Exit status 1 where a target is missed in CPU seconds: 500 notes read
within 10 s, a page drawn again within 2 s, and memory after the last upload at most 10% above that after the fifth.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from streamlit.testing.v1 import AppTest

from analyzer.corpus import read_coded
from analyzer.records import Note
from analyzer.views.model import pipeline
from analyzer.views.reading import Reading
from tests.conftest import ROOT

READ_WITHIN, PAGE_WITHIN, GROWTH = 10.0, 2.0, 1.10
_CLINICIANS, _A_FILE, _SETTLED = 8, 25, 5
_PAGES: Final = ("notes", "overview", "balance", "feedback", "team", "gaps", "agenda", "export")


def notes_of(number: int, *, start: int = 0) -> list[Note]:
    """So many invented notes, every fourth of the corpus so that all voices are among them, then the others."""
    texts = [note.text for note in read_coded(ROOT / "models" / "corpus")]
    mixed = [text for first in range(4) for text in texts[first::4]][start : start + number]
    began = date(2025, 1, 6)
    return [
        Note(
            f"b{place}",
            text,
            "made",
            clinician=f"C{place % _CLINICIANS}",
            client=f"K{place % 40}",
            date=(began + timedelta(days=place // 2)).isoformat(),
        )
        for place, text in enumerate(mixed, start)
    ]


def seconds_of(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of this process."""
    wall, cpu = time.monotonic(), time.process_time()
    work()
    return time.monotonic() - wall, time.process_time() - cpu


def read(notes: list[Note]) -> Reading:
    """The notes as an upload, read to the end."""
    reading = Reading("own", notes, pipeline)
    while reading.running:
        reading.wait(0.25)
    return reading


def _run() -> None:
    import streamlit as st

    from analyzer.views import (
        agenda_page,
        balance,
        export_page,
        feedback_page,
        gaps_page,
        notes,
        overview,
        source,
        team,
    )

    source.sidebar()
    pages = {"notes": notes, "overview": overview, "balance": balance, "feedback": feedback_page}
    pages |= {"team": team, "gaps": gaps_page, "agenda": agenda_page, "export": export_page}
    pages[st.session_state["go"]].page()


def pages_of(reading: Reading) -> dict[str, tuple[float, float]]:
    """CPU seconds of each page as it opens, and as it is drawn again."""
    app = AppTest.from_function(_run, default_timeout=600)
    app.session_state["own"], app.session_state["source"] = reading, "My own notes"
    found = {}
    for page in _PAGES:
        app.session_state["go"] = page
        first, again = seconds_of(app.run)[1], seconds_of(app.run)[1]
        if app.exception:
            raise SystemExit(f"the page {page} ended in an error: {app.exception[0].message}")
        found[page] = first, again
    return found


def megabytes() -> float:
    """This process's resident memory (Linux)."""
    gc.collect()
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> int:
    """Print figures; 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.dashboard", description=__doc__)
    parser.add_argument("--notes", type=int, default=500)
    parser.add_argument("--uploads", type=int, default=20)
    chosen = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors", flush=True)
    read(notes_of(5, start=chosen.notes))
    notes, held = notes_of(chosen.notes), []
    wall, cpu = seconds_of(lambda: held.append(read(notes)))
    words = sum(len(note.text.split()) for note in notes) / len(notes)
    print(f"{len(notes)} notes of {words:.0f} words read in {wall:.1f} s, {cpu:.1f} CPU s", flush=True)
    missed = cpu > READ_WITHIN
    for page, (first, again) in pages_of(held[0]).items():
        print(f"  {page:10} opens in {first:.2f} CPU s, drawn again in {again:.2f}", flush=True)
        missed |= again > PAGE_WITHIN
    memory = []
    for upload in range(chosen.uploads):
        held[0] = read([replace(note, note_id=f"u{upload}{note.note_id}") for note in islice(notes, _A_FILE)])
        memory.append(megabytes())
    if len(memory) > _SETTLED:
        print(f"memory {memory[_SETTLED - 1]:.0f} MB after upload {_SETTLED}, {memory[-1]:.0f} after {len(memory)}")
        missed |= memory[-1] > GROWTH * memory[_SETTLED - 1]
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
