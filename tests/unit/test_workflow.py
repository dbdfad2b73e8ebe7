"""The flow in Python: texts, mappings and Notes in, Analyses out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import analyzer
from analyzer.records import AnalyzerError, DataError, Remark, Skipped
from analyzer.workflow import analyze_paths, read_analyses, wrote_by_tag


def test_a_text_a_mapping_and_a_note_are_read_alike() -> None:
    row = {"note_id": "7", "text": "Validated her grief.", "clinician": "C1", "ward": "B"}
    results = list(analyzer.analyze(["Validated her grief.", row, analyzer.Note("n", row["text"], "x")], model=None))
    assert all(isinstance(result, analyzer.Analysis) for result in results)
    assert [result.note_id for result in results] == ["note-1", "7", "n"]
    assert results[1].clinician == "C1"
    assert results[1].extra == {"ward": "B"}
    assert len({result.tags for result in results}) == 1


@pytest.mark.parametrize("wrong", [3, None, {"note_id": "1"}])
def test_anything_else_is_told(wrong: object) -> None:
    with pytest.raises(AnalyzerError, match="note 1"):
        list(analyzer.analyze([wrong], model=None))  # type: ignore[list-item]


def test_what_was_skipped_or_remarked_comes_with_the_analyses(tmp_path: Path) -> None:
    for name, text in {"a.txt": "Validated her grief.", "b.txt": "", "c.txt": "Validated her grief."}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    kinds = [type(item) for item in analyze_paths([tmp_path], model=None)]
    assert sorted(kind.__name__ for kind in kinds) == ["Analysis", "Analysis", "Remark", "Skipped"]
    assert {Remark, Skipped} <= set(kinds)


def test_a_file_name_that_seems_to_name_somebody_is_pointed_out_but_not_repeated(tmp_path: Path) -> None:
    for name in ("Philomena_Quirk_2026-03-12.txt", "C01-K01.txt"):
        (tmp_path / name).write_text(f"Validated grief of {name[-7:]}", encoding="utf-8")
    told = [item for item in analyze_paths([tmp_path], model=None) if isinstance(item, Remark)]
    assert [(item.source, "DATE, PERSON (first: note 2 " in item.message) for item in told] == [
        ("file names and note ids", True)
    ]
    assert "Philomena" not in str(told)
    assert not [i for i in analyze_paths([tmp_path], model=None, identifiers="ignore") if isinstance(i, Remark)]


def test_a_broken_line_of_tag_output_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tags.jsonl"
    path.write_text('{"note_id": "a", "text_sha256": "x"}\nnonsense\n', encoding="utf-8")
    assert wrote_by_tag(path)
    assert [item.source for item in read_analyses(path) if isinstance(item, Skipped)] == [
        "tags.jsonl line 1",
        "tags.jsonl line 2",
    ]


def test_tag_output_is_read_back_as_it_was_written_whatever_the_characters(tmp_path: Path) -> None:
    names = ["a", "é\u2028ü", "\ud800"]
    found = list(analyzer.analyze([{"note_id": n, "text": "Validated her grief."} for n in names], model=None))
    path = tmp_path / "tags.jsonl"
    lines = [json.dumps(a.to_dict(), ensure_ascii=False) for a in found]
    path.write_bytes("\r\n".join(lines).encode("utf-8", "surrogatepass"))
    assert list(read_analyses(path)) == found


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "Cl wept about the raid"},
        {"strategy": "kindness"},
        {"start": "three"},
    ],
)
def test_a_line_with_a_wrong_value_is_skipped_and_its_words_are_not_told(tmp_path: Path, broken: dict) -> None:
    (good,) = analyzer.analyze(["Validated her grief."], model=None)
    data = good.to_dict()
    data["tags"] = [{**data["tags"][0], **broken}]
    path = tmp_path / "tags.jsonl"
    path.write_text(json.dumps(data) + "\n" + json.dumps(good.to_dict()) + "\n", encoding="utf-8")
    assert [type(item) for item in read_analyses(path)] == [Skipped, analyzer.Analysis]
    with pytest.raises(DataError) as told:
        analyzer.Analysis.from_dict(data)
    assert "wept" not in str(told.value)


def test_bytes_that_are_no_text_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "tags.jsonl"
    path.write_bytes(b'{"text_sha256": "\xff"}\n')
    assert [type(item) for item in read_analyses(path)] == [Skipped]
