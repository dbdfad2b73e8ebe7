"""The record of one comparison and the names of its choices."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from analyzer.records import StrategyName

Reference = Literal["opportunities", "peers", "past", "targets"]
Denominator = Literal["opportunity", "note", "1000 words"]
Verdict = Literal["over_used", "under_used", "in_range", "not_enough_notes"]

REFERENCES: Final[tuple[Reference, ...]] = get_args(Reference)
DENOMINATORS: Final[tuple[Denominator, ...]] = get_args(Denominator)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one group's notes document of one strategy, against one reference. None where a figure is undefined.

    - ``notes``, ``opportunities``: what is judged (for ``past`` the later half). Opportunities are the cues with a
      documented response and those without; engaged, planned only and suppressed cues are left out.
    - ``count``: cues with a documented response, notes that document the strategy, or its delivered tags, as
      ``denominator`` is opportunity, note or 1000 words; ``estimate`` is count per denominator, with its 95% interval.
    - ``expected``: 0.5 for opportunities, the rate of the other groups (peers) or the earlier half (past), the middle
      of the target's range (targets).
    - ``probability``: the posterior probability of the departure looked for (opportunities: a share below a half; else
      the likelier of above and below). ``q_value``: after Benjamini-Hochberg over all rows tested. Both are None where
      notes are too few, and for over-use by the codebook's patterns, which are counted and not tested.
    - ``own``: the strategy's name where a project adds it to the eleven or words it anew.
    """

    group: str
    strategy: str
    reference: Reference
    denominator: Denominator
    notes: int
    opportunities: int
    count: int
    estimate: float | None
    low: float | None
    high: float | None
    expected: float | None
    verdict: Verdict
    probability: float | None
    q_value: float | None
    own: StrategyName | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of ``analyzer compare --json``; ``own`` stands there only for a project's strategies."""
        return {key: value for key, value in asdict(self).items() if key != "own" or value}
