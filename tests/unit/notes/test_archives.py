""".zip archives are read in memory, and those that mean harm are refused."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from analyzer.notes import limits, read_notes
from analyzer.records import Note

from .making import SENTENCE, notes, read, skipped, texts, word, zipped


def test_an_archive_is_read_like_a_folder_and_nothing_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "batch.zip").write_bytes(
        zipped({"b.txt": "B", "in/": "", "in/a.docx": word("A"), ".x": "", "__MACOSX/._b.txt": "x"})
    )
    assert list(read_notes([tmp_path / "batch.zip"])) == [
        Note("b", "B", "batch.zip/b.txt"),
        Note("a", "A", "batch.zip/in/a.docx"),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["batch.zip"]


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "in/../../a.txt", "C:\\a.txt", "..\\a.txt", "..\\.a.txt"])
def test_a_path_that_leads_out_of_the_archive_is_refused(name: str) -> None:
    found = read({"b.zip": zipped({name: SENTENCE, "ok.txt": "Fine."})})
    assert texts(found) == {"ok": "Fine."}
    [(source, reason)] = skipped(found).items()
    assert source == "b.zip/" + name.replace("\\", "/")
    assert "unsafe path" in reason


def test_an_archive_inside_an_archive_is_named() -> None:
    found = read({"b.zip": zipped({"in/c.zip": zipped({"a.txt": "A"}), "ok.txt": "Fine."})})
    assert texts(found) == {"ok": "Fine."}
    assert "unpack it first" in skipped(found)["b.zip/in/c.zip"]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    found = read({"b.zip": zipped({"a.txt": b"\0" * 30_000_000})})
    assert list(skipped(found)) == ["b.zip"]
    assert "zip bomb" in skipped(found)["b.zip"]


def test_too_many_members_or_too_much_text_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({f"{n}.txt": f"Session {n}." for n in range(20)})
    monkeypatch.setattr(limits, "MAX_MEMBERS", 10)
    assert "20 members" in skipped(read({"b.zip": data}))["b.zip"]
    monkeypatch.setattr(limits, "MAX_MEMBERS", 100)
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 100)
    assert "would unpack into" in skipped(read({"b.zip": data}))["b.zip"]


@pytest.mark.parametrize("kind", ["b.zip", "a.docx", "a.xlsx"])
def test_a_member_that_lies_about_its_size_is_not_unpacked_beyond_it(kind: str) -> None:
    data = bytearray(zipped({"word/document.xml" if kind == "a.docx" else "a.txt": b"\0" * 30_000_000}))
    claimed = (30_000_000).to_bytes(4, "little")
    while claimed in data:
        at = data.index(claimed)
        data[at : at + 4] = (100).to_bytes(4, "little")
    read({kind: zipped({})})  # loads what there is to load
    tracemalloc.start()
    try:
        found = read({kind: bytes(data)})
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert not notes(found)
    assert "BadZipFile" in str(skipped(found))


def test_an_encrypted_member_and_an_unusual_packing_are_named() -> None:
    data = bytearray(zipped({"a.txt": SENTENCE}, compression=zipfile.ZIP_STORED))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in skipped(read({"b.zip": bytes(data)}))["b.zip/a.txt"]
    unusual = zipped({"a.txt": SENTENCE}, compression=zipfile.ZIP_BZIP2)
    assert "unusual way" in skipped(read({"b.zip": unusual}))["b.zip/a.txt"]


def test_a_link_in_an_archive_is_not_taken_for_a_note() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("a.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert "is a link" in skipped(read({"b.zip": buffer.getvalue()}))["b.zip/a.txt"]


@pytest.mark.parametrize("data", [b"Plain words", zipped({"a.txt": SENTENCE * 50})[:60]], ids=["no archive", "cut off"])
def test_a_damaged_archive_is_skipped(data: bytes) -> None:
    assert "damaged" in skipped(read({"b.zip": data}))["b.zip"]


def test_one_damaged_member_does_not_cost_the_others() -> None:
    data = bytearray(zipped({"a.txt": SENTENCE, "b.txt": "Fine."}, compression=zipfile.ZIP_STORED))
    data[data.index(b"confidentiality")] ^= 1
    found = read({"b.zip": bytes(data)})
    assert texts(found) == {"b": "Fine."}
    assert "BadZipFile" in skipped(found)["b.zip/a.txt"]


def test_an_empty_archive_says_so() -> None:
    assert "holds no notes" in skipped(read({"b.zip": zipped({})}))["b.zip"]
