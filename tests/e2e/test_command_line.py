"""The command line as a new user meets it: the whole way in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from analyzer.cli import cli
from analyzer.interchange import FORMATS
from analyzer.records import RESPONSES, STATUSES, STRATEGIES
from tests.conftest import ROOT

SAMPLES = ROOT / "sample_notes"
COMMANDS = cli.list_commands(click.Context(cli))


def analyzer(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    call = [sys.executable, "-m", "analyzer", *map(str, arguments)]
    return subprocess.run(call, capture_output=True, cwd=cwd or ROOT, timeout=300, check=False)


def lines(run: subprocess.CompletedProcess[bytes]) -> list[dict]:
    return [json.loads(line) for line in run.stdout.decode("utf-8").splitlines()]


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tagged") / "tags.jsonl"
    run = analyzer("tag", SAMPLES, "-o", out)
    assert (run.returncode, run.stdout) == (0, b"")
    return out


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_everywhere(command: str) -> None:
    run = analyzer(*([command] if command else []), "--help")
    assert run.returncode == 0
    assert b"Usage: analyzer" in run.stdout


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_version_everywhere(command: str) -> None:
    run = analyzer(*([command] if command else []), "--version")
    assert run.returncode == 0
    assert run.stdout.startswith(b"analyzer, version")


def test_tagging_the_samples_reads_every_note(tagged: Path) -> None:
    notes = [json.loads(line) for line in tagged.read_text(encoding="utf-8").splitlines()]
    assert len(notes) >= 48
    assert {n["clinician"] for n in notes} == {"C01", "C02", "C03", "C04"}
    assert len({n["client"] for n in notes}) == 12
    assert all(n["date"].startswith("2026-") for n in notes)
    assert {t["strategy"] for n in notes for t in n["tags"]} == set(STRATEGIES)
    assert {t["status"] for n in notes for t in n["tags"]} <= set(STATUSES)
    assert {o["response"] for n in notes for o in n["opportunities"]} <= set(RESPONSES)


def test_output_has_the_contracts_fields(tagged: Path) -> None:
    note = json.loads(tagged.read_text(encoding="utf-8").splitlines()[0])
    fields = {"note_id", "source", "clinician", "client", "date", "text_sha256", "n_chars", "n_segments", "sections"}
    fields |= {"tags", "opportunities", "boilerplate", "identifiers"}
    assert fields <= set(note)
    tag = next(t for t in note["tags"])
    assert {"strategy", "status", "start", "end", "text", "confidence", "source", "reason", "section"} <= set(tag)


def test_the_same_input_gives_the_same_bytes(tagged: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.jsonl"
    assert analyzer("tag", SAMPLES, "-o", again).returncode == 0
    assert again.read_bytes() == tagged.read_bytes()


def test_offsets_are_code_points_into_the_text_as_read(tmp_path: Path) -> None:
    text = "Cl 😢 à bout.\r\nValidated her grief.\r\n"
    (tmp_path / "n.txt").write_bytes(text.encode())
    (note,) = lines(analyzer("tag", tmp_path / "n.txt"))
    read = text.replace("\r\n", "\n")
    (tag,) = note["tags"]
    assert read[tag["start"] : tag["end"]] == tag["text"]
    assert note["n_chars"] == len(read)


def test_skipped_files_are_named_and_the_rest_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Validated her grief.", encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04nonsense")
    run = analyzer("tag", tmp_path)
    assert run.returncode == 3
    assert [note["note_id"] for note in lines(run)] == ["a"]
    told = run.stderr.decode()
    assert "empty.txt" in told
    assert "broken.docx" in told
    assert "1 note(s) read, 2 skipped" in told


def test_a_wrong_call_exits_with_2(tmp_path: Path) -> None:
    for arguments in (
        ["tag"],
        ["tag", tmp_path / "nowhere"],
        ["nonsense"],
        ["tag", SAMPLES, "--identifiers", "perhaps"],
    ):
        run = analyzer(*arguments)
        assert run.returncode == 2, arguments
        assert b"Traceback" not in run.stderr


def test_an_output_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    run = analyzer("tag", SAMPLES, "-o", tmp_path / "no" / "such" / "folder" / "out.jsonl")
    assert run.returncode == 2
    assert b"folder" in run.stderr
    assert run.stdout == b""


def test_errors_never_repeat_note_text(tmp_path: Path) -> None:
    secret = "Zebulon confided"
    (tmp_path / "t.csv").write_text(f"id,body\n1,{secret}\n", encoding="utf-8")
    (tmp_path / "u.jsonl").write_text(f'{{"text": "{secret}"\n', encoding="utf-8")
    run = analyzer("tag", tmp_path)
    assert run.returncode == 3
    assert b"Zebulon" not in run.stderr


def test_columns_may_have_other_headings(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,Progress Note\n7,Validated her grief.\n", encoding="utf-8")
    (note,) = lines(analyzer("tag", tmp_path / "t.csv", "--columns", "note_id=id,text=Progress Note"))
    assert note["note_id"] == "7"


def test_evaluate_gives_figures_and_errors(tmp_path: Path) -> None:
    gold, errors = tmp_path / "gold.jsonl", tmp_path / "errors.jsonl"
    text = "Validated her grief. Prior th explained reporting."
    codes = {
        "note_id": "g1",
        "text": text,
        "segments": [[0, 20], [21, len(text)]],
        "tags": [
            {"segment": 0, "strategy": "active_listening_empathy", "status": "delivered", "start": 0, "end": 19},
            {"segment": 1, "strategy": "trauma_informed", "status": "other_agent", "start": 21, "end": 49},
        ],
        "cues": [],
        "boilerplate": [],
    }
    gold.write_text(json.dumps(codes) + "\n", encoding="utf-8")
    figures = json.loads(analyzer("evaluate", gold, "--json", "--errors", errors).stdout)
    assert figures["segments"]["strategies"][2]["f1"]["value"] == 1.0
    assert errors.exists()
    readable = analyzer("evaluate", gold).stdout.decode()
    assert "active_listening_empathy" in readable
    assert "kappa" in readable.lower()


def test_compare_reads_what_tag_wrote_and_speaks_of_documentation(tagged: Path) -> None:
    readable = analyzer("compare", tagged).stdout.decode()
    assert "C02" in readable
    assert "opportunit" in readable
    assert not any(word in readable.lower() for word in ("failed", "did not do", "never"))
    rows = lines(analyzer("compare", tagged, "--json"))
    assert len(rows) == 4 * 11
    assert "NaN" not in json.dumps(rows)


@pytest.mark.parametrize("reference", ["peers", "past"])
def test_compare_with_other_references(tagged: Path, reference: str) -> None:
    run = analyzer("compare", tagged, "--reference", reference, "--json")
    assert run.returncode == 0
    assert {row["reference"] for row in lines(run)} == {reference}


def test_compare_sets_shares_right_for_the_programs_errors_and_says_so(tagged: Path) -> None:
    rows = lines(analyzer("compare", tagged, "--denominator", "note", "--reference", "peers", "--corrected", "--json"))
    assert {"corrected_estimate", "corrected_low", "corrected_high", "corrected_reason"} <= rows[0].keys()
    for row in rows:
        if row["corrected_estimate"] is not None:
            assert 0 <= row["corrected_low"] <= row["corrected_estimate"] <= row["corrected_high"] <= 1
    table = analyzer("compare", tagged, "--corrected").stdout.decode()
    assert "corrected (95% interval)" in table
    assert "A corrected share is" in table


def test_compare_tells_how_often_it_would_mislead(tagged: Path) -> None:
    text = analyzer("compare", tagged, "--power").stdout.decode()
    assert "flagged by chance" in text or "No comparison has enough notes" in text
    (check,) = lines(analyzer("compare", tagged, "--power", "--json"))
    assert check["comparisons"] == 44
    assert 0 <= check["false_flag"] <= check["any_flag"] <= 1
    wrong = analyzer("compare", tagged, "--power", "--reference", "peers", "--denominator", "1000 words")
    assert wrong.returncode == 2
    assert b"1,000 words" in wrong.stderr


def test_the_sample_clinician_who_rarely_explains_has_most_open_opportunities(tagged: Path) -> None:
    rows = {(r["group"], r["strategy"]): r for r in lines(analyzer("compare", tagged, "--json"))}
    of = {group: row for (group, strategy), row in rows.items() if strategy == "transparency"}
    assert max(of, key=lambda group: of[group]["opportunities"] - of[group]["count"]) == "C02"


def test_export_counts_and_tags(tagged: Path, tmp_path: Path) -> None:
    for name in ("counts", "counts-wide", "tags"):
        out = tmp_path / f"{name}.csv"
        assert analyzer("export", tagged, "--to", name, "-o", out).returncode == 0
        assert len(out.read_text(encoding="utf-8").splitlines()) > 4


@pytest.mark.parametrize("name", FORMATS)
def test_export_for_other_tools(name: str, tagged: Path, tmp_path: Path) -> None:
    out = tmp_path / f"out.{name}"
    needs_text = FORMATS[name].needs_text
    bare = analyzer("export", tagged, "--to", name, "-o", out)
    assert bare.returncode == (2 if needs_text else 0)
    assert out.exists() == (not needs_text)
    if needs_text:
        assert b"--with-text" in bare.stderr
        full = analyzer("export", tagged, "--to", name, "-o", out, "--with-text", "--notes", SAMPLES)
        assert full.returncode == 0, full.stderr.decode()
    written = [path for path in ([out] if out.is_file() else out.rglob("*")) if path.is_file()]
    assert sum(path.stat().st_size for path in written) > 1000


def test_export_with_other_notes_than_were_tagged_says_which(tagged: Path, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("Validated her grief.", encoding="utf-8")
    others = ("--notes", tmp_path / "other.txt")
    run = analyzer("export", tagged, "--to", "doccano", "-o", tmp_path / "x", "--with-text", *others)
    assert run.returncode == 2
    assert b"is not among the notes" in run.stderr
    assert not (tmp_path / "x").exists()


def test_scan_tells_places_and_kinds_without_the_words(tmp_path: Path) -> None:
    (tmp_path / "n.txt").write_text("Call 415-555-0132 or a.b@example.org.", encoding="utf-8")
    run = analyzer("scan", tmp_path / "n.txt")
    assert run.returncode == 0
    assert b"PHONE" in run.stdout
    assert b"555" not in run.stdout + run.stderr


def test_codebook_in_the_terminal() -> None:
    assert all(strategy in analyzer("codebook").stdout.decode() for strategy in STRATEGIES)
    assert "Boundary" in analyzer("codebook", "transparency").stdout.decode()
    assert analyzer("codebook", "kindness").returncode == 2


def test_corpus_check_is_clean() -> None:
    run = analyzer("corpus", "check")
    assert (run.returncode, run.stdout) == (0, b"")


def test_the_corpus_holds_no_sentence_of_gold_dev(gold_dev: Path) -> None:
    run = analyzer("corpus", "check", "--gold", gold_dev)
    assert (run.returncode, run.stdout) == (0, b"")
