"""Two clinicians and three notes, names hidden: no page of supervisor or researcher tells whose is whose."""

from __future__ import annotations

import pytest
from spacy.language import Language
from streamlit.testing.v1 import AppTest

from analyzer.records import Analysis, Note
from analyzer.tagging import tag_notes
from analyzer.views import source
from analyzer.views.reading import Loaded, ReadNote

_TEXT = "Client tearful about her mother's funeral. Validated her grief. Client asked who will see the note."
_NOTES = (("n-amara-1", "Amara"), ("n-amara-2", "Amara"), ("n-zdenka-1", "Zdenka"))
_PAGES = ("team", "gaps", "agenda", "export")


def _run() -> None:
    import streamlit as st

    from analyzer.views import agenda_page, export_page, gaps_page, source, team

    source.banner = lambda: st.session_state["loaded"]
    pages = {"team": team, "gaps": gaps_page, "agenda": agenda_page, "export": export_page}
    pages[st.session_state["go"]].page()


@pytest.fixture(scope="module")
def loaded(rules_only: Language) -> Loaded:
    notes = [Note(note, _TEXT, "made", clinician=who, client="K1", date="2026-03-01") for note, who in _NOTES]
    read = [a for a in tag_notes(notes, rules_only) if isinstance(a, Analysis)]
    return Loaded("own", tuple(ReadNote(n.text, a) for n, a in zip(notes, read, strict=True)))


@pytest.fixture
def app(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(source, "banner", source.banner)  # put back after the test what the script replaces
    app = AppTest.from_function(_run, default_timeout=60)
    app.session_state["loaded"], app.session_state["go"] = loaded, "team"
    return app.run()


def there(app: AppTest, page: str) -> str:
    """All that a page sends to the browser."""
    app.session_state["go"] = page
    app.run()
    assert not app.exception
    frames = [frame.value.to_csv() for frame in app.dataframe]
    return " ".join([*frames, *(str(getattr(element, "proto", "")) for element in app.main)])


@pytest.mark.parametrize("page", _PAGES)
def test_names_are_shown_until_they_are_hidden(app: AppTest, page: str) -> None:
    assert "Amara" in there(app, page)


def test_hidden_once_they_are_hidden_on_every_page(app: AppTest) -> None:
    app.toggle(key="team-hide").set_value(True).run()
    for page in _PAGES:
        sent = there(app, page)
        for tell in ("Amara", "Zdenka", "n-amara", "n-zdenka", "grief", "who will see"):
            assert tell not in sent, f"{page} tells {tell}"
        assert not app.get("download_button"), page
        # The figures that are left rest on too few notes, each of them.
        for frame in app.dataframe:
            assert frame.value.empty or set(frame.value["shown"]) == {"not shown"}
    assert "names again" in there(app, "export")
