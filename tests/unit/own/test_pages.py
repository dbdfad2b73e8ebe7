"""A strategy of one's own is shown wherever the eleven are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analyzer.charts import strategies_over_notes
from analyzer.cli import cli
from analyzer.codebook import load_codebook
from analyzer.feedback import agenda_for, feedback_for, plain_text
from analyzer.interchange.document import Document
from analyzer.project import codebook_of, load_project
from analyzer.records import Analysis, AnalyzerError
from analyzer.team.behind import behind
from analyzer.views import exporting, model
from analyzer.views.span_html import legend_html, note_html, style_sheet
from tests.unit.own.making import FIRST, OWN, SECOND, change


@pytest.fixture(autouse=True)
def fresh_dashboard() -> Iterator[None]:
    """The dashboard keeps its codebook as long as the server runs; each test has a server of its own."""
    model.codebook.clear()
    yield
    model.codebook.clear()


def test_feedback_speaks_the_folders_words(shipped_example: Path, tagged: list[Analysis]) -> None:
    book = load_project(shipped_example).codebook
    page = plain_text(feedback_for(tagged, "C1", codebook=book))
    assert "Spiritual care" in page
    assert agenda_for(tagged, "C2", codebook=book).clinician == "C2"
    with pytest.raises(AnalyzerError, match="--codebook"):
        feedback_for(tagged, "C1")


def test_the_reading_view_and_the_overview_show_it(tagged: list[Analysis]) -> None:
    shown = style_sheet(tagged[0].own) + legend_html(tagged[0]) + note_html(FIRST, tagged[0])
    assert f".sna-s-{OWN}{{background:" in shown
    assert "Spiritual care: documented as done" in shown
    assert "Spiritual care" in set(strategies_over_notes(tagged).table["strategy"])


def test_a_moment_that_only_it_is_called_for_has_a_theme_of_its_own(tagged: list[Analysis]) -> None:
    from analyzer.team.gaps import gaps, moments

    found = moments(tagged, {})
    own = [moment for moment in found if moment.strategies == (OWN,)]
    assert own
    assert {moment.theme for moment in own} == {"Strategies that the project adds"}
    by_theme = {gap.name: gap.moments for gap in gaps(found, by="theme")}
    assert sum(by_theme.values()) == len(found)
    by_strategy = {gap.name: gap.moments for gap in gaps(found, by="strategy", own=tagged[0].own)}
    assert by_strategy["Spiritual care"] >= len(own)


def test_the_codebook_command_and_page_show_it(shipped_example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.testing.v1 import AppTest

    result = CliRunner().invoke(cli, ["codebook", OWN, "--codebook", str(shipped_example)])
    assert "Spiritual care  [SP, spiritual_care, content]" in result.stdout
    monkeypatch.setenv("ANALYZER_CODEBOOK", str(shipped_example))
    page = AppTest.from_string("from analyzer.views.codebook_page import page\npage()", default_timeout=180).run()
    assert "Spiritual care" in page.selectbox[0].options


@pytest.mark.parametrize("page", ["notes", "overview", "balance", "team", "gaps_page", "feedback_page", "agenda_page"])
def test_every_page_of_the_dashboard_knows_it(
    page: str, shipped_example: Path, tagged: list[Analysis], monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit.testing.v1 import AppTest

    from analyzer.views.source import Loaded, ReadNote

    monkeypatch.setenv("ANALYZER_CODEBOOK", str(shipped_example))
    app = AppTest.from_string(f"from analyzer.views.{page} import page\npage()", default_timeout=180)
    app.session_state["loaded"] = Loaded("own", (ReadNote(FIRST, tagged[0]), ReadNote(SECOND, tagged[1])))
    app.run()
    assert not app.exception
    choices = [option for box in (*app.selectbox, *app.multiselect) for option in box.options]
    assert "Spiritual care" in choices or page in ("overview", "feedback_page", "agenda_page")


def test_statuses_that_the_folder_words_anew_are_shown_in_its_words(
    project: Path, tagged: list[Analysis], monkeypatch: pytest.MonkeyPatch
) -> None:
    def reword(content: dict[str, Any]) -> None:
        shipped = load_codebook()
        content["statuses"] = [
            {**entry.model_dump(mode="json"), "title": f"Noted as {entry.id}"} for entry in shipped.statuses
        ]

    change(project / "codebook.yml", reword)
    pieces = behind(tagged, clinician="C1", strategy=OWN, codebook=codebook_of(project))
    assert "Noted as delivered" in {piece.status for piece in pieces}
    monkeypatch.setenv(model.CODEBOOK, str(project))
    assert "noted as delivered" in note_html(FIRST, tagged[0])


def test_the_dashboard_exports_it_with_the_folders_codes_and_says_so(
    shipped_example: Path, tagged: list[Analysis]
) -> None:
    documents = [Document(tagged[0], FIRST), Document(tagged[1], SECOND)]
    made = exporting.make(exporting.Choice("qdpx", with_text=True), documents, inputs=[], project=shipped_example)
    manifest = json.loads(made.manifest)
    assert manifest["codebook"]["sha256"] == codebook_of(shipped_example).sha256
    assert "codebook.yml" in manifest["inputs"][0]["sha256"]
    with pytest.raises(AnalyzerError, match="not in the codebook"):
        exporting.make(exporting.Choice("qdpx", with_text=True), documents, inputs=[])


def test_codes_that_the_dashboards_codebook_lacks_are_shown_by_their_id(
    tagged: list[Analysis], monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit.testing.v1 import AppTest

    from analyzer.views import coding

    monkeypatch.delenv("ANALYZER_CODEBOOK", raising=False)
    texts = {"n1": FIRST, "n2": SECOND}
    bare = [replace(analysis, tags=()) for analysis in tagged]
    app = AppTest.from_string("from analyzer.views.agreement_page import page\npage()", default_timeout=180)
    coders = tuple(coding.coder_of(name, found, texts) for name, found in (("A", tagged), ("B", bare)))
    app.session_state["agreement-codes"] = coding.Codes(coders)
    app.session_state["agreement-times"] = 1
    app.run()
    assert not app.exception
    assert OWN in [option for box in (*app.selectbox, *app.multiselect) for option in box.options]
