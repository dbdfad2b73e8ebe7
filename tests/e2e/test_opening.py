"""Every page of the dashboard opens on the invented samples."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from tests.e2e.apps import opened, said

pytestmark = pytest.mark.usefixtures("quick")
PAGES = ["notes", "overview", "balance", "feedback", "team", "gaps", "agenda", "review"]


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_on_the_samples(page: str) -> None:
    app = opened(page)
    assert not app.exception
    assert "invented sample notes" in said(app)


def test_whole_app_opens() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert not app.exception
    assert app.title[0].value == "My notes"
