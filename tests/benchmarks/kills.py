"""A run killed 50 times at random moments and taken up again: is its output that of one run?

    python -m tests.benchmarks.kills [--kills 50] [--notes 400] [--model none] [--seed 1]

Each attempt is the command as somebody types it, ended by SIGKILL (which no program can answer) after a random share of
what was missing, start-up included. Exit status 1 where a byte differs.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from analyzer.files import unfinished_stage
from analyzer.notes import read_notes
from analyzer.records import Note
from tests.conftest import ROOT


def write_notes(path: Path, count: int) -> None:
    """The sample notes again and again under new ids, as one table."""
    samples = [note for note in read_notes([ROOT / "sample_notes"]) if isinstance(note, Note)]
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            note = samples[number % len(samples)]
            about = {"clinician": note.clinician, "client": note.client, "date": note.date}
            file.write(json.dumps({"note_id": f"{note.note_id}-{number}", "text": note.text, **about}) + "\n")


def size_of(path: Path) -> int:
    """Bytes, 0 where there is no file."""
    return path.stat().st_size if path.exists() else 0


def main() -> int:
    """Print what was seen; 1 where the outputs differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("--kills", 50), ("--notes", 400), ("--seed", 1)):
        parser.add_argument(name, type=int, default=default)
    parser.add_argument("--model", default="none")
    chosen = parser.parse_args()
    chance, moments = random.Random(chosen.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        notes, once, out = Path(folder, "notes.jsonl"), Path(folder, "once.jsonl"), Path(folder, "out.jsonl")
        write_notes(notes, chosen.notes)
        command = [sys.executable, "-m", "analyzer", "tag", str(notes), "--model", chosen.model, "-o"]
        subprocess.run([*command, str(once)], check=True, stderr=subprocess.DEVNULL)
        part, whole = unfinished_stage(out) / out.name, size_of(once)
        for left in range(chosen.kills, 0, -1):
            before = size_of(part)
            # Most kills come while lines are written, some before the first.
            enough = before + chance.uniform(-0.2, 1) * (whole - before) / left
            run = subprocess.Popen([*command, str(out), "--resume"], stderr=subprocess.DEVNULL)
            limit = time.monotonic() + (chance.uniform(0, 2) if enough < before else 600)
            while run.poll() is None and time.monotonic() < limit and (enough < before or size_of(part) <= enough):
                time.sleep(0.002)
            run.kill()
            moment = "while writing" if size_of(part) > before else "before writing"
            moments["ended first" if run.wait() == 0 else moment] += 1
            assert moments["ended first"] or not out.exists(), "an unfinished output stood in its place"
        subprocess.run([*command, str(out), "--resume"], check=True, stderr=subprocess.DEVNULL)
        ids = [json.loads(line)["note_id"] for line in out.read_bytes().splitlines()]
        same = out.read_bytes() == once.read_bytes()
    told = ", ".join(f"{count} {moment}" for moment, count in moments.items())
    print(f"{chosen.notes} notes, {chosen.kills} kills ({told})")
    print(f"{len(ids)} notes in the output, {len(ids) - len(set(ids))} twice; bytes {'the same' if same else 'DIFFER'}")
    return int(not same)


if __name__ == "__main__":
    raise SystemExit(main())
