"""Clients within a clinician: how alike their occasions are, and how much less the same counts therefore say.

A client who is easily listened to is listened to in every note, so ten notes of one client say less than ten notes of
ten. Counts and exposures are divided by the design effect, which every later figure then respects (Rao & Scott 1992,
doi:10.2307/2532311; Kish 1965). The other sources stand in ``data/compare.yml`` under ``clients``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analyzer.compare.estimates import Kind, Numbers
from analyzer.compare.settings import ClientRule


class Cluster(NamedTuple):
    """What one client's notes count of one strategy: ``counted`` out of ``exposure``."""

    counted: float
    exposure: float


@dataclass(frozen=True, slots=True)
class Alikeness:
    """How alike a client's occasions are; ``measured`` is False where no group has two clients to tell it from.

    For shares ``value`` is the intraclass correlation, for rates the squared variation of clients' rates (in means).
    """

    kind: Kind
    value: float
    measured: bool

    def design_effect(self, exposures: Sequence[float], rate: float = 0.0) -> float:
        """How many times wider a variance is than if all occasions were of different clients; at least 1.

        ``exposures`` are by client; ``rate`` is what is counted per exposure, which only rates depend on.
        """
        sizes = np.asarray(exposures, dtype=np.float64)
        if not len(sizes) or sizes.sum() <= 0:
            return 1.0
        return float(self.inflation((sizes**2).sum() / sizes.sum(), rate))

    def inflation(self, ratio: float | Numbers, rate: float) -> Numbers:
        """The design effect, at least 1; ``ratio``: clients' squared weights over those of single occasions, summed."""
        _, clients = self.components(rate)
        return np.maximum(1.0, 1 + clients * (np.asarray(ratio) - (self.kind == "share")))

    def components(self, rate: float) -> tuple[float, float]:
        """Chance's and the clients' part of the variance of an occasion (of rates: of a unit of exposure, chance 1)."""
        return (1 - self.value, self.value) if self.kind == "share" else (1.0, self.value * rate)


def alikeness(kind: Kind, groups: Iterable[Sequence[Cluster]], rule: ClientRule) -> Alikeness:
    """One figure from all groups and strategies together, since a single group has too few clients for its own.

    It is estimated by analysis of variance within groups (Ridout, Demétrio & Firth 1999) and weighed against the
    starting value by its approximate standard error (Swiger et al. 1964, Biometrics 20, there for normal values).
    """
    start = rule.correlation if kind == "share" else rule.rate_variation
    sums = np.zeros(5)
    for clusters in groups:
        if len(clusters) > 1:
            sums += _sums(kind, np.array(clusters, dtype=np.float64))
    between, between_df, within, within_df, size = sums.tolist()
    if between_df <= 0 or within_df <= 0 or size <= 0 or between + within <= 0:
        return Alikeness(kind, start, measured=False)
    more, usual = between / between_df, within / within_df
    # ``each``: the occasions of a client, or what is expected of one.
    each = size / between_df if kind == "share" else size / within
    found = (more - usual) / (more + (each - 1) * usual) if kind == "share" else (more / usual - 1) / each
    error = 2 * (1 + (each - (kind == "share")) * start) ** 2 / (each**2 * between_df)
    weight = error / (error + rule.standard_deviation**2)
    return Alikeness(kind, float(np.clip((1 - weight) * found + weight * start, 0, rule.at_most)), measured=True)


def _sums(kind: Kind, clusters: Numbers) -> Numbers:
    """Sums of squares between and within clients, each with its degrees of freedom, and the size of a client."""
    x, n = clusters.T
    total, rate = n.sum(), x.sum() / n.sum()
    between, room = float((n * (x / n - rate) ** 2).sum()), float(total - (n**2).sum() / total)
    if kind == "share":
        return np.array([between, len(n) - 1, (x * (1 - x / n)).sum(), total - len(n), room])
    # Chance alone makes the variance of a rate the rate itself.
    return np.array([between, len(n) - 1, (len(n) - 1) * rate, len(n) - 1, room * rate**2])
