"""A strategy of one's own is counted, compared and written in every format."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from analyzer.compare import compare
from analyzer.interchange.labelstudio import labelling_config
from analyzer.profiles import profile
from analyzer.project import load_project
from analyzer.records import STRATEGIES, Analysis, DataError
from tests.unit.own.making import OWN, run


def test_counts_and_comparisons_include_it(tagged: list[Analysis]) -> None:
    first, second = profile(tagged)
    assert [counts.strategy for counts in first.strategies] == [*STRATEGIES, OWN]
    assert (first.of(OWN).delivered, second.of(OWN).delivered) == (1, 0)
    assert second.of(OWN).no_documented_response == 1
    for reference in ("opportunities", "peers", "past"):
        rows = [row for row in compare(tagged, reference=reference) if row.strategy == OWN]  # type: ignore[arg-type]
        assert [row.group for row in rows] == ["C1", "C2"], reference


def test_notes_read_without_the_folder_count_as_none_of_it(plain: Analysis, tagged: list[Analysis]) -> None:
    groups = {group.group: group for group in profile([plain, *tagged])}
    assert groups["C3"].of(OWN).notes_used == 0
    assert len(groups["C3"].strategies) == len(groups["C1"].strategies)


def test_targets_may_name_it(tagged: list[Analysis]) -> None:
    rows = compare(tagged, reference="targets", targets={OWN: (0.2, 0.8)})
    assert {row.strategy for row in rows} == {OWN}
    with pytest.raises(DataError, match="no known strategy"):
        compare([], reference="targets", targets={OWN: (0.2, 0.8)})


def test_tagged_notes_are_compared_and_exported_without_the_folder(
    lines: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run("compare", lines) == 0
    table = capsys.readouterr().out
    assert table.count("Spiritual care") == 2
    assert run("compare", lines, "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["own"]["title"] for row in rows if row["strategy"] == OWN] == ["Spiritual care"] * 2
    assert all("own" not in row for row in rows if row["strategy"] != OWN)
    wide = tmp_path / "wide.csv"
    assert run("export", lines, "--to", "counts-wide", "-o", wide) == 0
    assert pd.read_csv(wide)[f"{OWN}.delivered"].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("counts", "c.csv"),
        ("tags", "t.csv"),
        ("qdc", "b.qdc"),
        ("labelstudio", "l.json"),
        ("doccano", "d.jsonl"),
        ("prodigy", "p.jsonl"),
    ],
)
def test_every_format_holds_it(
    name: str, output: str, shipped_example: Path, lines: Path, notes: Path, tmp_path: Path
) -> None:
    path = tmp_path / output
    text = [] if name in ("counts", "tags", "qdc") else ["--with-text", "--notes", notes]
    assert run("export", lines, "--to", name, "-o", path, "--codebook", shipped_example, *text) == 0
    assert ("Spiritual care" if name == "qdc" else OWN) in path.read_text(encoding="utf-8")


def test_a_project_for_nvivo_and_brat_holds_its_codes(
    shipped_example: Path, lines: Path, notes: Path, tmp_path: Path
) -> None:
    from analyzer.interchange.refi_reading import read_project

    options = ["--codebook", shipped_example, "--notes", notes, "--with-text"]
    assert run("export", lines, "--to", "qdpx", "-o", tmp_path / "p.qdpx", *options) == 0
    back = read_project(tmp_path / "p.qdpx", codebook=load_project(shipped_example).codebook)
    assert OWN in {tag.strategy for coding in back.codings for tag in coding.note.tags}
    assert run("export", lines, "--to", "brat", "-o", tmp_path / "brat", *options) == 0
    assert OWN in (tmp_path / "brat" / "annotation.conf").read_text().splitlines()
    assert f'value="{OWN}"' in labelling_config((*STRATEGIES, OWN))
