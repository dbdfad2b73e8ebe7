"""The components that run rules: spaCy's SpanRuler, made quick by looking only where a pattern can match.

Matches land in ``Doc.spans["rules"]`` (label: the strategy, id: the rule's) and ``Doc.spans["cue_rules"]`` (both the
cue rule's id).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from spacy.language import Language
from spacy.pipeline import SpanRuler
from spacy.tokens import Doc, Span

from analyzer.components.gate import GatedMatcher
from analyzer.cue_rules import CueRule
from analyzer.project import load_project
from analyzer.rules import Rule, compile_pattern


class SegmentRuler(SpanRuler):
    """A SpanRuler whose matches stay inside a segment; of one rule's overlapping matches the longest is kept.

    Patterns, labels and ids are a SpanRuler's; the matching is `GatedMatcher`'s.
    """

    def clear(self) -> None:
        """Forget all patterns."""
        super().clear()
        self.gate = GatedMatcher()

    def add_patterns(self, patterns: Sequence[dict[str, Any]]) -> None:
        """Add token patterns: {"label", "pattern", "id"}."""
        for entry in patterns:
            self._patterns.append(entry)
            self.gate.add(f"{entry['label']}\t{entry.get('id', '')}", [entry["pattern"]])

    def match(self, doc: Doc) -> list[Span]:
        """The spans that the patterns find, in order."""
        found = []
        for key, start, end in self.gate.find_all(doc):
            label, _, rule = key.partition("\t")
            found.append(Span(doc, start, end, label=label, span_id=rule))
        return longest(found)


def longest(found: Iterable[Span]) -> list[Span]:
    """Of one rule's overlapping matches the longest; in order of place."""
    kept: list[Span] = []
    taken: dict[str, set[int]] = {}
    for span in sorted(found, key=lambda s: (s.start - s.end, s.start, s.id_)):
        used = taken.setdefault(span.id_, set())
        if used.isdisjoint(range(span.start, span.end)):
            used.update(range(span.start, span.end))
            kept.append(span)
    return sorted(kept, key=lambda s: (s.start, s.end, s.label_, s.id_))


def ruler_patterns(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Rules as the pattern dictionaries that `SpanRuler.add_patterns` takes."""
    return [
        {"label": rule.strategy, "pattern": compile_pattern(pattern), "id": rule.id}
        for rule in rules
        for pattern in rule.patterns
    ]


def cue_patterns(rules: Iterable[CueRule]) -> list[dict[str, Any]]:
    """The same of cue rules, whose id is also their label."""
    return [
        {"label": rule.id, "pattern": compile_pattern(pattern), "id": rule.id}
        for rule in rules
        for pattern in rule.patterns
    ]


@Language.factory(
    "strategy_rules", assigns=["doc.spans"], requires=["token.is_sent_start"], default_config={"codebook": None}
)
def create_strategy_rules(nlp: Language, name: str, codebook: str | None) -> SegmentRuler:
    """The factory that ``pipeline.cfg`` names; ``codebook`` is a project folder."""
    ruler = SegmentRuler(nlp, name, spans_key="rules")
    ruler.add_patterns(ruler_patterns(load_project(codebook).rules))
    return ruler


@Language.factory(
    "cue_rules", assigns=["doc.spans"], requires=["token.is_sent_start"], default_config={"codebook": None}
)
def create_cue_rules(nlp: Language, name: str, codebook: str | None) -> SegmentRuler:
    """The factory that ``pipeline.cfg`` names; ``codebook`` is a project folder."""
    ruler = SegmentRuler(nlp, name, spans_key="cue_rules")
    ruler.add_patterns(cue_patterns(load_project(codebook).cue_rules))
    return ruler
