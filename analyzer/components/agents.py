"""Who acts: the subject nearest before the evidence (codebook R1 and R2), found without a parser.

Notes drop subjects and grammar freely, so a mention counts as a subject by where it stands: opening the segment, or
after a comma, a conjunction or a quotation mark; a mention after a verb or preposition is somebody's object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spacy.tokens import Doc, Span

from analyzer.lexicons import clause_words, irregular_forms
from analyzer.qualifiers import load_qualifiers

AgentKind = Literal["clinician", "client", "other", "none"]


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts: ``kind``, the token that names them (None: elided), and whether the client reports it (R6)."""

    kind: AgentKind
    token: int | None = None
    reported: bool = False
    passive: bool = False


def find_agent(segment: Span, evidence: Span) -> Agent:
    """The agent of the evidence within its segment."""
    doc, best = segment.doc, Agent("none")
    reported = False
    for i in range(segment.start, min(evidence.start + 3, evidence.end)):
        kind = _kind(doc, segment, i)
        if kind != "none" and _is_subject(doc, segment, i):
            after = doc[i + 1].norm_ if i + 1 < segment.end else ""
            best = Agent(kind, i, reported, passive=after in clause_words("passive") and kind == "client")
        if best.kind == "client" and i < evidence.start and _is_report(doc, i, best):
            reported = True
            best = Agent(best.kind, best.token, reported, best.passive)
    return best


def _kind(doc: Doc, segment: Span, i: int) -> AgentKind:
    words = load_qualifiers().agents
    norm = doc[i].norm_
    before = doc[i - 1].norm_ if i > segment.start else ""
    if norm in words["clinician"]:
        is_provider = norm not in ("i", "we", "me", "us", "writer", "undersigned", "supervisee")
        return "other" if is_provider and before in words["former"] else "clinician"
    if norm in words["other"]:
        return "other"
    return "client" if norm in words["client"] else "none"


def _is_subject(doc: Doc, segment: Span, i: int) -> bool:
    if doc[i].norm_.endswith("'s") or (i + 1 < segment.end and doc[i + 1].norm_ in ("'s", "'", "’s")):
        return False
    former = load_qualifiers().agents["former"]
    j = i - 1
    while j >= segment.start and (doc[j].norm_ in clause_words("determiners") or doc[j].norm_ in former):
        j -= 1
    if j < segment.start or doc[j].is_punct or doc[j].norm_ in clause_words("openers"):
        return True
    # "Hospital social worker ...": up to two describing words at the very beginning, none of them a verb ("Told cl").
    words = [doc[k] for k in range(segment.start, j + 1)]
    return len(words) <= 2 and all((w.is_title or w.is_upper) and not _is_verb(w.norm_) for w in words)


def _is_verb(word: str) -> bool:
    return word.endswith(("ed", "ing")) or word in irregular_forms()


def _is_report(doc: Doc, i: int, agent: Agent) -> bool:
    near = agent.token is not None and 0 < i - agent.token <= 3
    return near and doc[i].norm_ in load_qualifiers().agents["reports"]
