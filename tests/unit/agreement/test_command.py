"""``analyzer agreement`` as a researcher calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.agreement import read_coders
from analyzer.cli.agreement import command
from analyzer.corpus import write_coded
from analyzer.interchange import writer
from analyzer.interchange.document import Document
from analyzer.records import Analysis, AnalyzerError, DataError, Tag, sha256_of
from tests.unit.agreement.making import CHOSE, SEGMENTS, TEXT, TOLD, coded


def analysis(note_id: str, *strategies: str, n_chars: int = len(TEXT)) -> Analysis:
    """The program's own word on the first sentence of a note."""
    tags = tuple(Tag(s, "delivered", *SEGMENTS[0], "", 0.9, "rule", "r", "plan") for s in strategies)
    about = (None, None, None, sha256_of(TEXT), n_chars, 14, 4)
    return Analysis(note_id, "notes.jsonl", *about, (), tags, (), (), ())


def tagged(path: Path, *found: Analysis) -> Path:
    path.write_text("".join(json.dumps(one.to_dict()) + "\n" for one in found), encoding="utf-8")
    return path


@pytest.fixture
def codes(tmp_path: Path) -> tuple[Path, Path]:
    """A person's codes of two notes, and the program's of the same."""
    write_coded([coded("n1", TOLD, CHOSE), coded("n2")], tmp_path / "ana.jsonl")
    return tmp_path / "ana.jsonl", tagged(tmp_path / "tags.jsonl", analysis("n1", "transparency"), analysis("n2"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_a_person_and_the_program_are_compared(codes: tuple[Path, Path]) -> None:
    result = run(*codes, "--rounds", 20, "--list")
    assert result.exit_code == 0, result.output
    assert "2 coders (ana, tags), 2 notes" in result.output
    assert "n1 21:41 collaborative_decision_making: ana: delivered; tags: none" in result.output
    assert "Offered" not in result.output


def test_json_has_all_figures_and_the_disagreements(codes: tuple[Path, Path]) -> None:
    found = json.loads(run(*codes, "--rounds", 20, "--list", "--json", "--with-text").output)
    assert found["coders"] == ["ana", "tags"]
    assert {line["name"] for line in found["lines"]} >= {"transparency", "status", "mean"}
    assert found["disagreements"][0]["text"] == "Offered two choices."


def test_disagreements_go_to_a_file_with_a_manifest(codes: tuple[Path, Path], tmp_path: Path) -> None:
    result = run(*codes, "--rounds", 20, "-o", tmp_path / "d.csv")
    assert result.exit_code == 0, result.output
    assert "collaborative_decision_making" in (tmp_path / "d.csv").read_text(encoding="utf-8")
    assert "Offered" not in (tmp_path / "d.csv").read_text(encoding="utf-8")
    assert (tmp_path / "d.csv.manifest.json").exists()


def test_other_tools_files_are_coders_too(codes: tuple[Path, Path], tmp_path: Path) -> None:
    documents = [Document(analysis("n1", "transparency", "safe_space"), TEXT)]
    for name, place in (("doccano", "d.jsonl"), ("brat", "b"), ("docbin", "s.spacy")):
        writer(name)(iter(documents), tmp_path / place)
    coders, _ = read_coders([*codes, tmp_path / "d.jsonl", tmp_path / "b", tmp_path / "s.spacy"])
    assert [coder.name for coder in coders] == ["ana", "tags", "d", "b", "s"]
    assert all(len(coder.notes["n1"].tags) == 2 for coder in coders[2:])


def test_two_files_of_one_name_are_two_coders(codes: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    again = tmp_path / "second" / "ana.jsonl"
    again.write_bytes(codes[0].read_bytes())
    coders, _ = read_coders([codes[0], again])
    assert [coder.name for coder in coders] == ["ana", "ana#2"]


def test_tags_alone_need_the_notes(codes: tuple[Path, Path], tmp_path: Path) -> None:
    other = tagged(tmp_path / "other.jsonl", analysis("n1"))
    with pytest.raises(DataError, match="note 'n1'.*\n.*say with --notes where the note is"):
        read_coders([codes[1], other])
    (tmp_path / "notes.csv").write_text(f'note_id,text\nn1,"{TEXT}"\nn2,"{TEXT}"\n', encoding="utf-8")
    result = run(codes[1], other, "--notes", tmp_path / "notes.csv", "--rounds", 10)
    assert result.exit_code == 0, result.output
    assert "1 notes coded by one alone are left out" in result.output


def test_codes_of_unknown_notes_are_named(codes: tuple[Path, Path]) -> None:
    with pytest.raises(DataError, match="note 'n2': is not among the notes given with --notes"):
        read_coders(codes, texts={"n1": TEXT})


def test_tags_of_another_text_are_named(codes: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = tagged(tmp_path / "wrong.jsonl", analysis("n1", n_chars=7))
    with pytest.raises(DataError, match="note 'n1'.*\n.*the one that was tagged 7; give the same notes"):
        read_coders([codes[0], wrong])


def test_one_coder_is_refused_in_a_sentence(codes: tuple[Path, Path]) -> None:
    result = run(codes[0])
    assert isinstance(result.exception, AnalyzerError)
    assert "two coders or more; given: ana" in str(result.exception)


def test_the_plan_needs_no_codes() -> None:
    result = run("--plan", "--kappa", 0.8, "--prevalence", 0.1, "--width", 0.1)
    assert "let two coders code 1,603 independent units" in result.output
    assert run().exit_code == 2
