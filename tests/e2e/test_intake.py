"""One's own notes in the dashboard: looked at before they are read, read, stopped, forgotten."""

from __future__ import annotations

import io
import zipfile

import pytest
from spacy.language import Language

from analyzer.records import Note
from analyzer.views.reading import Reading
from tests.e2e.apps import opened, pasted, said, unreadable, uploaded

pytestmark = pytest.mark.usefixtures("quick")
TABLE = (
    "Wer,Kurz,Wann,Klient\n"
    '<b>A</b>,"Validated her grief and named the loss that she had spoken of.",2026-03-03,K1\n'
    '$x$,"Will explain the limits of confidentiality next time; not yet done.",2026-03-10,K1\n'
    "<b>A</b>,,2026-03-17,K2\n"
)


def test_what_happens_to_uploaded_notes_is_said() -> None:
    assert "not written to disk" in said(opened(own=True))


def test_own_notes_begin_with_none() -> None:
    app = opened(own=True)
    assert app.session_state["loaded"].notes == ()
    assert "invented" not in said(app)


def test_a_pasted_note_is_read_and_nothing_is_called_unreadable() -> None:
    app = pasted("Validated her grief. <script>alert(1)</script>")
    assert not app.exception
    loaded = app.session_state["loaded"]
    assert [tag.strategy for tag in loaded.notes[0].analysis.tags] == ["active_listening_empathy"]
    assert loaded.skipped == ()


def test_the_preview_tells_what_was_recognised_before_anything_is_read() -> None:
    app = uploaded(("C9-1.txt", b"Validated her grief."), ("broken.pdf", b"nothing"))
    assert "Recognised: 1 note" in said(app)
    assert unreadable(app) == {"broken.pdf"}
    assert app.session_state["loaded"].notes == ()


def test_a_tables_columns_are_asked_for_and_its_longest_one_is_taken_for_the_text() -> None:
    app = uploaded(("notes.csv", TABLE.encode()))
    boxes = {box.label: box for box in app.selectbox}
    assert boxes["The note's text"].value == "Kurz"
    boxes["Clinician"].set_value("Wer")
    boxes["Client"].set_value("Klient")
    boxes["Date"].set_value("Wann")
    app.run()
    app.button(key="read").click().run()
    assert not app.exception
    loaded = app.session_state["loaded"]
    assert {(n.analysis.clinician, n.analysis.date) for n in loaded.notes} == {
        ("<b>A</b>", "2026-03-03"),
        ("$x$", "2026-03-10"),
    }
    assert [skipped.reason for skipped in loaded.skipped] == ["has no text"]


def test_a_folders_zip_is_read() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("C1/a.txt", "Validated her grief.")
        archive.writestr("C1/b.txt", "Client arrived late.")
    app = uploaded(("C1.zip", packed.getvalue()))
    app.button(key="read").click().run()
    assert len(app.session_state["loaded"].notes) == 2


def test_an_index_in_a_folders_zip_tells_whose_the_notes_are_and_is_no_table_of_notes() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.csv", "file,note_id,clinician\na.txt,A-1,C1\nb.txt,A-2,C1\n")
        archive.writestr("a.txt", "Validated her grief.")
        archive.writestr("b.txt", "Client arrived late.")
    app = uploaded(("C1.zip", packed.getvalue()))
    assert "Recognised: 2 notes" in said(app)
    assert "Which column is what" not in said(app)
    app.button(key="read").click().run()
    assert {(a.note_id, a.clinician) for a in app.session_state["loaded"].analyses} == {("A-1", "C1"), ("A-2", "C1")}


def test_forgetting_leaves_nothing_of_the_notes_in_the_session() -> None:
    app = pasted("Validated her grief about the quarry.")
    app.button(key="forget").click().run()
    assert not app.exception
    assert app.session_state["loaded"].notes == ()
    assert "own" not in app.session_state
    assert "quarry" not in str(app.session_state._state.filtered_state)
    assert app.text_area(key="pasted").value == ""


def test_own_notes_are_still_there_after_a_look_at_the_samples() -> None:
    app = pasted("Validated her grief.")
    app.radio(key="source").set_value("The invented sample notes").run()
    assert app.session_state["loaded"].origin == "sample"
    app.radio(key="source").set_value("My own notes").run()
    assert len(app.session_state["loaded"].notes) == 1


def test_stopping_keeps_what_was_read(rules_only: Language) -> None:
    notes = [Note(f"n{n}", "Validated her grief.", "s") for n in range(40)]
    reading = Reading("own", notes, lambda: rules_only)
    reading.stop()
    reading.wait(30)
    assert not reading.running
    assert reading.done < len(notes)
    assert len(reading.loaded.notes) == reading.done


def test_a_stopped_reading_is_shown_as_stopped(rules_only: Language) -> None:
    app = opened(own=True)
    reading = Reading("own", [Note(f"n{n}", "Validated her grief.", "s") for n in range(40)], lambda: rules_only)
    reading.stop()
    reading.wait(30)
    app.session_state["own"] = reading
    app.run()
    assert "Stopped" in said(app)


def test_an_error_of_the_program_repeats_no_words_of_the_note(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("her grief")

    monkeypatch.setattr("analyzer.views.reading.mask", broken)
    app = pasted("Validated her grief.")
    assert "ValueError" in app.error[0].value
    assert "grief" not in app.error[0].value


def test_a_session_that_ends_ends_its_reading(rules_only: Language) -> None:
    import threading

    before = threading.active_count()
    reading = Reading("own", [Note(f"n{n}", "Validated her grief.", "s") for n in range(200)], lambda: rules_only)
    assert threading.active_count() == before + 1
    (thread,) = [t for t in threading.enumerate() if t.name.endswith("(_work)")]
    del reading
    thread.join(30)
    assert not thread.is_alive()
