"""UIMA CAS: what dkpro-cassis reads back, and what is said where it is not installed."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from analyzer.interchange import cas, webanno
from analyzer.interchange.document import Document
from analyzer.records import AnalyzerError
from tests.unit.interchange.awkward import CODED, MANY, ONE, TEXT, document, documents, tag, whole

LAYER = "webanno.custom.Strategy"
SEGMENTATION = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type"
ABOUT = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"


@pytest.fixture(scope="module")
def cassis() -> Any:
    return pytest.importorskip("cassis", reason="dkpro-cassis (extra 'research') is not installed")


def exported(cassis: Any, folder: Path, found: list[Document]) -> list[Any]:
    """Every note, as dkpro-cassis reads it with the types that lie beside it."""
    cas.write(iter(found), folder)
    with (folder / "TypeSystem.xml").open("rb") as file:
        types = cassis.load_typesystem(file)
    files = sorted(path for path in folder.iterdir() if path.suffix == ".xmi")
    assert len(files) == len(found) == len(list(folder.iterdir())) - 1
    return [cassis.load_cas_from_xmi(path, typesystem=types) for path in files]


def test_every_note_comes_back_with_its_id_text_and_tags(cassis: Any, tmp_path: Path) -> None:
    read = exported(cassis, tmp_path / "cas", MANY)
    ids = sorted(about.documentId for note in read for about in note.select(ABOUT))
    assert ids == sorted(whole(found.analysis.note_id) for found in MANY)
    for note in read:
        if note.sofa_string:
            assert note.sofa_string == TEXT
            spans = [(t.strategy, t.status, t.begin, t.end, t.get_covered_text()) for t in note.select(LAYER)]
            assert sorted(spans) == sorted((t.strategy, t.status, t.start, t.end, t.text) for t in CODED)


def test_tags_say_what_found_them_without_the_words_that_moved_the_model(cassis: Any, tmp_path: Path) -> None:
    [note] = exported(cassis, tmp_path / "cas", [ONE])
    facts = {(t.source, t.reason, t.section, t.confidence) for t in note.select(LAYER)}
    assert facts == {("rule+model", "r1", "plan", 0.75)}


def test_sentences_and_words_are_the_projects_own(cassis: Any, tmp_path: Path) -> None:
    [note] = exported(cassis, tmp_path / "cas", [ONE])
    expected = webanno.sentences(TEXT)
    words = [(t.begin, t.end) for t in note.select(f"{SEGMENTATION}.Token")]
    assert words == [word for sentence in expected for word in sentence]
    spans = [(s.begin, s.end) for s in note.select(f"{SEGMENTATION}.Sentence")]
    assert spans == [(sentence[0][0], sentence[-1][1]) for sentence in expected]


def test_offsets_in_the_file_are_utf16_code_units(cassis: Any, tmp_path: Path) -> None:
    text = "🙂 Set goals."
    exported(cassis, tmp_path / "cas", [document(text=text, tags=(tag(text, "Set", "transparency"),))])
    root = ET.parse(tmp_path / "cas" / "n1.xmi").getroot()
    [found] = [element for element in root if element.get("strategy")]
    assert (found.get("begin"), found.get("end")) == ("3", "6")


def test_characters_that_xml_can_not_hold_are_replaced_one_for_one(cassis: Any, tmp_path: Path) -> None:
    text = "Set\x01 goals\x0b, one\ud83d limit."
    found = document("id\x02", text, (tag(text, "limit", "transparency"),))
    [note] = exported(cassis, tmp_path / "cas", [found])
    assert note.sofa_string == "Set\ufffd goals\ufffd, one\ufffd limit."
    assert [t.get_covered_text() for t in note.select(LAYER)] == ["limit"]


@settings(max_examples=15)
@given(documents())
def test_any_note_comes_back(cassis: Any, tmp_path_factory: pytest.TempPathFactory, found: Document) -> None:
    [note] = exported(cassis, tmp_path_factory.mktemp("cas") / "c", [found])
    expected = sorted((t.start, t.end, t.strategy, str(t.status)) for t in found.analysis.tags)
    assert sorted((t.begin, t.end, t.strategy, t.status) for t in note.select(LAYER)) == expected


def test_the_same_notes_give_the_same_bytes(cassis: Any, tmp_path: Path) -> None:
    for name in ("a", "b"):
        exported(cassis, tmp_path / name, MANY)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_text_is_needed_and_a_folder(cassis: Any, tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError, match="UIMA CAS needs the notes' text.*--with-text"):
        cas.write(iter([ONE, Document(ONE.analysis)]), tmp_path / "cas")
    with pytest.raises(AnalyzerError, match="name a folder"):
        cas.write(iter([ONE]), tmp_path / "note.xmi")
    assert list(tmp_path.iterdir()) == []


def test_where_dkpro_cassis_is_not_installed_the_way_to_get_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cassis", None)
    with pytest.raises(AnalyzerError, match="pip install dkpro-cassis"):
        cas.write(iter([ONE]), tmp_path / "cas")
    assert list(tmp_path.iterdir()) == []
