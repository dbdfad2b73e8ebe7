"""The classifier: rules and a scikit-learn model together decide which segments show which strategy.

The model sees the segment, its neighbours, its section and the rules that fired, so a rule's word counts as much as it
proved worth in the corpus. Without a model every rule match is a tag. Status is not decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from analyzer.components.attributes import note_fact
from analyzer.components.estimators import EstimatorComponent
from analyzer.components.evidence import clauses, from_rule, trimmed, whole
from analyzer.components.features import SegmentRow, norms, segment_rows
from analyzer.records import STRATEGIES

# Without a model nothing is known about how often a rule is right.
_UNMEASURED = 0.5
_LONG = 24


@dataclass(frozen=True, slots=True)
class _Found:
    segment: Span
    row: SegmentRow
    strategy: str
    probability: float
    rules: tuple[Span, ...]


class StrategyClassifier(EstimatorComponent):
    """Fills ``doc.spans["strategies"]``: label = strategy, with confidence, source and reason."""

    head = "strategies"

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Tag the Docs' segments; template lines give no tag."""
        rows = [segment_rows(doc) for doc in docs]
        tables = self.ask(rows) if self.has_estimator else [None] * len(docs)
        found = [self._find(*each) for each in zip(docs, rows, tables, strict=True)]
        evidence = iter(self._evidence([item for items in found for item in items]))
        for doc, items in zip(docs, found, strict=True):
            spans = [self._span(doc, item, next(evidence)) for item in items]
            doc.spans["strategies"] = SpanGroup(doc, name="strategies", spans=spans)

    def _find(self, doc: Doc, rows: list[SegmentRow], table: np.ndarray | None) -> list[_Found]:
        segments = list(doc.spans["segments"])
        template = {span.start for span in doc.spans.get("boilerplate", ())}
        by_rule = _rules_by_segment(doc, segments)
        if table is None:
            ordered = sorted(by_rule, key=lambda key: (key[0], STRATEGIES.index(key[1])))
            cells = [(i, strategy, _UNMEASURED) for i, strategy in ordered]
        else:
            limits = np.array([self.artifact.thresholds[strategy] for strategy in STRATEGIES])
            hits: list[list[int]] = np.argwhere(table >= limits).tolist() if len(table) else []
            cells = [(i, STRATEGIES[k], float(table[i, k])) for i, k in hits]
        return [
            _Found(segments[i], rows[i], strategy, probability, tuple(by_rule.get((i, strategy), ())))
            for i, strategy, probability in cells
            if segments[i].start not in template
        ]

    def _span(self, doc: Doc, item: _Found, evidence: Span) -> Span:
        span = Span(doc, evidence.start, evidence.end, label=item.strategy)
        if item.rules:
            source, reason = "rule+model" if self.has_estimator else "rule", max(item.rules, key=len).id_
        else:
            source, reason = "model", self.artifact.version
        note_fact(span, confidence=round(item.probability, 4), source=source, reason=reason)
        return span

    def _evidence(self, found: Sequence[_Found]) -> list[Span]:
        """The evidence of each finding: a rule's clause, else the clause of a long segment that scores best."""
        parts = [clauses(f.segment) if not f.rules and len(f.segment) > _LONG else [] for f in found]
        asked = [[(norms(c), *f.row[1:]) for c in part] for f, part in zip(found, parts, strict=True)]
        scores = self.ask(asked) if any(asked) else [np.zeros((0, 0)) for _ in found]
        return [_best(*each) for each in zip(found, parts, scores, strict=True)]


def _best(item: _Found, part: list[Span], scores: np.ndarray) -> Span:
    if item.rules:
        return from_rule(item.segment, min(s.start for s in item.rules), max(s.end for s in item.rules))
    if len(part) < 2:
        return whole(item.segment)
    column = scores[:, STRATEGIES.index(item.strategy)]
    first = last = int(np.argmax(column))
    limit = float(column[first]) / 2
    while first > 0 and column[first - 1] >= limit:
        first -= 1
    while last + 1 < len(part) and column[last + 1] >= limit:
        last += 1
    return trimmed(item.segment.doc, part[first].start, part[last].end)


def _rules_by_segment(doc: Doc, segments: list[Span]) -> dict[tuple[int, str], list[Span]]:
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
