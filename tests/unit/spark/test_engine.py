"""``analyzer tag --engine spark`` as a user calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from analyzer.cli import cli
from analyzer.records import Analysis
from analyzer.workflow import read_analyses


def call(*given: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    settings = ("spark.ui.enabled=false", "spark.ui.showConsoleProgress=false", "spark.sql.shuffle.partitions=4")
    arguments = " ".join(["--master local[2]", *(f"--conf {setting}" for setting in settings), "pyspark-shell"])
    environment = os.environ | {"PYSPARK_SUBMIT_ARGS": arguments}
    command = [sys.executable, "-m", "analyzer", *map(str, given)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)


def test_parquet_is_tagged_into_tables_that_other_commands_read(samples: pd.DataFrame, tmp_path: Path) -> None:
    samples[:15].to_parquet(tmp_path / "notes.parquet")
    made = call("tag", "notes.parquet", "--engine", "spark", "--model", "none", "-o", "tagged", folder=tmp_path)
    assert made.returncode == 0, made.stderr[-2000:]
    assert pq.read_table(tmp_path / "tagged" / "tags").num_rows == sum(
        len(item.tags) for item in read_analyses(tmp_path / "tagged") if isinstance(item, Analysis)
    )
    table = tmp_path / "tags.csv"
    exported = CliRunner().invoke(cli, ["export", str(tmp_path / "tagged"), "--to", "tags", "-o", str(table)])
    assert exported.exit_code == 0, exported.output
    assert len(table.read_text().splitlines()) > 15
    manifest = json.loads((tmp_path / "tagged" / "manifest.json").read_text())
    assert manifest["counts"]["notes"] == 15
    again = call("reproduce", "tagged/manifest.json", folder=tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr[-2000:]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["notes.txt", "-o", "out"], "reads nothing else"),
        (["notes.txt"], "--engine needs -o"),
        (["notes.txt", "-o", "out", "--workers", "2"], "goes without --resume and --workers"),
    ],
)
def test_what_an_engine_does_not_do_is_told_before_it_starts(given: list[str], told: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("A note.")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        found = CliRunner().invoke(cli, ["tag", *given, "--engine", "spark"])
    assert found.exit_code != 0
    assert told in " ".join(f"{found.output} {found.exception}".split())
