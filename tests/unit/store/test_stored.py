"""``analyzer store save`` and ``read``: what is kept comes back as the other commands read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from spacy.language import Language

from analyzer.cli.store import command
from analyzer.records import Analysis, AnalyzerError, Note
from analyzer.review.decisions import decide
from analyzer.store import key_from_file, new_key_file, open_store
from analyzer.tagging import tag_notes
from analyzer.workflow import read_analyses, wrote_by_tag

NOTES = {"a": "Validated her grief. Call 415-555-0132.", "b": "Reviewed limits of confidentiality with client."}


@pytest.fixture(autouse=True)
def loaded(rules_only: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pipeline is loaded once."""
    monkeypatch.setattr("analyzer.pipeline.load", lambda _model, **_: rules_only)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Two notes, as a table with a column of its own."""
    path = tmp_path / "notes.jsonl"
    lines = [{"note_id": name, "text": text, "clinician": "C1", "ward": "West"} for name, text in NOTES.items()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(command, [str(a) for a in arguments])
    assert result.exit_code == code, result.output
    return result.stdout


def tagged(rules_only: Language) -> list[Analysis]:
    found = tag_notes([Note(name, text, "x") for name, text in NOTES.items()], rules_only)
    return [analysis for analysis in found if isinstance(analysis, Analysis)]


def read_back(place: str, output: Path, *options: object) -> list[Analysis]:
    run("read", place, "-o", output, *options)
    assert wrote_by_tag(output)
    return [one for one in read_analyses(output) if isinstance(one, Analysis)]


def test_what_is_kept_comes_back_whole_with_the_key_and_without_words_else(
    place: str, notes: Path, tmp_path: Path, rules_only: Language
) -> None:
    key = ("--key-file", tmp_path / "key")
    run("init", place, *key)
    for _ in range(2):  # the second time takes the place of the first
        run("save", place, notes, "--model", "none", *key)
    whole, bare = read_back(place, tmp_path / "whole.jsonl", *key), read_back(place, tmp_path / "bare.jsonl")
    assert [one.tags for one in whole] == [one.tags for one in tagged(rules_only)]
    assert [one.extra for one in whole] == [{"ward": "West"}] * 2
    assert [[(t.strategy, t.start, t.end, t.text) for t in one.tags] for one in bare] == [
        [(t.strategy, t.start, t.end, "") for t in one.tags] for one in whole
    ]
    assert open_store(place).info().texts == 2


def test_a_dash_is_standard_output(place: str, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("init", place)
    run("save", place, notes, "--model", "none")
    assert run("read", place, "-o", "-") == run("read", place) != ""
    assert not Path("-").exists()


def test_the_notes_come_back_masked_and_can_be_tagged_again(place: str, notes: Path, tmp_path: Path) -> None:
    key = ("--key-file", tmp_path / "key")
    run("init", place, *key)
    run("save", place, notes, "--model", "none", *key)
    found = [json.loads(line) for line in run("read", place, "--notes", *key).splitlines()]
    assert [(one["note_id"], one["clinician"], one["ward"]) for one in found] == [
        ("a", "C1", "West"),
        ("b", "C1", "West"),
    ]
    assert found[1]["text"] == NOTES["b"]
    assert "415" not in found[0]["text"]
    assert len(found[0]["text"]) == len(NOTES["a"])


def test_no_text_comes_out_without_the_key_or_with_another(place: str, notes: Path, tmp_path: Path) -> None:
    run("init", place, "--key-file", tmp_path / "key")
    new_key_file(tmp_path / "another")
    for options in ((), ("--key-file", tmp_path / "another")):
        result = CliRunner().invoke(command, [str(a) for a in ("read", place, "--notes", *options)])
        assert isinstance(result.exception, AnalyzerError)
        assert "key" in str(result.exception)
    run("init", tmp_path / "plain.db")
    run("save", tmp_path / "plain.db", notes, "--key-file", tmp_path / "key", code=2)


def test_analyses_come_back_as_reviewed(place: str, notes: Path, tmp_path: Path) -> None:
    run("init", place)
    run("save", place, notes, "--model", "none")
    store = open_store(place)
    first = store.analyses()[0]
    wrong = first.tags[0]
    store.record(decide(first, segment=(wrong.start, wrong.end), verdict="reject", who="RR", tag=wrong))
    after = read_back(place, tmp_path / "after.jsonl", "--reviewed")
    assert wrong not in after[0].tags
    assert after[1:] == store.analyses()[1:]
    assert read_back(place, tmp_path / "as-tagged.jsonl") == store.analyses()


def test_a_note_that_is_skipped_is_told_and_the_others_are_kept(place: str, notes: Path) -> None:
    notes.write_text(notes.read_text(encoding="utf-8") + '{"note_id": "c", "text": ""}\n', encoding="utf-8")
    run("init", place)
    run("save", place, notes, "--model", "none", code=3)
    assert [one.note_id for one in open_store(place).analyses()] == ["a", "b"]


def test_what_was_kept_before_a_run_ends_early_stays(
    place: str, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyzer import tagging

    monkeypatch.setattr("analyzer.cli.stored._BATCH", 1)
    monkeypatch.setattr("analyzer.tagging._BATCH", 1)
    analysed = tagging.analysis_of

    def killed(note: Note, *rest: Any) -> Analysis:
        if note.note_id == "b":
            raise KeyboardInterrupt
        return analysed(note, *rest)

    key = tmp_path / "key"
    run("init", place, "--key-file", key)
    with monkeypatch.context() as patch:
        patch.setattr(tagging, "analysis_of", killed)
        run("save", place, notes, "--model", "none", "--key-file", key, code=1)
    assert [analysis.note_id for analysis, _ in open_store(place, key=key_from_file(key)).notes()] == ["a"]
    run("save", place, notes, "--model", "none", "--key-file", key)
    assert open_store(place).info().texts == 2
