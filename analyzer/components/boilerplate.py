"""Template lines: checkboxes, form fields, attestations of care quality (codebook R5).

They are flagged and counted, and never taken as evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from analyzer.boilerplate_rules import load_boilerplate_rules
from analyzer.components.gate import GatedMatcher
from analyzer.rules import compile_pattern


class BoilerplateFinder:
    """Fills ``doc.spans["boilerplate"]`` with whole segments, labelled by the rule that found them."""

    def __init__(self, nlp: Language) -> None:
        self.rules = load_boilerplate_rules()
        self.matcher = GatedMatcher()
        for rule in self.rules:
            if rule.patterns:
                self.matcher.add(rule.id, [compile_pattern(pattern) for pattern in rule.patterns])

    def __call__(self, doc: Doc) -> Doc:
        matches: dict[int, str] = {}
        for key, start, _end in self.matcher.find_all(doc):
            matches.setdefault(doc[start].sent.start, key)
        found = self._found(doc, matches)
        spans = [Span(doc, segment.start, segment.end, label=rule) for segment, rule in found]
        doc.spans["boilerplate"] = SpanGroup(doc, name="boilerplate", spans=spans)
        return doc

    def _found(self, doc: Doc, matches: dict[int, str]) -> Iterator[tuple[Span, str]]:
        text = doc.text
        for segment in doc.spans["segments"]:
            rule = matches.get(segment.sent.start) or self._by_regex(text, segment)
            if rule:
                yield segment, rule

    def _by_regex(self, text: str, segment: Span) -> str | None:
        # A checkbox that opens the line stands outside the segment; marks without letters before it belong to it here.
        lead = text[text.rfind("\n", 0, segment.start_char) + 1 : segment.start_char]
        begin = segment.start_char - (0 if re.search(r"[^\W_](?<![xX])", lead) else len(lead))
        looked_at = text[begin : segment.end_char]
        return next((r.id for r in self.rules if r.regex is not None and r.regex.search(looked_at)), None)


@Language.factory("boilerplate", assigns=["doc.spans"], requires=["doc.spans", "token.is_sent_start"])
def create_boilerplate(nlp: Language, name: str) -> BoilerplateFinder:
    """The factory that ``pipeline.cfg`` names."""
    return BoilerplateFinder(nlp)
