"""Evidence marked in a note: hostile text stays text, no character is lost, every colour can be read."""

from __future__ import annotations

import re
from html import unescape

import pytest
from spacy.language import Language

from analyzer.lexicons import read_data
from analyzer.records import Analysis, Note
from analyzer.tagging import tag_notes
from analyzer.views.span_html import evidence_list_html, note_html
from tests.conftest import ROOT
from tests.e2e.apps import html, uploaded

HOSTILE = 'Validated <img src=x onerror="alert(1)"> her grief. </div><script>x</script> [a](javascript:x) $x^2$ &amp;'


@pytest.mark.usefixtures("quick")
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
