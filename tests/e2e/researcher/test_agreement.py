"""The page "Agreement" without a browser: codes of people and of the program compared, words side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.agreement.confusion import ANSWERS, confusion
from analyzer.corpus import write_coded
from analyzer.interchange.document import Document
from analyzer.records import CodedNote, CodedTag
from analyzer.views import coding, exporting
from analyzer.views.agreement_html import reading_html
from analyzer.views.exporting import Choice
from analyzer.views.reading import Loaded
from tests.e2e.researcher.pages import HOSTILE, Opened, ok, texts


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


_CALL = f"Offered two choices {HOSTILE}."
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
    return ok(app.button(key="agreement-read").click().run())


def test_two_coders_are_compared_and_their_words_stand_side_by_side(
    opened: Opened, two_coders: list[tuple[str, bytes, str]]
) -> None:
    app = _compared(opened, two_coders)
    assert "2 coders, 2 notes, 2 segments" in texts(app)
    listed = next(table.value for table in app.dataframe if "number" in table.value)
    assert list(listed["strategy"]) == ["Active listening and empathy", "Collaborative decision making"]
    pages = [element.proto.body for element in app.get("html")]
    assert any(">Validated</mark>" in page for page in pages)
    assert any(">Validated her</mark>" in page for page in pages)
    ok(app.number_input(key="agreement-number").set_value(2).run())
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
        ok(app.selectbox(key="agreement-question").select_index(question).run())
    for coefficient in range(5):
        ok(app.selectbox(key="agreement-coefficient").select_index(coefficient).run())
    ok(app.selectbox(key="agreement-first").select_index(1).run())
    ok(app.selectbox(key="agreement-strategy").select_index(3).run())
    ok(app.multiselect(key="agreement-kind").set_value(["status"]).run())
    assert "Side by side: number 1 to 1" in [box.label for box in app.number_input]


def test_codes_are_compared_with_the_program(opened: Opened, two_coders: list[tuple[str, bytes, str]]) -> None:
    app = _compared(opened, two_coders[1:])
    assert "2 coders, 2 notes" in texts(app)
    assert app.toggle[0].value
    listed = next(table.value for table in app.dataframe if "number" in table.value)
    assert "the program says" in listed.columns
    ok(app.toggle[0].set_value(False).run())
    assert "two coders or more" in texts(app)


def test_the_notes_at_hand_serve_as_an_example(opened: Opened) -> None:
    app = opened("agreement")
    ok(app.button(key="agreement-example").click().run())
    assert "2 coders, 2 notes" in texts(app)
    assert "They differ nowhere." in texts(app)
    ok(app.button(key="agreement-forget").click().run())
    assert app.file_uploader(key="agreement-files")


def test_files_that_do_not_fit_are_named_with_the_reason(
    opened: Opened, two_coders: list[tuple[str, bytes, str]]
) -> None:
    broken = [("x.json", b"{}", "application/json"), ("z.zip", b"no archive", "application/zip")]
    app = _compared(opened, [*two_coders, *broken])
    told = texts(app)
    assert "x.json" in told
    assert "z.zip: is damaged or no .zip archive" in told
    assert "/tmp" not in told
    assert "2 coders, 2 notes" in told


def test_where_no_file_fits_the_page_says_so_and_stays(opened: Opened) -> None:
    app = _compared(opened, [("x.json", b"{}", "application/json")])
    assert "x.json" in texts(app)
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
    ok(app.run())
    assert app.metric[0].value == "1,603"
    ok(app.number_input(key="agreement-width").set_value(0.2).run())
    assert app.metric[0].value == "401"
