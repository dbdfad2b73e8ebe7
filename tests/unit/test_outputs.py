"""Where commands write: `-` is standard output or told, and so is an ending of another kind of file."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.cli.export import _OF_TABLES
from analyzer.table_files import check_kind
from tests.unit.own.making import run
from tests.unit.test_doubles import tag_output


@pytest.fixture
def tagged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `analyzer tag` wrote, in the folder in which the commands run."""
    monkeypatch.chdir(tmp_path)
    return tag_output(tmp_path / "tags.jsonl")


def left(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.iterdir())


def test_tag_writes_to_standard_output_where_a_dash_is_named(
    tagged: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "n.txt").write_text("Validated her grief.", encoding="utf-8")
    assert run("tag", "n.txt", "--model", "none") == 0
    plain = capfdbinary.readouterr().out
    assert run("tag", "n.txt", "--model", "none", "-o", "-") == 0
    assert capfdbinary.readouterr().out == plain != b""
    assert run("tag", "n.txt", "--model", "none", "-o", "-", "--resume") == 2
    assert left(tmp_path) == ["n.txt", "tags.jsonl"]


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_compare_prints_where_a_dash_is_named(
    json: tuple[str, ...], tagged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("compare", tagged, *json) == 0
    plain = capsys.readouterr()
    assert run("compare", tagged, *json, "-o", "-") == 0
    assert capsys.readouterr() == plain
    assert left(tmp_path) == ["tags.jsonl"]


@pytest.mark.parametrize(
    ("call", "advice"),
    [
        (("export", "tags.jsonl", "--to", "counts", "-o"), "name a file"),
        (("export", "tags.jsonl", "--to", "omop", "-o"), "name a file"),
        (("feedback", "tags.jsonl", "--clinician", "C1", "-o"), "leave -o out for plain text"),
        (("keyness", "tags.jsonl", "--group", "C1", "-o"), "leave -o out and give --json"),
        (("agreement", "tags.jsonl", "tags.jsonl", "-o"), "leave -o out and give --list"),
        (("evaluate", "tags.jsonl", "-o"), "leave -o out and give --json"),
        (("evaluate", "tags.jsonl", "--errors"), "name a file"),
        (("train", "-o"), "name a folder"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_dash_is_told_where_a_file_is_meant_and_the_message_says_what_to_give(
    call: tuple[str, ...], advice: str, tagged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*call, "-") == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "this is not written to standard output; name a " in told
    assert advice in told
    assert left(tmp_path) == ["tags.jsonl"]


def test_a_file_of_that_name_can_be_had_all_the_same(tagged: Path, tmp_path: Path) -> None:
    assert run("compare", tagged, "-o", "./-", "--no-manifest") == 0
    assert left(tmp_path) == ["-", "tags.jsonl"]


@pytest.mark.parametrize(
    ("name", "output", "fits"),
    [
        ("qdpx", "x.csv", "a file that ends in .qdpx"),
        ("labelstudio", "x.JSONL", "a file that ends in .json,"),
        ("docbin", "x.docx", "a file that ends in .spacy"),
        ("omop", "x.zip", "a new folder"),
        ("webanno", "x.xlsx", "a new folder or a file that ends in .tsv"),
        ("counts", "x.qdpx", ".csv .tsv .xlsx .parquet .jsonl .sav"),
        ("tags", "x", ".csv .tsv .xlsx .parquet .jsonl .sav"),
    ],
)
def test_an_ending_of_another_kind_is_told_before_anything_is_read(
    name: str, output: str, fits: str, tagged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Told before the missing notes, and before --with-text is asked for.
    assert run("export", "no such notes", "--to", name, "-o", output) == 2
    told = capsys.readouterr().err
    assert output in told
    assert fits in told
    assert left(tmp_path) == ["tags.jsonl"]


@pytest.mark.parametrize("output", ["x.qdc", "x.QDC", "x", "x.v2"])
def test_an_ending_that_fits_or_names_no_kind_is_taken(output: str, tagged: Path, tmp_path: Path) -> None:
    assert run("export", tagged, "--to", "qdc", "-o", output) == 0
    assert output in left(tmp_path)


def test_the_help_names_the_endings_of_all_tables(tmp_path: Path) -> None:
    for ending in _OF_TABLES:
        check_kind(tmp_path / f"t{ending}")


def test_a_comparison_with_the_errors_of_a_named_model_can_be_made_again(tagged: Path, tmp_path: Path) -> None:
    """The notes were tagged before, but which errors the shares are corrected for is the model's."""
    options = ("--corrected", "--model", "fast", "-o", "c.txt")
    assert run("compare", tagged, *options) == 0
    assert run("reproduce", "c.txt.manifest.json") == 0
