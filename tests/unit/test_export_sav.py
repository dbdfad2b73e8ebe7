"""SPSS files: read back by pyreadstat they hold what the other kinds hold, with labels for variables and values."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analyzer.export import dictionary, export
from analyzer.records import STATUSES, STRATEGIES, Analysis, AnalyzerError
from analyzer.table_files import Column, write_table
from tests.unit.test_export import TWO_NOTES, written
from tests.unit.test_profiles import AL, TR, note

pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is not installed: pip install -e '.[research]'")


def read(path: Path, *, labels: bool = True) -> tuple[list[dict[str, Any]], Any]:
    """Rows and what else the file tells; an empty text is None."""
    frame, about = pyreadstat.read_sav(path, apply_value_formats=labels)
    frame = frame.astype(object)
    return frame.where(frame.notna() & (frame != ""), None).to_dict("records"), about


def saved(tmp_path: Path, name: str, analyses: list[Analysis] = TWO_NOTES, **options: Any) -> Path:
    path = tmp_path / "table.sav"
    export(analyses, name, path, **options)
    return path


@pytest.mark.parametrize("by", ["note", "client", "clinician", "period"])
@pytest.mark.parametrize("name", ["counts", "counts-wide"])
def test_counts_are_those_of_the_other_kinds(tmp_path: Path, name: str, by: str) -> None:
    rows, _ = read(saved(tmp_path, name, by=by))
    assert rows == written(tmp_path, name, by=by)


def test_tags_are_those_of_the_other_kinds(tmp_path: Path) -> None:
    rows, _ = read(saved(tmp_path, "tags", with_text=True))
    expected = written(tmp_path, "tags", with_text=True)
    assert rows == [{key: {True: "yes", False: "no"}.get(v, v) if isinstance(v, bool) else v for key, v in row.items()}
                    for row in expected]  # fmt: skip


@pytest.mark.parametrize("name", ["counts", "counts-wide", "tags"])
def test_every_variable_has_a_label_that_says_what_it_means(tmp_path: Path, name: str) -> None:
    _, about = read(saved(tmp_path, name, with_text=True))
    meanings = dict(zip(dictionary(name)["column"], dictionary(name)["meaning"], strict=True))
    assert about.column_names_to_labels == meanings


def test_a_strategy_of_ones_own_with_a_name_too_long_for_spss_is_told(tmp_path: Path) -> None:
    column = Column("a" * 50 + ".no_documented_response", "a count")
    with pytest.raises(AnalyzerError, match="SPSS allows 64 characters in a name"):
        write_table([{column.name: 1}], [column], tmp_path / "t.sav")
    assert not list(tmp_path.iterdir())


def test_strategies_statuses_and_units_are_numbers_with_value_labels(tmp_path: Path) -> None:
    rows, about = read(saved(tmp_path, "counts"), labels=False)
    labels = about.variable_value_labels
    assert labels["strategy"] == dict(enumerate(STRATEGIES, 1))
    assert labels["status"] == dict(enumerate(STATUSES, 1))
    assert labels["unit"] == {1: "clinician", 2: "client", 3: "period", 4: "note"}
    assert (rows[0]["strategy"], rows[0]["status"], rows[0]["unit"]) == (1, 1, 1)
    measures = [about.variable_measure[name] for name in ("group", "strategy", "count", "words")]
    assert measures == ["nominal", "nominal", "scale", "scale"]


@pytest.mark.parametrize("name", ["Ünal 李 😢", 'quo"te, and\nlines', "=1+1", "x" * 10_000, "a\x00b", "\ud800"])
def test_odd_names_break_no_file(tmp_path: Path, name: str) -> None:
    ((row,), _) = read(saved(tmp_path, "tags", [note("n1", (AL, "delivered"), clinician=name)]))
    assert row["clinician"] == name.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")


def test_without_notes_the_variables_are_still_there(tmp_path: Path) -> None:
    rows, about = read(saved(tmp_path, "counts-wide", []))
    assert rows == []
    assert f"{TR}.no_documented_response" in about.column_names


def test_the_same_notes_give_the_same_bytes_whenever_written(tmp_path: Path) -> None:
    path = saved(tmp_path, "counts")
    first = path.read_bytes()
    assert first[92:109] == b"01 Jan 8000:00:00"
    export(TWO_NOTES, "counts", path)
    assert path.read_bytes() == first


def test_a_dictionary_stands_beside_it(tmp_path: Path) -> None:
    saved(tmp_path, "counts")
    table = pd.read_csv(tmp_path / "table.sav.dictionary.csv")
    assert table.set_index("column").loc["status", "values"] == " ".join(STATUSES)


def test_without_pyreadstat_a_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(AnalyzerError, match="pip install pyreadstat"):
        saved(tmp_path, "counts")
    assert list(tmp_path.iterdir()) == []
