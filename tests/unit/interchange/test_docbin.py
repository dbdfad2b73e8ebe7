"""spaCy reads the DocBin by itself: words, strategies, statuses and responses, and the whole analysis beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from analyzer.interchange import docbin
from analyzer.interchange.document import Document
from analyzer.records import Analysis, Note
from analyzer.tagging import tag_notes
from tests.conftest import ROOT
from tests.unit.interchange.awkward import CODED, CUES, MANY, ONE, documents, whole


def read(path: Path) -> list[Doc]:
    """As somebody with spaCy alone would, with an empty vocabulary."""
    return list(DocBin().from_disk(path).get_docs(spacy.blank("en").vocab))


def test_every_note_comes_back_with_its_words_strategies_and_statuses(tmp_path: Path) -> None:
    docbin.write(iter(MANY), tmp_path / "notes.spacy")
    docs = read(tmp_path / "notes.spacy")
    assert [doc.text for doc in docs] == [d.text for d in MANY]
    assert [doc.user_data["analysis"]["note_id"] for doc in docs] == [whole(d.analysis.note_id) for d in MANY]
    for doc in docs[:-1]:
        assert [(s.text, s.label_, s.id_) for s in doc.spans["strategies"]] == [
            (tag.text, tag.strategy, tag.status) for tag in CODED
        ]
        assert [(s.text, s.label_, s.id_) for s in doc.spans["opportunities"]] == [
            (cue.text, "opportunity", cue.response) for cue in CUES
        ]
    assert (len(docs[-1]), len(docs[-1].spans["strategies"])) == (0, 0)


def test_nothing_of_the_analysis_is_lost(tmp_path: Path) -> None:
    docbin.write([ONE], tmp_path / "notes.spacy")
    (doc,) = read(tmp_path / "notes.spacy")
    assert Analysis.from_dict(doc.user_data["analysis"]) == ONE.analysis


def test_the_attributes_answer_as_on_a_document_of_the_pipeline(tmp_path: Path) -> None:
    docbin.write([ONE], tmp_path / "notes.spacy")
    (doc,) = read(tmp_path / "notes.spacy")
    for span, tag in zip(doc.spans["strategies"], CODED, strict=True):
        facts = (span._.status, span._.confidence, span._.source, span._.reason, span._.cue)
        assert facts == (tag.status, tag.confidence, tag.source, tag.reason, tag.cue)
    (span,) = doc.spans["opportunities"]
    assert (span._.response, span._.strategies, span._.answer) == (
        "planned_only",
        ("safe_space", "transparency"),
        (0, 1),
    )
    assert doc._.strategies == ("active_listening_empathy", "transparency")


def test_what_the_pipeline_finds_begins_and_ends_with_tokens(tmp_path: Path, rules_only: Language) -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "sample_notes" / "C01").glob("*.txt"))[:5]]
    notes = (Note(str(number), text, "sample") for number, text in enumerate(texts))
    found = [a for a in tag_notes(notes, rules_only, identifiers="ignore") if isinstance(a, Analysis)]
    docbin.write(map(Document, found, texts), tmp_path / "notes.spacy")
    docs = read(tmp_path / "notes.spacy")
    spans = [[(s.start_char, s.end_char, s.text) for s in doc.spans["strategies"]] for doc in docs]
    assert spans == [[(tag.start, tag.end, tag.text) for tag in a.tags] for a in found]
    assert sum(map(len, spans)) > 5
    sections = [[s.name for s in a.sections] for a in found]
    assert [[s.label_ for s in doc.spans["sections"]] for doc in docs] == sections
    tags = [s._.section for doc in docs for s in doc.spans["strategies"]]
    assert tags == [tag.section for a in found for tag in a.tags]


@settings(max_examples=30)
@given(documents())
def test_any_text_comes_back_with_its_tags(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    path = tmp_path_factory.mktemp("docbin") / "notes.spacy"
    docbin.write([document], path)
    (doc,) = read(path)
    assert doc.text == document.text
    for span, tag in zip(doc.spans["strategies"], document.analysis.tags, strict=True):
        assert (span.label_, span.id_) == (tag.strategy, tag.status)
        # A tag that ends within a token is widened to it in spaCy; the exact offsets stand in the analysis.
        assert tag.text.strip() in span.text
    assert Analysis.from_dict(doc.user_data["analysis"]).tags == document.analysis.tags
