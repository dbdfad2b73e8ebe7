"""Seconds and memory of ``analyzer compare`` on 50,000 tagged notes by 200 clinicians: ``make benchmark``'s big sister.

    python -m tests.benchmarks.compare_speed [--notes 50000] [--clinicians 200]

Each reference runs as a command of its own, start-up and self-check included, as somebody types it. Exit status 1 where
one takes 10 s of wall time or 2 GB or more: on two idle cores none should.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from analyzer.compare.model import REFERENCES
from tests.benchmarks.tagged import tagged, write

_SECONDS, _MEGABYTES = 10, 2000


def measured(tags: Path, targets: Path, reference: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak memory in MB of one comparison."""
    command = [sys.executable, "-m", "analyzer", "compare", str(tags), "--reference", reference, "--json"]
    if reference == "targets":
        command += ["--targets", str(targets)]
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"compare --reference {reference} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> int:
    """Print the table; 1 where a bound is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=50_000)
    parser.add_argument("--clinicians", type=int, default=200)
    chosen = parser.parse_args()
    slow = False
    with tempfile.TemporaryDirectory() as folder:
        tags, targets = Path(folder, "tags.jsonl"), Path(folder, "targets.yml")
        write(tags, tagged(clinicians=chosen.clinicians, notes=chosen.notes))
        targets.write_text("transparency: [0.5, 0.9]\nactive_listening_empathy: [0.6, 1.0]\n", encoding="utf-8")
        print(f"{chosen.notes} notes by {chosen.clinicians} clinicians, {tags.stat().st_size / 1e6:.0f} MB")
        print(f"{'reference':15} {'wall s':>8} {'CPU s':>8} {'peak MB':>8}")
        for reference in REFERENCES:
            wall, cpu, peak = measured(tags, targets, reference)
            slow |= wall >= _SECONDS or peak >= _MEGABYTES
            print(f"{reference:15} {wall:8.1f} {cpu:8.1f} {peak:8.0f}")
    return int(slow)


if __name__ == "__main__":
    raise SystemExit(main())
