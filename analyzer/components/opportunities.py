"""Opportunities: moments in the client's content that call for a strategy, and how the note shows they were met.

Cues are found by rules and model together; each is linked over the whole note to its response (codebook section 4).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from analyzer.components.attributes import fact, note_fact
from analyzer.components.estimators import EstimatorComponent
from analyzer.components.evidence import from_rule, whole
from analyzer.components.features import segment_rows
from analyzer.components.gate import GatedMatcher
from analyzer.components.reader import forget_reading, logits_of, reading_of
from analyzer.lexicons import read_data
from analyzer.project import load_project
from analyzer.records import RESPONSES, STRATEGIES, Response
from analyzer.rules import compile_pattern


@dataclass(frozen=True, slots=True)
class Answer:
    """How an opportunity was met, and the offsets of what answers it."""

    response: Response
    span: tuple[int, int] | None = None


class OpportunityFinder(EstimatorComponent):
    """Fills ``doc.spans["opportunities"]`` with strategies, response and answer.

    A project's own strategies (``codebook`` is its folder) are called for by its cue rules alone: no model knows them.
    """

    head = "cues"

    def __init__(self, nlp: Language, name: str, model: str | None, codebook: str | None = None) -> None:
        super().__init__(name, model)
        project = load_project(codebook)
        self.order = project.codebook.ids
        self.called_for = {rule.id: rule.strategies for rule in project.cue_rules}
        data = read_data("responses.yml")
        self.matcher = GatedMatcher()
        for key, patterns in [("engaged", data["engaged"]["patterns"])] + [
            (entry["id"], entry["patterns"]) for entry in data["suppressed"]
        ]:
            self.matcher.add(key, [compile_pattern(pattern) for pattern in patterns])

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Find the Docs' opportunities and how each was met."""
        rows = [segment_rows(doc) for doc in docs] if self.has_estimator else []
        tables = self.ask(rows, logits_of(docs)) if self.has_estimator else [None] * len(docs)
        for doc, table in zip(docs, tables, strict=True):
            context = _Context(doc, self.matcher)
            spans = [_span(doc, context, *each) for each in self._find(doc, table)]
            doc.spans["opportunities"] = SpanGroup(doc, name="opportunities", spans=spans)
            forget_reading(doc)

    def _find(self, doc: Doc, table: np.ndarray | None) -> Iterator[tuple[Span, list[Span], tuple[str, ...]]]:
        """Segments that are opportunities, the rules that fired there, the strategies they call for.

        ``table``: (segments, 12), whether a segment is a cue, then for each strategy; None: rules alone.
        """
        template = {span.start for span in doc.spans.get("boilerplate", ())}
        limit = read_data("responses.yml")["strategy_probability"]
        fired: dict[int, list[Span]] = {}
        for span in doc.spans.get("cue_rules", ()):
            fired.setdefault(span.sent.start, []).append(span)
        for i, segment in enumerate(doc.spans["segments"]):
            rules = fired.get(segment.sent.start, [])
            strategies = {s for rule in rules for s in self.called_for[rule.id_]}
            if table is not None:
                strategies = self._weighed(strategies, table[i], limit)
            if strategies and segment.start not in template:
                yield segment, rules, tuple(s for s in self.order if s in strategies)

    def _weighed(self, by_rule: set[str], row: np.ndarray, limit: float) -> set[str]:
        """What a segment calls for by the model's row (12,) and the rules together; a project's own by rules alone."""
        if row[0] < self.artifact.cue_threshold:
            return by_rule.difference(STRATEGIES)
        likely = {s for k, s in enumerate(STRATEGIES, 1) if row[k] >= limit}
        return by_rule | (likely or ({STRATEGIES[int(np.argmax(row[1:]))]} if not by_rule else set()))


def _span(doc: Doc, context: _Context, segment: Span, rules: list[Span], strategies: tuple[str, ...]) -> Span:
    evidence = from_rule(segment, rules[0].start, rules[0].end) if rules else whole(segment)
    span = Span(doc, evidence.start, evidence.end, label="opportunity")
    answer = context.weighed(context.answer(segment, strategies), segment, strategies)
    note_fact(span, strategies=strategies, response=answer.response, answer=answer.span)
    return span


class _Context:
    """What of a note can answer or suppress its opportunities."""

    def __init__(self, doc: Doc, matcher: GatedMatcher) -> None:
        self.doc = doc
        self.segments = list(doc.spans["segments"])
        self.starts = [segment.start for segment in self.segments]
        self.reading = reading_of(doc)
        pasted = {span.start for span in doc.spans.get("boilerplate", ())}
        self.template = [i for i, start in enumerate(self.starts) if start in pasted]
        self.tags: dict[tuple[str, str], list[Span]] = {}
        for tag in doc.spans.get("strategies", ()):
            self.tags.setdefault((tag.label_, fact(tag, "status")), []).append(tag)
        self.matches: dict[str, list[int]] = {}
        for key, start, _end in matcher.find_all(doc):
            self.matches.setdefault(key, []).append(start)

    def answer(self, cue: Span, strategies: tuple[str, ...]) -> Answer:
        """The response to one cue, in the codebook's order of strength."""
        for status, response in (("delivered", "responded"), ("planned", "planned_only")):
            tags = [tag for strategy in strategies for tag in self.tags.get((strategy, status), ())]
            if status == "planned" and (taken_up := self._engaged(cue)) is not None:
                return Answer("engaged", (taken_up.start_char, taken_up.end_char))
            if tags:
                best = min(tags, key=lambda t: (t.start < cue.start, abs(t.start - cue.start)))
                return Answer(response, (best.start_char, best.end_char))  # type: ignore[arg-type]
        return Answer("suppressed" if self._suppressed(cue) else "no_documented_response")

    def weighed(self, answer: Answer, cue: Span, strategies: tuple[str, ...]) -> Answer:
        """The answer beside what the encoder read: what has no tag may answer, and a tag may speak of another thing.

        Whether they speak of the same topic is what the encoder learned from coded responses; tags alone cannot tell.
        """
        if self.reading is None or answer.response == "suppressed":
            return answer
        i = bisect_right(self.starts, cue.start) - 1
        likely = _likely(self.reading.response[i])
        sure = read_data("responses.yml")["sure_reading"]
        if answer.response != "responded" and likely["responded"] >= sure["responded"]:
            # A response that cannot be shown is not claimed.
            place = self._likeliest(i, strategies)
            return Answer("responded", place) if place is not None else answer
        if answer.response == "responded" and likely["no_documented_response"] >= sure["no_documented_response"]:
            return Answer("no_documented_response")
        return answer

    def _likeliest(self, cue: int, strategies: tuple[str, ...]) -> tuple[int, int] | None:
        """The other segment in which the encoder sees most of the strategies; None where it sees little of them."""
        from scipy.special import logit

        assert self.reading is not None
        known = [STRATEGIES.index(s) for s in strategies if s in STRATEGIES]
        if not known:
            return None
        seen = self.reading.logits[:, known].max(axis=1)
        seen[[cue, *self.template]] = -np.inf
        best = int(np.argmax(seen))
        if seen[best] < logit(read_data("responses.yml")["sure_reading"]["answering_segment"]):
            return None
        span = whole(self.segments[best])
        return span.start_char, span.end_char

    def _engaged(self, cue: Span) -> Span | None:
        """A near later segment in which the clinician takes up a word of the cue."""
        words = _content(cue)
        first = bisect_right(self.starts, cue.start)
        for segment in self.segments[first : first + read_data("responses.yml")["near_segments"]]:
            took_up = any(segment.start <= start < segment.end for start in self.matches.get("engaged", ()))
            if took_up and words & _content(segment):
                return segment
        return None

    def _suppressed(self, cue: Span) -> bool:
        return any(self._holds(entry, cue) for entry in read_data("responses.yml")["suppressed"])

    def _holds(self, entry: dict[str, Any], cue: Span) -> bool:
        """Whether what the entry looks for is there, where it counts."""
        hits = self.matches.get(entry["id"], [])
        count = len(self.segments)
        if entry["within"] == "note":
            return len(hits) >= max(2, entry["share"] * count)
        if entry["within"] == "short_note":
            return bool(hits) and count <= entry["segments"]
        following = bisect_right(self.starts, cue.start)
        end = self.segments[following].end if following < count else cue.sent.end
        return any(cue.sent.start <= start < end for start in hits)


def _likely(logits: np.ndarray) -> dict[str, float]:
    """How likely each response is by the encoder's logits (5,)."""
    from scipy.special import softmax  # rules alone, which read nothing, don't wait for it

    return dict(zip(RESPONSES, softmax(logits), strict=True))


def _content(span: Span) -> set[str]:
    return {token.norm_ for token in span if token.is_alpha and len(token) > 3 and not token.is_stop}


@Language.factory(
    "opportunities",
    assigns=["doc.spans", "span._.response", "span._.answer", "span._.strategies"],
    requires=["doc.spans", "span._.status", "token.is_sent_start"],
    default_config={"model": "default", "codebook": None},
)
def create_opportunities(nlp: Language, name: str, model: str | None, codebook: str | None) -> OpportunityFinder:
    """The factory that ``pipeline.cfg`` names."""
    return OpportunityFinder(nlp, name, model, codebook)
