"""The log of who saw which note: added to alone, by many at once, and any change of it is told."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from analyzer.access import check_log, record
from analyzer.cli import main
from analyzer.records import AnalyzerError, DataError
from analyzer.store import create_store


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def saw(log: Path, *notes: str, who: str = "ana") -> None:
    record(log, who=who, role="clinician", page="notes", did="opened", notes=notes)


def lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines(keepends=True)


def test_a_line_says_who_saw_which_note_when_and_where(log: Path) -> None:
    saw(log, "n1", "n2")
    (line,) = check_log(log)
    assert (line.who, line.role, line.page, line.did, line.notes) == (
        "ana",
        "clinician",
        "notes",
        "opened",
        ("n1", "n2"),
    )
    assert line.at.endswith("+00:00")


def test_the_log_is_readable_by_its_owner_alone(log: Path) -> None:
    saw(log, "n1")
    assert log.stat().st_mode & 0o077 == 0


def test_a_log_that_nobody_has_written_is_empty(log: Path) -> None:
    assert check_log(log) == []


def test_a_refusal_is_one_line_without_notes(log: Path) -> None:
    record(log, who="rae", role="researcher", page="team", did="was refused", what="page team")
    assert [(line.did, line.what, line.notes) for line in check_log(log)] == [("was refused", "page team", ())]


def test_very_many_notes_are_told_in_several_lines(log: Path) -> None:
    saw(log, *(f"note {n}" for n in range(1201)))
    found = check_log(log)
    assert [len(line.notes) for line in found] == [500, 500, 201]


def test_half_a_character_in_a_name_or_id_does_not_close_the_log(log: Path) -> None:
    saw(log, "half \ud83d", who="ana \udcff")
    saw(log, "n2")
    assert [(line.who, *line.notes) for line in check_log(log)] == [("ana \ufffd", "half \ufffd"), ("ana", "n2")]


def test_what_stands_in_the_log_is_never_written_again(log: Path) -> None:
    saw(log, "n1")
    before = log.read_bytes()
    saw(log, "n2")
    assert log.read_bytes().startswith(before)


@pytest.mark.parametrize("at", range(3))
def test_a_changed_line_is_told(log: Path, at: int) -> None:
    for name in ("n1", "n2", "n3"):
        saw(log, name)
    kept = lines(log)
    kept[at] = json.dumps(json.loads(kept[at]) | {"who": "somebody else"}) + "\n"
    log.write_text("".join(kept))
    with pytest.raises(DataError, match=f"line {at + 1} was changed"):
        check_log(log)


@pytest.mark.parametrize(("at", "told"), [(0, 1), (1, 2)])
def test_a_missing_line_is_told(log: Path, at: int, told: int) -> None:
    for name in ("n1", "n2", "n3"):
        saw(log, name)
    kept = lines(log)
    del kept[at]
    log.write_text("".join(kept))
    with pytest.raises(DataError, match=f"line {told} was changed, or lines before it are missing"):
        check_log(log)


def test_half_a_line_is_told_and_nothing_is_added_to_it(log: Path) -> None:
    saw(log, "n1")
    log.write_bytes(log.read_bytes()[:-9])
    with pytest.raises(DataError, match="half a line"):
        saw(log, "n2")
    with pytest.raises(DataError, match="line 1 is no entry"):
        check_log(log)


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError, match="nothing is shown"):
        saw(tmp_path, "n1")


def test_many_sessions_and_two_programs_at_once_keep_one_whole_chain(log: Path) -> None:
    code = (
        "import sys, pathlib; from analyzer.access import record\n"
        "log = pathlib.Path(sys.argv[1])\n"
        "for n in range(20): record(log, who='b', role='r', page='p', did='opened', notes=[str(n)])"
    )
    others = [subprocess.Popen([sys.executable, "-c", code, str(log)])]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: saw(log, f"n{n}"), range(40)))
    assert [other.wait(timeout=120) for other in others] == [0]
    assert len(check_log(log)) == 60


def test_who_reads_while_a_line_is_written_waits_for_the_whole_line(log: Path) -> None:
    fcntl = pytest.importorskip("fcntl", reason="locks of this kind are not there on Windows")
    saw(log, "n1")
    saw(log, "n2")
    first, second = lines(log)
    log.write_text(first + second[:50])
    with ThreadPoolExecutor(1) as pool, log.open("r+") as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        reading = pool.submit(check_log, log)
        with pytest.raises(TimeoutError):
            reading.result(timeout=0.3)
        writing.seek(0, 2)
        writing.write(second[50:])
        writing.flush()
        fcntl.flock(writing, fcntl.LOCK_UN)
        assert [line.notes for line in reading.result(timeout=60)] == [("n1",), ("n2",)]


def test_a_log_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError, match="can't be read"):
        check_log(tmp_path)


def purged(tmp_path: Path, *options: str) -> tuple[int, Path]:
    """The store's texts removed on the server, with the team's file named."""
    create_store(str(tmp_path / "reviews.db"))
    (tmp_path / "team.yml").write_text("audit: audit.jsonl\n")
    call = ["store", "purge", str(tmp_path / "reviews.db"), "--team", str(tmp_path / "team.yml"), *options]
    try:
        main(call)
    except SystemExit as end:
        return int(end.code or 0), tmp_path / "audit.jsonl"
    return 0, tmp_path / "audit.jsonl"


def test_a_purge_on_the_server_stands_in_the_log(tmp_path: Path) -> None:
    code, log = purged(tmp_path, "--note", "n7")
    (line,) = check_log(log)
    assert code == 0
    assert (line.did, line.what, line.notes) == ("purged", "these notes", ("n7",))


def test_what_cannot_be_logged_is_not_purged(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").mkdir()
    code, _ = purged(tmp_path, "--everything")
    assert code == 2
