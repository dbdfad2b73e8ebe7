"""The dashboard without a browser: the samples, one's own notes, the reading view, the balance, and hostile text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from itertools import islice

import pytest
from spacy.language import Language
from streamlit.testing.v1 import AppTest

from analyzer.lexicons import read_data
from analyzer.notes import read_notes
from analyzer.records import Analysis, Note
from analyzer.tagging import tag_notes
from analyzer.views import intake, source
from analyzer.views.reading import Reading
from analyzer.views.span_html import evidence_list_html, note_html
from tests.conftest import ROOT

PAGES = ["notes", "overview", "balance", "feedback", "team", "gaps", "agenda", "review"]
HOSTILE = 'Validated <img src=x onerror="alert(1)"> her grief. </div><script>x</script> [a](javascript:x) $x^2$ &amp;'
TABLE = (
    "Wer,Kurz,Wann,Klient\n"
    '<b>A</b>,"Validated her grief and named the loss that she had spoken of.",2026-03-03,K1\n'
    '$x$,"Will explain the limits of confidentiality next time; not yet done.",2026-03-10,K1\n'
    "<b>A</b>,,2026-03-17,K2\n"
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, rules_only: Language) -> Iterator[None]:
    """Rules alone read the notes, and three sample notes stand for all."""
    monkeypatch.setattr(source, "pipeline", lambda: rules_only)
    monkeypatch.setattr(intake, "pipeline", lambda: rules_only)
    monkeypatch.setattr(source, "read_notes", lambda paths: islice(read_notes(paths), 3))
    source._samples.clear()
    yield
    source._samples.clear()


def _run(page: str) -> None:
    import streamlit as st

    from analyzer.views import (
        agenda_page,
        balance,
        feedback_page,
        gaps_page,
        notes,
        overview,
        review_page,
        source,
        team,
    )

    source.sidebar()
    modules = {"notes": notes, "overview": overview, "balance": balance, "feedback": feedback_page, "team": team}
    modules |= {"gaps": gaps_page, "agenda": agenda_page, "review": review_page}
    modules[st.session_state.get("elsewhere", page)].page()


def opened(page: str = "notes", *, own: bool = False) -> AppTest:
    app = AppTest.from_function(_run, default_timeout=60, kwargs={"page": page})
    if own:
        app.session_state["source"] = "My own notes"
    return app.run()


def pasted(text: str) -> AppTest:
    app = opened(own=True)
    app.text_area(key="pasted").set_value(text).run()
    return app.button(key="read").click().run()


def uploaded(*files: tuple[str, bytes]) -> AppTest:
    app = opened(own=True)
    app.file_uploader[0].set_value([(name, data, "application/octet-stream") for name, data in files])
    return app.run()


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.text, app.info, app.warning, app.error, app.caption)
    return " ".join(str(element.value) for kind in kinds for element in kind)


def unreadable(app: AppTest) -> set[str]:
    """The files under "could not be read"."""
    return {where for shown in app.dataframe if "why" in shown.value for where in shown.value["where"]}


def html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_on_the_samples(page: str) -> None:
    app = opened(page)
    assert not app.exception
    assert "invented sample notes" in said(app)


def test_whole_app_opens() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert app.title[0].value == "My notes"


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


def chosen(app: AppTest) -> str:
    return app.selectbox(key="notes-chosen").value


def test_notes_are_gone_through_one_by_one() -> None:
    app = opened()
    first = chosen(app)
    app.button(key="notes-next").click().run()
    assert chosen(app) != first
    app.button(key="notes-previous").click().run()
    assert chosen(app) == first


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("selectbox", "notes-clinician", "C01"),
        ("selectbox", "notes-client", "K01"),
        ("multiselect", "notes-strategies", ["transparency"]),
        ("multiselect", "notes-statuses", ["delivered"]),
        ("text_input", "notes-words", "client"),
    ],
)
def test_a_filter_is_kept_while_pages_change(kind: str, key: str, value: object) -> None:
    app = opened()
    getattr(app, kind)(key=key).set_value(value).run()
    assert not app.exception
    app.session_state["elsewhere"] = "overview"
    app.run()
    app.session_state["elsewhere"] = "notes"
    app.run()
    assert getattr(app, kind)(key=key).value == value


def test_words_that_no_note_holds_leave_none_and_say_so() -> None:
    app = opened()
    app.text_input(key="notes-words").set_value("zebra crossing").run()
    assert "None of 3 notes" in said(app)


def test_dates_narrow_the_notes() -> None:
    app = opened()
    box = app.date_input[0]
    box.set_value((box.min, box.min)).run()
    assert not app.exception
    assert len(app.selectbox(key="notes-chosen").options) == 1


def test_an_address_opens_a_note_with_a_tag_pointed_out() -> None:
    app = uploaded(("a.txt", b"Validated her grief."), ("b.txt", b"Validated his anger."))
    app.button(key="read").click().run()
    app.query_params["note"] = "b"
    app.query_params["tag"] = "1"
    app.run()
    assert chosen(app) == "b"
    assert 'id="sna-tag-1" class="sna-chosen"><details open' in html(app)
    app.button(key="notes-previous").click().run()
    assert app.query_params["note"] in ("a", ["a"])
    assert "sna-chosen" not in html(app).split("</style>")[-1]


def test_every_tag_opens_to_definition_reason_and_confidence() -> None:
    shown = html(opened())
    for heading in ("What the strategy is", "Why this status", "What found it, and how sure it is"):
        assert heading in shown


def test_the_way_to_the_review_names_the_note() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    note_id = chosen(app)
    app.button(key="notes-review").click().run()
    assert not app.exception
    assert app.session_state["review-note"] == note_id
    assert app.title[0].value == "Review"


@pytest.mark.parametrize("reference", ["opportunities", "peers", "past", "targets"])
def test_few_notes_are_called_few_against_any_reference(reference: str) -> None:
    app = opened("balance")
    app.selectbox(key="balance-reference").set_value(reference).run()
    app.toggle(key="balance-corrected").set_value(True).run()
    assert not app.exception
    assert "not enough" in said(app)


def test_counting_per_words_goes_with_no_correction() -> None:
    app = opened("balance")
    app.selectbox(key="balance-reference").set_value("past").run()
    app.selectbox(key="balance-denominator").set_value("1000 words").run()
    assert not app.exception
    assert app.toggle(key="balance-corrected").disabled
    app.selectbox(key="balance-reference").set_value("opportunities").run()
    assert not app.exception


def test_a_broken_file_of_targets_is_told_in_a_sentence() -> None:
    app = opened("balance")
    app.selectbox(key="balance-reference").set_value("targets").run()
    app.file_uploader(key="balance-targets").set_value(("t.yml", b"kindness: [0.5, 0.9]", "text/yaml")).run()
    assert not app.exception
    assert "kindness" in app.error[0].value


@pytest.mark.parametrize("page", ["notes", "overview", "balance"])
def test_names_and_headings_with_markup_are_shown_as_text(page: str) -> None:
    evil = "<script>alert(1)</script> **b** $x^2$ [a](javascript:x)"
    lines = f'note_id,text,clinician,client,date\n"{evil}","Validated {evil}","{evil}","{evil}",2026-03-03\n'
    app = uploaded((f"{evil}.csv".replace("/", "_"), lines.encode()))
    app.button(key="read").click().run()
    app.session_state["elsewhere"] = page
    app.run()
    assert not app.exception
    assert len(app.session_state["loaded"].notes) == 1
    assert "<script" not in html(app)
    for element in app.markdown:
        assert "$x^2$" not in element.value
        assert "**b**" not in element.value


def analysed(text: str, nlp: Language) -> Analysis:
    (analysis,) = tag_notes([Note("n", text, "s")], nlp)
    assert isinstance(analysis, Analysis)
    return analysis


def test_hostile_text_is_escaped(rules_only: Language) -> None:
    analysis = analysed(HOSTILE, rules_only)
    shown = note_html(HOSTILE, analysis, beside=True) + evidence_list_html(
        analysis, strategies=[analysis.tags[0].strategy]
    )
    assert "<img" not in shown
    assert "<script" not in shown
    assert "&amp;amp;" in shown


def test_marked_text_loses_no_character(rules_only: Language) -> None:
    text = (
        "Cl tearful & “lost”.\n\nValidated her grief; explored impact of systemic racism on client.\n- Plan: will call."
    )
    shown = note_html(text, analysed(text, rules_only))
    shown = re.sub(r'<span class="sna-(chip|why)[^>]*>[^<]*</span>', "", shown)
    assert unescape(re.sub(r"<[^>]+>", "", shown)) == text


def test_several_strategies_on_the_same_words_each_keep_their_line_and_label(rules_only: Language) -> None:
    from dataclasses import replace

    found = analysed("Validated her grief.", rules_only)
    (tag,) = found.tags
    both = replace(found, tags=(tag, replace(tag, strategy="transparency", status="planned")))
    shown = note_html("Validated her grief.", both)
    assert "linear-gradient" in shown
    assert "sna-t-planned sna-below-1" in shown
    assert shown.count("sna-chip") == 2


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_every_colour_can_be_read_in_the_light_and_in_the_dark_theme() -> None:
    palette = read_data("palette.yml")
    lines = [colour["line"] for part in ("strategies", "verdicts") for colour in palette[part].values()]
    for line in [*lines, palette["plain"]]:
        assert contrast("#ffffff", line) >= 4.5, line
        assert all(contrast(page, line) >= 3 for page in palette["pages"].values()), line
    for name, colour in palette["strategies"].items():
        assert contrast("#1b1f24", colour["mark"]) >= 7, name
    theme = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert all(f'backgroundColor = "{page}"' in theme for page in palette["pages"].values())
