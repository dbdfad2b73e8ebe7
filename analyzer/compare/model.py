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
class Corrected:
    """A corrected share in [0, 1] with its 95 and 80% intervals; all None where none can be given, for the ``reason``.

    ``expected`` is what the corrected share stands beside.
    """

    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    low80: float | None = None
    high80: float | None = None
    expected: float | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one group's notes document of one strategy, against one reference. None where a figure is undefined.

    - ``notes``, ``opportunities``: what is judged (for ``past`` the later half). Opportunities are the cues with a
      documented response and those without; engaged, planned only and suppressed cues are left out.
    - ``count``: cues with a documented response, notes that document the strategy, or its delivered tags, as
      ``denominator`` is opportunity, note or 1000 words; ``estimate`` is count per denominator, with its 95% interval.
    - ``expected``: 0.5 for opportunities, the rate of the other groups (peers) or the earlier half (past), the middle
      of the target's range (targets).
    - ``low80``, ``high80``: the 80% interval. ``clients`` are those named in the notes; ``design_effect``: by how much
      the counts say less than if every occasion were of another client: interval and probability respect it.
    - ``corrected``: the share after the program's own errors, where asked for; verdict, probability and q value then
      rest on it, and ``count``, ``estimate`` and the other figures stay as counted.
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
    low80: float | None = None
    high80: float | None = None
    clients: int = 0
    design_effect: float = 1.0
    corrected: Corrected | None = None
    own: StrategyName | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of ``analyzer compare --json``; corrected figures, if any, and a project's own name last."""
        flat = asdict(self)
        corrected, own = flat.pop("corrected") or {}, flat.pop("own")
        flat |= {f"corrected_{name}": value for name, value in corrected.items()}
        return flat | {"own": own} if own else flat
