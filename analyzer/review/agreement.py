"""How far the reviewers agree with the program, month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.lexicons import read_data
from analyzer.review.decisions import Decision


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month (``YYYY-MM``, UTC): of ``decided`` tags of the program, how many were accepted as they were.

    ``low`` and ``high`` are Wilson's 95% interval of the share (Wilson 1927, doi:10.1080/01621459.1927.10502953).
    ``added`` are tags that the program had not given; they are told beside the share, not in it.
    """

    month: str
    decided: int
    accepted: int
    added: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """Accepted of decided, in [0, 1]; None where nothing was decided."""
        return self.accepted / self.decided if self.decided else None


def agreement_by_month(decisions: Iterable[Decision]) -> list[Month]:
    """The months in which something was decided, in order; each person's last word on a tag counts once."""
    last = {(d.note_id, d.text_sha256, d.target, d.who): d for d in sorted(decisions, key=lambda d: d.at)}
    months: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in last.values():
        if decision.strategy is not None:
            months[f"{decision.at:%Y-%m}"].append(decision)
    return [_month(month, months[month]) for month in sorted(months)]


def _month(month: str, made: list[Decision]) -> Month:
    from scipy.stats import binomtest

    decided = [d for d in made if d.said is not None]
    accepted = sum(d.verdict == "accept" for d in decided)
    low, high = 0.0, 1.0
    if decided:
        level = read_data("review.yml")["agreement"]["confidence_level"]
        found = binomtest(accepted, len(decided)).proportion_ci(confidence_level=level, method="wilson")
        low, high = float(found.low), float(found.high)
    return Month(month, len(decided), accepted, len(made) - len(decided), low, high)
