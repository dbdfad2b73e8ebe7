"""``analyzer feedback`` as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli.feedback import command
from analyzer.records import AnalyzerError
from tests.unit.feedback.making import few_answers, listening


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(a) for a in arguments], prog_name="analyzer feedback")


@pytest.fixture()
def tagged(tmp_path: Path) -> Path:
    path = tmp_path / "tags.jsonl"
    notes = [*few_answers(), *listening(), *listening(clinician="C2")]
    path.write_text("".join(json.dumps(n.to_dict()) + "\n" for n in notes), encoding="utf-8")
    return path


def test_tag_output_gives_the_page_as_text(tagged: Path) -> None:
    result = run(tagged, "--clinician", "C1")
    assert result.exit_code == 0
    assert result.stdout.startswith("Your notes, read back to you\n")
    assert "One place to look first: Transparency" in result.stdout


def test_the_supervisor_gets_an_agenda(tagged: Path) -> None:
    result = run(tagged, "--clinician", "C1", "--for", "supervisor")
    assert result.exit_code == 0
    assert result.stdout.startswith("Agenda for the next supervision with C1\n")


def test_a_page_to_print_is_written_whole_and_says_where_to_keep_it(tagged: Path, tmp_path: Path) -> None:
    page = tmp_path / "c1.html"
    result = run(tagged, "--clinician", "C1", "-o", page)
    assert (result.exit_code, result.stdout) == (0, "")
    assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert "keep it where you keep them" in result.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c1.html", "c1.html.manifest.json", "tags.jsonl"]


def test_notes_are_read_with_their_texts_so_that_sentences_are_whole(tmp_path: Path) -> None:
    lines = ["Slowly and twice, reviewed limits of confidentiality with client, who nodded."]
    (tmp_path / "n.jsonl").write_text(
        "".join(json.dumps({"note_id": f"n{i}", "text": t, "clinician": "C1"}) + "\n" for i, t in enumerate(lines)),
        encoding="utf-8",
    )
    result = run(tmp_path / "n.jsonl", "--clinician", "C1", "--model", "none")
    assert result.exit_code == 0
    assert "“Slowly and twice, reviewed limits of confidentiality" in result.stdout


def test_identifiers_in_notes_are_masked_on_the_page(tmp_path: Path) -> None:
    text = "Reviewed limits of confidentiality with Mr. Okafor at 555-867-5309, slowly."
    (tmp_path / "n.jsonl").write_text(json.dumps({"text": text, "clinician": "C1"}) + "\n", encoding="utf-8")
    result = run(tmp_path / "n.jsonl", "--clinician", "C1", "--model", "none")
    assert "Reviewed limits of confidentiality" in result.stdout
    assert "█" in result.stdout
    assert "5309" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--clinician", "C9"], "no notes by clinician 'C9'; these notes are by 'C1', 'C2'"),
        (["--clinician", "C1", "-o", "page.odt"], "end the page's name in .html, .pdf, .docx"),
        (["--clinician", "C1", "-o", "no/such/folder/page.html"], "does not exist"),
    ],
)
def test_a_wrong_call_is_answered_with_what_to_do(tagged: Path, arguments: list[str], told: str) -> None:
    result = run(tagged, *arguments)
    assert isinstance(result.exception, AnalyzerError)
    assert told in str(result.exception)


def test_the_clinician_must_be_named(tagged: Path) -> None:
    result = run(tagged)
    assert result.exit_code == 2
    assert "--clinician" in result.stderr
