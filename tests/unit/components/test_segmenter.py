"""Where a note is cut into segments, and where it is not."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from analyzer.components.segmenter import find_segments

CUTS = {
    "two sentences": ("Cl was late. Th waited.", ["Cl was late.", "Th waited."]),
    "semicolon": ("Reviewed rights; set f/u.", ["Reviewed rights;", "set f/u."]),
    "line break": ("S: low mood\nO: tearful", ["S: low mood", "O: tearful"]),
    "bullets": (
        "- Validated grief\n• Offered choice\n1. Called school",
        ["Validated grief", "Offered choice", "Called school"],
    ),
    "arrow": ("Panic on bus → grounding w/ th", ["Panic on bus", "grounding w/ th"]),
    "question and exclamation": ("Safe at home? Yes! Good.", ["Safe at home?", "Yes!", "Good."]),
    "abbreviations go on": ("Met w/ cl. and th. re hx. of DV.", ["Met w/ cl. and th. re hx. of DV."]),
    "titles go on": ("Spoke to Dr. K about meds.", ["Spoke to Dr. K about meds."]),
    "times and decimals go on": (
        "Seen 9.30 a.m. for 1.5 hrs, PHQ-9 11.5 today.",
        ["Seen 9.30 a.m. for 1.5 hrs, PHQ-9 11.5 today."],
    ),
    "latin abbreviations": ("Coping, e.g. prayer, i.e. daily.", ["Coping, e.g. prayer, i.e. daily."]),
    "quotation closes with its sentence": ('He said "stop." Then left.', ['He said "stop."', "Then left."]),
    "a full stop left out": (
        "Mood low, sleep poor Reviewed who sees the record with her She asked about court",
        ["Mood low, sleep poor", "Reviewed who sees the record with her", "She asked about court"],
    ),
    "names and titles within a sentence go on": (
        "Referred to Mental Health Services, told Maria and Next Steps House.",
        ["Referred to Mental Health Services, told Maria and Next Steps House."],
    ),
    "commas and joining words never cut": (
        "Reflected, named loss, and sat & waited.",
        ["Reflected, named loss, and sat & waited."],
    ),
}


@pytest.mark.parametrize("name", CUTS)
def test_segments_are_the_codebooks(name: str) -> None:
    text, expected = CUTS[name]
    assert [text[start:end] for start, end in find_segments(text)] == expected


@given(st.text(max_size=300))
def test_segments_are_in_order_inside_the_text_and_lose_no_letter(text: str) -> None:
    segments = find_segments(text)
    assert all(0 <= a < b <= len(text) for a, b in segments)
    assert all(first[1] <= second[0] for first, second in zip(segments, segments[1:], strict=False))
    ends = [0, *(end for _, end in segments)]
    starts = [*(start for start, _ in segments), len(text)]
    between = " ".join(text[a:b] for a, b in zip(ends, starts, strict=True))
    # What stands outside is bullets: a list's number or a checkbox's mark, or a line of a single character.
    assert all(len(word) <= 2 for word in re.findall(r"[^\W_]+", between))


@given(st.text(alphabet="ab .;\n→•-'\"xX0129?!&/", max_size=200))
def test_segments_never_end_inside_a_token(text: str) -> None:
    nlp = _tokenizer_only()
    doc = nlp.make_doc(text)
    starts, ends = {t.idx for t in doc}, {t.idx + len(t) for t in doc}
    assert all(a in starts and b in ends for a, b in find_segments(text))


def _tokenizer_only() -> Language:
    import spacy

    from analyzer.components.tokenizer import create_note_tokenizer

    if "nlp" not in _CACHE:
        blank = spacy.blank("en")
        blank.tokenizer = create_note_tokenizer()(blank)
        _CACHE["nlp"] = blank
    return _CACHE["nlp"]


_CACHE: dict[str, Language] = {}


def test_a_very_long_line_takes_linear_time() -> None:
    text = "cl. said a.m. and 1.5 " * 20_000
    assert len(find_segments(text)) >= 1


@pytest.mark.parametrize("run", [" ", "\t", " \xa0", "\n "])
def test_a_note_padded_with_white_space_takes_linear_time(run: str) -> None:
    text = "Plan: call." + run * 30_000 + "Will call."
    before = time.process_time()
    assert [text[start:end] for start, end in find_segments(text)] == ["Plan: call.", "Will call."]
    # By the square of the length it took over ten seconds.
    assert time.process_time() - before < 2


def test_segments_equal_the_human_coders_in_gold_dev(gold_dev: Path) -> None:
    for line in gold_dev.read_text(encoding="utf-8").splitlines():
        note = json.loads(line)
        assert find_segments(note["text"]) == [tuple(s) for s in note["segments"]], note["note_id"]
