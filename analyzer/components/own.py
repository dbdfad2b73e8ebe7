"""A project's own strategies: tags by its rules and, where it was trained, by the head that training added.

The eleven's classifier knows nothing of them. Without a head every match of a rule is a tag, as without a model.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from analyzer.artifact import SHIPPED, load_artifact, load_shipped
from analyzer.components.attributes import note_fact, register_attributes
from analyzer.components.classifier import LONG, UNMEASURED, evidence_of_rules, rules_by_segment
from analyzer.components.evidence import best_clauses, clauses, whole
from analyzer.components.features import norms, segment_rows, segment_table
from analyzer.components.reader import reading_of
from analyzer.own_model import OwnModel, Way, has_own_model, load_own_model, own_table
from analyzer.project import load_project
from analyzer.records import DataError

_Row = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class OwnScore:
    """The probability of a strategy in each segment, and from where on it is a tag."""

    likely: tuple[float, ...]
    threshold: float


class OwnStrategies:
    """Adds a project's strategies to ``doc.spans["strategies"]``: label, confidence, source and reason."""

    def __init__(self, name: str, model: str | None, codebook: str) -> None:
        register_attributes()
        self.name = name
        self.model = model
        self.strategies = load_project(codebook).added
        self.own: OwnModel | None = None
        if model is not None and has_own_model(Path(codebook)):
            self.own = load_own_model(Path(codebook))

    def __call__(self, doc: Doc) -> Doc:
        """Tag one Doc; template lines give no tag."""
        segments, rows = list(doc.spans["segments"]), segment_rows(doc)
        by_rule = rules_by_segment(doc, segments)
        template = {span.start for span in doc.spans.get("boilerplate", ())}
        spans = list(doc.spans["strategies"])
        scored = self.scores(doc, rows)
        for strategy in self.strategies:
            score = scored.get(strategy)
            likely = None if score is None else {i: p for i, p in enumerate(score.likely) if p >= score.threshold}
            for i, segment in enumerate(segments):
                rules = by_rule.get((i, strategy), [])
                if segment.start not in template and (rules if likely is None else i in likely):
                    spans.append(self._span(segment, strategy, rules, rows[i], None if likely is None else likely[i]))
        doc.spans["strategies"] = SpanGroup(doc, name="strategies", spans=spans)
        return doc

    def scores(self, doc: Doc, rows: list[_Row]) -> dict[str, OwnScore]:
        """What the heads say of each segment, by strategy; a strategy without a head is not there."""
        reading = reading_of(doc)
        vectors = reading.vectors if reading is not None else None
        way: Way = "words" if vectors is None else "encoder"
        trained = [s for s in self.strategies if self.own is not None and (s, way) in self.own.heads]
        if self.own is None or not trained or not rows:
            return {}
        if vectors is not None:
            self._check_encoder(self.own)
        table = own_table(segment_table(rows), vectors)
        asked = {s: self.own.heads[s, way].predict_proba(table)[:, 1] for s in trained}
        return {s: OwnScore(tuple(map(float, likely)), self.own.thresholds[s, way]) for s, likely in asked.items()}

    def _check_encoder(self, own: OwnModel) -> None:
        """Vectors of another encoder mean something else, so a head is asked only about those that it learned from."""
        name = str(self.model)
        version = (load_shipped(name) if name in SHIPPED else load_artifact(Path(name))).version
        if own.encoder != version:
            problem = f"was trained with the vectors of {own.encoder}, not of {version}"
            raise DataError("the project's model", [f"{problem}; train anew with 'analyzer train --codebook'"])

    def _span(self, segment: Span, strategy: str, rules: list[Span], row: _Row, probability: float | None) -> Span:
        evidence = evidence_of_rules(segment, rules) if rules else self._evidence(segment, strategy, row)
        span = Span(segment.doc, evidence.start, evidence.end, label=strategy)
        source = "rule" if probability is None else "rule+model" if rules else "model"
        reason = max(rules, key=len).id_ if rules or self.own is None else self.own.version
        note_fact(span, confidence=round(UNMEASURED if probability is None else probability, 4), source=source)
        note_fact(span, reason=reason)
        return span

    def _evidence(self, segment: Span, strategy: str, row: _Row) -> Span:
        """The clause of a long segment whose words count most, else the whole segment."""
        parts = clauses(segment) if len(segment) > LONG else []
        if not parts or self.own is None:
            return whole(segment)
        table = segment_table([(norms(part), *row[1:]) for part in parts])
        return best_clauses(segment, parts, self.own.heads[strategy, "words"].predict_proba(table)[:, 1])


@Language.factory(
    "own_strategies",
    assigns=["doc.spans", "span._.confidence", "span._.source", "span._.reason"],
    requires=["doc.spans", "token.is_sent_start"],
    default_config={"model": "default"},
)
def create_own_strategies(nlp: Language, name: str, model: str | None, codebook: str) -> OwnStrategies:
    """The factory that `analyzer.pipeline.load` adds where a project is in use."""
    return OwnStrategies(name, model, codebook)
