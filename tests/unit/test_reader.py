"""What the encoder sees becomes evidence and a reason that a person can check."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

from analyzer.artifact import load_shipped
from analyzer.pipeline import load
from analyzer.records import Note
from analyzer.tagging import tag_notes

INDIRECT = (
    "Cl came in tired, slept four hours. Read him the letter before it went out and said which two lines the court "
    "would look at. Next appt Tuesday 3p."
)


def test_an_act_that_no_keyword_gives_away_is_found(nlp: Language) -> None:
    tags = [t for a in tag_notes([Note("n", INDIRECT, "x")], nlp) for t in a.tags]  # type: ignore[union-attr]
    found = [t for t in tags if t.strategy == "transparency"]
    assert [t.status for t in found] == ["delivered"]
    assert "letter" in found[0].text


def test_a_clients_own_openness_is_not_taken_for_it(nlp: Language) -> None:
    assert nlp("Cl was open and transparent re: relapse.")._.strategies == ()


def test_a_model_tag_names_the_words_that_moved_it(nlp: Language) -> None:
    doc = nlp("Sat beside her and let her be furious at me about the report.")
    by_model = [span for span in doc.spans["strategies"] if span._.source == "model"]
    assert by_model
    for span in by_model:
        version, _, words = span._.reason.partition(": ")
        assert version == load_shipped().version
        assert 1 <= len(words.split(", ")) <= 3
        assert all(re.search(rf"\b{re.escape(word)}\b", span.sent.text) for word in words.split(", "))


def test_readings_do_not_stay_on_the_doc(nlp: Language) -> None:
    assert not [key for key in nlp(INDIRECT).user_data if key == "analyzer:reading"]


def test_batches_and_processes_read_alike(nlp: Language) -> None:
    texts = [INDIRECT, "Validated her grief.", INDIRECT + "\n" + "Filler line about sleep and meals. " * 60]

    def found(doc: Doc) -> list[tuple[str, str, float]]:
        return [(span.text, span._.status, span._.confidence) for span in doc.spans["strategies"]]

    assert [found(nlp(text)) for text in texts] == [found(doc) for doc in nlp.pipe(texts)]


def test_the_fast_model_reads_without_the_encoder() -> None:
    doc = load("fast")("Validated her grief.")
    assert [span.label_ for span in doc.spans["strategies"]] == ["active_listening_empathy"]
