"""The program's own reading errors carried through: shares as a careful coder would likely have counted them.

A share that an imperfect reader counts is set right by what is known of the reader (Rogan & Gladen 1978, Estimating
prevalence from the results of a screening test, doi:10.1093/oxfordjournals.aje.a112510). Sensitivity and specificity
are uncertain themselves, so what is believed of the true share is averaged over what they may be (Diggle 2011,
doi:10.1155/2011/608719): on fixed grids, so the same counts give the same figures on every run.

Against peers and the past both sides are read by the same program, which leaves the probability of a difference as it
is; there only shares and intervals are corrected. What isn't carried: opportunities that were overlooked or seen where
there is none, and notes that are harder to read than the coded ones. Rates over 1,000 words are not corrected: tags
have no true negatives to count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Final

import numpy as np
from scipy.special import betaincinv, betaln, ndtri

from analyzer.compare.error_rates import ErrorRates
from analyzer.compare.estimates import Numbers, spread
from analyzer.compare.model import Corrected
from analyzer.compare.questions import Measure
from analyzer.compare.settings import load_settings

# Narrower towards 0 and 1, where shares are known best.
_EDGES: Final[Numbers] = np.sin(np.linspace(0, np.pi / 2, 201)) ** 2
_MIDDLES: Final[Numbers] = (_EDGES[1:] + _EDGES[:-1]) / 2
# Gauss-Legendre over the quantiles of sensitivity and of specificity.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(9)
_Z = float(ndtri(0.975))
_NOT_MEASURED = "the program's errors are not measured for this strategy"


@dataclass(frozen=True, slots=True, eq=False)
class TrueShare:
    """What the program's counts lead one to believe of the share that a careful coder would count.

    ``cumulated`` is the probability of a share below each edge of a fixed grid.
    """

    cumulated: Numbers

    def below(self, value: float | Numbers) -> Numbers:
        """The probability that the share is below ``value``."""
        return np.asarray(np.interp(value, _EDGES, self.cumulated), dtype=np.float64)

    def quantile(self, p: float | Numbers) -> Numbers:
        """The value that the share is below with probability ``p``."""
        return np.asarray(np.interp(p, self.cumulated, _EDGES), dtype=np.float64)


def true_share(found: Measure, rates: ErrorRates, others: Sequence[Measure] = ()) -> TrueShare:
    """The belief after what was counted, clients respected; ``others`` are other groups, who lend some experience.

    Only for what can be corrected (`hindrance`).
    """
    count, exposure = found.effective
    readings = _readings(rates)
    fits = count * readings.yes + (exposure - count) * readings.no + _log_prior(others, readings)
    mass = readings.weights @ np.exp(fits - fits.max())
    return TrueShare(np.concatenate([[0.0], np.cumsum(mass) / mass.sum()]))


def corrected(
    found: Measure,
    rates: ErrorRates | None,
    others: Sequence[Measure] = (),
    *,
    expected: float | None = None,
    belief: TrueShare | None = None,
) -> Corrected:
    """The share that a careful coder would likely have counted: Rogan and Gladen's, with intervals that hold it.

    ``belief`` is what `true_share` gives, where that is known already.
    """
    reason = hindrance(found, rates)
    if rates is None or reason:
        return Corrected(reason=reason)
    estimate, belief = set_right(found.count / found.exposure, rates), belief or true_share(found, rates, others)
    low, low80, high80, high = (float(x) for x in belief.quantile(np.array([0.025, 0.1, 0.9, 0.975])))
    return Corrected(
        estimate, min(low, estimate), max(high, estimate), min(low80, estimate), max(high80, estimate), expected
    )


def set_right(share: float, rates: ErrorRates) -> float:
    """Rogan and Gladen's estimate of the true share, held to 0 to 1."""
    sensitivity, specificity = rates.sensitivity or 0.0, rates.specificity or 0.0
    return float(np.clip((share + specificity - 1) / (sensitivity + specificity - 1), 0, 1))


def hindrance(found: Measure, rates: ErrorRates | None) -> str | None:
    """Why no correction can be given, None where it can."""
    if rates is None:
        return _NOT_MEASURED
    if found.exposure <= 0:
        return "there is nothing to correct: no occasion was counted"
    if rates.sensitivity is None or rates.specificity is None:
        return "the program's errors are not known: the test notes hold none with it, or none without it"
    youden = rates.sensitivity + rates.specificity - 1
    if youden <= 0:
        return "on the test notes the program read this no better than chance, so nothing can be corrected"
    # While chance can't be ruled out, the divisor may be zero and the interval has no end (Fieller 1954); one agreement
    # and one disagreement are added to each part, as Lang & Reiczigel 2014 do (doi:10.1016/j.prevetmed.2013.09.015).
    parts = [(rates.true_positives + 1, rates.positives + 2), (rates.true_negatives + 1, rates.negatives + 2)]
    shares = [part / whole for part, whole in parts]
    error = sqrt(sum(p * (1 - p) / whole for p, (_, whole) in zip(shares, parts, strict=True)))
    if youden < load_settings().correction.least_youden or sum(shares) - 1 - _Z * error <= 0:
        return "on the test notes the program read this too unreliably for a useful correction"
    return None


def explain(rates: ErrorRates | None = None) -> str:
    """One plain sentence for the people who read corrected figures."""
    measured = ""
    if rates is not None:
        measured = f" ({rates.true_positives} of {rates.positives} yes, {rates.true_negatives} of {rates.negatives} no)"
    return (
        "A corrected share is what a careful coder would most likely have counted in the same notes, from how "
        f"often the program agreed with the codes of test notes{measured}; its interval carries the program's errors "
        "as well as the small number of notes, and the verdict rests on it."
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Readings:
    """Pairs of what the chances of a yes may be for a true yes and a true no (pairs, 1), with ``weights`` (pairs).

    ``yes`` and ``no`` (pairs, grid) are the logarithms of the chances of either answer.
    """

    found: Numbers
    wrong: Numbers
    weights: Numbers
    yes: Numbers
    no: Numbers


@lru_cache(maxsize=64)
def _readings(rates: ErrorRates) -> _Readings:
    p, none = (_NODES + 1) / 2, 0.5
    found = betaincinv(rates.true_positives + none, rates.false_negatives + none, p)
    wrong = betaincinv(rates.false_positives + none, rates.true_negatives + none, p)
    found, wrong = (grid.reshape(-1, 1) for grid in np.meshgrid(found, wrong, indexing="ij"))
    yes = found * _MIDDLES + wrong * (1 - _MIDDLES)
    return _Readings(found, wrong, np.outer(_WEIGHTS, _WEIGHTS).ravel() / 4, np.log(yes), np.log1p(-yes))


def _log_prior(others: Sequence[Measure], readings: _Readings) -> Numbers:
    """Of a group's true share on the grid, for each reading: Jeffreys', or from the others where there are enough.

    The others' shares are spread as counted (Kleinman 1973). A reading says what their true shares would then be:
    errors draw shares together by Youden's index. Readings under which no true share gives their shares weigh less.
    """
    rule, (a, b) = load_settings().correction, load_settings().priors.share
    others = [m for m in others if m.exposure > 0]
    if len(others) < rule.groups:
        return _log_beta(np.array([[a]]), np.array([[b]]))
    counts, exposures = zip(*(m.effective for m in others), strict=True)
    seen = spread("share", counts, exposures, at_most=float("inf"))
    share, apart = seen.a / (seen.a + seen.b), seen.a * seen.b / (seen.a + seen.b) ** 2 / (seen.a + seen.b + 1)
    youden = np.maximum(readings.found - readings.wrong, 0.02)
    true = np.clip((share - readings.wrong) / youden, 0.02, 0.98)
    strength = np.clip(true * (1 - true) * youden**2 / apart - 1, a + b, rule.strength_at_most)
    error = apart / len(others) + share * (1 - share) / sum(exposures)
    odd = (share - readings.wrong - true * youden) ** 2 / (2 * error)
    return _log_beta(true * strength, (1 - true) * strength) - odd


def _log_beta(a: Numbers, b: Numbers) -> Numbers:
    return (a - 1) * np.log(_MIDDLES) + (b - 1) * np.log1p(-_MIDDLES) - betaln(a, b) + np.log(np.diff(_EDGES))
