"""Options of `analyzer export` that what is exported has no use for are told: in an error, or beside the result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from analyzer.cli.export import command
from analyzer.export import EXPORTERS, export, grouping
from analyzer.interchange import FORMATS
from analyzer.profiles import By
from analyzer.records import AnalyzerError
from tests.unit.own.making import run
from tests.unit.test_export import TWO_NOTES

WITHOUT_GROUPS = [name for name in (*EXPORTERS, *FORMATS) if name not in ("counts", "counts-wide")]


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    """What `analyzer tag` wrote of two notes."""
    path = tmp_path / "tags.jsonl"
    path.write_text("".join(json.dumps(analysis.to_dict()) + "\n" for analysis in TWO_NOTES), encoding="utf-8")
    return path


def exported(tmp_path: Path, tagged: Path, name: str, *options: str | Path) -> int:
    return run("export", tagged, "--to", name, "-o", place(tmp_path, name), *options)


def place(tmp_path: Path, name: str) -> Path:
    return tmp_path / ("out.csv" if name in EXPORTERS else "out")


def options_of(written: Path) -> dict[str, Any]:
    manifest = written.with_name(written.name + ".manifest.json")
    return json.loads(manifest.read_text(encoding="utf-8"))["options"]


def test_all_that_can_be_written_can_be_asked_for() -> None:
    (to,) = [parameter for parameter in command.params if parameter.name == "name"]
    assert list(to.type.choices) == [*EXPORTERS, *FORMATS]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", WITHOUT_GROUPS)
def test_a_grouping_of_what_has_no_groups_is_told_before_anything_is_read(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Told before the missing notes, and before --with-text is asked for.
    assert exported(tmp_path, tmp_path / "no such notes", name, "--by", "client") == 2
    told = capsys.readouterr().err
    assert f"{name} has no groups, so --by client changes nothing" in told
    assert "export counts or counts-wide" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("first", [True, False])
def test_the_order_of_the_options_does_not_matter(
    first: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by, to = ("--by", "note"), ("--to", "tags")
    options = (*by, *to) if first else (*to, *by)
    assert run("export", tmp_path, *options, "-o", tmp_path / "t.csv") == 2
    assert "tags has no groups" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["counts", "counts-wide"])
@pytest.mark.parametrize("by", [None, *get_args(By)])
def test_counts_are_grouped_as_asked_and_the_manifest_says_how(
    by: str | None, name: str, tmp_path: Path, tagged: Path
) -> None:
    assert exported(tmp_path, tagged, name, *(("--by", by) if by else ())) == 0
    written = tmp_path / "out.csv"
    header, *rows = written.read_text(encoding="utf-8").splitlines()
    assert header.startswith("unit,group,")
    assert {row.partition(",")[0] for row in rows} == {by or "clinician"}
    assert options_of(written)["by"] == (by or "clinician")


def test_the_manifest_of_what_has_no_groups_names_none_and_can_be_run_again(tmp_path: Path, tagged: Path) -> None:
    assert exported(tmp_path, tagged, "tags") == 0
    assert "by" not in options_of(tmp_path / "out.csv")
    assert run("reproduce", tmp_path / "out.csv.manifest.json") == 0


def test_python_tells_the_same_before_a_note_is_read(tmp_path: Path) -> None:
    def unread() -> Any:
        pytest.fail("a note was read")
        yield

    with pytest.raises(AnalyzerError, match="tags has no groups"):
        export(unread(), "tags", tmp_path / "t.csv", by="note")
    assert (grouping("tags", None), grouping("brat", None), grouping("counts", "note")) == (None, None, "note")


@pytest.mark.parametrize("name", ["counts", "counts-wide", "qdc"])
def test_text_asked_of_what_holds_none_is_said_to_change_nothing(
    name: str, tmp_path: Path, tagged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exported(tmp_path, tagged, name) == 0
    plain = place(tmp_path, name).read_bytes()
    assert capsys.readouterr().err == ""
    assert exported(tmp_path, tagged, name, "--with-text", "--notes", tmp_path) == 0
    told = capsys.readouterr().err
    assert f"{name} holds no text" in told and f"not read for {name}" in told
    assert place(tmp_path, name).read_bytes() == plain


def test_notes_without_a_wish_for_text_are_said_to_stay_unread(
    tmp_path: Path, tagged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", tagged, "--to", "omop", "-o", tmp_path / "omop", "--notes", tmp_path) == 0
    assert "--notes: these are not read without --with-text" in capsys.readouterr().err


@pytest.mark.parametrize("option", [("--model", "none"), ("--identifiers", "refuse")])
def test_how_notes_are_read_is_said_to_change_nothing_in_those_that_were_tagged_before(
    option: tuple[str, str], tmp_path: Path, tagged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exported(tmp_path, tagged, "counts", *option) == 0
    assert "what 'analyzer tag' wrote stays as it is" in capsys.readouterr().err


@pytest.mark.parametrize("call", [("compare",), ("feedback", "--clinician", "C1")], ids=lambda call: call[0])
@pytest.mark.parametrize("option", [("--model", "none"), ("--identifiers", "refuse")])
def test_other_commands_say_the_same_once(
    option: tuple[str, str], call: tuple[str, ...], tagged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options, times in ((), 0), (option, 1):
        assert run(*call, tagged, *options) == 0
        assert capsys.readouterr().err.count("what 'analyzer tag' wrote stays as it is") == times


def test_one_message_says_all_that_a_tool_needs(
    tmp_path: Path, tagged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exported(tmp_path, tagged, "doccano") == 2
    assert "add --with-text, and --notes" in capsys.readouterr().err


def test_words_that_were_left_out_before_are_no_empty_column(
    tmp_path: Path, tagged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """So `analyzer store read` gives analyses without the key."""
    tagged.write_text(tagged.read_text(encoding="utf-8").replace('"text": "text"', '"text": ""'), encoding="utf-8")
    assert exported(tmp_path, tagged, "tags", "--with-text") == 2
    assert "no words of the evidence" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()
    assert exported(tmp_path, tagged, "tags") == 0
