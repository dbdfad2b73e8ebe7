"""The page "Codebook" without a browser: looked through by word, and tried on a sentence."""

from __future__ import annotations

from spacy.language import Language

from analyzer.codebook import load_codebook
from analyzer.pipeline import load
from analyzer.trial import try_out
from analyzer.views.codebook_html import what_counts
from analyzer.views.codebook_lookup import neighbours, search
from tests.e2e.researcher.pages import HOSTILE, Opened, ok, texts


def test_search_finds_passages_and_narrows_the_strategies(opened: Opened) -> None:
    app = opened("codebook")
    assert len(app.selectbox(key="codebook-strategy").options) == 11
    ok(app.text_input(key="codebook-search").set_value("interpr").run())
    assert list(app.selectbox(key="codebook-strategy").options) == ["Cultural competence"]
    assert "interpreter" in " ".join(app.dataframe[0].value["passage"])
    ok(app.text_input(key="codebook-search").set_value("zzz").run())
    assert "No passage holds all of these words" in texts(app)


def test_search_needs_all_words_in_one_passage() -> None:
    book = load_codebook()
    assert search(book, "interpreter declined")
    assert not search(book, "interpreter genogram")
    assert search(book, "  ") == []


def test_neighbours_are_told_both_ways() -> None:
    book = load_codebook()
    found = neighbours(book, book.strategy("safe_space"))
    assert {"transparency", "trauma_informed"} <= {n.instead for n in found if n.of == "safe_space"}
    assert "trauma_informed" in {n.of for n in found if n.instead == "safe_space"}


def test_a_codebook_of_ones_own_is_shown_as_text() -> None:
    strategy = load_codebook().strategies[0].model_copy(update={"definition": HOSTILE, "include": (HOSTILE,)})
    assert "<img" not in what_counts(strategy)


def test_a_sentence_is_tried_live(opened: Opened) -> None:
    app = opened("codebook")
    app.session_state["codebook-tab"] = "Try a sentence"
    ok(app.run())
    box = app.text_input(key="codebook-try")
    ok(box.set_value("Will review limits of confidentiality. <b id='planted'>x</b>").run())
    rules_found = next(table.value for table in app.dataframe if "rule" in table.value)
    assert "tr.limits_of_confidentiality" in list(rules_found["rule"])
    pages = [element.proto.body for element in app.get("html")]
    assert any("TR planned" in page for page in pages)
    assert any("“Will”" in page for page in pages)
    assert not any("<b id" in page for page in pages)
    ok(app.text_input(key="codebook-try").set_value(" ").run())
    assert "Type a sentence" in texts(app)


def test_the_model_gives_each_strategy_a_score_beside_its_threshold() -> None:
    tried = try_out("Explored impact of redlining on her distrust of the clinic.", load("fast"))
    assert len(tried.scores) == 11
    best = max(tried.scores, key=lambda score: score.probability)
    assert best.strategy == "historical_context"
    assert best.probability >= best.threshold
    assert tried.opportunity is not None
    assert {hit.kind for hit in tried.hits} == {"strategy", "opportunity"}


def test_an_identifier_is_masked_before_a_sentence_is_read(rules_only: Language) -> None:
    tried = try_out("Validated grief of Maria Lopez.", rules_only)
    assert "Lopez" not in tried.text
    assert tried.analysis.identifiers
