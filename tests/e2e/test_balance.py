"""The page "My balance": few notes are called few, and targets are the team's own."""

from __future__ import annotations

import pytest

from tests.e2e.apps import opened, said

pytestmark = pytest.mark.usefixtures("quick")


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
