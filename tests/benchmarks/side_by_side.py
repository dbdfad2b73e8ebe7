"""The analyzer beside spaCy, medspaCy and EDS-NLP on the same notes: CPU, wall time and memory of whole processes.

    python -m tests.benchmarks.side_by_side [FOLDER] [--notes 100 1000 10000] [--only rules spacy-blank]
    python -m tests.benchmarks.side_by_side --only rules fast spacy-blank --notes 300 --against-baseline

Prints a table in Markdown. Every program runs in a process of its own, in an environment that the first run makes under
build/benchmarks from the package registry (the analyzer's without what training needs); what can't be installed here
says so in its row. medspaCy and EDS-NLP look for one phrase of each of our rules' patterns, and qualify what they find:
the nearest to our job that they do, and less than it. The notes are the invented ones of models/corpus, or those in
FOLDER, shuffled (the same way each time) so that few are like many, and again from the first where there are too few.

The guard compares ratios, not seconds: the CPU seconds of ours by those of spaCy blank in the same run, with the ones
in baseline.json (``--write-baseline`` keeps the present ones). Exit status 1 where one grew by more than 15 %.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Final

from tests.benchmarks.contenders import CONTENDERS
from tests.conftest import ROOT

FLOOR: Final = "spacy-blank"
BASELINE: Final = Path(__file__).with_name("baseline.json")
# A ratio may grow by so much before the guard speaks: less is noise between two runs.
TOLERATED: Final = 1.15
_ENVIRONMENTS: Final = ROOT / "build" / "benchmarks"
_OTHERS: Final = ("medspacy", "edsnlp")
_HEAD: Final = ("notes", "program", "version", "CPU s", "wall s", "peak MB", "notes / CPU s", "x spaCy blank")


@dataclass(frozen=True, slots=True)
class Measured:
    """One whole process: CPU and wall seconds, peak memory in MB, and CPU seconds of the reading without start-up."""

    name: str
    notes: int
    version: str
    cpu: float
    wall: float
    peak: float
    reading: float


def python_of(name: str) -> Path | None:
    """The Python of a program's environment, made where it is missing; None where it can't be installed here."""
    folder = _ENVIRONMENTS / (name if name in _OTHERS else "analyzer")
    python, stamp = folder / "bin" / "python", folder / ".installed"
    if not stamp.exists():
        wanted = [name] if name in _OTHERS else ["-r", str(ROOT / "requirements.txt")]
        for command in (
            [sys.executable, "-m", "venv", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted],
        ):
            if subprocess.run(command, check=False).returncode:
                return None
        stamp.touch()
    return python


def measure(python: Path, name: str, notes: Path, phrases: Path, count: int) -> Measured | None:
    """Read the notes in a process of its own; None where it ends with an error."""
    script = Path(__file__).with_name("contenders.py")
    environment = os.environ | {"PYTHONPATH": str(ROOT) if name not in _OTHERS else ""}
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        # -P: the benchmarks beside the script are no modules of theirs.
        command = [str(python), "-P", str(script), name, str(notes), str(phrases)]
        # medspaCy prints notes' words as it reads.
        errors = subprocess.DEVNULL if name in _OTHERS else None
        child = subprocess.Popen(command, stdout=said, stderr=errors, env=environment, cwd=ROOT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if status:
            return None
        wall = time.perf_counter() - start
        said.seek(0)
        told = json.loads(said.read().splitlines()[-1])
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(name, count, told["version"], cpu, wall, told["peak"], told["reading"])


def texts_of(folder: Path | None) -> list[str]:
    """The notes in a folder, else the invented ones that the models are made from."""
    from analyzer.notes import read_notes
    from analyzer.records import Note

    if folder is not None:
        return [note.text for note in read_notes([folder]) if isinstance(note, Note)]
    lines = (
        line for path in sorted((ROOT / "models" / "corpus").glob("*.jsonl")) for line in path.open(encoding="utf-8")
    )
    return [json.loads(line)["text"] for line in lines]


def phrases_of_rules() -> list[str]:
    """One phrase of each pattern of our rules: of alternatives the first, gaps left out."""
    from analyzer.rules import compile_pattern, load_rules

    patterns = {pattern for rule in load_rules() for pattern in rule.patterns}
    return sorted({phrase for pattern in patterns if (phrase := " ".join(_first_words(compile_pattern(pattern))))})


def _first_words(tokens: Sequence[Mapping]) -> Iterator[str]:
    for token in tokens:
        norm = token.get("NORM")
        if "OP" in token or norm is None:
            continue
        if isinstance(norm, str):
            yield norm
        elif "IN" in norm:
            yield norm["IN"][0]


def ratios(rows: Sequence[Measured]) -> dict[str, float]:
    """CPU seconds of the reading by spaCy blank's on the same notes, by program and number of notes."""
    floor = {row.notes: row.reading for row in rows if row.name == FLOOR}
    return {f"{r.name}, {r.notes} notes": r.reading / floor[r.notes] for r in rows if floor.get(r.notes)}


def grown(now: Mapping[str, float], baseline: Mapping[str, float]) -> list[str]:
    """One sentence for each ratio that grew by more than is tolerated; what the baseline lacks is not judged."""
    return [
        f"{name}: {ratio:.2f} times spaCy blank's CPU, {baseline[name]:.2f} before ({ratio / baseline[name]:.0%})"
        for name, ratio in now.items()
        if name in baseline and ratio > TOLERATED * baseline[name]
    ]


def row_of(row: Measured, times: Mapping[str, float]) -> str:
    """One line of the table."""
    times_floor = times.get(f"{row.name}, {row.notes} notes")
    cells = (
        f"{row.notes:,}", row.name, row.version, f"{row.cpu:.1f}", f"{row.wall:.1f}", f"{row.peak:.0f}",
        f"{row.notes / row.reading:.1f}", "" if times_floor is None else f"{times_floor:.1f}",
    )  # fmt: skip
    return _line(cells)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _run(names: Sequence[str], sizes: Sequence[int], texts: Sequence[str]) -> Iterator[Measured | str]:
    """What was measured; a line of the table for what could not be."""
    pythons = {name: python_of(name) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        notes, phrases = Path(folder, "notes.jsonl"), Path(folder, "phrases.json")
        phrases.write_text(json.dumps(phrases_of_rules()), encoding="utf-8")
        for size in sizes:
            # ensure_ascii keeps odd line ends inside a note from ending its line
            notes.write_text("".join(json.dumps(text) + "\n" for text in islice(cycle(texts), size)), encoding="utf-8")
            for name, python in pythons.items():
                found = python and measure(python, name, notes, phrases, size)
                why = "could not be installed here" if python is None else "ended with an error"
                yield found or _line((f"{size:,}", name, why, "", "", "", "", ""))


def main() -> int:
    """Print the table; 1 where a ratio grew."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.side_by_side", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--notes", nargs="+", type=int, default=[100, 1000])
    parser.add_argument("--only", nargs="+", choices=list(CONTENDERS), default=list(CONTENDERS))
    parser.add_argument("--against-baseline", action="store_true")
    parser.add_argument("--write-baseline", action="store_true")
    options = parser.parse_args()
    if options.against_baseline and not BASELINE.exists():
        parser.error(f"{BASELINE.name} is not there; make it on a calm machine with --write-baseline")
    names = [FLOOR, *(name for name in options.only if name != FLOOR)]  # first, since ratios need it
    texts = texts_of(options.folder)
    Random(0).shuffle(texts)
    print(f"{platform.platform()}, {os.cpu_count()} CPUs, Python {platform.python_version()}; ", end="")
    print(f"{len(texts):,} different notes of {sum(map(len, texts)) / len(texts):.0f} characters\n")
    print(_line(_HEAD), _line(("---",) * len(_HEAD)), sep="\n", flush=True)
    rows: list[Measured] = []
    for found in _run(names, options.notes, texts):
        if isinstance(found, Measured):
            rows.append(found)
            found = row_of(found, ratios(rows))
        print(found, flush=True)
    now = ratios(rows)
    if options.write_baseline:
        BASELINE.write_text(json.dumps({name: round(ratio, 2) for name, ratio in now.items()}, indent=2) + "\n")
    worse = grown(now, json.loads(BASELINE.read_text())) if options.against_baseline else []
    print(*worse, sep="\n")
    return int(bool(worse))


if __name__ == "__main__":
    sys.exit(main())
