"""Coded notes are read whole or refused with every fault named, and what would spoil a measurement is found."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.corpus import check_corpus, coded_to_dict, read_coded, write_coded
from analyzer.records import CodedNote, DataError

SECRET = "Explained why records are kept"
GOOD = {
    "note_id": "n1",
    "text": f"{SECRET}. Cl asked who reads them.",
    "segments": [[0, 31], [32, 56]],
    "tags": [{"segment": 0, "strategy": "transparency", "status": "delivered", "start": 0, "end": 30}],
    "cues": [{"segment": 1, "start": 35, "end": 55, "strategies": ["transparency"], "response": "responded"}],
    "boilerplate": [],
}
SHARED = Path(__file__).parents[3] / "shared"


def written(folder: Path, *lines: object, name: str = "notes.jsonl") -> Path:
    path = folder / name
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def good_note(folder: Path, **changes: object) -> CodedNote:
    return read_coded(written(folder, {**GOOD, **changes}))[0]


def problems_of(path: Path) -> list[str]:
    with pytest.raises(DataError) as error:
        read_coded(path)
    assert SECRET not in str(error.value)
    return error.value.problems


def test_a_coded_note_is_read_and_written_back_unchanged(tmp_path: Path) -> None:
    contested = {"segment": 1, "strategy": "safe_space", "status": "planned", "start": 32, "end": 40}
    extras = {"writer": "w01", "voice": "plain é🙂", "coders": 2, "contested": [contested], "source": "passed over"}
    notes = read_coded(written(tmp_path, {**GOOD, **extras}))
    assert notes[0].tags[0].strategy == "transparency"
    assert notes[0].cues[0].response_contested is False
    assert (notes[0].writer, notes[0].coders, notes[0].contested[0].status) == ("w01", 2, "planned")
    write_coded(notes, tmp_path / "again.jsonl")
    assert read_coded(tmp_path / "again.jsonl") == notes
    assert coded_to_dict(notes[0])["segments"] == ((0, 31), (32, 56))


def test_the_clinician_stands_in_for_the_writer(tmp_path: Path) -> None:
    assert good_note(tmp_path, clinician="voice_1").writer == "voice_1"


def test_a_line_separator_inside_a_note_does_not_end_its_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(json.dumps({**GOOD, "voice": "a\u2028b"}, ensure_ascii=False), encoding="utf-8")
    assert read_coded(path)[0].voice == "a\u2028b"


def test_a_folder_is_read_in_the_order_of_its_files_and_ids_must_differ(tmp_path: Path) -> None:
    written(tmp_path, {**GOOD, "note_id": "second"}, name="b.jsonl")
    written(tmp_path, {**GOOD, "note_id": "first"}, name="a.jsonl")
    assert [note.note_id for note in read_coded(tmp_path)] == ["first", "second"]
    written(tmp_path, {**GOOD, "note_id": "first"}, name="c.jsonl")
    assert problems_of(tmp_path) == ["c.jsonl line 1: note 'first': id stands already at a.jsonl line 1"]


def test_every_fault_of_every_line_is_told_at_once_without_note_text(tmp_path: Path) -> None:
    tag = GOOD["tags"][0]
    path = written(
        tmp_path,
        {**GOOD, "note_id": "a", "tags": [{**tag, "status": "done"}, {**tag, "start": "0"}]},
        {**GOOD, "note_id": "b", "tags": [{**tag, "strategy": "kindness"}, {**tag, "end": 900}]},
        '{"note_id": "c", "text": "' + SECRET,
        {**GOOD, "note_id": "d", "segments": [[0, 31], [30, 56]], "boilerplate": [7]},
        {**GOOD, "note_id": "e", "tags": [{**tag, "segment": 1}, {**tag, "segment": 9}]},
        {**GOOD, "note_id": "f", "cues": [{**GOOD["cues"][0], "response": "maybe"}]},
        {key: value for key, value in GOOD.items() if key != "segments"},
        {**GOOD, "note_id": "g", "tags": [tag, tag], "text": GOOD["text"].replace(". ", ".\r")},
    )
    problems = problems_of(path)
    for number, parts in {
        1: ("note 'a'", "tags[0].status", "'delivered'", "tags[1].start"),
        2: ("note 'b'", "unknown strategy", "0:900"),
        3: ("not valid JSON",),
        4: ("note 'd'", "segments[1]", "no segment 7"),
        5: ("note 'e'", "lie outside segment 1", "no segment 9"),
        6: ("note 'f'", "cues[0].response"),
        7: ("note 'n1'", "segments: Field required"),
        8: ("note 'g'", "same tag is given twice", "carriage returns"),
    }.items():
        told = "\n".join(p for p in problems if p.startswith(f"line {number}:"))
        assert [part for part in parts if part not in told] == []


def test_a_file_that_cannot_be_read_or_holds_nothing_is_refused(tmp_path: Path) -> None:
    assert "can't be read" in problems_of(tmp_path / "missing.jsonl")[0]
    assert "no coded notes" in problems_of(written(tmp_path, ""))[0]
    (tmp_path / "latin.jsonl").write_bytes('{"note_id": "é"}'.encode("latin-1"))
    assert "not UTF-8" in problems_of(tmp_path / "latin.jsonl")[0]


def test_a_training_note_that_repeats_a_gold_sentence_is_named(tmp_path: Path) -> None:
    def one_sentence(note_id: str, text: str) -> CodedNote:
        return CodedNote(note_id, text, ((0, len(text)),), (), (), ())

    gold = [one_sentence("gold1", "Walked through what goes in the record and who may read it later on")]
    near = one_sentence("near", "Walked through what goes in the record and who may read it, today")
    far = one_sentence("far", "Walked through the sleep diary and who may help her keep it going now")
    short = one_sentence("short", "what goes in the record and who")
    told = check_corpus([near, far, short], gold)
    assert len(told) == 1
    assert "'near'" in told[0]
    assert "'gold1'" in told[0]
    assert check_corpus([near, far, short]) == []


def test_the_same_text_twice_is_named_whatever_its_case_and_spacing(tmp_path: Path) -> None:
    note = good_note(tmp_path)
    again = replace(note, note_id="n2", text=note.text.upper())
    assert check_corpus([note, again]) == ["note 'n2': same text as note 'n1'"]
    assert check_corpus([replace(note, note_id="n3")], [note])[0] == "note 'n3': same text as gold note 'n1'"


def test_broken_offsets_are_named_by_the_check_too(tmp_path: Path) -> None:
    note = replace(good_note(tmp_path), segments=((0, 31),))
    assert check_corpus([note]) == ["note 'n1': cues[0]: no segment 1 (there are 1)"]


@pytest.mark.skipif(not SHARED.exists(), reason="needs shared/ beside the repository")
def test_the_shared_sets_are_sound_and_share_no_sentence() -> None:
    gold = read_coded(SHARED / "gold_dev" / "gold_dev.jsonl")
    assert len(gold) == 44
    assert check_corpus(read_coded(SHARED / "corpus_seed"), gold) == []
