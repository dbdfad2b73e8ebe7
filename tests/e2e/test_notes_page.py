"""The page "My notes": filters, one note after another, links to a note and a tag."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from tests.e2e.apps import html, opened, said, uploaded

pytestmark = pytest.mark.usefixtures("quick")


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
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    note_id = chosen(app)
    app.button(key="notes-review").click().run()
    assert not app.exception
    assert app.session_state["review-note"] == note_id
    assert app.title[0].value == "Review"


def test_the_way_to_the_review_keeps_ones_own_notes() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    app.radio(key="source").set_value("My own notes").run()
    app.text_area(key="pasted").set_value("Validated her grief.").run()
    app.button(key="read").click().run()
    app.button(key="notes-review").click().run()
    assert app.title[0].value == "Review"
    assert app.radio(key="source").value == "My own notes"
    assert app.session_state["loaded"].origin == "own"


def test_a_link_wins_over_filters_that_hide_its_note_and_says_so() -> None:
    app = uploaded(("a.txt", b"Validated her grief."), ("b.txt", b"Validated his anger."))
    app.button(key="read").click().run()
    app.text_input(key="notes-words").set_value("grief").run()
    assert app.selectbox(key="notes-chosen").options == ["a  ·  no date  ·  1 pieces of evidence"]
    app.query_params["note"] = "b"
    app.run()
    assert not app.exception
    assert chosen(app) == "b"
    assert app.text_input(key="notes-words").value == ""
    assert "were cleared" in said(app)


def test_a_link_to_a_tag_wins_over_a_choice_of_other_strategies() -> None:
    app = uploaded(("a.txt", b"Validated her grief. Reviewed limits of confidentiality with client."))
    app.button(key="read").click().run()
    app.multiselect(key="notes-strategies").set_value(["transparency"]).run()
    app.query_params["note"], app.query_params["tag"] = "a", "1"
    app.run()
    assert app.multiselect(key="notes-strategies").value == []
    assert 'id="sna-tag-1" class="sna-chosen"><details open' in html(app)


def test_a_link_takes_dates_back_that_hide_its_note() -> None:
    app = opened()
    box = app.date_input[0]
    first = chosen(app)
    app.button(key="notes-next").click().run()
    second = chosen(app)
    app.date_input[0].set_value((box.min, box.min)).run()
    assert chosen(app) == first
    app.query_params["note"] = second
    app.run()
    assert chosen(app) == second
    assert "were cleared" in said(app)


def test_a_filter_that_hides_nothing_stays_when_a_link_is_followed() -> None:
    app = opened()
    app.text_input(key="notes-words").set_value("a").run()
    app.query_params["note"] = app.selectbox(key="notes-chosen").value
    app.query_params["tag"] = "1"
    app.run()
    assert app.text_input(key="notes-words").value == "a"
    assert "were cleared" not in said(app)


def test_a_link_to_a_note_that_is_not_there_says_so() -> None:
    app = opened()
    app.query_params["note"] = "long gone"
    app.run()
    assert not app.exception
    assert "is not among these notes" in said(app)
