"""One question per group and strategy: what was counted, what is expected, and how likely a departure is."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.compare.estimates import Kind
from analyzer.compare.model import Corrected, Denominator
from analyzer.compare.settings import Minimums
from analyzer.profiles import Profile


@dataclass(frozen=True, slots=True)
class Measure:
    """``count`` out of ``exposure`` (cues, notes or thousands of words), and the notes and cues that it rests on.

    ``clients`` are those named in the notes. ``design_effect``: by how much what is counted says less than if all of it
    were of different clients (`analyzer.compare.clustering`).
    """

    denominator: Denominator
    count: int
    exposure: float
    notes: int
    cues: int
    clients: int = 0
    design_effect: float = 1.0

    @property
    def kind(self) -> Kind:
        """Words are counted as a rate; notes and cues as a share."""
        return "rate" if self.denominator == "1000 words" else "share"

    @property
    def estimate(self) -> float | None:
        """Count per denominator, None where there is nothing to divide by."""
        return self.count / self.exposure if self.exposure else None

    @property
    def effective(self) -> tuple[float, float]:
        """Count and exposure, each divided by the design effect (Rao & Scott 1992)."""
        return self.count / self.design_effect, self.exposure / self.design_effect

    def suffices(self, least: Minimums) -> bool:
        """Whether a pattern may be shown. Cues are asked for only where cues are the denominator."""
        cues_suffice = self.denominator != "opportunity" or self.cues >= least.cues
        return self.notes >= least.notes and cues_suffice and self.exposure > 0


@dataclass(frozen=True, slots=True)
class Question:
    """A measure against what is expected; ``under`` and ``over`` are posterior probabilities, None where not asked.

    ``pattern`` says that the notes show one of the codebook's patterns of over-use. ``flaggable`` is False where the
    codebook's own rule for under-use isn't met, whatever the probability. ``corrected``: the share after the program's
    errors, which the probability then speaks of.
    """

    group: str
    strategy: str
    measure: Measure
    expected: float | None = None
    under: float | None = None
    over: float | None = None
    pattern: bool = False
    flaggable: bool = True
    corrected: Corrected | None = None

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
    return Measure(denominator, *found[denominator], notes=profile.notes, cues=cues, clients=profile.clients)
