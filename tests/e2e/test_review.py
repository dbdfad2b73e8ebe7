"""The page "Review" without a browser: a store is chosen, tags are decided, undone, exported, and kept over pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from analyzer.corpus import read_coded
from analyzer.lexicons import read_data
from analyzer.store import create_store, new_key_file, open_store
from analyzer.store.sealing import passphrase

_NOTE = "Validated her grief. Client arrived late. Reviewed limits of confidentiality with client.\nPlan: will call."


def _run() -> None:
    import streamlit as st

    from analyzer.views import notes, review_page, source

    source.sidebar()
    (notes if st.session_state.get("elsewhere") else review_page).page()


@pytest.fixture
def app() -> AppTest:
    """The page with one pasted note, read with the shipped model."""
    opened = AppTest.from_function(_run, default_timeout=120)
    opened.session_state["source"] = "My own notes"
    opened.run()
    opened.text_area(key="pasted").set_value(_NOTE)
    opened.run()
    opened.button(key="read").click().run()
    return opened


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "reviews.db"


@pytest.fixture
def reviewing(app: AppTest, place: Path) -> AppTest:
    """The page with a store open at ``place``."""
    app.text_input(key="review-where").set_value(str(place))
    app.text_input(key="review-who").set_value("R. Reader")
    button(app, "Open or make this store").click()
    return app.run()


def texts(app: AppTest) -> str:
    return " ".join(str(element.value) for kind in (app.text, app.markdown, app.info, app.success) for element in kind)


def button(app: AppTest, label: str) -> Button:
    return next(shown for shown in app.button if shown.label == label)


def press(app: AppTest, label: str) -> None:
    button(app, label).click().run()


def settle(app: AppTest) -> None:
    """Agree with what is shown: a tag, or that the segment holds none."""
    next(shown for shown in app.button if shown.label in ("Accept", "Nothing more here")).click().run()


def evidence(app: AppTest) -> int:
    """How many tags the page Notes shows."""
    return next(len(table.value) for table in app.dataframe if "strategy" in table.value)


def progress(app: AppTest) -> str:
    return str(app.get("progress")[0].proto.text)


def test_nothing_is_kept_until_a_place_is_chosen(app: AppTest, tmp_path: Path) -> None:
    assert not app.exception
    assert "kept nowhere" in texts(app)
    assert not [shown for shown in app.button if shown.label == "Accept"]
    assert list(tmp_path.iterdir()) == []


def test_a_tag_is_accepted_and_the_next_segment_comes(reviewing: AppTest, place: Path) -> None:
    assert progress(reviewing) == "0 of 2 segments reviewed"
    press(reviewing, "Accept")
    assert not reviewing.exception
    assert progress(reviewing) == "1 of 2 segments reviewed"
    (kept,) = open_store(place).decisions()
    assert (kept.verdict, kept.who, kept.note_id) == ("accept", "R. Reader", "pasted note")
    assert kept.said is not None
    assert kept.model
    (analysis,) = open_store(place).analyses()
    assert {tag.text for tag in analysis.tags} == {""}


def test_the_words_of_the_note_are_not_in_the_store(reviewing: AppTest, place: Path) -> None:
    press(reviewing, "Reject")
    for file in place.parent.iterdir():
        content = file.read_bytes()
        assert b"her grief" not in content
        assert b"of confidentiality with" not in content


def test_undo_takes_the_last_decision_back(reviewing: AppTest, place: Path) -> None:
    press(reviewing, "Reject")
    press(reviewing, "Undo my last decision")
    assert progress(reviewing) == "0 of 2 segments reviewed"
    assert open_store(place).decisions() == []
    assert button(reviewing, "Undo my last decision").disabled


def test_a_status_is_changed_and_a_missing_tag_added(reviewing: AppTest, place: Path) -> None:
    status = next(box for box in reviewing.selectbox if box.label == "Status")
    status.set_value("planned")
    press(reviewing, "Set status")
    missing = next(box for box in reviewing.selectbox if box.label == "Missing strategy")
    missing.set_value("safe_space")
    press(reviewing, "Add a tag")
    assert not reviewing.exception
    changed, added = open_store(place).decisions()
    assert (changed.verdict, changed.status) == ("change_status", "planned")
    assert (added.verdict, added.strategy, added.status, added.said) == ("add", "safe_space", "delivered", None)


def test_words_that_do_not_stand_in_the_segment_are_refused(reviewing: AppTest, place: Path) -> None:
    words = next(box for box in reviewing.text_input if box.label.startswith("Its words"))
    words.set_value("words that stand nowhere")
    press(reviewing, "Add a tag")
    assert "copy them" in reviewing.error[0].value
    assert open_store(place).decisions() == []


def test_a_segment_without_tags_can_be_said_to_hold_none(reviewing: AppTest) -> None:
    reviewing.toggle(key="review-empty").set_value(True).run()
    before = progress(reviewing)
    for _ in range(3):
        settle(reviewing)
    assert before == "0 of 4 segments reviewed"
    assert progress(reviewing) == "3 of 4 segments reviewed"


def test_passing_over_brings_the_next_one_and_loses_nothing(reviewing: AppTest) -> None:
    for _ in range(2):
        press(reviewing, "Next")
    assert "passed over" in texts(reviewing)
    reviewing.button(key="review-again").click().run()
    assert button(reviewing, "Accept")


def test_the_open_store_is_kept_while_other_pages_are_looked_at(reviewing: AppTest) -> None:
    press(reviewing, "Accept")
    reviewing.session_state["elsewhere"] = True
    reviewing.run()
    assert not [shown for shown in reviewing.button if shown.label == "Accept"]
    reviewing.session_state["elsewhere"] = False
    reviewing.run()
    assert progress(reviewing) == "1 of 2 segments reviewed"


def test_what_was_decided_can_be_exported_and_trained_on(reviewing: AppTest, tmp_path: Path) -> None:
    while "Nothing waits" not in texts(reviewing):
        settle(reviewing)
    exported = reviewing.get("download_button")[0]
    assert "1 notes" in exported.proto.label
    from analyzer.corpus import coded_to_dict
    from analyzer.review.coded import reviewed_corpus
    from analyzer.views.review_page import _pairs

    loaded = reviewing.session_state["loaded"]
    decisions = reviewing.session_state["review-store"].decisions()
    (note,) = reviewed_corpus(_pairs(loaded), decisions)
    file = tmp_path / "reviewed.jsonl"
    file.write_text(json.dumps(coded_to_dict(note)) + "\n", encoding="utf-8")
    assert read_coded(file) == [note]
    assert note.writer == "review:R. Reader"


def test_counts_on_other_pages_can_be_the_reviewed_ones(reviewing: AppTest) -> None:
    press(reviewing, "Reject")
    reviewing.session_state["elsewhere"] = True
    reviewing.run()
    assert evidence(reviewing) == 2
    reviewing.radio(key="review-counts").set_value("as reviewed, where reviewed").run()
    assert not reviewing.exception
    assert evidence(reviewing) == 1


@pytest.mark.parametrize("wrong", ["", "mysql://somewhere/else", "/nowhere/at/all/reviews.db"])
def test_a_place_that_cannot_be_used_is_told_in_a_sentence(app: AppTest, wrong: str) -> None:
    app.text_input(key="review-where").set_value(wrong)
    app.text_input(key="review-who").set_value("R. Reader")
    button(app, "Open or make this store").click()
    app.run()
    assert not app.exception
    assert app.error[0].value


def test_hostile_words_are_shown_as_text() -> None:
    from analyzer.codebook import load_codebook
    from analyzer.components.segmenter import find_segments
    from analyzer.records import Analysis
    from analyzer.review.decisions import decide
    from analyzer.review.queue import Item
    from analyzer.views.review_html import context_html, proposals_html

    text = 'First one. <script>alert(1)</script> & <img src=x onerror="y">. Last one.'
    segments = find_segments(text)
    html = context_html(text, segments, segments[1])
    assert "<script" not in html
    assert "<img" not in html
    analysis = Analysis("n", "s", None, None, None, "0" * 64, len(text), 9, 3, (), (), (), (), ())
    made = decide(analysis, segment=segments[1], verdict="accept", who="<b>x</b>")
    assert "<b>" not in proposals_html(Item("n", segments[1], (), (), 0.0, ()), [made], None, load_codebook())


def locked(app: AppTest, place: Path) -> AppTest:
    """The page with a store open whose key was not given yet."""
    app.text_input(key="review-where").set_value(str(place))
    app.text_input(key="review-who").set_value("R. Reader")
    button(app, "Open or make this store").click()
    return app.run()


def test_a_locked_store_asks_for_its_passphrase_and_then_keeps_text_encrypted(
    app: AppTest, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(read_data("store.yml")["scrypt"], "n", 1024)
    words = "five quiet green river stones"
    create_store(place, key=passphrase(words))
    page = locked(app, place)
    page.text_input(key="review-passphrase").set_value("five quiet green river birds")
    press(page, "Unlock")
    assert "not the one" in page.error[0].value
    page.text_input(key="review-passphrase").set_value(words)
    press(page, "Unlock")
    assert not page.exception
    press(page, "Accept")
    ((_, text),) = open_store(place, key=passphrase(words)).notes()
    assert text == _NOTE
    assert all(b"her grief" not in file.read_bytes() for file in place.parent.iterdir())
    assert words not in str(page.session_state._state.filtered_state)


def test_without_its_key_a_locked_store_keeps_decisions_alone(app: AppTest, place: Path, tmp_path: Path) -> None:
    key = new_key_file(tmp_path / "key")
    create_store(place, key=key)
    press(locked(app, place), "Accept")
    kept = open_store(place, key=key)
    assert len(kept.decisions()) == 1
    assert kept.notes() == []


def test_a_key_file_opens_the_store_it_was_made_with(app: AppTest, place: Path, tmp_path: Path) -> None:
    create_store(place, key=new_key_file(tmp_path / "key"))
    page = locked(app, place)
    for content in (b"no key", (tmp_path / "key").read_bytes()):
        page.file_uploader(key="review-key-file").set_value(("key", content, "application/octet-stream"))
        press(page, "Unlock")
    assert page.session_state["review-store"].unlocked
