"""Shares and rates with their uncertainty: intervals, posteriors, shrinkage, and many tests at once.

A *share* is a number of cues or notes out of ``exposure`` many (binomial, Beta posterior); a *rate* is a number of tags
per unit of ``exposure`` (Poisson, Gamma posterior). Everything is computed in closed form or by a fixed rule, so
the same counts give the same figures on every run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, gammainc, gammaincinv

Kind = Literal["share", "rate"]
Numbers = NDArray[np.float64]

# Quantiles of the reference over which a probability is averaged, and their weights (Gauss-Legendre).
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_QUANTILES, _SHARES = (_NODES + 1) / 2, _WEIGHTS / 2


@dataclass(frozen=True, slots=True)
class Belief:
    """What counts lead one to believe of a share, Beta(a, b), or of a rate, Gamma(a) with rate b."""

    kind: Kind
    a: float
    b: float

    def below(self, value: float | Numbers) -> Numbers:
        """The probability that the share or rate is below ``value``."""
        if self.kind == "share":
            return np.asarray(betainc(self.a, self.b, value), dtype=np.float64)
        return np.asarray(gammainc(self.a, np.multiply(self.b, value)), dtype=np.float64)

    def quantile(self, p: float | Numbers) -> Numbers:
        """The value that the share or rate is below with probability ``p``."""
        if self.kind == "share":
            return np.asarray(betaincinv(self.a, self.b, p), dtype=np.float64)
        return np.asarray(gammaincinv(self.a, p) / self.b, dtype=np.float64)

    def updated(self, count: float, exposure: float) -> Belief:
        """The belief after ``count`` in ``exposure`` were seen (Bayes' rule for conjugate priors)."""
        more = exposure - count if self.kind == "share" else exposure
        return Belief(self.kind, self.a + count, self.b + more)

    def above(self, other: Belief) -> float:
        """The probability that this share or rate is above the other one, the two being independent."""
        return float(np.clip(1 - _SHARES @ self.below(other.quantile(_QUANTILES)), 0, 1))


def interval(kind: Kind, count: float, exposure: float, *, within: float = 0.95) -> tuple[float, float]:
    """The interval of count / exposure, which always holds count / exposure itself; exposure must be above 0.

    Shares: Jeffreys' interval, reaching 0 and 1 where nothing or everything was counted (Brown, Cai & DasGupta 2001).
    Rates: the exact one (Garwood 1936, Fiducial limits for the Poisson distribution). Both are in closed form for
    numbers that are not whole, such as those divided by a design effect.
    """
    tail, estimate = (1 - within) / 2, count / exposure
    if kind == "share":
        belief = Belief("share", count + 0.5, exposure - count + 0.5)
        low, high = (float(limit) for limit in belief.quantile(np.array([tail, 1 - tail])))
        return 0.0 if count == 0 else min(low, estimate), 1.0 if count == exposure else max(high, estimate)
    low = 0.0 if count == 0 else float(gammaincinv(count, tail)) / exposure
    return min(low, estimate), float(gammaincinv(count + 1, 1 - tail)) / exposure


def spread(kind: Kind, counts: Sequence[float], exposures: Sequence[float], *, at_most: float) -> Belief:
    """The distribution of the true shares or rates of several groups, by method of moments.

    Its strength (a + b of a share, b of a rate) says how alike the groups are beyond chance, in units of exposure. It
    is held to ``at_most``, and to all exposure together, since no more was seen. Sources: ``data/compare.yml``.
    """
    x, n = np.asarray(counts, dtype=float), np.asarray(exposures, dtype=float)
    total = float(n.sum())
    # Half a count is added so that all zeros do not make the belief certain.
    mean = (float(x.sum()) + 0.5) / (total + 1 if kind == "share" else total)
    strength = min(_strength(kind, x, n), at_most, total)
    return Belief(kind, mean * strength, (1 - mean) * strength if kind == "share" else strength)


def _strength(kind: Kind, x: Numbers, n: Numbers) -> float:
    """Infinity where the groups differ no more than chance would have them differ."""
    groups, total = len(n), n.sum()
    mean = x.sum() / total
    chance = mean * (1 - mean) if kind == "share" else mean
    room = total - (n**2).sum() / total
    if kind == "share":
        room -= groups - 1
    if groups < 2 or chance <= 0 or room <= 0:
        return np.inf
    excess = (n * (x / n - mean) ** 2).sum() / chance - (groups - 1)
    if excess <= 0:
        return np.inf
    # Share: intraclass correlation rho, strength 1/rho - 1. Rate: variance mean * rho, strength mean / variance.
    rho = min(excess / room, 1.0) if kind == "share" else excess / room
    return max(float(1 / rho - 1 if kind == "share" else 1 / rho), 1e-3)


def q_values(p_values: Sequence[float] | Numbers) -> Numbers:
    """The least false discovery rate at which each test would be called, along the last axis.

    Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x. The same to the last digit as SciPy's
    ``false_discovery_control``, whose import alone takes as long as comparing 10,000 notes.
    """
    p = np.clip(np.asarray(p_values, dtype=np.float64), 0, 1)
    order = np.argsort(p, axis=-1)
    number = p.shape[-1]
    stepped = np.take_along_axis(p, order, -1) * (number / np.arange(1, number + 1))
    least = np.minimum.accumulate(stepped[..., ::-1], axis=-1)[..., ::-1]
    np.put_along_axis(p, order, np.clip(least, 0, 1), -1)
    return p
