"""Notes to analyses: offsets that hold, identifiers stopped, and odd text that must not break anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from analyzer.pipeline import load
from analyzer.records import Analysis, Note, Skipped, sha256_of
from analyzer.tagging import tag_notes

ODD = {
    "one character": "x",
    "white space": " \n\t ",
    "right to left": "המטפל אישר את הצער. العميل حزين.",
    "emoji": "Validated her grief 😢👍🏽. 👩‍👩‍👧 came along.",
    "control characters": "Validated\x00 her grief.\x07\x1b[31m Reviewed\x0b limits of confidentiality.",
    "combining and wide": "Vali\u0301dated her gri\u0065\u0301f. Ｖａｌｉｄａｔｅｄ grief.",
    "line separators": "Validated her grief.\u2028Reviewed options.\u2029Plan: call.\x85x",
    "long word": "a" * 5000,
    "only marks": "---- **** ;;;; ....\n→→→",
}


def analyse(nlp: Language, text: str, **options: str) -> Analysis:
    (result,) = tag_notes([Note("n", text, "test")], nlp, **options)  # type: ignore[arg-type]
    assert isinstance(result, Analysis)
    return result


def check_offsets(text: str, analysis: Analysis) -> None:
    for tag in analysis.tags:
        assert text[tag.start : tag.end] == tag.text
    for opportunity in analysis.opportunities:
        assert text[opportunity.start : opportunity.end] == opportunity.text
    for span in (*analysis.sections, *analysis.boilerplate):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize("name", ODD)
def test_odd_text_keeps_its_offsets(nlp: Language, name: str) -> None:
    text = ODD[name]
    analysis = analyse(nlp, text, identifiers="ignore")
    assert (analysis.n_chars, analysis.text_sha256) == (len(text), sha256_of(text))
    check_offsets(text, analysis)


RULES_ONLY = load(model=None)
PIECES = st.sampled_from(
    [
        "Validated her grief",
        "Prior th explained reporting",
        "will review options",
        "→",
        "\n- ",
        "; ",
        ". ",
        "☐ ",
        "“",
        "é",
        "😀",
        "cl.",
        "P: ",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=120))
def test_offsets_hold_for_any_text(text: str) -> None:
    analysis = analyse(RULES_ONLY, text, identifiers="ignore")
    check_offsets(text, analysis)
    assert Analysis.from_dict(analysis.to_dict()) == analysis


def test_at_most_one_tag_a_strategy_and_status_in_a_segment(nlp: Language) -> None:
    analysis = analyse(nlp, "Validated her grief, reflected the loss and validated her anger, validated again.")
    seen = [(tag.strategy, tag.status) for tag in analysis.tags]
    assert len(seen) == len(set(seen))


def test_identifiers_are_masked_without_moving_a_character(nlp: Language) -> None:
    text = "Called 415-555-0132 for pt. Validated her grief."
    analysis = analyse(nlp, text)
    assert analysis.n_chars == len(text)
    assert "555" not in str(analysis.to_dict())
    (tag,) = [t for t in analysis.tags if t.strategy == "active_listening_empathy"]
    assert text[tag.start : tag.end] == tag.text


def test_refusing_names_the_note_and_the_kind_but_not_the_words(nlp: Language) -> None:
    notes = [Note("a", "Call 415-555-0132.", "a.txt"), Note("b", "Validated her grief.", "b.txt")]
    refused, kept = tag_notes(notes, nlp, identifiers="refuse")
    assert isinstance(refused, Skipped)
    assert "PHONE" in refused.reason
    assert "555" not in refused.reason
    assert isinstance(kept, Analysis)


def test_order_is_kept_over_many_batches(rules_only: Language) -> None:
    notes = [Note(f"n{i}", "Validated grief." if i % 3 else "x", "s") for i in range(100)]
    results = list(tag_notes(notes, rules_only))
    assert [r.note_id for r in results if isinstance(r, Analysis)] == [n.note_id for n in notes]


def test_template_lines_are_flagged_and_never_evidence(nlp: Language) -> None:
    analysis = analyse(
        nlp, "Culturally competent, trauma-informed services were provided.\n[x] Limits of confidentiality"
    )
    assert len(analysis.boilerplate) == 2
    assert analysis.tags == ()


def test_identifiers_in_output_hold_only_kind_and_place(nlp: Language) -> None:
    analysis = analyse(nlp, "Write to someone@example.org today.")
    assert [set(i) for i in analysis.to_dict()["identifiers"]] == [{"kind", "start", "end"}]
