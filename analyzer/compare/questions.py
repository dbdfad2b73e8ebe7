"""One question per group and strategy: what was counted, what is expected, and how likely a departure is."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.compare.estimates import Kind
from analyzer.compare.model import Denominator
from analyzer.compare.settings import Minimums
from analyzer.profiles import Profile


@dataclass(frozen=True, slots=True)
class Measure:
    """``count`` out of ``exposure`` (cues, notes or thousands of words), and the notes and cues that it rests on."""

    denominator: Denominator
    count: int
    exposure: float
    notes: int
    cues: int

    @property
    def kind(self) -> Kind:
        """Words are counted as a rate; notes and cues as a share."""
        return "rate" if self.denominator == "1000 words" else "share"

    @property
    def estimate(self) -> float | None:
        """Count per denominator, None where there is nothing to divide by."""
        return self.count / self.exposure if self.exposure else None

    def suffices(self, least: Minimums) -> bool:
        """Whether a pattern may be shown. Cues are asked for only where cues are the denominator."""
        cues_suffice = self.denominator != "opportunity" or self.cues >= least.cues
        return self.notes >= least.notes and cues_suffice and self.exposure > 0


@dataclass(frozen=True, slots=True)
class Question:
    """A measure against what is expected; ``under`` and ``over`` are posterior probabilities, None where not asked.

    ``pattern`` says that the notes show one of the codebook's patterns of over-use. ``flaggable`` is False where the
    codebook's own rule for under-use isn't met, whatever the probability.
    """

    group: str
    strategy: str
    measure: Measure
    expected: float | None = None
    under: float | None = None
    over: float | None = None
    pattern: bool = False
    flaggable: bool = True

    @property
    def probability(self) -> float | None:
        """The likelier departure's probability, None where the question can't be asked."""
        return max((p for p in (self.under, self.over) if p is not None), default=None)

    @property
    def p_value(self) -> float | None:
        """The posterior tail, doubled where departures on both sides are looked for."""
        if self.probability is None:
            return None
        sides = (self.under is not None) + (self.over is not None)
        return min(1.0, sides * (1 - self.probability))


def measure(profile: Profile, strategy: str, denominator: Denominator) -> Measure:
    """What a profile counts of one strategy, over the denominator."""
    counts = profile.of(strategy)
    cues = counts.responded + counts.no_documented_response
    found: dict[Denominator, tuple[int, float]] = {
        "opportunity": (counts.responded, cues),
        "note": (counts.notes_used, profile.notes),
        "1000 words": (counts.delivered, profile.words / 1000),
    }
    return Measure(denominator, *found[denominator], notes=profile.notes, cues=cues)
