"""A sentence tried out: which rules find something in it, what the model says of it, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from analyzer.components.features import segment_rows
from analyzer.components.reader import logits_of
from analyzer.identifiers import find_identifiers, mask
from analyzer.pipeline import OWN_COMPONENT, own_strategies
from analyzer.records import STRATEGIES, Analysis, Note
from analyzer.tagging import analysis_of


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that a rule finds; ``kind`` says for what: a *strategy*, or an *opportunity* for all of ``strategies``."""

    rule: str
    kind: Literal["strategy", "opportunity"]
    strategies: tuple[str, ...]
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """What the model says of a strategy: the highest probability of any segment, and from where on it is a tag."""

    strategy: str
    probability: float
    threshold: float
    segment: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a text, ``text`` with identifiers masked.

    ``scores`` are in the order of the strategies, empty where rules alone read. ``opportunity`` is the probability that
    a segment calls for a strategy, and from where on it counts; None where rules alone read.
    """

    text: str
    analysis: Analysis
    hits: tuple[Hit, ...]
    scores: tuple[Score, ...]
    opportunity: tuple[float, float] | None


def try_out(text: str, nlp: Language) -> Trial:
    """Read a text as a note that stands alone; nothing of it is kept.

    >>> from analyzer.pipeline import load
    >>> tried = try_out("Validated her grief.", load(model=None))
    >>> [(hit.rule, hit.text) for hit in tried.hits]
    [('al.validated', 'Validated her')]
    """
    found = find_identifiers(text)
    masked = mask(text, found)
    doc = nlp.make_doc(masked)
    scores: tuple[Score, ...] = ()
    opportunity = None
    for name, component in nlp.pipeline:
        if name == "opportunities" and doc.spans["segments"]:
            # The last component drops what the encoder read.
            scores = (*_scores(doc, nlp.get_pipe("strategy_classifier")), *_own_scores(doc, nlp))
            opportunity = _opportunity(doc, component)
        doc = component(doc)
    analysis = analysis_of(Note(note_id="tried", text=text, source="tried"), doc, found, own_strategies(nlp))
    return Trial(masked, analysis, tuple(_hits(doc, nlp.get_pipe("opportunities"))), scores, opportunity)


def _hits(doc: Doc, finder: Any) -> Iterator[Hit]:
    for span in doc.spans.get("rules", ()):
        yield Hit(span.id_, "strategy", (span.label_,), span.start_char, span.end_char, span.text)
    for span in doc.spans.get("cue_rules", ()):
        strategies = tuple(finder.called_for[span.id_])
        yield Hit(span.id_, "opportunity", strategies, span.start_char, span.end_char, span.text)


def _scores(doc: Doc, classifier: Any) -> Iterator[Score]:
    if not classifier.has_estimator:
        return
    (table,) = classifier.ask([segment_rows(doc)], logits_of([doc]))
    best = np.argmax(table, axis=0)
    segments = list(doc.spans["segments"])
    for column, strategy in enumerate(STRATEGIES):
        place = int(best[column])
        threshold = float(classifier.artifact.thresholds[strategy])
        yield Score(strategy, float(table[place, column]), threshold, segments[place].text)


def _own_scores(doc: Doc, nlp: Language) -> Iterator[Score]:
    """What the heads of a project's own strategies say, where it has any."""
    if not nlp.has_pipe(OWN_COMPONENT):
        return
    component: Any = nlp.get_pipe(OWN_COMPONENT)
    segments = list(doc.spans["segments"])
    for strategy, score in component.scores(doc, segment_rows(doc)).items():
        place = int(np.argmax(score.likely))
        yield Score(strategy, score.likely[place], score.threshold, segments[place].text)


def _opportunity(doc: Doc, finder: Any) -> tuple[float, float] | None:
    if not finder.has_estimator:
        return None
    (table,) = finder.ask([segment_rows(doc)], logits_of([doc]))
    return float(table[:, 0].max()), float(finder.artifact.cue_threshold)
