"""The classifier: rules and a scikit-learn model together decide which segments show which strategy.

The model sees what the encoder made of the segment (or, without one, its words and its neighbours'), its section and
the rules that fired, so a rule's word counts as much as it proved worth in the corpus. Without a model every rule match
is a tag. Status is not decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from analyzer.components.attributes import note_fact
from analyzer.components.estimators import EstimatorComponent
from analyzer.components.evidence import best_clauses, clauses, from_rule
from analyzer.components.features import SegmentRow, norms, segment_rows
from analyzer.components.reader import clause_weights, logits_of, most_weighty, reading_of
from analyzer.records import STRATEGIES

# Without a model nothing is known about how often a rule is right.
UNMEASURED = 0.5
LONG = 24


@dataclass(frozen=True, slots=True)
class _Found:
    segment: Span
    index: int
    row: SegmentRow
    strategy: str
    probability: float
    rules: tuple[Span, ...]


class StrategyClassifier(EstimatorComponent):
    """Fills ``doc.spans["strategies"]`` with the eleven: label = strategy, with confidence, source and reason."""

    head = "strategies"

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Tag the Docs' segments; template lines give no tag."""
        rows = [segment_rows(doc) for doc in docs]
        tables = self.ask(rows, logits_of(docs)) if self.has_estimator else [None] * len(docs)
        found = [self._find(*each) for each in zip(docs, rows, tables, strict=True)]
        evidence = iter(self._evidence([item for items in found for item in items]))
        for doc, items in zip(docs, found, strict=True):
            spans = [self._span(doc, item, next(evidence)) for item in items]
            doc.spans["strategies"] = SpanGroup(doc, name="strategies", spans=spans)

    def _find(self, doc: Doc, rows: list[SegmentRow], table: np.ndarray | None) -> list[_Found]:
        segments = list(doc.spans["segments"])
        template = {span.start for span in doc.spans.get("boilerplate", ())}
        by_rule = {key: spans for key, spans in rules_by_segment(doc, segments).items() if key[1] in STRATEGIES}
        if table is None:
            ordered = sorted(by_rule, key=lambda key: (key[0], STRATEGIES.index(key[1])))
            cells = [(i, strategy, UNMEASURED) for i, strategy in ordered]
        else:
            limits = np.array([self.artifact.thresholds[strategy] for strategy in STRATEGIES])
            hits: list[list[int]] = np.argwhere(table >= limits).tolist() if len(table) else []
            cells = [(i, STRATEGIES[k], float(table[i, k])) for i, k in hits]
        return [
            _Found(segments[i], i, rows[i], strategy, probability, tuple(by_rule.get((i, strategy), ())))
            for i, strategy, probability in cells
            if segments[i].start not in template
        ]

    def _span(self, doc: Doc, item: _Found, evidence: Span) -> Span:
        span = Span(doc, evidence.start, evidence.end, label=item.strategy)
        if item.rules:
            source, reason = "rule+model" if self.has_estimator else "rule", max(item.rules, key=len).id_
        else:
            source, reason = "model", self._reason(item)
        note_fact(span, confidence=round(item.probability, 4), source=source, reason=reason)
        return span

    def _reason(self, item: _Found) -> str:
        """The model's version and, where it can tell, the words that moved it most."""
        reading = reading_of(item.segment.doc)
        if reading is None:
            return self.artifact.version
        words = most_weighty(item.segment, reading, item.index, item.strategy)
        return f"{self.artifact.version}: {', '.join(words)}"

    def _evidence(self, found: Sequence[_Found]) -> list[Span]:
        """The evidence of each finding: a rule's clause, else the clause of a long segment that counted most."""
        if found and reading_of(found[0].segment.doc) is not None:
            return [_read_evidence(item) for item in found]
        parts = [clauses(f.segment) if not f.rules and len(f.segment) > LONG else [] for f in found]
        asked = [[(norms(c), *f.row[1:]) for c in part] for f, part in zip(found, parts, strict=True)]
        scores = self.ask(asked) if any(asked) else [np.zeros((0, 0)) for _ in found]
        return [_best(*each) for each in zip(found, parts, scores, strict=True)]


def _read_evidence(item: _Found) -> Span:
    reading = reading_of(item.segment.doc)
    assert reading is not None
    if item.rules:
        return evidence_of_rules(item.segment, item.rules)
    part = clauses(item.segment)
    return best_clauses(item.segment, part, clause_weights(item.segment, part, reading, item.index, item.strategy))


def evidence_of_rules(segment: Span, rules: Sequence[Span]) -> Span:
    """From the first word that a rule matched to the end of the clause in which the last one stops."""
    return from_rule(segment, min(s.start for s in rules), max(s.end for s in rules))


def _best(item: _Found, part: list[Span], scores: np.ndarray) -> Span:
    if item.rules:
        return evidence_of_rules(item.segment, item.rules)
    return best_clauses(item.segment, part, scores[:, STRATEGIES.index(item.strategy)] if len(part) else scores)


def rules_by_segment(doc: Doc, segments: list[Span]) -> dict[tuple[int, str], list[Span]]:
    """The rules' matches by segment index and strategy."""
    index = {token.i: i for i, segment in enumerate(segments) for token in segment}
    found: dict[tuple[int, str], list[Span]] = {}
    for span in doc.spans.get("rules", ()):
        if span.start in index:
            found.setdefault((index[span.start], span.label_), []).append(span)
    return found


@Language.factory(
    "strategy_classifier",
    assigns=["doc.spans", "span._.confidence", "span._.source", "span._.reason"],
    requires=["doc.spans", "token.is_sent_start"],
    default_config={"model": "default"},
)
def create_strategy_classifier(nlp: Language, name: str, model: str | None) -> StrategyClassifier:
    """The factory that ``pipeline.cfg`` names."""
    return StrategyClassifier(name, model)
