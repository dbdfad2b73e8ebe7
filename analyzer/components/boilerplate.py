"""Template lines: checkboxes, form fields, attestations of care quality (codebook R5).

They are flagged and counted, and never taken as evidence.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc, Span, SpanGroup

from analyzer.boilerplate_rules import BoilerplateRule, load_boilerplate_rules
from analyzer.rules import compile_pattern


class BoilerplateFinder:
    """Fills ``doc.spans["boilerplate"]`` with whole segments, labelled by the rule that found them."""

    def __init__(self, nlp: Language) -> None:
        self.rules = load_boilerplate_rules()
        self.matcher = Matcher(nlp.vocab)
        for rule in self.rules:
            if rule.patterns:
                self.matcher.add(rule.id, [compile_pattern(pattern) for pattern in rule.patterns])

    def __call__(self, doc: Doc) -> Doc:
        matches: dict[int, str] = {}
        for key, start, end in self.matcher(doc):
            if doc[start].sent.start == doc[end - 1].sent.start:
                matches.setdefault(doc[start].sent.start, doc.vocab.strings[key])
        spans = [Span(doc, segment.start, segment.end, label=rule) for segment, rule in self._found(doc, matches)]
        doc.spans["boilerplate"] = SpanGroup(doc, name="boilerplate", spans=spans)
        return doc

    def _found(self, doc: Doc, matches: dict[int, str]) -> Iterator[tuple[Span, str]]:
        for segment in doc.spans["segments"]:
            rule = matches.get(segment.sent.start) or _by_regex(self.rules, segment)
            if rule:
                yield segment, rule


def _by_regex(rules: tuple[BoilerplateRule, ...], segment: Span) -> str | None:
    # The mark before a checkbox line stands outside the segment, so the whole line's beginning is looked at as well.
    text = segment.doc.text
    line = text[text.rfind("\n", 0, segment.start_char) + 1 : segment.end_char]
    for rule in rules:
        if rule.regex is not None and (rule.regex.search(segment.text) or rule.regex.match(line)):
            return rule.id
    return None


@Language.factory("boilerplate", assigns=["doc.spans"], requires=["doc.spans", "token.is_sent_start"])
def create_boilerplate(nlp: Language, name: str) -> BoilerplateFinder:
    """The factory that ``pipeline.cfg`` names."""
    return BoilerplateFinder(nlp)
