"""A note whose analysis is given twice counts once, and what was left out is told."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.doubles import EachOnce
from analyzer.records import Analysis, Remark, Skipped
from analyzer.workflow import analyze_paths, read_analyses
from tests.unit.own.making import run
from tests.unit.test_export import TWO_NOTES
from tests.unit.test_profiles import AL, TR, note

FIRST, SECOND = TWO_NOTES
OTHER_TEXT = replace(FIRST, text_sha256="1" * 64)


def tag_output(path: Path, analyses: Iterable[Analysis] = TWO_NOTES) -> Path:
    path.write_text("".join(json.dumps(analysis.to_dict()) + "\n" for analysis in analyses), encoding="utf-8")
    return path


def shares(capsys: pytest.CaptureFixture[str], *paths: Path) -> tuple[int, str, str]:
    code = run("compare", *paths, "--json")
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_same_output_given_twice_counts_each_note_once_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tag_output(tmp_path / "tags.jsonl")
    once, twice = shares(capsys, path), shares(capsys, path, path)
    assert once[:2] == twice[:2]
    assert once[0] == 0
    remark = (
        "note on tags.jsonl: 2 note(s) came before with the same result (first: 'n1'): counted once, nothing is lost"
    )
    assert remark not in once[2]
    assert remark in twice[2]


@pytest.mark.parametrize("command", ["export", "feedback"])
def test_other_commands_say_the_same(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tag_output(tmp_path / "tags.jsonl")
    options = {
        "export": ("--to", "tags", "-o", tmp_path / "t.csv"),
        "feedback": ("--clinician", "C1"),
    }[command]
    assert run(command, path, *options) == 0
    once = capsys.readouterr().out, (tmp_path / "t.csv").read_bytes() if command == "export" else b""
    assert run(command, path, path, *options) == 0
    told = capsys.readouterr()
    assert (told.out, (tmp_path / "t.csv").read_bytes() if command == "export" else b"") == once
    assert "counted once" in told.err


def test_keyness_finds_the_words_of_each_note_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes, path = tmp_path / "notes.csv", tmp_path / "tags.jsonl"
    notes.write_text("note_id,clinician,text\n1,A,Walked to Aville.\n2,B,Walked to Bville.\n", encoding="utf-8")
    assert run("tag", notes, "--model", "none", "-o", path) == 0
    call = ("--group", "A", "--minimum-notes", "1", "--json", "--notes", notes)
    assert run("keyness", path, *call) == 0
    once = capsys.readouterr().out
    assert run("keyness", path, path, "--model", "none", *call) == 0
    told = capsys.readouterr()
    assert (told.out, "2 note(s) came before" in told.err) == (once, True)
    assert "--model and --identifiers: what 'analyzer tag' wrote stays as it is" in told.err


def test_notes_beside_their_own_tag_output_are_not_counted_again(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Validated her grief.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Reviewed limits of confidentiality.", encoding="utf-8")
    found = [item for item in analyze_paths([tmp_path], model=None) if isinstance(item, Analysis)]
    path = tag_output(tmp_path / "tags.jsonl", found[:1])
    read = list(read_analyses(path, beside=analyze_paths([tmp_path / "a.txt", tmp_path / "b.txt"], model=None)))
    assert [item for item in read if isinstance(item, Analysis)] == found
    assert [(item.source, item.message[:9]) for item in read if isinstance(item, Remark)] == [
        ("notes not tagged before", "1 note(s)")
    ]


def test_another_result_for_the_same_note_is_skipped_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where two models read the same notes: adding both up would count the note twice."""
    path = tag_output(tmp_path / "default.jsonl")
    other = tag_output(tmp_path / "fast.jsonl", [note("n1", (TR, "delivered")), SECOND])
    plain, both = shares(capsys, path), shares(capsys, path, other)
    assert plain[1] == both[1]
    assert (plain[0], both[0]) == (0, 3)
    assert "skipped fast.jsonl: note 'n1' came before with another result, which is the one kept" in both[2]
    assert "2 note(s) read, 1 skipped" in both[2]


@pytest.mark.parametrize("other", [OTHER_TEXT, replace(FIRST, clinician="C2")], ids=["text", "clinician"])
def test_another_note_of_the_same_id_is_kept_under_another_as_notes_are(other: Analysis) -> None:
    once = EachOnce()
    assert list(once.of("a", [FIRST])) == [FIRST]
    kept, told = once.of("b", [other])
    assert kept == replace(other, note_id="n1#2")
    assert told == Remark("b", "note id 'n1' again, with another text or clinician: kept as 'n1#2'")
    # A third time it is known by what it was called.
    (again,) = once.of("c", [other])
    assert isinstance(again, Remark)
    assert "(first: 'n1')" in again.message


def test_new_ids_are_told_as_for_the_notes_themselves(tmp_path: Path) -> None:
    """So notes given by --notes in the same order are found again by their ids."""
    for number, text in enumerate(("Validated her grief.", "Validated his grief.", "Validated their grief.")):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "a.txt").write_text(text, encoding="utf-8")
    folders = [tmp_path / str(number) for number in range(3)]
    outputs = [
        tag_output(
            folder / "t.jsonl", [i for i in analyze_paths([folder / "a.txt"], model=None) if i.__class__ is Analysis]
        )
        for folder in folders
    ]
    together = [i for i in analyze_paths([f / "a.txt" for f in folders], model=None) if isinstance(i, Analysis)]
    assert [a.note_id for a in together] == ["a", "a#2", "a#3"]
    assert [item for item in read_analyses(*outputs) if isinstance(item, Analysis)] == together


def test_a_copy_of_the_note_under_another_file_name_is_the_same_note() -> None:
    once = EachOnce()
    assert [type(i) for i in once.of("a", [FIRST, replace(FIRST, source="copy.txt")])] == [Analysis, Remark]


@pytest.mark.parametrize("change", [{"client": "K9"}, {"date": None}, {"extra": {"ward": "B"}}, {"tags": ()}])
def test_whatever_is_counted_or_exported_makes_a_result_another_one(change: dict) -> None:
    once = EachOnce()
    assert [type(i) for i in once.of("a", [FIRST, replace(FIRST, **change)])] == [Analysis, Skipped]


def test_nothing_is_held_back_until_the_end() -> None:
    seen: list[str] = []

    def reading() -> Iterable[Analysis]:
        for analysis in (FIRST, FIRST, SECOND):
            seen.append(analysis.note_id)
            yield analysis

    results = EachOnce().of("a", reading())
    assert next(iter(results)) == FIRST
    assert seen == ["n1"]
    assert [AL in {tag.strategy for tag in item.tags} for item in results if isinstance(item, Analysis)] == [True]
