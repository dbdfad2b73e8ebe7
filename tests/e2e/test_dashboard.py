"""The dashboard without a browser: every page on the sample notes, and hostile text shown as text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.records import Note
from tests.conftest import ROOT

PAGES = ["notes", "overview", "balance", "feedback", "team", "codebook"]


def opened(page: str) -> AppTest:
    app = AppTest.from_function(_run, default_timeout=180, kwargs={"page": page})
    return app.run()


def _run(page: str) -> None:
    from analyzer.views import balance, codebook_page, feedback_page, notes, overview, source, team

    source.sidebar()
    modules = {"notes": notes, "overview": overview, "balance": balance, "feedback": feedback_page, "team": team}
    (codebook_page if page == "codebook" else modules[page]).page()


@pytest.fixture(scope="module")
def pages() -> Callable[[str], AppTest]:
    return opened


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_on_the_samples(pages: Callable[[str], AppTest], page: str) -> None:
    app = pages(page)
    assert not app.exception
    assert app.title[0].value
    if page != "codebook":
        assert "invented" in app.info[0].value


def test_whole_app_opens() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    assert not app.exception


def test_another_note_can_be_chosen(pages: Callable[[str], AppTest]) -> None:
    app = pages("notes")
    chooser = app.selectbox[1]
    other = chooser.options[3]
    chooser.select_index(3).run()
    assert not app.exception
    assert app.selectbox[1].value in other


def test_switching_to_own_notes_forgets_the_samples(pages: Callable[[str], AppTest]) -> None:
    app = pages("notes")
    app.radio(key="source").set_value("My own notes").run()
    assert not app.info
    assert app.session_state["loaded"].notes == ()


def test_a_pasted_note_is_read_and_marked(pages: Callable[[str], AppTest]) -> None:
    app = pages("notes")
    app.radio(key="source").set_value("My own notes").run()
    app.text_area(key="pasted").set_value("Validated her grief. <script>alert(1)</script>").run()
    app.button(key="read").click().run()
    assert not app.exception
    (note,) = app.session_state["loaded"].notes
    assert [tag.strategy for tag in note.analysis.tags] == ["active_listening_empathy"]


def test_hostile_text_is_escaped() -> None:
    from analyzer.pipeline import load
    from analyzer.records import Analysis
    from analyzer.tagging import tag_notes
    from analyzer.views.span_html import note_html

    text = 'Validated <img src=x onerror="alert(1)"> her grief. </div><script>x</script> [a](javascript:x) $x^2$ &amp;'
    (analysis,) = tag_notes([Note("n", text, "s")], load(model=None))
    assert isinstance(analysis, Analysis)
    html = note_html(text, analysis)
    assert "<img" not in html
    assert "<script" not in html
    assert "&amp;amp;" in html


def test_marked_text_loses_no_character() -> None:
    import re
    from html import unescape

    from analyzer.pipeline import load
    from analyzer.records import Analysis
    from analyzer.tagging import tag_notes
    from analyzer.views.span_html import note_html

    text = (
        "Cl tearful & “lost”.\n\nValidated her grief; explored impact of systemic racism on client.\n- Plan: will call."
    )
    (analysis,) = tag_notes([Note("n", text, "s")], load(model=None))
    assert isinstance(analysis, Analysis)
    html = re.sub(r'<span class="sna-chip[^>]*>[^<]*</span>', "", note_html(text, analysis))
    assert unescape(re.sub(r"<[^>]+>", "", html)) == text
