"""Large inputs: a run that is stopped is taken up again, several processes read as one does, and nothing is lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from spacy.language import Language

from analyzer.cli import main
from analyzer.cli import tag as tag_module
from analyzer.files import UnfinishedError, unfinished_file, unfinished_stage, whole_file
from analyzer.records import Analysis, AnalyzerError, Note, Remark, Skipped
from analyzer.tagging import tag_by, tag_notes
from analyzer.workers import Crew
from tests.conftest import ROOT
from tests.unit.deadly import deadly

SENTENCES = [
    "Validated her grief over the move.",
    "Reviewed limits of confidentiality with client before the session began.",
    "Client said: nobody asks what I want. Will ask about it next week.",
    "Call Rosalind Achterberg at 415-555-0132 on Monday.",
    "Therapist and client agreed on the agenda together.",
    "Rosalind came along to the second half of the session.",
]


@pytest.fixture(autouse=True)
def loaded(rules_only: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pipeline is loaded once, and the program may be edited while its tests run."""
    monkeypatch.setattr("analyzer.pipeline.load", lambda _model, **_: rules_only)
    monkeypatch.setattr("analyzer.ingredients._texts", lambda _paths, _root: {})


def write_notes(path: Path, *, count: int) -> Path:
    chance = random.Random(3)
    rows = [
        {
            "note_id": f"n{i:03}",
            "clinician": f"T{i % 3}",
            "client": f"K{i % 7}",
            # An empty note is skipped by the reader, in every run.
            "text": "" if i == 20 else f"Session {i}. " + " ".join(chance.choices(SENTENCES, k=6)),
        }
        for i in range(count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def tag(notes: Path, out: Path, *options: str) -> Result:
    arguments = ["tag", str(notes), "-o", str(out), "--model", "none", *options]
    return CliRunner().invoke(tag_module.command, arguments[1:], standalone_mode=False)


def started(notes: Path, out: Path, *options: str, first: Callable[[], None] = lambda: None) -> Any:
    """A process of its own that tags; forked, so that it need not load everything anew."""

    def run() -> None:
        first()
        main(["tag", str(notes), "-o", str(out), "--model", "none", *options])

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    return process


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def half_written(notes: Path, out: Path, monkeypatch: pytest.MonkeyPatch, *, lines: int) -> None:
    """Leave the part that a run leaves when the disk is full after so many lines."""
    whole_line, written = tag_module._line, []

    def full(analysis: Analysis) -> bytes:
        if len(written) == lines:
            raise OSError(28, "No space left on device")
        written.append(analysis)
        return whole_line(analysis)

    with monkeypatch.context() as patch:
        patch.setattr(tag_module, "_line", full)
        assert isinstance(tag(notes, out).exception, UnfinishedError)


def test_killed_at_random_moments_the_output_is_that_of_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = write_notes(tmp_path / "notes.jsonl", count=70)
    once, out = tmp_path / "once.jsonl", tmp_path / "out.jsonl"
    assert tag(notes, once, "--no-manifest").return_value == 3  # one note is empty
    monkeypatch.setattr("analyzer.tagging._BATCH", 4)
    part, chance, kills = unfinished_stage(out) / out.name, random.Random(11), 0
    while kills < 6:
        enough = size_of(part) + chance.randrange(1, 6_000)
        process = started(notes, out, "--no-manifest", "--resume")
        while process.is_alive() and size_of(part) < enough:
            time.sleep(chance.uniform(0, 0.01))
        process.kill()
        process.join()
        kills += process.exitcode == -signal.SIGKILL
        if out.exists():  # it was quicker than the kill: so it must be whole, and another begins
            assert out.read_bytes() == once.read_bytes()
            out.unlink()
    last = started(notes, out, "--no-manifest", "--resume")
    last.join()
    assert last.exitcode == 3
    assert out.read_bytes() == once.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.jsonl", "once.jsonl", "out.jsonl"]


def test_a_line_cut_short_by_a_loss_of_power_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = write_notes(tmp_path / "notes.jsonl", count=12)
    once, out = tmp_path / "once.jsonl", tmp_path / "out.jsonl"
    tag(notes, once)
    half_written(notes, out, monkeypatch, lines=5)
    part = unfinished_stage(out) / out.name
    part.write_bytes(part.read_bytes()[:-40] + b"\0" * 20)
    tag(notes, out, "--resume")
    assert out.read_bytes() == once.read_bytes()


def test_what_is_done_is_not_analysed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = write_notes(tmp_path / "notes.jsonl", count=12)
    out = tmp_path / "out.jsonl"
    half_written(notes, out, monkeypatch, lines=9)
    from analyzer import tagging

    read: list[str] = []
    analysed = tagging.analysis_of
    monkeypatch.setattr(tagging, "analysis_of", lambda note, *rest: read.append(note.note_id) or analysed(note, *rest))
    tag(notes, out, "--resume")
    assert read == ["n009", "n010", "n011"]


@pytest.mark.parametrize(
    ("change", "options", "told"),
    [
        ("", ["--identifiers", "ignore"], "options"),
        ("", ["--model", "fast"], "model"),
        ('{"note_id": "new", "text": "Validated her grief."}\n', [], "notes"),
    ],
)
def test_a_run_is_not_taken_up_with_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, options: list[str], told: str
) -> None:
    notes = write_notes(tmp_path / "notes.jsonl", count=8)
    out = tmp_path / "out.jsonl"
    half_written(notes, out, monkeypatch, lines=3)
    with notes.open("a") as file:
        file.write(change)
    refused = tag(notes, out, "--resume", *options).exception
    assert isinstance(refused, AnalyzerError)
    assert f"has changed: {told};" in str(refused)
    assert "--resume" in str(refused)
    assert not out.exists()


def test_a_full_disk_is_told_and_what_was_written_is_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    notes = write_notes(tmp_path / "notes.jsonl", count=12)
    once, out = tmp_path / "once.jsonl", tmp_path / "out.jsonl"
    tag(notes, once)
    room = once.stat().st_size // 2
    run = started(notes, out, first=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)))
    run.join()
    told = capfd.readouterr().err
    assert run.exitcode == 1
    assert f"{out}: could not be written (File too large)" in told
    assert "note(s) are kept; --resume goes on with them" in told
    assert "Traceback" not in told
    assert not out.exists()
    tag(notes, out, "--resume")
    assert out.read_bytes() == once.read_bytes()


def test_a_full_pipe_end_is_told(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    notes = write_notes(tmp_path / "notes.jsonl", count=2)
    result = tag(notes, Path("/dev/full"))
    assert isinstance(result.exception, (UnfinishedError, OSError))


def test_two_runs_at_once_keep_out_of_each_others_way(tmp_path: Path) -> None:
    notes = write_notes(tmp_path / "notes.jsonl", count=2)
    out = tmp_path / "out.jsonl"
    with unfinished_file(out) as part:
        part.write_text("first\n")
        second = tag(notes, out).exception
    assert "is being written by another run" in str(second)
    assert out.read_text() == "first\n"


def test_a_file_is_on_the_disk_before_it_stands_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, synced = tmp_path / "out.csv", []
    monkeypatch.setattr("os.fsync", lambda number: synced.append((os.fstat(number).st_size, out.exists())))
    with whole_file(out) as part:
        part.write_text("whole\n")
    assert synced == [(6, False)]
    assert out.read_text() == "whole\n"


def test_exit_codes_tell_what_became_of_the_notes(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    notes, out = write_notes(tmp_path / "notes.jsonl", count=6), tmp_path / "out.jsonl"

    def code(*options: str, to: Path = out, first: Callable[[], None] = lambda: None) -> int | None:
        run = started(notes, to, "--no-manifest", *options, first=first)
        run.join()
        return run.exitcode

    assert code() == 0
    assert code(to=tmp_path / "no such folder" / "out.jsonl") == 2
    assert "make it first" in capfd.readouterr().err
    with unfinished_file(tmp_path / "busy.jsonl") as part:
        part.touch()
        assert code(to=tmp_path / "busy.jsonl") == 2
    assert "is being written by another run" in capfd.readouterr().err
    assert code(first=_poison) == 3
    told = capfd.readouterr().err
    assert "'n002'" in told
    assert "Zebulon" not in told
    assert [json.loads(line)["note_id"] for line in out.open()] == ["n000", "n001", "n003", "n004", "n005"]


def _poison() -> None:
    from analyzer import tagging

    analysed = tagging.analysis_of

    def poisoned(note: Note, *rest: Any) -> Analysis:
        if note.note_id == "n002":
            raise ValueError("Zebulon confided")
        return analysed(note, *rest)

    tagging.analysis_of = poisoned  # in a process of its own


def test_a_resume_without_an_output_is_a_wrong_call(tmp_path: Path) -> None:
    notes = write_notes(tmp_path / "notes.jsonl", count=1)
    result = CliRunner().invoke(tag_module.command, [str(notes), "--resume"])
    assert result.exit_code == 2
    assert "--resume needs the -o" in result.output


@pytest.mark.parametrize(
    ("error", "told"), [(ValueError("Zebulon confided"), "ValueError"), (MemoryError(), "more memory than there is")]
)
def test_one_poisonous_note_is_left_out_and_the_others_are_read(
    rules_only: Language, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    from analyzer import tagging

    analysed = tagging.analysis_of

    def poisoned(note: Note, *rest: Any) -> Analysis:
        if note.note_id == "n2":
            raise error
        return analysed(note, *rest)

    monkeypatch.setattr(tagging, "analysis_of", poisoned)
    results = list(tag_notes([Note(f"n{i}", "Validated her grief.", "s") for i in range(5)], rules_only))
    (lost,) = [r for r in results if isinstance(r, Skipped)]
    assert [r.note_id for r in results if isinstance(r, Analysis)] == ["n0", "n1", "n3", "n4"]
    assert results.index(lost) == 2
    assert "'n2'" in lost.reason
    assert told in lost.reason
    assert "Zebulon" not in lost.reason


def test_a_note_skipped_before_stays_skipped_and_in_its_place(rules_only: Language) -> None:
    notes = [Note(f"n{i}", f"Validated her grief {i}.", "s") for i in range(5)]
    whole = [r for r in tag_notes(notes, rules_only) if isinstance(r, Analysis)]
    from analyzer.tagging import OwnHands

    again = list(tag_by(OwnHands(rules_only), notes, done=[whole[0], whole[2]]))
    assert [type(r) for r in again] == [Analysis, Skipped, Analysis, Analysis, Analysis]
    with pytest.raises(AnalyzerError, match="begin anew"):
        list(tag_by(OwnHands(rules_only), notes[:1], done=whole[:2]))


def test_several_processes_read_as_one_does(rules_only: Language) -> None:
    from analyzer.notes import read_notes

    notes = [n for n in read_notes([ROOT / "sample_notes"]) if isinstance(n, Note)][:12]
    told: list[Remark] = []
    with Crew(None, 2, told.append) as crew:
        found = list(tag_by(crew, notes))
    assert found == list(tag_notes(notes, rules_only))
    assert told == []


def test_a_process_that_ends_loses_only_the_note_that_ended_it() -> None:
    batches = [[Note(f"{i}{k}", "x", "s") for k in range(3)] for i in range(6)]
    batches[2][1] = Note("21", "deadly", "s")
    told: list[Remark] = []
    with Crew(None, 2, told.append) as crew:
        results = [result for batch in crew._each(deadly, batches) for result in batch]
    expected = [note.note_id for batch in batches for note in batch]
    lost = results[expected.index("21")]
    assert isinstance(lost, Skipped)
    assert "note '21': the process that read it ended (SIGKILL(-9))" in lost.reason
    assert [r for r in results if isinstance(r, str)] == [i for i in expected if i != "21"]
    assert len(told) >= 1
    assert "read again" in told[0].message


def test_processes_that_never_come_to_read_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.workers._NONE_READ", 1)
    batches = [[Note(str(i), "deadly", "s") for i in range(4)]]
    with Crew(None, 2, lambda _: None) as crew, pytest.raises(AnalyzerError, match="end before they read a note"):
        list(crew._each(deadly, batches))
