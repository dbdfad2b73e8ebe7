"""The researcher's pages without a browser: files made, codes compared, a sentence tried; hostile text stays text."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from spacy.language import Language
from streamlit.testing.v1 import AppTest

from analyzer.agreement.confusion import ANSWERS, confusion
from analyzer.codebook import load_codebook
from analyzer.corpus import write_coded
from analyzer.interchange import FORMATS
from analyzer.interchange.document import Document
from analyzer.manifest import Files, read_manifest
from analyzer.pipeline import load
from analyzer.records import Analysis, AnalyzerError, CodedNote, CodedTag, Note
from analyzer.tagging import tag_notes
from analyzer.trial import try_out
from analyzer.views import coding, exporting
from analyzer.views.agreement_html import reading_html
from analyzer.views.codebook_html import what_counts
from analyzer.views.codebook_lookup import neighbours, search
from analyzer.views.exporting import Choice, Keyed
from analyzer.views.reading import Loaded, ReadNote

_HOSTILE = "<img src=x onerror=alert(1)> [a](javascript:x) $x^2$"
_TEXT = "Validated her grief. Client unsure whether talking helps.\nPlan: will review limits of confidentiality."
_OTHER = f"Offered two choices. {_HOSTILE} Validated his anger."


@pytest.fixture(scope="module")
def rules() -> Language:
    return load(model=None)


@pytest.fixture(scope="module")
def notes(rules: Language) -> Loaded:
    """Two notes of two invented clinicians, one of them with a hostile name, read by the rules alone."""
    given = [
        Note("n1", _TEXT, "n.txt", clinician="C1", client="A", date="2024-01-05"),
        Note("n2", _OTHER, "n.txt", clinician=_HOSTILE, client="B", date="2024-02-05"),
    ]
    tagged = [a for a in tag_notes(given, rules) if isinstance(a, Analysis)]
    return Loaded("own", tuple(ReadNote(note.text, a) for note, a in zip(given, tagged, strict=True)))


@pytest.fixture(scope="module")
def documents(notes: Loaded) -> list[Document]:
    return [Document(note.analysis, note.text) for note in notes.notes]


def _run(page: str) -> None:
    from analyzer.views import agreement_page, codebook_page, export_page

    {"export": export_page, "agreement": agreement_page, "codebook": codebook_page}[page].page()


Opened = Callable[[str], AppTest]


@pytest.fixture
def opened(notes: Loaded, rules: Language, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens a page on these notes, with the rules alone as the program."""
    from analyzer.views import agreement_page, codebook_page, source

    monkeypatch.setattr(agreement_page, "pipeline", lambda: rules)
    monkeypatch.setattr(agreement_page, "rules_alone", lambda: rules)
    monkeypatch.setattr(codebook_page, "pipeline", lambda: rules)
    read = SimpleNamespace(running=False, stopped=False, error=None, loaded=notes)
    monkeypatch.setattr(source, "_current", lambda: read)

    def open_page(page: str) -> AppTest:
        return AppTest.from_function(_run, default_timeout=60, kwargs={"page": page}).run()

    return open_page


def _ok(app: AppTest) -> AppTest:
    assert not app.exception, [error.message for error in app.exception]
    return app


def _texts(app: AppTest) -> str:
    shown = (app.text, app.markdown, app.info, app.error, app.caption)
    return "\n".join(str(element.value) for kind in shown for element in kind)


def _labels(app: AppTest) -> list[str]:
    return [button.label for button in app.get("download_button")]


# Export


@pytest.mark.parametrize("what", [*exporting.TABLES, *exporting.TOOLS])
def test_every_kind_of_export_can_be_chosen_and_made(opened: Opened, what: str) -> None:
    if what == "cas":
        pytest.importorskip("cassis")
    app = opened("export")
    _ok(app.selectbox(key="export-what").set_value(what).run())
    needs_text = what in FORMATS and FORMATS[what].needs_text
    assert ("left out unless you tick" in _texts(app)) == needs_text
    if needs_text:
        app.checkbox(key="export-text").check().run()
    _ok(app.button(key="export-make").click().run())
    made = app.session_state["export-made"][2]
    assert f"Download {made.name}" in _labels(app)
    assert "Run manifest (.json)" in _labels(app)
    assert ("Data dictionary (.csv)" in _labels(app)) == (what in exporting.TABLES)
    assert made.data


def test_exports_offered_are_those_that_the_program_writes() -> None:
    assert list(exporting.TOOLS) == list(FORMATS)


def test_a_new_choice_takes_the_old_file_away(opened: Opened) -> None:
    app = opened("export")
    app.button(key="export-make").click().run()
    assert "Download counts-by-clinician.csv" in _labels(app)
    _ok(app.selectbox(key="export-by").set_value("note").run())
    assert _labels(app) == []


def test_preview_shows_the_rows_as_chosen(opened: Opened) -> None:
    app = opened("export")
    app.selectbox(key="export-by").set_value("note")
    app.multiselect(key="export-statuses").set_value(["planned"])
    _ok(app.multiselect(key="export-denominators").set_value(["words"]).run())
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


# Agreement


def _coded(note_id: str, text: str, *said: tuple[str, str, str]) -> CodedNote:
    """A note of one segment; ``said`` are words, strategy and status."""
    tags = tuple(
        CodedTag(0, strategy, status, text.index(words), text.index(words) + len(words))  # type: ignore[arg-type]
        for words, strategy, status in said
    )
    return CodedNote(note_id, text, ((0, len(text)),), tags, (), ())


def _file(path: Path, notes: Sequence[CodedNote]) -> tuple[str, bytes, str]:
    write_coded(notes, path)
    return path.name, path.read_bytes(), "application/jsonl"


_CALL = f"Offered two choices {_HOSTILE}."
_LISTENED = "Validated her grief."


@pytest.fixture
def two_coders(tmp_path: Path) -> list[tuple[str, bytes, str]]:
    """Codes of two people on two notes; the first coder's file has a hostile name."""
    ana = [
        _coded("n1", _LISTENED, ("Validated", "active_listening_empathy", "delivered")),
        _coded("n2", _CALL, ("two choices", "collaborative_decision_making", "delivered")),
    ]
    ben = [
        _coded("n1", _LISTENED, ("Validated her", "active_listening_empathy", "planned")),
        _coded("n2", _CALL),
    ]
    _, data, kind = _file(tmp_path / "ana.jsonl", ana)
    return [("*ana* <b>x</b> $1$.jsonl".replace("/", "_"), data, kind), _file(tmp_path / "ben.jsonl", ben)]


def _compared(opened: Opened, files: list[tuple[str, bytes, str]]) -> AppTest:
    app = opened("agreement")
    app.file_uploader(key="agreement-files").set_value(files).run()
    return _ok(app.button(key="agreement-read").click().run())


def test_two_coders_are_compared_and_their_words_stand_side_by_side(
    opened: Opened, two_coders: list[tuple[str, bytes, str]]
) -> None:
    app = _compared(opened, two_coders)
    assert "2 coders, 2 notes, 2 segments" in _texts(app)
    listed = next(table.value for table in app.dataframe if "number" in table.value)
    assert list(listed["strategy"]) == ["Active listening and empathy", "Collaborative decision making"]
    pages = [element.proto.body for element in app.get("html")]
    assert any(">Validated</mark>" in page for page in pages)
    assert any(">Validated her</mark>" in page for page in pages)
    _ok(app.number_input(key="agreement-number").set_value(2).run())
    pages = [element.proto.body for element in app.get("html")]
    assert any(">two choices</mark>" in page for page in pages)
    assert not any("<img" in page for page in pages)


def test_file_names_are_shown_as_text(opened: Opened, two_coders: list[tuple[str, bytes, str]]) -> None:
    app = _compared(opened, two_coders)
    assert not any("*ana*" in str(shown.value) for shown in app.markdown)
    assert any("*ana*" in str(shown.value) for shown in app.get("html"))


def test_every_question_and_coefficient_can_be_shown(opened: Opened, two_coders: list[tuple[str, bytes, str]]) -> None:
    app = _compared(opened, two_coders)
    for question in range(4):
        _ok(app.selectbox(key="agreement-question").select_index(question).run())
    for coefficient in range(5):
        _ok(app.selectbox(key="agreement-coefficient").select_index(coefficient).run())
    _ok(app.selectbox(key="agreement-first").select_index(1).run())
    _ok(app.selectbox(key="agreement-strategy").select_index(3).run())
    _ok(app.multiselect(key="agreement-kind").set_value(["status"]).run())
    assert "Side by side: number 1 to 1" in [box.label for box in app.number_input]


def test_codes_are_compared_with_the_program(opened: Opened, two_coders: list[tuple[str, bytes, str]]) -> None:
    app = _compared(opened, two_coders[1:])
    assert "2 coders, 2 notes" in _texts(app)
    assert app.toggle[0].value
    listed = next(table.value for table in app.dataframe if "number" in table.value)
    assert "the program says" in listed.columns
    _ok(app.toggle[0].set_value(False).run())
    assert "two coders or more" in _texts(app)


def test_the_notes_at_hand_serve_as_an_example(opened: Opened) -> None:
    app = opened("agreement")
    _ok(app.button(key="agreement-example").click().run())
    assert "2 coders, 2 notes" in _texts(app)
    assert "They differ nowhere." in _texts(app)
    _ok(app.button(key="agreement-forget").click().run())
    assert app.file_uploader(key="agreement-files")


def test_files_that_do_not_fit_are_named_with_the_reason(
    opened: Opened, two_coders: list[tuple[str, bytes, str]]
) -> None:
    broken = [("x.json", b"{}", "application/json"), ("z.zip", b"no archive", "application/zip")]
    app = _compared(opened, [*two_coders, *broken])
    told = _texts(app)
    assert "x.json" in told
    assert "z.zip: is damaged or no .zip archive" in told
    assert "/tmp" not in told
    assert "2 coders, 2 notes" in told


def test_where_no_file_fits_the_page_says_so_and_stays(opened: Opened) -> None:
    app = _compared(opened, [("x.json", b"{}", "application/json")])
    assert "x.json" in _texts(app)
    assert app.file_uploader(key="agreement-files")


def test_tags_without_text_ask_for_the_notes_in_words_of_the_page(notes: Loaded) -> None:
    lines = "".join(json.dumps(a.to_dict()) + "\n" for a in notes.analyses).encode()
    alone = coding.read_codes([("tags.jsonl", lines)])
    assert alone.coders == ()
    assert "tick “These codes are of the notes on the left”" in alone.refused[0][1]
    texts = {note.analysis.note_id: note.text for note in notes.notes}
    (coder,) = coding.read_codes([("tags.jsonl", lines)], texts=texts).coders
    assert coder.name == "tags"
    assert set(coder.notes) == {"n1", "n2"}


def test_a_zipped_brat_folder_is_one_coder(documents: list[Document]) -> None:
    made = exporting.make(Choice("brat", with_text=True), documents, inputs=[])
    (coder,) = coding.read_codes([("second reader.zip", made.data)]).coders
    assert coder.name == "second reader"
    assert set(coder.notes) == {"n1", "n2"}


def test_confusion_counts_every_answer_of_both(two_coders: list[tuple[str, bytes, str]]) -> None:
    coders = coding.read_codes([(name, data) for name, data, _ in two_coders]).coders
    first, second = (coder.name for coder in coders)
    found = confusion(coders, first, second)
    assert found.counts[ANSWERS.index("delivered")][ANSWERS.index("planned")] == 1
    assert found.counts[ANSWERS.index("delivered")][ANSWERS.index("none")] == 1
    assert (found.given, found.alike) == (2, 0)
    assert sum(map(sum, found.counts)) == 2 * 11
    one = confusion(coders, first, second, strategy="transparency")
    assert (one.given, sum(map(sum, one.counts))) == (0, 2)


def test_disagreements_are_written_without_words_unless_asked(two_coders: list[tuple[str, bytes, str]]) -> None:
    from analyzer.agreement import disagreements

    coders = coding.read_codes([(name, data) for name, data, _ in two_coders]).coders
    rows = disagreements(coders, with_text=True)
    names = [coder.name for coder in coders]
    assert b"grief" not in coding.listing(rows, names, ".csv", with_text=False)
    assert b"grief" in coding.listing(rows, names, ".csv", with_text=True)


def test_marks_lose_no_character_and_escape_all() -> None:
    html = reading_html("a <b> & c", "safe_space", [(2, 5, "delivered"), (4, 9, "planned")])
    assert "&lt;b&gt;" in html
    assert html.count("<mark") == 2
    assert html.endswith("&amp; c</mark></div>")


def test_study_size_follows_what_is_asked(opened: Opened) -> None:
    app = opened("agreement")
    app.session_state["agreement-tab"] = "Plan a study"
    _ok(app.run())
    assert app.metric[0].value == "1,603"
    _ok(app.number_input(key="agreement-width").set_value(0.2).run())
    assert app.metric[0].value == "401"


# Codebook


def test_search_finds_passages_and_narrows_the_strategies(opened: Opened) -> None:
    app = opened("codebook")
    assert len(app.selectbox(key="codebook-strategy").options) == 11
    _ok(app.text_input(key="codebook-search").set_value("interpr").run())
    assert list(app.selectbox(key="codebook-strategy").options) == ["Cultural competence"]
    assert "interpreter" in " ".join(app.dataframe[0].value["passage"])
    _ok(app.text_input(key="codebook-search").set_value("zzz").run())
    assert "No passage holds all of these words" in _texts(app)


def test_search_needs_all_words_in_one_passage() -> None:
    book = load_codebook()
    assert search(book, "interpreter declined")
    assert not search(book, "interpreter genogram")
    assert search(book, "  ") == []


def test_neighbours_are_told_both_ways() -> None:
    book = load_codebook()
    found = neighbours(book, book.strategy("safe_space"))
    assert {"transparency", "trauma_informed"} <= {n.instead for n in found if n.of == "safe_space"}
    assert "trauma_informed" in {n.of for n in found if n.instead == "safe_space"}


def test_a_codebook_of_ones_own_is_shown_as_text() -> None:
    strategy = load_codebook().strategies[0].model_copy(update={"definition": _HOSTILE, "include": (_HOSTILE,)})
    assert "<img" not in what_counts(strategy)


def test_a_sentence_is_tried_live(opened: Opened) -> None:
    app = opened("codebook")
    app.session_state["codebook-tab"] = "Try a sentence"
    _ok(app.run())
    box = app.text_input(key="codebook-try")
    _ok(box.set_value("Will review limits of confidentiality. <b id='planted'>x</b>").run())
    rules_found = next(table.value for table in app.dataframe if "rule" in table.value)
    assert "tr.limits_of_confidentiality" in list(rules_found["rule"])
    pages = [element.proto.body for element in app.get("html")]
    assert any("TR planned" in page for page in pages)
    assert any("“Will”" in page for page in pages)
    assert not any("<b id" in page for page in pages)
    _ok(app.text_input(key="codebook-try").set_value(" ").run())
    assert "Type a sentence" in _texts(app)


def test_the_model_gives_each_strategy_a_score_beside_its_threshold() -> None:
    tried = try_out("Explored impact of redlining on her distrust of the clinic.", load("fast"))
    assert len(tried.scores) == 11
    best = max(tried.scores, key=lambda score: score.probability)
    assert best.strategy == "historical_context"
    assert best.probability >= best.threshold
    assert tried.opportunity is not None
    assert {hit.kind for hit in tried.hits} == {"strategy", "opportunity"}


def test_an_identifier_is_masked_before_a_sentence_is_read(rules: Language) -> None:
    tried = try_out("Validated grief of Maria Lopez.", rules)
    assert "Lopez" not in tried.text
    assert tried.analysis.identifiers
