"""The four references: each asks one question of a group and strategy, from what is counted and what others show.

The same functions answer for real notes (`analyzer.compare.comparing`) and for simulated ones
(`analyzer.compare.simulation`). With ``rates`` the answer is about shares corrected for the program's errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzer.compare.correction import TrueShare, corrected, hindrance, set_right, true_share
from analyzer.compare.error_rates import ErrorRates
from analyzer.compare.estimates import Belief, spread
from analyzer.compare.model import Corrected
from analyzer.compare.questions import Measure, Question
from analyzer.compare.settings import Settings


@dataclass(frozen=True, slots=True)
class Basis:
    """What every question rests on: the settings, and the program's errors where shares are corrected."""

    settings: Settings
    rates: Mapping[str, ErrorRates] | None = None

    def belief(self, strategy: str, mine: Measure, others: Sequence[Measure]) -> Belief | TrueShare | None:
        """What the counts lead one to believe, None where they don't suffice or can't be corrected."""
        if not mine.suffices(self.settings.minimums):
            return None
        if self.rates is None:
            return belief_of(mine, self.settings)
        rates = self.rates.get(strategy)
        return None if rates is None or hindrance(mine, rates) else true_share(mine, rates, others)

    def corrected(
        self,
        strategy: str,
        mine: Measure,
        others: Sequence[Measure],
        expected: float | None,
        belief: Belief | TrueShare | None = None,
    ) -> Corrected | None:
        """The corrected share beside what is expected of a true one; None where nothing is to be corrected."""
        if self.rates is None:
            return None
        known = belief if isinstance(belief, TrueShare) else None
        return corrected(mine, self.rates.get(strategy), others, expected=expected, belief=known)

    def expected(self, strategy: str, share: float | None) -> float | None:
        """A share that the program counted, as a true one."""
        rates = (self.rates or {}).get(strategy)
        if rates is None or share is None or rates.sensitivity is None or rates.specificity is None:
            return None
        return set_right(share, rates) if rates.sensitivity + rates.specificity > 1 else None


def of_opportunities(
    about: tuple[str, str],
    mine: Measure,
    others: Sequence[Measure],
    basis: Basis,
    *,
    relevant: float,
    pattern: bool = False,
) -> Question:
    """Whether fewer than half of the cues have a documented response, or one of the codebook's patterns is shown.

    ``relevant`` are all relevant cues, those taken up or planned included: half of them must lack a response.
    """
    _, strategy = about
    expected, belief = basis.settings.opportunities.expected_share, basis.belief(strategy, mine, others)
    shown = basis.corrected(strategy, mine, others, expected, belief)
    share = (mine.estimate if shown is None else shown.estimate) or 0.0
    return Question(
        *about,
        measure=mine,
        expected=expected,
        under=None if belief is None else float(belief.below(expected)),
        pattern=pattern,
        flaggable=(1 - share) * mine.exposure >= (1 - expected) * relevant - 1e-9,
        corrected=shown,
    )


def of_targets(
    about: tuple[str, str], mine: Measure, others: Sequence[Measure], basis: Basis, *, low: float, high: float
) -> Question:
    """Whether the share lies below or above a range."""
    _, strategy = about
    middle, belief = (low + high) / 2, basis.belief(strategy, mine, others)
    shown = basis.corrected(strategy, mine, others, middle, belief)
    if belief is None:
        return Question(*about, measure=mine, expected=middle, corrected=shown)
    under, over = float(belief.below(low)), 1 - float(belief.below(high))
    return Question(*about, measure=mine, expected=middle, under=under, over=over, corrected=shown)


def of_peers(about: tuple[str, str], mine: Measure, others: Sequence[Measure], basis: Basis) -> Question:
    """Whether the group, shrunk towards the others, lies beyond the spread of the others (leave-one-out)."""
    _, strategy = about
    others, least = [m for m in others if m.exposure > 0], basis.settings.minimums
    expected = sum(m.count for m in others) / sum(m.exposure for m in others) if others else None
    shown = basis.corrected(strategy, mine, others, basis.expected(strategy, expected))
    together = Measure(
        mine.denominator,
        sum(m.count for m in others),
        sum(m.exposure for m in others),
        sum(m.notes for m in others),
        sum(m.cues for m in others),
    )
    if not (mine.suffices(least) and together.suffices(least)) or _withheld(shown):
        return Question(*about, measure=mine, expected=expected, corrected=shown)
    counts, exposures = zip(*(m.effective for m in others), strict=True)
    prior = spread(mine.kind, counts, exposures, at_most=basis.settings.peers.strength_at_most)
    peers = spread(mine.kind, counts, exposures, at_most=float("inf"))
    over = prior.updated(*mine.effective).above(peers)
    return Question(*about, measure=mine, expected=expected, under=1 - over, over=over, corrected=shown)


def of_past(about: tuple[str, str], now: Measure, before: Measure, others: Sequence[Measure], basis: Basis) -> Question:
    """Whether the later half of a group's dated notes differs from the earlier half."""
    _, strategy = about
    least, settings = basis.settings.minimums, basis.settings
    shown = basis.corrected(strategy, now, others, basis.expected(strategy, before.estimate))
    if not (before.suffices(least) and now.suffices(least)) or _withheld(shown):
        return Question(*about, measure=now, expected=before.estimate, corrected=shown)
    over = belief_of(now, settings).above(belief_of(before, settings))
    return Question(*about, measure=now, expected=before.estimate, under=1 - over, over=over, corrected=shown)


def belief_of(found: Measure, settings: Settings) -> Belief:
    """The belief after what was counted, clients respected, from a prior that says next to nothing."""
    prior = settings.priors.rate if found.kind == "rate" else settings.priors.share
    return Belief(found.kind, *prior).updated(*found.effective)


def _withheld(shown: Corrected | None) -> bool:
    """Whether a correction was asked for and can't be given."""
    return shown is not None and shown.estimate is None
