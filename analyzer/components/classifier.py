"""The classifier: rules and a scikit-learn model together decide which segments show which strategy.

The model sees the segment, its neighbours, its section and the rules that fired, so a rule's word counts as much as it
proved worth in the corpus. Without a model every rule match is a tag. Status is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from analyzer.components.attributes import note_fact
from analyzer.components.estimators import EstimatorComponent
from analyzer.components.evidence import clauses, from_rule, trimmed, whole
from analyzer.components.features import SegmentRow, norms, segment_rows, segment_table
from analyzer.records import STRATEGIES

# Without a model nothing is known about how often a rule is right.
_UNMEASURED = 0.5
_LONG = 24


@dataclass(frozen=True, slots=True)
class _Found:
    segment: int
    strategy: str
    probability: float
    rules: tuple[Span, ...]


class StrategyClassifier(EstimatorComponent):
    """Fills ``doc.spans["strategies"]``: label = strategy, with confidence, source and reason."""

    head = "strategies"

    def __call__(self, doc: Doc) -> Doc:
        segments, rows = list(doc.spans["segments"]), segment_rows(doc)
        template = {span.start for span in doc.spans.get("boilerplate", ())}
        by_rule = _rules_by_segment(doc, segments)
        found = [f for f in self._find(rows, by_rule) if segments[f.segment].start not in template]
        spans = []
        for item, evidence in zip(found, self._evidence(segments, rows, found), strict=True):
            span = Span(doc, evidence.start, evidence.end, label=item.strategy)
            source, reason = self._source(item)
            note_fact(span, confidence=round(item.probability, 4), source=source, reason=reason)
            spans.append(span)
        doc.spans["strategies"] = SpanGroup(doc, name="strategies", spans=spans)
        return doc

    def probabilities(self, rows: list[SegmentRow]) -> np.ndarray:
        """(rows, 11) probabilities that a segment speaks of a strategy, whatever its status."""
        if not rows:
            return np.zeros((0, len(STRATEGIES)))
        return np.asarray(self.estimator.predict_proba(segment_table(rows)))

    def _find(self, rows: list[SegmentRow], by_rule: dict[tuple[int, str], list[Span]]) -> Iterable[_Found]:
        if not self.has_estimator:
            ordered = sorted(by_rule.items(), key=lambda item: (item[0][0], STRATEGIES.index(item[0][1])))
            return [_Found(i, strategy, _UNMEASURED, tuple(spans)) for (i, strategy), spans in ordered]
        matrix = self.probabilities(rows)
        limits = np.array([self.artifact.thresholds[strategy] for strategy in STRATEGIES])
        return [
            _Found(int(i), STRATEGIES[k], float(matrix[i, k]), tuple(by_rule.get((int(i), STRATEGIES[k]), ())))
            for i, k in np.argwhere(matrix >= limits)
        ]

    def _source(self, item: _Found) -> tuple[str, str]:
        if not item.rules:
            return "model", self.artifact.version
        return ("rule+model" if self.has_estimator else "rule"), max(item.rules, key=len).id_

    def _evidence(self, segments: list[Span], rows: list[SegmentRow], found: list[_Found]) -> list[Span]:
        """The evidence of each finding: a rule's clause, else the clause of a long segment that scores best."""
        asked: list[SegmentRow] = []
        parts: list[list[Span]] = []
        for item in found:
            segment = segments[item.segment]
            part = clauses(segment) if not item.rules and len(segment) > _LONG else []
            parts.append(part)
            asked += [(norms(clause), *rows[item.segment][1:]) for clause in part]
        scores = iter(self.probabilities(asked)) if asked else iter(())
        return [
            self._best(segments[item.segment], item, part, [next(scores) for _ in part])
            for item, part in zip(found, parts, strict=True)
        ]

    def _best(self, segment: Span, item: _Found, part: list[Span], scores: list[np.ndarray]) -> Span:
        if item.rules:
            return from_rule(segment, min(s.start for s in item.rules), max(s.end for s in item.rules))
        if len(part) < 2:
            return whole(segment)
        column = STRATEGIES.index(item.strategy)
        best = max(range(len(part)), key=lambda i: float(scores[i][column]))
        limit = float(scores[best][column]) / 2
        first = last = best
        while first > 0 and scores[first - 1][column] >= limit:
            first -= 1
        while last + 1 < len(part) and scores[last + 1][column] >= limit:
            last += 1
        return trimmed(segment.doc, part[first].start, part[last].end)


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
