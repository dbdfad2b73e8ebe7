"""A strategy of one's own is tagged, read back and compared among coders like the eleven."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import analyzer
from analyzer.cli import cli
from analyzer.compare import compare, format_table
from analyzer.interchange.document import Document
from analyzer.keyness import key_words
from analyzer.project import load_project
from analyzer.records import Analysis, AnalyzerError, DataError
from tests.unit.own.making import FIRST, OWN, SECOND, run


def test_the_strategy_is_tagged_beside_the_eleven(tagged: list[Analysis]) -> None:
    first, second = tagged
    found = [(tag.strategy, tag.status, tag.source, tag.reason) for tag in first.tags]
    assert (OWN, "delivered", "rule", "sp.prayed_with") in found
    assert ("transparency", "delivered", "rule", "tr.limits_of_confidentiality") in found
    assert [o.response for o in first.opportunities if OWN in o.strategies] == ["responded"]
    assert [o.response for o in second.opportunities if OWN in o.strategies] == ["no_documented_response"]


def test_without_the_folder_nothing_changes(plain: Analysis) -> None:
    assert "own" not in plain.to_dict()
    assert OWN not in {tag.strategy for tag in plain.tags}


def test_an_entry_of_the_eleven_replaces_its_words_and_its_rules(project: Path) -> None:
    entry = load_project().codebook.strategy("transparency").model_dump(exclude_none=True)
    (project / "codebook.yml").write_text(yaml.safe_dump({"strategies": [entry | {"title": "Openness"}]}))
    rule = {"id": "open.talk", "source": "s", "patterns": ["plain talk"]}
    rules = [rule | {"hits": ["Plain talk.", "We had plain talk."], "misses": ["Talk."]}]
    (project / "rules" / f"{OWN}.yml").write_text(yaml.safe_dump({"strategy": "transparency", "rules": rules}))
    (project / "opportunities.yml").unlink()
    (analysis,) = analyzer.analyze([f"Plain talk about the form. {SECOND}"], model=None, codebook=project)
    assert isinstance(analysis, Analysis)
    assert [tag.reason for tag in analysis.tags if tag.strategy == "transparency"] == ["open.talk"]
    (row,) = [row for row in compare([analysis]) if row.strategy == "transparency"]
    assert "Openness" in format_table([row])


def test_the_output_of_tag_reads_back_and_names_the_strategy(tagged: list[Analysis]) -> None:
    line = json.loads(json.dumps(tagged[0].to_dict()))
    assert line["own"] == [{"id": OWN, "code": "SP", "title": "Spiritual care", "kind": "content"}]
    assert Analysis.from_dict(line) == tagged[0]
    assert Analysis.from_json(json.dumps(line).encode()) == tagged[0]
    del line["own"]
    with pytest.raises(DataError, match="a strategy that the codebook does not hold"):
        Analysis.from_dict(line)


def test_a_run_that_was_stopped_is_taken_up_with_the_same_folder_alone(
    shipped_example: Path,
    notes: Path,
    lines: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from analyzer.cli import tag

    out, whole_line = tmp_path / "out.jsonl", tag._line
    arguments = ("tag", notes, "--model", "none", "-o", out)

    def full(analysis: Analysis) -> bytes:
        if analysis.note_id == "n2":
            raise OSError(28, "No space left on device")
        return whole_line(analysis)

    with monkeypatch.context() as patch:
        patch.setattr(tag, "_line", full)
        assert run(*arguments, "--codebook", shipped_example) != 0
    assert run(*arguments, "--resume") != 0
    assert "has changed: codebook;" in capsys.readouterr().err
    assert run(*arguments, "--codebook", shipped_example, "--resume") == 0
    assert out.read_bytes() == lines.read_bytes()


def test_coders_of_it_are_compared(shipped_example: Path, lines: Path, notes: Path, tmp_path: Path) -> None:
    coded = tmp_path / "person.jsonl"
    options = ["--codebook", shipped_example, "--notes", notes]
    assert run("export", lines, "--to", "doccano", "-o", coded, "--with-text", *options) == 0
    result = CliRunner().invoke(cli, ["agreement", *map(str, [lines, coded, *options]), "--rounds", "20", "--json"])
    assert result.exit_code == 0, result.output
    (row,) = [r for r in json.loads(result.stdout)["lines"] if r["name"] == OWN and r["level"] == "note"][:1]
    assert row["percent"]["value"] == 1


def test_the_words_outside_its_evidence_can_be_looked_for(tagged: list[Analysis]) -> None:
    documents = [Document(a, text) for a, text in zip(tagged, (FIRST, SECOND), strict=True)]
    found = key_words(documents, by="clinician", group="C1", where="outside", strategy=OWN, minimum_notes=1)
    assert "prayed" not in {key.word for key in found.words}
    assert "confidentiality" in {key.word for key in found.words}
    with pytest.raises(AnalyzerError, match="no strategy 'kindness'"):
        key_words(documents, by="clinician", group="C1", where="inside", strategy="kindness", minimum_notes=1)
