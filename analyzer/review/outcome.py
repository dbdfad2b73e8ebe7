"""Decisions laid on an analysis: the note's tags as reviewed, to be counted like any other analysis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from analyzer.components.sections import UNHEADED
from analyzer.records import Analysis, Opportunity, Tag
from analyzer.review.decisions import Decision, decisions_of, standing


def reviewed(analysis: Analysis, decisions: Iterable[Decision], *, text: str | None = None) -> Analysis:
    """The analysis with its tags as reviewed: what was decided has the source *review*, the rest stays as it was.

    Where reviewers differ the last word counts. Words of added tags are taken from ``text``, the (masked) text; without
    it they are empty. An opportunity whose answer is no longer documented as done loses it; whether an added tag
    answers an opportunity is not judged, since no reviewer was asked.
    """
    final = standing(decisions_of(analysis, decisions))
    if not final:
        return analysis
    tags = list(analysis.tags)
    for decision in final:
        tags = list(_applied(tags, decision, analysis, text))
    tags.sort(key=lambda tag: (tag.start, tag.end, tag.strategy))
    answered = tuple(_answered(found, analysis.tags, tags) for found in analysis.opportunities)
    return replace(analysis, tags=tuple(tags), opportunities=answered)


def _applied(tags: Sequence[Tag], decision: Decision, analysis: Analysis, text: str | None) -> Iterator[Tag]:
    """The tags after one decision: those that it is about go, and the reviewer's own comes."""
    begin, end = decision.segment
    gone = {decision.status, decision.said.status if decision.said else decision.status}
    old = None
    for tag in tags:
        if tag.strategy == decision.strategy and tag.status in gone and begin <= tag.start < end:
            old = old or tag
        else:
            yield tag
    if decision.verdict != "reject" and decision.strategy is not None:
        yield _tag(decision, old, analysis, text)


def _tag(decision: Decision, old: Tag | None, analysis: Analysis, text: str | None) -> Tag:
    assert decision.strategy is not None
    assert decision.status is not None
    reason = f"{decision.verdict.replace('_', ' ')} by {decision.who}"
    if old is not None and decision.said is not None:
        cue = old.cue if decision.verdict == "accept" else None
        return replace(old, status=decision.status, confidence=1.0, source="review", reason=reason, cue=cue)
    before = [section.name for section in analysis.sections if section.start <= decision.start]
    return Tag(
        strategy=decision.strategy,
        status=decision.status,
        start=decision.start,
        end=decision.end,
        text=text[decision.start : decision.end] if text is not None else "",
        confidence=1.0,
        source="review",
        reason=reason,
        section=before[-1] if before else UNHEADED,
    )


def _answered(found: Opportunity, before: Sequence[Tag], after: Sequence[Tag]) -> Opportunity:
    """The opportunity, without an answer that review has taken away."""

    def statuses(tags: Sequence[Tag]) -> set[str]:
        return {t.status for t in tags if (t.start, t.end) == found.answer and t.strategy in found.strategies}

    now = statuses(after)
    if found.response != "responded" or "delivered" not in statuses(before) or "delivered" in now:
        return found
    return replace(found, response="planned_only" if "planned" in now else "no_documented_response", answer=None)
