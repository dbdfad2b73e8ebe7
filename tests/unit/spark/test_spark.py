"""Notes on a cluster: the same tags as on one machine, whatever happens to its processes."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from analyzer.records import Analysis, AnalyzerError
from analyzer.spark import note_nlp_of, problems_of, tag, tags_of
from analyzer.workflow import analyze_paths

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def of_one_process(file: Path, **how: Any) -> dict[str, dict[str, Any]]:
    """The analyses of one process by note id, without the row that they come from."""
    found = [item for item in analyze_paths([file], model=None, **how) if isinstance(item, Analysis)]
    return {analysis.note_id: json.loads(json.dumps(analysis.to_dict())) | {"source": ""} for analysis in found}


def of_cluster(analyses: DataFrame) -> dict[str, dict[str, Any]]:
    rows = analyses.where("analysis is not null").collect()
    found = {row["note_id"]: json.loads(row["analysis"]) | {"source": ""} for row in rows}
    assert len(found) == len(rows), "a note comes twice"
    return found


def saved(table: pd.DataFrame, folder: Path) -> Path:
    table.to_parquet(folder / "notes.parquet")
    return folder / "notes.parquet"


def test_a_cluster_finds_what_one_process_finds(spark: SparkSession, samples: pd.DataFrame, tmp_path: Path) -> None:
    named = pd.DataFrame(
        {
            "note_id": ["named", "again"],
            "text": ["Cl's sister Adaeze Okonkwo came along.", "Validated her grief. Okonkwo will call on Friday."],
            "clinician": ["C01", "C02"],
            "client": ["x", "y"],
            "date": ["13/02/2026", "03/02/2026"],
            "site": ["north", None],
        }
    )
    file = saved(pd.concat([samples, named]), tmp_path)
    alone = of_one_process(file)
    assert of_cluster(tag(spark.read.parquet(str(file)), model=None)) == alone
    # A name caught in one clinician's note is masked in another's, and dates are read alike everywhere.
    assert alone["again"]["identifiers"]
    assert alone["again"]["date"] == "2026-02-03"


def test_a_worker_killed_in_mid_run_loses_and_doubles_nothing(
    spark: SparkSession, samples: pd.DataFrame, tmp_path: Path
) -> None:
    many = pd.concat([samples.assign(note_id=[f"{i}-{n}" for n in samples["note_id"]]) for i in range(4)])
    file = saved(many, tmp_path)
    killed: list[int] = []
    watch = threading.Thread(target=_kill_one, args=(killed,))
    watch.start()
    found = of_cluster(tag(spark.read.parquet(str(file)), model=None, identifiers="ignore"))
    watch.join()
    assert killed, "no worker was at work"
    assert found == of_one_process(file, identifiers="ignore")


def test_a_poisonous_note_among_one_clinicians_many_is_told_and_the_others_are_read(
    spark: SparkSession, samples: pd.DataFrame, tmp_path: Path
) -> None:
    skewed = samples.assign(clinician="C01")
    bad = pd.DataFrame({"note_id": ["bad", "empty"], "text": ["A poisonous note.", "  "], "clinician": ["C01", "C09"]})
    file = saved(pd.concat([skewed[:20], bad, skewed[20:]]), tmp_path)
    analyses = tag(spark.read.parquet(str(file)), model=None, identifiers="ignore").cache()
    problems = {row["note_id"]: row["problem"] for row in problems_of(analyses).collect()}
    assert "process that read it ended" in problems["bad"]
    assert "has no text" in problems[None]
    assert len(of_cluster(analyses)) == len(samples)


def test_the_model_is_loaded_once_by_each_process(spark: SparkSession, samples: pd.DataFrame, loaded_by: Path) -> None:
    before = loaded_by.read_text().split() if loaded_by.exists() else []
    table = spark.createDataFrame(samples[["note_id", "text", "clinician"]]).repartition(8)
    assert len(of_cluster(tag(table, model=None))) == len(samples)
    assert len(of_cluster(tag(table, model=None))) == len(samples)
    by = Counter(loaded_by.read_text().split())
    assert by.most_common(1)[0][1] == 1
    # Eight tasks in each of two runs, on two workers.
    assert len(by) - len(set(before)) <= 2


def test_omop_notes_become_rows_of_note_nlp(spark: SparkSession) -> None:
    note = spark.createDataFrame(
        [(71, 5, "2026-03-01", "Reviewed limits of confidentiality with client.", 9)],
        "note_id long, person_id long, note_date string, note_text string, provider_id long",
    )
    analyses = tag(note, model=None).cache()
    (row,) = note_nlp_of(analyses).collect()
    assert (row["note_id"], row["offset"], row["term_exists"], row["lexical_variant"]) == (71, "0", "Y", "")
    (found,) = tags_of(analyses).collect()
    assert (found["clinician"], found["client"], found["strategy"]) == ("9", "5", "transparency")


def test_a_table_without_a_text_column_is_told_with_its_columns(spark: SparkSession) -> None:
    with pytest.raises(AnalyzerError, match=r"columns found: .*body"):
        tag(spark.createDataFrame([("a",)], "body string"), model=None)


def _kill_one(killed: list[int]) -> None:
    """Kill Spark's Python worker whose own process reads notes, once there is one."""
    until = time.monotonic() + 240
    while not killed and time.monotonic() < until:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes()
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if b"loky" in command and b"pyspark" in Path(f"/proc/{parent}/cmdline").read_bytes():
                    os.kill(parent, signal.SIGKILL)
                    killed.append(parent)
                    break
            except (OSError, ValueError):
                continue
        time.sleep(0.2)
