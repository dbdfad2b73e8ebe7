"""A real cluster on this machine: a master, two workers with one core each, and their Python processes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from analyzer.notes import read_notes
from analyzer.records import Note
from tests.conftest import ROOT

pyspark = pytest.importorskip("pyspark", reason="PySpark is not installed: pip install -e '.[dev]'")

if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
    pytest.skip("Spark needs Java, which is not on this machine", allow_module_level=True)


@pytest.fixture(scope="package")
def loaded_by(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file in which each process of the cluster that loads a model writes its number."""
    return tmp_path_factory.mktemp("cluster") / "loaded"


@pytest.fixture(scope="package")
def spark(loaded_by: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[pyspark.sql.SparkSession]:
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_WORKER_DIR", str(tmp_path_factory.mktemp("work")))
        session = (
            SparkSession.builder.master("local-cluster[2,1,1024]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.executorEnv.PYTHONPATH", str(Path(__file__).parent / "faults"))
            .config("spark.executorEnv.LOADED_BY", str(loaded_by))
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


@pytest.fixture(scope="package")
def samples() -> pd.DataFrame:
    """The sample notes as a table."""
    notes = [note for note in read_notes([ROOT / "sample_notes"]) if isinstance(note, Note)]
    fields = ("note_id", "text", "clinician", "client", "date")
    return pd.DataFrame([{name: getattr(note, name) for name in fields} for note in notes])
