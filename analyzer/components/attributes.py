"""The custom attributes of Doc and Span, as a spaCy user would expect to find them.

What the pipeline knows of a span is kept in ``doc.user_data`` under its offsets and label (spaCy's own extension
storage forgets the label, so that two strategies on the same words would share one value) and read through getters:

    doc._.strategies     delivered strategy ids, in the codebook's order, a project's own after them
    span._.status        delivered, planned, ...        span._.cue     words that decided it, or None
    span._.confidence    probability in [0, 1]          span._.source  rule, model or rule+model
    span._.reason        rule id or model version       span._.section canonical section name
    span._.response      an opportunity's response      span._.answer  offsets of what answers it
    span._.strategies    the strategies an opportunity calls for
    span._.repeated      whether the words also stand in other notes (None: not looked at)
"""

from __future__ import annotations

from typing import Any

from spacy.tokens import Doc, Span

from analyzer.components.sections import section_of
from analyzer.records import STRATEGIES

_FACTS = ("status", "cue", "confidence", "source", "reason", "response", "answer", "strategies", "repeated")


def note_fact(span: Span, **facts: Any) -> None:
    """Remember facts about a labelled span."""
    span.doc.user_data.setdefault(_key(span), {}).update(facts)


def fact(span: Span, name: str) -> Any:
    """One fact about a labelled span, None where nothing is known."""
    return span.doc.user_data.get(_key(span), {}).get(name)


def _key(span: Span) -> str:
    return f"analyzer:{span.start_char}:{span.end_char}:{span.label_}"


def _getter(name: str) -> Any:
    return lambda span: fact(span, name)


def _delivered(doc: Doc) -> tuple[str, ...]:
    found = {span.label_ for span in doc.spans.get("strategies", ()) if fact(span, "status") == "delivered"}
    return (*(s for s in STRATEGIES if s in found), *sorted(found.difference(STRATEGIES)))


def register_attributes() -> None:
    """Register the extensions; safe to call again. Every factory of this package calls it."""
    for name in _FACTS:
        Span.set_extension(name, getter=_getter(name), force=True)
    Span.set_extension("section", getter=lambda span: section_of(span.doc, span), force=True)
    Doc.set_extension("strategies", getter=_delivered, force=True)
