"""The page "Export" without a browser: every kind of file is made, opens again, and says what it was made from."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from analyzer.interchange import FORMATS
from analyzer.interchange.document import Document
from analyzer.manifest import Files, read_manifest
from analyzer.records import AnalyzerError
from analyzer.views import exporting
from analyzer.views.exporting import Choice, Keyed
from tests.e2e.researcher.pages import Opened, labels, ok, texts


@pytest.mark.parametrize("what", [*exporting.TABLES, *exporting.TOOLS])
def test_every_kind_of_export_can_be_chosen_and_made(opened: Opened, what: str) -> None:
    if what == "cas":
        pytest.importorskip("cassis")
    app = opened("export")
    ok(app.selectbox(key="export-what").set_value(what).run())
    needs_text = what in FORMATS and FORMATS[what].needs_text
    assert ("left out unless you tick" in texts(app)) == needs_text
    if needs_text:
        app.checkbox(key="export-text").check().run()
    ok(app.button(key="export-make").click().run())
    made = app.session_state["export-made"][2]
    assert f"Download {made.name}" in labels(app)
    assert "Run manifest (.json)" in labels(app)
    assert ("Data dictionary (.csv)" in labels(app)) == (what in exporting.TABLES)
    assert made.data


def test_exports_offered_are_those_that_the_program_writes() -> None:
    assert list(exporting.TOOLS) == list(FORMATS)


def test_a_new_choice_takes_the_old_file_away(opened: Opened) -> None:
    app = opened("export")
    app.button(key="export-make").click().run()
    assert "Download counts-by-clinician.csv" in labels(app)
    ok(app.selectbox(key="export-by").set_value("note").run())
    assert labels(app) == []


def test_preview_shows_the_rows_as_chosen(opened: Opened) -> None:
    app = opened("export")
    app.selectbox(key="export-by").set_value("note")
    app.multiselect(key="export-statuses").set_value(["planned"])
    ok(app.multiselect(key="export-denominators").set_value(["words"]).run())
    preview = app.dataframe[0].value
    assert set(preview["status"]) == {"planned"}
    assert "words" in preview.columns
    assert "opportunities" not in preview.columns
    assert set(preview["group"]) == {"n1", "n2"}


def test_a_table_opens_again_in_every_kind_of_file(documents: list[Document]) -> None:
    files = Files("notes", "notes in the session", {"n1": "0", "n2": "1"})
    read = {".parquet": pd.read_parquet, ".xlsx": pd.read_excel, ".csv": pd.read_csv}
    for ending, reader in read.items():
        made = exporting.make(Choice("counts-wide", by="note", ending=ending), documents, inputs=[files])
        assert len(reader(io.BytesIO(made.data))) == 2
        assert made.mime == exporting.ENDINGS[ending][1]


def test_the_manifest_speaks_of_the_bytes_and_holds_no_text(documents: list[Document], tmp_path: Path) -> None:
    made = exporting.make(Choice("tags", with_text=True), documents, inputs=[], reviewed=True)
    assert b"Validated her grief" in made.data
    (tmp_path / made.name).write_bytes(made.data)
    (tmp_path / "m.json").write_text(made.manifest, encoding="utf-8")
    manifest = read_manifest(tmp_path / "m.json")
    from analyzer.manifest import files_written

    assert manifest.outputs == (files_written("output", tmp_path / made.name),)
    assert manifest.options["reviewed"] is True
    assert "grief" not in made.manifest


def test_words_are_left_out_unless_asked_for(documents: list[Document]) -> None:
    made = exporting.make(Choice("tags"), documents, inputs=[])
    assert b"grief" not in made.data
    with pytest.raises(AnalyzerError, match="left out unless asked for"):
        exporting.make(Choice("brat"), documents, inputs=[])


def test_a_folder_comes_as_a_zip_with_its_manifest(documents: list[Document]) -> None:
    made = exporting.make(Choice("brat", with_text=True), documents, inputs=[])
    assert made.name == "notes-brat.zip"
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        assert "notes-brat/manifest.json" in archive.namelist()
        assert any(name.endswith(".ann") for name in archive.namelist())


def test_key_words_compare_two_groups(documents: list[Document]) -> None:
    keyed = Keyed("clinician", "C1")
    rows, columns = exporting.table(Choice("keyness", keyed=keyed), documents)
    assert {row["against"] for row in rows} <= {"all others"}
    assert [column.name for column in columns][:3] == ["group", "against", "word"]
