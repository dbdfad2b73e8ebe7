"""Keyness: which words set one group's notes apart, by how many notes hold them."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from math import isclose, log2
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from analyzer.cli import cli
from analyzer.interchange.document import Document
from analyzer.keyness import Keyness, KeyWord, format_table, key_words, log_likelihood, log_ratio, write_keyness
from analyzer.keyness.words import words_of
from analyzer.records import Analysis, AnalyzerError, Boilerplate, Identifier, Tag
from tests.unit.test_profiles import AL, TR, note

_numbers = count(1)


def document(
    text: str, clinician: str | None = "C1", *, spans: dict[str, str] | None = None, **fields: Any
) -> Document:
    """A note with this text; ``spans`` are words of it that are evidence: words -> strategy."""
    found = (
        Tag(strategy, "planned", text.index(words), text.index(words) + len(words), words, 0.9, "rule", "r1", "plan")
        for words, strategy in (spans or {}).items()
    )
    about: Analysis = note(f"n{next(_numbers)}", clinician=clinician)
    return Document(replace(about, tags=tuple(found), **fields), text)


def ten_and_ten() -> list[Document]:
    """Eight of ten notes by C1 speak of the lantern, and two of ten by C2, one of them very often."""
    mine = [document("the lantern was lit")] * 8 + [document("the evening was quiet")] * 2
    theirs = [document("lantern lantern lantern lantern", "C2"), document("a lantern", "C2")]
    return [*mine, *theirs, *[document("the harbour was quiet", "C2")] * 8]


def of(found: Keyness, word: str) -> KeyWord:
    (key,) = [key for key in found.words if key.word == word]
    return key


def test_a_word_in_eight_of_ten_notes_against_two_of_ten_comes_out_as_computed_by_hand() -> None:
    key = of(key_words(ten_and_ten(), by="clinician", group="C1"), "lantern")
    assert (key.notes, key.notes_against, key.share, key.share_against) == (8, 2, 0.8, 0.2)
    # Every expected count is 5: G2 = 2 (8 ln 1.6 + 2 ln 0.4 + 2 ln 0.4 + 8 ln 1.6), log-ratio = log2(0.8 / 0.2).
    assert key.g2 == pytest.approx(7.7098, abs=1e-4)
    assert key.log_ratio == pytest.approx(2.0)
    # Katz: ln 4 +- 1.96 sqrt(1/8 - 1/10 + 1/2 - 1/10), over ln 2.
    assert (key.low, key.high) == pytest.approx((0.1564, 3.8436), abs=1e-3)
    assert key.p_value == pytest.approx(0.00549, abs=1e-5)


def test_a_word_that_the_group_has_not_written_counts_as_half_a_note() -> None:
    key = of(key_words(ten_and_ten(), by="clinician", group="C1"), "harbour")
    assert (key.notes, key.notes_against, key.log_ratio) == (0, 8, pytest.approx(log2(0.05 / 0.8)))


def test_words_of_the_group_come_first_then_those_of_the_others_by_strength() -> None:
    words = key_words(ten_and_ten(), by="clinician", group="C1", minimum_notes=1).words
    signs = [key.log_ratio > 0 for key in words]
    assert signs == sorted(signs, reverse=True)
    assert [key.word for key in words if key.log_ratio > 0][0] == "lit"
    assert [key.word for key in words if key.log_ratio <= 0][0] == "harbour"


def test_q_values_are_benjamini_and_hochbergs_over_all_words_tested() -> None:
    words = key_words(ten_and_ten(), by="clinician", group="C1").words
    ranked = sorted(words, key=lambda key: key.p_value)
    stepped = [key.p_value * len(ranked) / rank for rank, key in enumerate(ranked, 1)]
    assert [key.q_value for key in ranked] == pytest.approx([min(1.0, *stepped[i:], 1.0) for i in range(len(stepped))])


def test_rare_words_are_not_tested() -> None:
    found = {least: key_words(ten_and_ten(), by="clinician", group="C1", minimum_notes=least) for least in (2, 3)}
    assert "evening" in [key.word for key in found[2].words]
    assert "evening" not in [key.word for key in found[3].words]


tables = st.tuples(st.integers(1, 400), st.integers(1, 400)).flatmap(
    lambda of: st.tuples(st.integers(0, of[0]), st.just(of[0]), st.integers(0, of[1]), st.just(of[1]))
)


@settings(max_examples=100)
@given(tables)
def test_g2_is_that_of_scipy_and_the_interval_holds_the_ratio(table: tuple[int, int, int, int]) -> None:
    a, of_a, b, of_b = table
    g2 = log_likelihood(*table)
    if 0 < a + b < of_a + of_b:
        cells = [[a, of_a - a], [b, of_b - b]]
        assert isclose(g2, chi2_contingency(cells, correction=False, lambda_="log-likelihood")[0], abs_tol=1e-6)
    else:
        assert g2 == pytest.approx(0, abs=1e-9)
    middle, low, high = log_ratio(*table)
    assert low <= middle <= high
    assert log_ratio(b, of_b, a, of_a) == pytest.approx((-middle, -high, -low))


def test_words_inside_and_outside_of_evidence_are_told_apart() -> None:
    tagged = document("Explained the form and walked home", spans={"Explained the form": TR, "walked": AL})
    assert words_of(tagged, where="inside") == {"explained", "the", "form", "walked"}
    assert words_of(tagged, where="inside", strategy=TR) == {"explained", "the", "form"}
    assert words_of(tagged, where="outside") == {"and", "home"}
    assert words_of(tagged, where="outside", strategy=TR) == {"and", "walked", "home"}
    assert words_of(tagged) == {"explained", "the", "form", "and", "walked", "home"}


def test_masked_words_placeholders_figures_and_template_text_are_no_words() -> None:
    text = "Call ████ [NAME] at 9. Template line here. Grief’s visit"
    start = text.index("Template")
    line = (Boilerplate(start, text.index("Grief"), "t"),)
    assert words_of(document(text, boilerplate=line)) == {"call", "at", "grief", "'s", "visit"}


def test_words_that_were_found_to_be_identifiers_are_no_words_even_unmasked() -> None:
    assert words_of(document("Dr Osei called", identifiers=(Identifier("PERSON", 3, 7),))) == {"dr", "called"}


def test_pairs_are_adjoining_words_and_no_pair_leads_over_a_full_stop() -> None:
    found = words_of(document("Named the worry. Sat with it"), bigrams=True)
    assert {word for word in found if " " in word} == {"named the", "the worry", "sat with", "with it"}


def test_inside_evidence_only_notes_with_evidence_count() -> None:
    notes = [document("Explained the form", spans={"Explained": TR}), *[document("Sat quietly")] * 5]
    notes += [document("Explained the rules", "C2", spans={"Explained": TR})]
    found = key_words(notes, by="clinician", group="C1", where="inside", strategy=TR, minimum_notes=1)
    assert (found.notes, found.notes_against, [key.log_ratio for key in found.words]) == (1, 1, [0.0])


def test_groups_may_be_clients_months_or_a_column_of_the_table() -> None:
    notes = [document("lit", extra={"site": "north"}), document("dark", extra={"site": "south"}, client="K2")]
    notes += [document("dim", date="2026-04-01"), document("dim", extra={"site": " "})]
    for by, group, expected in (("client", "K2", (1, 3)), ("period", "2026-03", (3, 1)), ("site", "north", (1, 1))):
        found = key_words(notes, by=by, group=group)
        assert (found.notes, found.notes_against) == expected, by


def test_notes_of_nobody_in_particular_are_among_the_others_only_where_named() -> None:
    notes = [document("lit"), document("dark", "C2"), document("dim", None)]
    assert key_words(notes, by="clinician", group="C1").notes_against == 1
    assert key_words(notes, by="clinician", group="C1", against="(not given)").notes_against == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"group": "C9"}, "no note of 'C9'; the groups by clinician are C1, C2"),
        ({"group": "C1", "against": "C8"}, "no note of 'C8'"),
        ({"group": "C1", "against": "C1"}, "can't be compared with itself"),
        ({"group": "C1", "by": "school"}, "can't group by 'school'"),
        ({"group": "C1", "strategy": TR}, "choose inside or outside"),
        ({"group": "C1", "strategy": "warmth", "where": "inside"}, "no strategy 'warmth'"),
        ({"group": "C1", "where": "above"}, "no place 'above'"),
        ({"group": "C1", "minimum_notes": 0}, "give 1 or more"),
    ],
)
def test_choices_that_do_not_go_together_are_told(options: dict[str, Any], told: str) -> None:
    with pytest.raises(AnalyzerError, match=told):
        key_words(ten_and_ten(), **{"by": "clinician", **options})


def test_a_note_without_its_text_is_told() -> None:
    with pytest.raises(AnalyzerError, match="give the notes with it"):
        key_words([Document(note("n1"))], by="clinician", group="C1")


def test_the_table_says_how_many_notes_and_words_and_what_to_be_careful_of() -> None:
    text = format_table(key_words(ten_and_ten(), by="clinician", group="C1"))
    assert text.startswith("10 notes of C1, 10 of all others; 6 words tested, 4 within a false discovery rate of 5%.")
    assert "lantern  8 (80%)     2 (20%)" in text
    assert "Notes of one client are alike" in text
    assert "none" in format_table(key_words([document("a"), document("a", "C2")], by="clinician", group="C1"))


@pytest.mark.parametrize("kind", [".csv", ".parquet", ".jsonl"])
def test_the_file_has_all_words_and_a_dictionary_beside_it(tmp_path: Path, kind: str) -> None:
    found, path = key_words(ten_and_ten(), by="clinician", group="C1"), tmp_path / f"key{kind}"
    write_keyness(found, path)
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".jsonl": lambda p: pd.read_json(p, lines=True)}[kind]
    frame = read(path)
    assert list(frame["word"]) == [key.word for key in found.words]
    assert frame["g2"].tolist() == pytest.approx([key.g2 for key in found.words])
    meanings = pd.read_csv(tmp_path / f"key{kind}.dictionary.csv")
    assert list(meanings["column"]) == list(frame.columns)


def test_the_command_reads_notes_and_finds_the_words_of_one_clinician(tmp_path: Path) -> None:
    # A sentence that notes repeat is template text, so each goes its own way.
    ways = ("slowly", "after lunch", "with her dog", "in the rain", "despite the noise", "for an hour")
    texts = [("C1", f"Walked {way} along the harbour and talked.") for way in ways]
    texts += [("C2", f"Talked {way} while sitting in an office.") for way in ways]
    lines = [json.dumps({"note_id": f"n{i}", "clinician": c, "text": t}) for i, (c, t) in enumerate(texts)]
    path = tmp_path / "notes.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    run = CliRunner().invoke(cli, ["keyness", str(path), "--group", "C1", "--json", "--model", "none"])
    assert run.exit_code == 0, run.output
    rows = {row["word"]: row for row in map(json.loads, run.stdout.splitlines())}
    assert rows["harbour"]["log_ratio"] == pytest.approx(log2(1 / (0.5 / 6)))
    assert rows["talked"]["g2"] == 0
