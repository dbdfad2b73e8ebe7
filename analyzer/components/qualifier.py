"""The qualifier: who did it and when, for every tag, with the words that decided (codebook sections 2 and 3).

The status model weighs cues, agent, section and words together; without a model the codebook's order of the cues found
decides. This is the one place where both meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Span

from analyzer.components.agents import Agent, find_agent
from analyzer.components.attributes import note_fact
from analyzer.components.estimators import EstimatorComponent
from analyzer.components.features import previous_segment, status_row, status_table
from analyzer.components.gate import GatedMatcher
from analyzer.components.reader import status_logits
from analyzer.components.sections import section_kinds, section_of
from analyzer.lexicons import clause_words
from analyzer.qualifiers import Cue, load_qualifiers
from analyzer.records import Status
from analyzer.rules import compile_pattern

_ORDER: tuple[Status, ...] = ("other_agent", "negated", "hypothetical", "planned", "historical")


@dataclass(frozen=True, slots=True)
class Decision:
    """A status and the words that decided it; None where nothing spoke against *delivered*."""

    status: str
    cue: str | None


@dataclass(frozen=True, slots=True)
class FoundCue:
    """A cue in force: which one, where, and on which side of the evidence."""

    cue: Cue
    start: int
    end: int
    side: str

    @property
    def key(self) -> str:
        """The cue as a feature of the status model."""
        return f"{self.cue.id}.{self.side}"


class Qualifier(EstimatorComponent):
    """Sets ``span._.status`` and ``span._.cue`` of every span in ``doc.spans["strategies"]``."""

    head = "status"

    def __init__(self, nlp: Language, name: str, model: str | None) -> None:
        super().__init__(name, model)
        self.matcher = GatedMatcher()
        for cue in load_qualifiers().cues.values():
            self.matcher.add(cue.id, [compile_pattern(pattern) for pattern in cue.patterns])

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Decide every tag of the Docs."""
        spans = [span for doc in docs for span in doc.spans.get("strategies", ())]
        for span, decision in zip(spans, self.decide(spans), strict=True):
            note_fact(span, status=decision.status, cue=decision.cue)

    def decide(self, spans: Sequence[Span]) -> list[Decision]:
        """The decision for each evidence span."""
        found = [self.find(span) for span in spans]
        if not self.has_estimator or not spans:
            return [_by_order(span, cues, agent) for span, (cues, agent) in zip(spans, found, strict=True)]
        rows = [status_row(span, [c.key for c in cues], who) for span, (cues, who) in zip(spans, found, strict=True)]
        estimator = self.estimator
        likely = estimator.predict_proba(status_table(rows, status_logits(spans)))
        past, negated = estimator.classes_ == "historical", estimator.classes_ == "negated"
        for i, (span, (cues, _)) in enumerate(zip(spans, found, strict=True)):
            if likely[i, past].sum() < load_qualifiers().sure_of_earlier and not self._speaks_of_before(span, cues):
                likely[i, past] = 0
            if self._only_seems_negated(span, cues):
                likely[i, negated] = 0
        best = estimator.classes_[likely.argmax(axis=1)]
        return [
            Decision(status, _words_for(status, span, cues, agent))
            for status, span, (cues, agent) in zip(map(str, best), spans, found, strict=True)
        ]

    def _speaks_of_before(self, span: Span, cues: Sequence[FoundCue]) -> bool:
        """Whether anything here or in the segment before tells of an earlier time (codebook section 3, test 5).

        What is often recalled ("reviewed limits of confidentiality") is no reason to think that it was not done today.
        """
        previous = previous_segment(span.sent)
        known = load_qualifiers().cues
        before = self.matcher.find(previous) if previous is not None else ()
        return any(c.cue.status == "historical" for c in cues) or any(
            known[key].status == "historical" and not known[key].guard for key, _, _ in before
        )

    def _only_seems_negated(self, span: Span, cues: Sequence[FoundCue]) -> bool:
        """Whether the one negation in the evidence is of the kind "did not press" (codebook R7)."""
        known = load_qualifiers().cues
        lifted = any(known[key].guard and known[key].status == "negated" for key, _, _ in self.matcher.find(span))
        return lifted and not any(cue.cue.status == "negated" for cue in cues)

    def find(self, span: Span) -> tuple[list[FoundCue], Agent]:
        """The cues in force for an evidence span, guards applied, and who acts."""
        segment = span.sent
        matches = [(load_qualifiers().cues[key], start, end) for key, start, end in self.matcher.find(segment)]
        guards = [(cue.status, start, end) for cue, start, end in matches if cue.guard]
        cues = []
        for cue, start, end in matches:
            side = "before" if end <= span.start else "after" if start >= span.end else "inside"
            applies = not cue.guard and cue.where in ("any", side) and not _turned(span, start, end, side)
            guarded = any(status == cue.status and s < end and start < e for status, s, e in guards)
            if applies and not guarded:
                cues.append(FoundCue(cue, start, end, side))
        return cues, find_agent(segment, span)


def _turned(span: Span, start: int, end: int, side: str) -> bool:
    """Whether "but", "however" or the like stands between the cue and the evidence."""
    between = span.doc[end : span.start] if side == "before" else span.doc[span.end : start]
    return side != "inside" and any(token.norm_ in clause_words("turns") for token in between)


def _by_order(span: Span, cues: Sequence[FoundCue], agent: Agent) -> Decision:
    suggested = any(c.cue.status == "hypothetical" for c in cues)  # "Cl may benefit from ...": nobody acted
    if agent.kind == "other" or (agent.kind == "client" and not agent.passive and not suggested):
        return Decision("other_agent", span.doc[agent.token].text if agent.token is not None else None)
    for status in _ORDER[1:]:
        if found := next((c for c in cues if c.cue.status == status), None):
            return Decision(status, span.doc[found.start : found.end].text)
    kind = section_kinds().get(section_of(span.doc, span), "mixed")
    if kind == "negated":
        return Decision("negated", "section: not done")
    return (
        Decision("planned", "section: plan") if kind == "plan" and _is_fragment(span) else Decision("delivered", None)
    )


def _is_fragment(span: Span) -> bool:
    """A clause of the Plan without a finite past verb: its first word is no -ed form (codebook section 3)."""
    return not any(token.norm_.endswith("ed") for token in span.sent[:4])


def _words_for(status: str, span: Span, cues: Sequence[FoundCue], agent: Agent) -> str | None:
    """The words to show for a status that the model chose: its cue, the agent, or the section."""
    if status == "delivered":
        return None
    if status == "other_agent" and agent.token is not None:
        return str(span.doc[agent.token].text)
    if found := next((c for c in cues if c.cue.status == status), None):
        return str(span.doc[found.start : found.end].text)
    previous = previous_segment(span.sent)
    if previous is not None and status == "negated" and "not" in {t.norm_ for t in previous[:3]}:
        return str(previous.text[:40])
    return f"section: {section_of(span.doc, span)}"


@Language.factory(
    "qualifier",
    assigns=["span._.status", "span._.cue"],
    requires=["doc.spans", "token.is_sent_start"],
    default_config={"model": "default"},
)
def create_qualifier(nlp: Language, name: str, model: str | None) -> Qualifier:
    """The factory that ``pipeline.cfg`` names."""
    return Qualifier(nlp, name, model)
