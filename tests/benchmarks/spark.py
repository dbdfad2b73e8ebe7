"""How many notes a cluster tags: ``python -m tests.benchmarks.spark [--notes 1000] [--model fast] [--price 0.05]``.

A Spark master with one and then two workers of one core each on this machine tags the sample notes, repeated under new
ids and clinicians until there are so many; the first run of each worker, in which the model is loaded, is not counted.
From the notes a core tags in a second follow core hours, hours on 100 cores and cost for 1, 10 and 100 million notes.
What that takes for granted: notes as long as the samples, the same rate on every core however many there are (the tags
of one clinician need no other's; only the words of identifiers are gathered), storage that keeps up, and the price of a
core hour with its memory (4 GB) as given, which is about what large clouds ask on demand.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from analyzer.notes import read_notes
from analyzer.records import Note

ROOT = Path(__file__).resolve().parents[2]
MILLIONS = (1, 10, 100)
CORES = 100


def table_of(count: int) -> pd.DataFrame:
    """So many notes, each clinician's thirteen samples under a new name each time."""
    notes = [note for note in read_notes([ROOT / "sample_notes"]) if isinstance(note, Note)]
    rows = [
        {"note_id": f"{i}-{n.note_id}", "text": n.text, "clinician": f"{n.clinician}-{i}", "client": n.client}
        for i in range(-(-count // len(notes)))
        for n in notes
    ]
    return pd.DataFrame(rows[:count])


def seconds(file: Path, workers: int, model: str | None, folder: Path) -> float:
    """Wall seconds of tagging the file once the workers are warm."""
    from pyspark.sql import SparkSession

    from analyzer.spark import tag

    spark = (
        SparkSession.builder.master(f"local-cluster[{workers},1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", str(8 * workers))
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    try:
        notes = spark.read.parquet(str(file)).repartition(8 * workers)
        tag(notes.limit(16 * workers), model=model).write.parquet(str(folder / f"warm-{workers}"))
        begin = time.perf_counter()
        tag(notes, model=model).write.parquet(str(folder / f"made-{workers}"))
        return time.perf_counter() - begin
    finally:
        spark.stop()


def main() -> None:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=1000)
    parser.add_argument("--model", default="fast", help="default, fast or none")
    parser.add_argument("--price", type=float, default=0.05, help="of a core hour, in dollars")
    given = parser.parse_args()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    model = None if given.model == "none" else given.model
    rates = {}
    with TemporaryDirectory() as name:
        os.environ["SPARK_WORKER_DIR"] = name
        table = table_of(given.notes)
        table.to_parquet(Path(name) / "notes.parquet")
        words = table["text"].str.split().str.len().mean()
        for workers in (1, 2):
            took = seconds(Path(name) / "notes.parquet", workers, model, Path(name))
            rates[workers] = given.notes / took
            print(f"{workers} worker(s): {given.notes} notes in {took:.1f} s, {rates[workers]:.1f} notes a second")
    print(f"model {given.model}, {words:.0f} words a note; two workers do {rates[2] / rates[1]:.2f} times one's work")
    print(f"\n| million notes | core hours | hours on {CORES} cores | dollars at {given.price:.2f} a core hour |")
    print("| --- | --- | --- | --- |")
    for millions in MILLIONS:
        hours = millions * 1e6 / (rates[2] / 2) / 3600
        print(f"| {millions} | {hours:,.0f} | {hours / CORES:,.1f} | {hours * given.price:,.0f} |")


if __name__ == "__main__":
    main()
