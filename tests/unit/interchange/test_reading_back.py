"""What the program writes for other tools comes back as the codes that it was, whichever tool kept it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spacy.tokens import DocBin

from analyzer.interchange import FORMATS, writer
from analyzer.interchange.document import Coding, Document
from analyzer.interchange.reading import read_codings
from analyzer.records import AnalyzerError, DataError
from tests.unit.interchange.awkward import CODED, IDS, ONE, TEXT, document

PLACES = {
    "doccano": "ana.jsonl",
    "prodigy": "ana.jsonl",
    "brat": "ana",
    "webanno": "ana",
    "cas": "ana",
    "docbin": "ana.spacy",
    "qdpx": "ana.qdpx",
}
MANY = [document(note_id, tags=CODED) for note_id in ("n1", "N1", "a,b;c\td", "=1+1", "Ünal", "../../etc/passwd")]


def codes(coding: Coding) -> list[tuple[str, str, str]]:
    note = coding.note
    return [(note.text[tag.start : tag.end], tag.strategy, str(tag.status)) for tag in note.tags]


def back(tmp_path: Path, name: str, documents: list[Document]) -> list[Coding]:
    path = tmp_path / PLACES[name]
    writer(name)(iter(documents), path)
    return read_codings(path).codings


@pytest.mark.parametrize("name", PLACES)
def test_notes_come_back_with_their_ids_words_strategies_and_statuses(name: str, tmp_path: Path) -> None:
    found = {coding.note.note_id: coding for coding in back(tmp_path, name, MANY)}
    assert set(found) == {d.analysis.note_id for d in MANY}
    wanted = sorted((tag.text, tag.strategy, str(tag.status)) for tag in CODED)
    for coding in found.values():
        # White space inside a tag may be another one: brat has no place for line ends.
        assert sorted(codes(coding)) == wanted
        assert len(coding.note.text) == len(TEXT)


@pytest.mark.parametrize("name", [name for name in PLACES if name != "qdpx"])
def test_a_file_without_a_name_for_the_coder_stands_for_one_of_its_own(name: str, tmp_path: Path) -> None:
    assert {coding.coder for coding in back(tmp_path, name, [ONE])} == {"ana"}


def test_every_tool_that_keeps_notes_is_read_back() -> None:
    assert set(PLACES) | {"labelstudio"} == {name for name, kind in FORMATS.items() if kind.needs_text}


def test_one_webanno_file_and_one_xmi_are_enough(tmp_path: Path) -> None:
    writer("webanno")(iter([ONE]), tmp_path / "n1.tsv")
    writer("cas")(iter([ONE]), tmp_path / "cas")
    for path in (tmp_path / "n1.tsv", tmp_path / "cas" / "n1.xmi"):
        (coding,) = read_codings(path).codings
        assert (coding.note.note_id, len(coding.note.tags)) == ("n1", len(CODED))


def test_prodigy_says_who_coded_and_what_was_rejected(tmp_path: Path) -> None:
    line = {
        "text": "Offered choices.",
        "meta": {"note_id": "n1"},
        "spans": [{"start": 0, "end": 15, "label": "safe_space"}],
    }
    answers = (("accept", "ana"), ("accept", "ben"), ("reject", "cem"))
    lines = [json.dumps(line | {"answer": answer, "_annotator_id": who}) + "\n" for answer, who in answers]
    (tmp_path / "out.jsonl").write_text("".join(lines), encoding="utf-8")
    found = read_codings(tmp_path / "out.jsonl").codings
    assert [coding.coder for coding in found] == ["ana", "ben"]
    assert [tag.status for tag in found[0].note.tags] == ["delivered"]


def test_a_newer_doccano_keeps_labels_as_entities(tmp_path: Path) -> None:
    entity = {"id": 1, "label": "transparency:planned", "start_offset": 3, "end_offset": 20}
    line = {"text": "😀 Will tell her why.", "entities": [entity], "meta": {"note_id": "n1"}}
    (tmp_path / "a.jsonl").write_text(json.dumps(line), encoding="utf-8")
    (coding,) = read_codings(tmp_path / "a.jsonl").codings
    assert codes(coding) == [("Will tell her why", "transparency", "planned")]


@pytest.mark.parametrize(
    ("label", "problem"),
    [
        ([0, 900, "transparency"], "note 'n7', code 0:.*: offsets don't fit the text \\(0:16\\)"),
        ([-1, 4, "transparency"], "note 'n7', code -1:4: offsets don't fit"),
        ([0, 4, "kindness"], "note 'n7', code 0:4: the strategy is unknown; known are historical_context"),
        ([0, 4, "transparency:someday"], "note 'n7', code 0:4: the status is unknown; known are delivered"),
        ([0, 4], "line 1: needs note_id, text and label"),
    ],
)
def test_codes_that_fit_no_note_or_codebook_are_named(label: list[object], problem: str, tmp_path: Path) -> None:
    line = {"text": "Offered choices.", "note_id": "n7", "label": [label]}
    (tmp_path / "a.jsonl").write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(DataError, match=problem) as told:
        read_codings(tmp_path / "a.jsonl")
    assert "Offered" not in str(told.value)


def test_brat_codes_beside_their_words_are_named(tmp_path: Path) -> None:
    (tmp_path / "n1.txt").write_text("Offered choices today.", encoding="utf-8")
    (tmp_path / "n1.ann").write_text("T1\ttransparency 1 8\tOffered\n", encoding="utf-8")
    with pytest.raises(DataError, match="note 'n1', code 1:8: offsets don't fit the text"):
        read_codings(tmp_path)


def test_xml_with_entities_is_refused(tmp_path: Path) -> None:
    writer("cas")(iter([ONE]), tmp_path / "cas")
    file = tmp_path / "cas" / "n1.xmi"
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    file.write_text(file.read_text(encoding="utf-8").replace("?>", "?>" + bomb, 1), encoding="utf-8")
    with pytest.raises(DataError, match="declares a document type or entities"):
        read_codings(tmp_path / "cas")


def test_cas_types_under_a_type_that_is_nowhere_are_refused(tmp_path: Path) -> None:
    writer("cas")(iter([ONE]), tmp_path / "cas")
    file = tmp_path / "cas" / "TypeSystem.xml"
    broken = file.read_text(encoding="utf-8").replace("<supertypeName>", "<supertypeName>no.such.", 1)
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(DataError, match="TypeSystem.xml: 1 problem.*\n.*is no list of UIMA types; export it anew"):
        read_codings(tmp_path / "cas")


def test_a_docbin_that_is_none_or_says_no_id_is_refused(tmp_path: Path) -> None:
    import spacy

    (tmp_path / "a.spacy").write_bytes(b"nothing of spaCy's")
    with pytest.raises(DataError, match="is no DocBin"):
        read_codings(tmp_path / "a.spacy")
    DocBin(docs=[spacy.blank("en")("Offered choices.")]).to_disk(tmp_path / "b.spacy")
    with pytest.raises(DataError, match="doc 1: user_data has no note_id"):
        read_codings(tmp_path / "b.spacy")


def test_files_of_no_known_kind_are_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="can't tell what this is; give coded notes"):
        read_codings(tmp_path / "a.docx")
    with pytest.raises(DataError, match="holds no codes"):
        read_codings(tmp_path / "empty")
    with pytest.raises(AnalyzerError, match="no such file"):
        read_codings(tmp_path / "nowhere.jsonl")


def test_a_note_coded_twice_by_one_person_is_named(tmp_path: Path) -> None:
    line = json.dumps({"text": "Offered choices.", "note_id": IDS[0], "label": []})
    (tmp_path / "a.jsonl").write_text(f"{line}\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match="note 'n1': coded twice by one person"):
        read_codings(tmp_path / "a.jsonl")
