"""The supervisor's pages without a browser: the team's cells and what is behind them, the gaps, the agenda's files."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from spacy.language import Language
from streamlit.testing.v1 import AppTest

from analyzer.records import Analysis, Note
from analyzer.tagging import tag_notes
from analyzer.views.reading import Loaded, ReadNote

# A name that means something to HTML, Markdown and a spreadsheet, and one that Latin-1 can't write.
_HOSTILE = "=<b>A</b> *x*"
_NAMES = (_HOSTILE, "Nguyễn")
# Words of their own in each note: lines that return would be taken for template text.
_DAYS = (
    ("tearful about her mother's funeral", "grief"),
    ("crying about the rent", "worry"),
    ("furious about the bus driver", "anger"),
    ("wept over the letter from court", "fear"),
    ("sobbing and tearful over the dog", "sadness"),
    ("tearful over school", "hurt"),
)
_OPEN = "Client asked who will see the note."
_HTML = "Validated <script>alert(1)</script> her grief about [the letter](javascript:x)."


def _notes() -> list[Note]:
    written = []
    for who, clinician in enumerate(_NAMES):
        for number, (felt, feeling) in enumerate(_DAYS):
            extra = {0: _HTML, 1: _OPEN}.get(number, "")
            text = f"Client {felt}. Validated her {feeling} and stayed with it. {extra}"
            about = {"clinician": clinician, "client": f"K{number % 3}", "date": f"2026-03-{10 + number}"}
            written.append(Note(f"{who}-{number}", text, "made", **about))
    written.append(Note("few-1", "Validated her joy.", "made", clinician="Zed", client="K9", date="2026-03-01"))
    return written


def _run(page: str) -> None:
    import streamlit as st

    from analyzer.views import agenda_page, feedback_page, gaps_page, source, team

    # Notes that a test has read stand in for an upload.
    source.banner = lambda: st.session_state["given"]
    pages = {"team": team, "gaps": gaps_page, "agenda": agenda_page, "feedback": feedback_page}
    pages[st.session_state.get("go") or page].page()


@pytest.fixture(scope="module")
def given(rules_only: Language) -> Loaded:
    notes = _notes()
    results = [result for result in tag_notes(notes, rules_only) if isinstance(result, Analysis)]
    return Loaded("own", tuple(ReadNote(n.text, a) for n, a in zip(notes, results, strict=True)))


@pytest.fixture
def opened(given: Loaded, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    from analyzer.views import source

    monkeypatch.setattr(source, "banner", source.banner)  # put back after the test what the script replaces

    def open_page(page: str) -> AppTest:
        app = AppTest.from_function(_run, default_timeout=60, kwargs={"page": page})
        app.session_state["given"] = given
        app.run()
        assert not app.exception
        return app

    return open_page


def table(app: AppTest, column: str) -> list[str]:
    frames = [frame.value for frame in app.dataframe if column in frame.value]
    return [] if not frames else list(frames[-1][column])


def text(app: AppTest) -> str:
    kinds = (app.text, app.markdown, app.info, app.caption)
    return " ".join(str(element.value) for kind in kinds for element in kind)


def test_clinicians_stand_by_name_and_few_notes_are_said_to_be_few(opened: Callable[[str], AppTest]) -> None:
    app = opened("team")
    cells = app.dataframe[0].value
    assert list(dict.fromkeys(cells["clinician"])) == [*_NAMES, "Zed"]
    assert set(cells[cells["clinician"] == "Zed"]["shown"]) == {"not enough notes"}
    known = cells[cells["shown"] == "estimate"]
    assert len(known)
    assert (known["low"] <= known["estimate"]).all()
    assert (known["estimate"] <= known["high"]).all()


def test_every_cell_leads_to_its_words_and_their_note(opened: Callable[[str], AppTest]) -> None:
    app = opened("team")
    app.selectbox(key="team-clinician").set_value("Nguyễn")
    app.selectbox(key="team-strategy").set_value("active_listening_empathy").run()
    assert not app.exception
    assert set(table(app, "what")) == {"evidence", "opportunity"}
    assert {note[0] for note in table(app, "note")} == {"1"}
    assert "documented as done" in table(app, "status")
    (link,) = app.get("page_link")
    assert "note=1-0" in link.proto.query_string


def test_counting_otherwise_changes_the_estimates(opened: Callable[[str], AppTest]) -> None:
    app = opened("team")
    before = app.dataframe[0].value["estimate"].tolist()
    app.selectbox(key="team-denominator").set_value("1000 words").run()
    assert not app.exception
    assert app.dataframe[0].value["estimate"].tolist() != before


def test_hidden_names_and_small_cells_are_nowhere_on_the_page(opened: Callable[[str], AppTest]) -> None:
    app = opened("team")
    app.toggle(key="team-hide").set_value(True).run()
    assert not app.exception
    sent = " ".join(str(app.main).split())
    for name in (*_NAMES, "Zed", "few-1", "0-1", "Validated"):
        assert name not in sent
    cells = app.dataframe[0].value
    hidden = cells[cells["shown"] == "not shown"]
    assert len(hidden) >= 11
    assert hidden[["estimate", "low", "high", "count", "exposure", "notes"]].isna().all(axis=None)
    app.selectbox(key="team-smallest").set_value(11).run()
    assert set(app.dataframe[0].value["shown"]) == {"not shown"}
    assert not app.exception


def test_choices_are_kept_while_pages_change(opened: Callable[[str], AppTest]) -> None:
    app = opened("team")
    app.selectbox(key="team-strategy").set_value("transparency").run()
    app.session_state["go"] = "gaps"
    app.run()
    app.session_state["go"] = "team"
    app.run()
    assert not app.exception
    assert app.selectbox(key="team-strategy").value == "transparency"


def test_gaps_show_the_moments_without_a_documented_response(opened: Callable[[str], AppTest]) -> None:
    app = opened("gaps")
    asked = [words for words in table(app, "words") if "who will see" in words]
    assert len(asked) == 2
    assert "documented" in text(app)
    app.selectbox(key="gaps-clinician").set_value("Nguyễn").run()
    app.selectbox(key="gaps-strategy").set_value("transparency").run()
    assert set(table(app, "note")) == {"1-1"}
    app.selectbox(key="gaps-strategy").set_value("intersectionality").run()
    assert not table(app, "words")
    assert not app.exception


def test_gaps_by_theme_count_each_moment_once(opened: Callable[[str], AppTest]) -> None:
    app = opened("gaps")
    app.radio(key="gaps-by").set_value("theme").run()
    assert not app.exception
    counted = app.dataframe[0].value
    moments = sum(len(note.analysis.opportunities) for note in app.session_state["given"].notes)
    assert counted["moments"].sum() + counted["left out"].sum() == moments
    app.selectbox(key="gaps-theme").set_value("Records and what happens next").run()
    assert set(table(app, "theme")) == {"Records and what happens next"}


@pytest.mark.parametrize("page", ["team", "gaps", "agenda", "feedback"])
def test_names_and_notes_are_never_read_as_html_or_markdown(opened: Callable[[str], AppTest], page: str) -> None:
    app = opened(page)
    for element in (*app.markdown, *app.caption, *app.info, *app.header):
        assert "<b>" not in str(element.value)
        assert "<script" not in str(element.value)
    for frame in app.get("iframe"):
        assert "<script" not in frame.proto.srcdoc
        assert "<b>" not in frame.proto.srcdoc


@pytest.mark.parametrize("page", ["agenda", "feedback"])
def test_the_document_is_taken_away_as_page_pdf_and_word_file(opened: Callable[[str], AppTest], page: str) -> None:
    app = opened(page)
    assert {button.key for button in app.download_button} == {f"{page}-html", f"{page}-pdf", f"{page}-docx"}
    app.selectbox(key=f"{page}-clinician").set_value("Nguyễn").run()
    assert not app.exception
    assert "Nguyễn" in app.get("iframe")[0].proto.srcdoc


@pytest.mark.parametrize("clinician", _NAMES)
def test_pdf_and_word_file_say_what_the_page_says(given: Loaded, clinician: str) -> None:
    import docx
    import pypdf

    from analyzer.feedback import agenda_for, file_of, plain_text

    agenda = agenda_for(given.analyses, clinician)
    said = _letters(plain_text(agenda))
    word = "\n".join(p.text for p in docx.Document(BytesIO(file_of(agenda, "docx"))).paragraphs)
    pdf = pypdf.PdfReader(BytesIO(file_of(agenda, "pdf")))
    printed = "\n".join(page.extract_text() for page in pdf.pages)
    assert clinician in word
    assert clinician in printed
    for line in ("questions to be curious about", "to close", "what this page cannot say"):
        assert _letters(line) in said
        assert _letters(line) in _letters(word)
        assert _letters(line) in _letters(printed)
    for quote in (question.quotes[0] for question in agenda.questions if question.quotes):
        assert _letters(quote.words) in _letters(word)
        assert _letters(quote.words) in _letters(printed)
    assert file_of(agenda, "pdf") == file_of(agenda, "pdf")


def test_letters_that_the_pdf_cannot_show_are_pointed_out(given: Loaded) -> None:
    import pypdf

    from analyzer.feedback import feedback_for, file_of

    renamed = [Analysis.from_dict(a.to_dict() | {"clinician": "王 ﬁ"}) for a in given.analyses]
    page = feedback_for(renamed, "王 ﬁ")
    printed = pypdf.PdfReader(BytesIO(file_of(page, "pdf"))).pages
    assert "? ﬁ" in printed[0].extract_text()
    assert "not in this file's font" in " ".join(printed[-1].extract_text().split())


def _letters(words: str) -> str:
    return "".join(c for c in words.casefold() if c.isalnum())
