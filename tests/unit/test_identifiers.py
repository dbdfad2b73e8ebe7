"""Personal identifiers are found where they stand and masked in place; clinical figures are left alone."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.identifiers import DATA, find_identifiers, find_in_upload, kinds_in_name, mask
from analyzer.lexicons import read_data
from analyzer.records import Identifier
from tests.benchmarks.identifiers import GROUPS, measure, read_set

PATTERNS = read_data(DATA)["patterns"]
SEED = Path(__file__).parents[3] / "shared" / "corpus_seed" / "corpus_seed.jsonl"


def found(text: str) -> list[tuple[str, str]]:
    return [(i.kind, text[i.start : i.end]) for i in find_identifiers(text)]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p["id"])
def test_pattern_finds_what_stands_between_the_quotes_and_no_miss(pattern: dict) -> None:
    for hit in pattern["hits"]:
        before, inside, after = hit.replace("»", "«").split("«")
        assert found(before + inside + after) == [(pattern["kind"], inside)]
    assert [found(miss) for miss in pattern["misses"]] == [[] for _ in pattern["misses"]]


@pytest.mark.parametrize(
    ("sentence", "kind", "words"),
    [
        ("Reached sister on (312) 555-0142 after lunch.", "PHONE", "(312) 555-0142"),
        ("Rang the surgery, +44 20 7946 0958, no answer.", "PHONE", "+44 20 7946 0958"),
        ("SSN card shows 219-09-8765 and is torn.", "SSN", "219-09-8765"),
        ("Paid with 4111 1111 1111 1111 at the desk.", "ACCOUNT", "4111 1111 1111 1111"),
        ("Threats came from 203.0.113.44 per police.", "IP_ADDRESS", "203.0.113.44"),
        ("Seen 03/04/2026 for intake.", "DATE", "03/04/2026"),
        ("Seen 2026-03-12 for intake.", "DATE", "2026-03-12"),
        ("Seen 3/12/26 for intake.", "DATE", "3/12/26"),
    ],
)
def test_numbers_that_name_a_person_are_found(sentence: str, kind: str, words: str) -> None:
    assert found(sentence) == [(kind, words)]


@pytest.mark.parametrize(
    "sentence",
    [
        "PHQ-9 11 (14 last mo), GAD-7 9, C-SSRS neg, PCL-5 38 -> 31.",
        "Pain 7/10, mood 4/10, BP 120/80, T 37.2, HbA1c 8.1, WISC 98/102/110.",
        "Group 9:30-10:25, 2-3x/wk; Q2 review; session 12 of 16; 4/7 d complete.",
        "Sertraline 50 mg 1x/d, prazosin 2 mg HS, 0930-1015, CPT 90837, F43.10, Z63.0.",
        "5-4-3-2-1 grounding, 4-7-8 breathing, 988 card given, 24/7 line, 12/24 sessions used.",
        "The 9/12 meeting was covered; RTC 3/12.",
        "[NAME] and Dr. [NAME] met in [CITY] on [DATE]; <NAME> and {NAME} too.",
        "88 y/o widower, wt down 95 lb since 2019, clean 90 days.",
    ],
)
def test_clinical_figures_and_placeholders_are_no_identifiers(sentence: str) -> None:
    assert found(sentence) == []


def test_overlapping_findings_become_one_that_leaves_no_remnant() -> None:
    text = "Case no. 24-CR-01873 moved to 12 March 2026, MRN 448-2913."
    assert found(text) == [
        ("RECORD_NUMBER", "24-CR-01873"),
        ("DATE", "12 March 2026"),
        ("RECORD_NUMBER", "448-2913"),
    ]


def test_masking_covers_every_letter_and_moves_nothing() -> None:
    text = "Dr. Alvarez called.\nMother at 555-0142."
    assert mask(text, find_identifiers(text)) == "Dr. ███████ called.\nMother at ████████."


def test_masking_keeps_line_breaks_inside_an_identifier() -> None:
    assert mask("ab\ncd", (Identifier("PERSON", 1, 4),)) == "a█\n█d"


@given(st.text(alphabet=st.sampled_from("Dr. Ms@aé🙂Okafor[]()\n0123456789/-"), max_size=80))
def test_findings_are_ordered_apart_and_gone_once_masked(text: str) -> None:
    identifiers = find_identifiers(text)
    masked = mask(text, identifiers)
    assert len(masked) == len(text)
    assert masked.count("\n") == text.count("\n")
    assert all(a.end <= b.start for a, b in zip(identifiers, identifiers[1:], strict=False))
    for i in identifiers:
        assert 0 <= i.start < i.end <= len(text)
        assert set(masked[i.start : i.end]) <= {"█", "\n"}


def test_nothing_touches_the_network_and_importing_is_light() -> None:
    program = """
import socket, sys
def refuse(*args, **kwargs): raise AssertionError("the network was touched")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from analyzer.identifiers import find_identifiers
assert "presidio_analyzer" not in sys.modules, "presidio is imported too early"
print(len(find_identifiers("Mail j.rowe@harbour-clinic.org or see https://harbour.example, 3/12/2026.")))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("3", 0), done.stderr


@pytest.mark.skipif(not SEED.exists(), reason="needs shared/corpus_seed beside the repository")
def test_deidentified_notes_give_few_alarms() -> None:
    texts = [json.loads(line)["text"] for line in SEED.read_text(encoding="utf-8").split("\n")[:120] if line]
    words = sum(len(text.split()) for text in texts)
    assert 1000 * sum(len(find_identifiers(text)) for text in texts) / words < 2


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Met with her aunt, Chiamaka Obiora, after lunch.", ["Chiamaka Obiora"]),
        ("Asked about stepson Mason and the skateboard.", ["Mason"]),
        ("Hope said she is done.", ["Hope"]),
        ("Started at Crestview Diner last week.", ["Crestview Diner"]),
        ("Moved from Fresno in the fall.", ["Fresno"]),
    ],
)
def test_names_without_a_title_employers_and_towns_are_found(sentence: str, words: list[str]) -> None:
    assert [inside for _, inside in found(sentence)] == words


@pytest.mark.parametrize(
    "sentence",
    [
        "Beck's triad and the Gottman four horsemen reviewed; Hamilton 22, Young Mania 9.",
        "Hope to see mother; will call Monday; may need a letter; rose at 5.",
        "Partners T. and R. sat apart; K. said the night was long.",
        "He said no. She asked why. They laughed.",
    ],
)
def test_eponyms_everyday_words_and_initials_are_no_names(sentence: str) -> None:
    assert found(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Harding Barrios startles at motorbikes.", ["Harding Barrios"]),
        ("Gelzate (16F) told the counselor.", ["Gelzate"]),
        ("Told van der Merwe that the group starts late.", ["van der Merwe"]),
        ("Dad, Robert Ellison Jr, hides the bottles.", ["Robert Ellison Jr"]),
        ("Answers to Junebug only.", ["Junebug"]),
        ("Drove in from Green Bay.", ["Green Bay"]),
        ("Foster agency is Bright Paths.", ["Bright Paths"]),
        ("Attends Lincoln High, gr 11.", ["Lincoln High"]),
    ],
)
def test_full_names_nicknames_and_bodies_of_everyday_words_are_found(sentence: str, words: list[str]) -> None:
    assert [inside for _, inside in found(sentence)] == words


@pytest.mark.parametrize(
    "sentence",
    [
        "Carol singing triggered him. Robin flew in. Holly was up in the hall.",
        "Grace period ends Friday. Chance of rain. Art class is his refuge. Mark the date.",
        "Lenalidomide held. Generalised anxiety. Download two weeks.",
        "Caller: Male, 63. Mary Jane daily. Tim Hortons is where he meets people.",
    ],
)
def test_words_that_open_a_sentence_and_drugs_are_no_names(sentence: str) -> None:
    assert found(sentence) == []


def test_a_name_caught_in_one_note_is_found_in_the_others() -> None:
    texts = ["Drew a house while Hope watched.", "Her wife Hope drove. Ct calm.", "Hope is a theme."]
    first, second, third = find_in_upload(texts)
    assert [len(first), len(second), len(third)] == [1, 1, 0]


@pytest.mark.parametrize("line", ["1" * 100_000, "1 " * 50_000, "(555) " * 16_000], ids=["run", "spaced", "bracketed"])
def test_an_endless_line_of_figures_is_masked_whole(line: str) -> None:
    assert "1" not in mask(line, find_identifiers(line))


@pytest.mark.parametrize("piece", ["12-", "1/2 ", "A1-", "1.1."])
def test_a_long_line_of_digits_and_marks_takes_time_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        start = time.process_time()
        find_identifiers(piece * (length // len(piece)))
        return time.process_time() - start

    seconds(1_000)
    assert seconds(40_000) < 12 * max(seconds(10_000), 0.05)


def test_a_file_name_that_holds_a_name_is_told_by_kind() -> None:
    assert kinds_in_name("Okonkwo_Adaeze_2026-03-12") == ("DATE", "PERSON")
    assert kinds_in_name("C01-K01-04") == ()


def test_the_test_set_is_found_as_its_readme_says() -> None:
    lines = [one for one in read_set() if one.id.startswith("a")]
    counts = measure(lines)
    assert counts.recall(GROUPS["names"]) >= 0.97
    assert counts.recall(counts.marked) >= 0.95
