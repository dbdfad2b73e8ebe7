"""The component that runs every rule: spaCy's SpanRuler over the rule files.

Rule matches land in ``Doc.spans["rules"]``: the span's label is the strategy, its id the rule's.
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.language import Language
from spacy.pipeline import SpanRuler
from spacy.tokens import Span
from spacy.util import registry

from analyzer.rules import Rule, compile_pattern, load_rules


@registry.misc("longest_within_segment.v1")
def create_longest_within_segment() -> object:
    """The span filter that ``pipeline.cfg`` names."""
    return longest_within_segment


def longest_within_segment(_existing: Iterable[Span], found: Iterable[Span]) -> list[Span]:
    """Of one rule's overlapping matches keep the longest; drop what crosses a segment's end."""
    kept: list[Span] = []
    taken: dict[str, set[int]] = {}
    for span in sorted(found, key=lambda s: (s.start - s.end, s.start, s.id_)):
        used = taken.setdefault(span.id_, set())
        if used.isdisjoint(range(span.start, span.end)) and not any(t.is_sent_start for t in span[1:]):
            used.update(range(span.start, span.end))
            kept.append(span)
    return sorted(kept, key=lambda s: (s.start, s.end, s.label_, s.id_))


def ruler_patterns(rules: Iterable[Rule]) -> list[dict]:
    """Rules as the pattern dictionaries that `SpanRuler.add_patterns` takes."""
    return [
        {"label": rule.strategy, "pattern": compile_pattern(pattern), "id": rule.id}
        for rule in rules
        for pattern in rule.patterns
    ]


@Language.factory(
    "strategy_rules",
    assigns=["doc.spans"],
    requires=["token.is_sent_start"],
    default_config={"spans_key": "rules"},
)
def create_strategy_rules(nlp: Language, name: str, spans_key: str) -> SpanRuler:
    """The factory that ``pipeline.cfg`` names."""
    ruler = SpanRuler(nlp, name, spans_key=spans_key, spans_filter=longest_within_segment)
    ruler.add_patterns(ruler_patterns(load_rules()))
    return ruler
