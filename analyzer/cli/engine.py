"""``analyzer tag --engine spark``: Parquet in, a folder of Parquet out."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from analyzer.cli.reading import Telling
from analyzer.cli.writing import outputs
from analyzer.records import AnalyzerError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# What is written into the output folder beside `analyzer.workflow.OF_ENGINE`.
_TAGS, _NOTE_NLP = "tags", "note_nlp"
_PART: Final = re.compile(r"(part-\d+)-.*\.parquet")
_OURS: Final = re.compile(r"analyzer\.records\.\w+: (.+)")


def tag_on_spark(context: click.Context, telling: Telling, paths: tuple[Path, ...], how: dict[str, Any]) -> None:
    """Tag Parquet tables of notes; -o becomes a folder with the tables analyses, tags and note_nlp."""
    from analyzer.pipeline import load
    from analyzer.spark import note_nlp_of, problems_of, tag, tags_of
    from analyzer.workflow import OF_ENGINE

    for path in paths:
        if not _is_parquet(path):
            raise AnalyzerError(f"{path}: is no Parquet file or folder of such; --engine spark reads nothing else")
    load(how["model"], codebook=how["codebook"])  # what is wrong with them is told here, not by a cluster
    with outputs(context, telling.counts, folder=True) as places, _session() as spark:
        folder = places["output"]
        _write(tag(spark.read.parquet(*map(str, paths)), **how), folder / OF_ENGINE)
        analyses = spark.read.parquet(str(folder / OF_ENGINE))
        _write(tags_of(analyses), folder / _TAGS)
        _write(note_nlp_of(analyses), folder / _NOTE_NLP)
        telling.read = analyses.where("analysis is not null").count()
        telling.tags = spark.read.parquet(str(folder / _TAGS)).count()
        for row in problems_of(analyses).orderBy("position").toLocalIterator():
            telling.skipped += 1
            click.echo(f"skipped {row['problem']}", err=True)


def _is_parquet(path: Path) -> bool:
    if path.is_dir():
        return any(path.rglob("*.parquet"))
    return path.suffix.lower() == ".parquet" and path.is_file()


@contextmanager
def _session() -> Iterator[SparkSession]:
    """Spark as the machine is set up for it (spark-submit, spark-defaults.conf, SPARK_REMOTE); else all cores here."""
    if find_spec("pyspark") is None:
        raise AnalyzerError("--engine spark needs PySpark; install it with: pip install '.[spark]'")
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        spark = SparkSession.builder.appName("session-note analyzer").getOrCreate()
    except PySparkException as error:
        if "JAVA" in str(error.getCondition()):
            raise AnalyzerError("Spark needs Java 17 or later; install it, or set JAVA_HOME to where it is") from error
        raise AnalyzerError(f"Spark could not be started ({error.getCondition()})") from error
    try:
        yield spark
    except PySparkException as error:
        # Spark's own message may hold rows, which are notes.
        told = _OURS.search(str(error))
        what = told[1] if told else f"a task of Spark's ended ({error.getCondition()}); its log tells more"
        raise AnalyzerError(what) from None
    finally:
        spark.stop()


def _write(table: DataFrame, folder: Path) -> None:
    """Write the parts that hold rows, anew and named by their number: Spark's own bytes differ from run to run."""
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    table.write.parquet(str(folder))
    parts = {file: named[1] for file in folder.iterdir() if (named := _PART.fullmatch(file.name))}
    for file, name in parts.items():
        rows = pq.read_table(file)
        if len(rows) or name.endswith("-00000"):  # one part at least tells the columns
            pq.write_table(rows.replace_schema_metadata(), folder / f"{name}.parquet")
    for file in [*parts, *folder.glob("*.crc"), *folder.glob(".*.crc"), *folder.glob("_*")]:
        file.unlink(missing_ok=True)
