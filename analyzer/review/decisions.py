"""One decision of a reviewer on one tag, without a word of the note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from analyzer.records import STATUSES, Analysis, AnalyzerError, Source, Status, Tag, strategies_of

Verdict = Literal["accept", "reject", "change_status", "add"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
Segment = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Said:
    """What the system had said of the tag. ``reason`` is the rule id or the model version, without the note's words."""

    status: Status
    confidence: float
    source: Source
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what on which words of which text, when (UTC), and what the system had said.

    ``segment`` and ``start``/``end`` are code points, half-open; the text is told by its SHA-256 alone. ``status`` is
    the reviewer's, for a rejected tag the system's. ``said`` is None where the system had said nothing. An accepted
    decision without a strategy says that the segment holds no more than what is decided.
    """

    note_id: str
    text_sha256: str
    segment: Segment
    start: int
    end: int
    strategy: str | None
    status: Status | None
    verdict: Verdict
    said: Said | None
    model: str
    who: str
    at: datetime

    @property
    def target(self) -> tuple[Segment, str | None, str]:
        """What it is about: a later decision of the same reviewer on the same target takes its place."""
        about = f"said {self.said.status}" if self.said else f"added {self.status}"
        return self.segment, self.strategy, about


def decide(
    analysis: Analysis,
    *,
    segment: Segment,
    verdict: Verdict,
    who: str,
    tag: Tag | None = None,
    strategy: str | None = None,
    status: Status | None = None,
    span: Segment | None = None,
    model: str = "",
    at: datetime | None = None,
) -> Decision:
    """A decision on the system's ``tag``, on a tag to ``add`` (strategy, status, span), or on an empty segment.

    Raises `AnalyzerError` where the parts don't fit together: see each sentence.
    """
    _check(verdict, who, tag, strategy, status, strategies_of(analysis.own))
    start, end = (tag.start, tag.end) if tag else span or segment
    if not 0 <= start < end <= analysis.n_chars or min(end, segment[1]) <= max(start, segment[0]):
        raise AnalyzerError(f"note {analysis.note_id!r}: the words {start}:{end} lie outside the segment; mark again")
    said = Said(tag.status, tag.confidence, tag.source, tag.reason.partition(":")[0]) if tag else None
    return Decision(
        note_id=analysis.note_id,
        text_sha256=analysis.text_sha256,
        segment=segment,
        start=start,
        end=end,
        strategy=tag.strategy if tag else strategy,
        status=status if verdict in ("change_status", "add") else tag.status if tag else None,
        verdict=verdict,
        said=said,
        model=model,
        who=who.strip(),
        at=(at or datetime.now(UTC)).astimezone(UTC),
    )


def _check(
    verdict: Verdict,
    who: str,
    tag: Tag | None,
    strategy: str | None,
    status: Status | None,
    strategies: Sequence[str],
) -> None:
    wrong = None
    if not who.strip():
        wrong = "say who decides: a name or initials"
    elif verdict not in VERDICTS:
        wrong = f"the verdict is one of {', '.join(VERDICTS)}"
    elif verdict == "add" and (tag is not None or strategy not in strategies):
        wrong = "a tag to add needs one of the strategies of the codebook"
    elif verdict in ("change_status", "add") and status not in STATUSES:
        wrong = f"give the status, one of {', '.join(STATUSES)}"
    elif verdict in ("reject", "change_status") and tag is None:
        wrong = "say which tag of the program is meant"
    elif verdict == "change_status" and tag is not None and tag.status == status:
        wrong = "the tag has this status already; accept it instead"
    if wrong:
        raise AnalyzerError(f"this decision can't be kept: {wrong}")


def decisions_of(analysis: Analysis, decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions on this note as it is worded now, oldest first."""
    own = (d for d in decisions if d.note_id == analysis.note_id and d.text_sha256 == analysis.text_sha256)
    return sorted(own, key=lambda d: d.at)


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """The last word on each target, oldest first; later words replace earlier ones, whoever spoke."""
    last: dict[object, Decision] = {}
    for decision in sorted(decisions, key=lambda d: d.at):
        last.pop((decision.note_id, decision.target), None)
        last[decision.note_id, decision.target] = decision
    return list(last.values())


def tags_in(analysis: Analysis, segment: Segment) -> list[Tag]:
    """The system's tags that begin in this segment."""
    return [tag for tag in analysis.tags if segment[0] <= tag.start < segment[1]]


def finished(analysis: Analysis, segment: Segment, decisions: Iterable[Decision]) -> bool:
    """Whether every tag of the system in the segment is decided; without any, once it is said to hold no more.

    ``decisions`` are those of this note.
    """
    own = [d for d in decisions if d.segment == segment]
    decided = {(d.strategy, d.said.status) for d in own if d.said}
    tags = tags_in(analysis, segment)
    if not tags:
        return any(d.strategy is None for d in own)
    return all((tag.strategy, tag.status) in decided for tag in tags)
