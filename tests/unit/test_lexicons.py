"""Word lists: every list is used, no word was read as yes or no, and verbs inflect as English does."""

from __future__ import annotations

import re

import pytest

from analyzer.lexicons import abbreviations, inflections, read_data, word_lists
from tests.conftest import ROOT

DATA = ROOT / "analyzer" / "data"
VERBS = {
    "explain": {"explains", "explained", "explaining"},
    "validate": {"validates", "validated", "validating"},
    "clarify": {"clarifies", "clarified", "clarifying"},
    "discuss": {"discusses", "discussed", "discussing"},
    "tell": {"tells", "told", "telling"},
    "normalize": {"normalised", "normalizing"},
}


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_inflect(verb: str) -> None:
    assert VERBS[verb] <= set(inflections(verb))


def test_every_word_list_is_used() -> None:
    files = [
        *DATA.glob("rules/*.yml"),
        DATA / "opportunities.yml",
        DATA / "boilerplate.yml",
        DATA / "lexicons" / "words.yml",
    ]
    used = {name for path in files for name in re.findall(r"@(\w+)", path.read_text(encoding="utf-8"))}
    assert set(word_lists()) <= used


def test_no_word_was_read_as_yes_or_no() -> None:
    """YAML reads a bare *no*, *on* or *off* as a truth value."""
    raw = read_data("lexicons/words.yml")
    assert [(name, word) for name, words in raw.items() for word in words if isinstance(word, bool)] == []


def test_short_forms_are_not_given_to_two_words() -> None:
    forms = [a.form for a in abbreviations()]
    assert sorted({form for form in forms if forms.count(form) > 1}) == []
