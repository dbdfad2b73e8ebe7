"""``python -m tests.fuzz [TARGET ...] --cases N --seed S``: fuzz targets and note each one's run in LOG.csv.

Without targets, all of them; ``codes-*`` is every target whose name fits. The cases are shared out by `Target.share`;
the same targets, cases, seed and engine give the same inputs. Two engines: atheris (libFuzzer, guided by coverage) and
hypothesis. Inputs that show a fault are kept under build/fuzz, one for each kind of error and place.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from tests.fuzz import engines

LOG: Final = Path(__file__).with_name("LOG.csv")
KEPT: Final = Path("build/fuzz")
_SAID: Final = "said.txt"


def main() -> int:
    """Run the targets; exit code 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "targets", nargs="*", default=["*"], metavar="TARGET", help="names, or patterns such as notes-*"
    )
    parser.add_argument("--cases", type=int, default=20_000, help="for all targets together")
    parser.add_argument("--seed", type=int, default=1, help="1 or more")
    parser.add_argument("--engine", choices=("atheris", "hypothesis"), default="atheris")
    options = parser.parse_args()
    shares = {name: target.share for name, target in engines.targets(options.engine).items()}
    chosen = {name: s for name, s in shares.items() if any(fnmatch(name, wanted) for wanted in options.targets)}
    if not chosen:
        parser.error(f"no such target; there are {' '.join(shares)}")
    faults = [_run(name, options.engine, cases, options.seed) for name, cases in dealt(options.cases, chosen).items()]
    print(f"{recorded():,} cases are recorded in {LOG.name}")
    return int(any(faults))


def dealt(cases: int, shares: Mapping[str, int]) -> dict[str, int]:
    """How many cases each target gets: by its share, and one at least."""
    whole = sum(shares.values())
    return {name: max(1, cases * share // whole) for name, share in shares.items()}


def rows() -> Sequence[dict[str, str]]:
    """Every run on record, in order."""
    with LOG.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def recorded() -> int:
    """How many cases all runs on record had."""
    return sum(int(row["cases"]) for row in rows())


def _run(target: str, engine: str, cases: int, seed: int) -> bool:
    # libFuzzer ends the process that it runs in, so a child does the work; forked, it shares the count.
    context = multiprocessing.get_context("fork")
    count, kept = context.Value("q", 0, lock=False), KEPT / target
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    spent = _spent()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=memory if memory.is_dir() else None) as folder:
        child = context.Process(target=_child, args=(engine, target, cases, seed, count, kept, folder))
        child.start()
        child.join()
    found = sorted(kept.glob("*.bin"))
    row = (target, engine, count.value, seed, round(_spent() - spent, 1), len(found))
    with LOG.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(row)
    print(*row, *(path.with_suffix(".txt").read_text() for path in found), flush=True)
    if count.value < cases:
        print(f"  ended early, with exit code {child.exitcode}; what it said last is in {kept / _SAID}")
    return bool(found) or count.value < cases


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _child(engine: str, target: str, cases: int, seed: int, count: object, kept: Path, folder: str) -> None:
    tempfile.tempdir = folder
    with (kept / _SAID).open("wb") as said:  # libFuzzer tells of itself at length
        os.dup2(said.fileno(), sys.stderr.fileno())
    getattr(engines, f"with_{engine}")(target, cases=cases, seed=seed, count=count, kept=kept)


if __name__ == "__main__":
    sys.exit(main())
