"""The benchmark's own sums: what it calls slower, and what it asks of the other programs."""

from __future__ import annotations

import sys
from pathlib import Path

from analyzer.rules import load_rules
from tests.benchmarks.side_by_side import Measured, grown, measure, phrases_of_rules, ratios, row_of, texts_of
from tests.conftest import ROOT


def measured(name: str, reading: float, *, notes: int = 100) -> Measured:
    """A process that read so long and took twenty seconds of CPU with its start-up."""
    return Measured(name, notes, "1.0", 20.0, 25.0, 300.0, reading)


def test_a_program_is_compared_with_bare_spacy_on_the_same_number_of_notes():
    rows = [measured("spacy-blank", 0.5), measured("fast", 2.0), measured("fast", 9.0, notes=1000)]
    assert ratios(rows) == {"spacy-blank, 100 notes": 1.0, "fast, 100 notes": 4.0}


def test_a_slower_machine_is_no_slower_program():
    calm = [measured("spacy-blank", 0.5), measured("fast", 2.0)]
    loaded = [measured("spacy-blank", 1.5), measured("fast", 6.0)]
    assert grown(ratios(loaded), ratios(calm)) == []


def test_a_ratio_that_grew_by_a_fifth_is_told_with_both_figures():
    (told,) = grown(
        {"fast, 100 notes": 4.8, "rules, 100 notes": 3.3}, {"fast, 100 notes": 4.0, "rules, 100 notes": 3.0}
    )
    assert told.startswith("fast, 100 notes: 4.80 times") and "4.00 before (120%)" in told


def test_what_the_baseline_does_not_know_is_not_judged():
    assert grown({"fast, 300 notes": 40.0}, {"fast, 100 notes": 4.0}) == []


def test_a_row_counts_notes_by_the_seconds_of_reading_not_of_starting():
    row = measured("fast", 2.0)
    assert row_of(row, {"fast, 100 notes": 4.0}) == "| 100 | fast | 1.0 | 20.0 | 25.0 | 300 | 50.0 | 4.0 |"


def test_other_programs_look_for_a_phrase_of_nearly_every_pattern_of_ours():
    patterns = {pattern for rule in load_rules() for pattern in rule.patterns}
    phrases = phrases_of_rules()
    assert 0.7 * len(patterns) < len(phrases) <= len(patterns)
    assert not any("|" in phrase or ".." in phrase for phrase in phrases)


def test_a_folder_given_is_read_instead_of_the_invented_notes():
    assert 0 < len(texts_of(ROOT / "sample_notes" / "C01")) < 50


def test_a_program_is_measured_as_a_whole_process_and_its_reading_alone(tmp_path):
    notes, phrases = tmp_path / "notes.jsonl", tmp_path / "phrases.json"
    notes.write_text('"Seen for an hour.\\nLeft early."\n"No show."\n', encoding="utf-8")
    phrases.write_text("[]", encoding="utf-8")
    found = measure(Path(sys.executable), "spacy-blank", notes, phrases, 2)
    assert found is not None
    assert found.version.startswith("spacy 3.")
    assert 0 < found.reading < found.cpu
    assert found.peak > 30


def test_a_program_that_ends_with_an_error_is_no_measurement(tmp_path):
    absent = tmp_path / "absent.jsonl"
    assert measure(Path(sys.executable), "medspacy", absent, absent, 1) is None
