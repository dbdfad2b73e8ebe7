"""Coefficients of agreement from sums over units, so that all bootstrap samples are computed at once.

All coefficients are functions of sums over the units, which are added up by note; a sample of notes is then a product
with how often each was drawn. They take any number of coders and missing ratings (Gwet 2014, Handbook of inter-rater
reliability, 4th ed., ch. 2 to 5). Sources: Cohen 1960, doi:10.1177/001316446002000104; Fleiss 1971,
doi:10.1037/h0031619; Gwet 2008, doi:10.1348/000711006X126600 (AC1; AC2 with weights: Gwet 2014); Krippendorff 2011,
Computing Krippendorff's alpha-reliability. No library computes them by sample in bearable time; tests compare each
with scikit-learn, statsmodels and krippendorff, and with the published examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analyzer.agreement.units import MISSING

Numbers = NDArray[np.float64]
COEFFICIENTS = ("percent", "fleiss_kappa", "gwet_ac", "krippendorff_alpha", "cohen_kappa")


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums by note, (notes, ...): what all coefficients need of ratings on a scale with so many ``categories``.

    ``rated``: units with a rating; ``multiple``: with two or more. ``agreed``: shares of agreeing pairs in a unit;
    ``shares`` (notes, categories): of its ratings. ``coincident`` and ``values`` (notes, categories): Krippendorff's
    matching and all pairable values. ``tables`` (notes, pairs, categories, categories): both ratings of two coders.
    """

    rated: Numbers
    multiple: Numbers
    agreed: Numbers
    shares: Numbers
    coincident: Numbers
    values: Numbers
    tables: Numbers

    def drawn(self, weights: Numbers) -> Sums:
        """The sums of samples in which notes stand so often, (samples, notes)."""
        names = self.__slots__
        return Sums(**{name: np.tensordot(weights, getattr(self, name), 1) for name in names})


def linear(categories: int) -> Numbers:
    """Weights of agreement that fall with the distance of two ordered categories, from 1 to 0."""
    places = np.arange(categories)
    return 1 - np.abs(places[:, None] - places) / (categories - 1)


def sums(ratings: NDArray[np.integer], note_of: NDArray[np.int64], notes: int, weights: Numbers) -> Sums:
    """Sums by note of ratings (units, coders) in 0 .. categories - 1 or `MISSING`, with weights of agreement."""
    categories = len(weights)
    counts = (ratings[:, :, None] == np.arange(categories)).sum(1).astype(float)
    m = counts.sum(1)
    several = m >= 2
    matching = (counts * (counts @ weights - 1)).sum(1)
    pairs = list(combinations(range(ratings.shape[1]), 2))
    tables = np.zeros((notes, len(pairs), categories, categories))
    for place, (first, second) in enumerate(pairs):
        one, other = ratings[:, first], ratings[:, second]
        both = (one != MISSING) & (other != MISSING)
        np.add.at(tables, (note_of[both], place, one[both], other[both]), 1)

    def by_note(values: Numbers) -> Numbers:
        added = np.zeros((notes, *values.shape[1:]))
        np.add.at(added, note_of, values)
        return added

    return Sums(
        rated=by_note((m > 0).astype(float)),
        multiple=by_note(several.astype(float)),
        agreed=by_note(np.where(several, matching / np.maximum(m * (m - 1), 1), 0)),
        shares=by_note(counts / np.maximum(m, 1)[:, None]),
        coincident=by_note(np.where(several, matching / np.maximum(m - 1, 1), 0)),
        values=by_note(np.where(several[:, None], counts, 0)),
        tables=tables,
    )


def coefficients(total: Sums, weights: Numbers) -> dict[str, Numbers]:
    """Each of `COEFFICIENTS` from sums of any leading shape; NaN where undefined. Cohen's is the mean over pairs."""
    categories = len(weights)
    observed = _divide(total.agreed, total.multiple)
    shares = _divide(total.shares, total.rated[..., None])
    by_kappa = np.einsum("...k,kl,...l", shares, weights, shares)
    # Gwet 2008: chance agreement only where rating is random, of which pi (1 - pi) is the measure.
    by_ac = weights.sum() / (categories * (categories - 1)) * (shares * (1 - shares)).sum(-1)
    n = total.values.sum(-1)
    matched = _divide(total.coincident, n)
    products = np.einsum("...k,kl,...l", total.values, weights, total.values) - n
    cohen = _mean(cohen_kappa(total.tables, weights))
    return {
        "percent": observed,
        "fleiss_kappa": _beyond(observed, by_kappa),
        "gwet_ac": _beyond(observed, by_ac),
        "krippendorff_alpha": _beyond(matched, _divide(products, n * (n - 1))),
        "cohen_kappa": cohen,
    }


def cohen_kappa(tables: Numbers, weights: Numbers) -> Numbers:
    """Cohen's (weighted) kappa of tables (..., categories, categories); NaN where undefined."""
    n = tables.sum((-2, -1))
    rows, columns = tables.sum(-1), tables.sum(-2)
    expected = _divide(np.einsum("...k,kl,...l", rows, weights, columns), n * n)
    return _beyond(pair_agreement(tables, weights), expected)


def pair_agreement(tables: Numbers, weights: Numbers) -> Numbers:
    """The (weighted) share of units on which two coders agree."""
    return _divide((tables * weights).sum((-2, -1)), tables.sum((-2, -1)))


def _beyond(observed: Numbers, by_chance: Numbers) -> Numbers:
    """Agreement beyond chance. Where chance alone would agree on all, nothing can be said."""
    left = 1 - by_chance
    return _divide(observed - by_chance, np.where(np.abs(left) < 1e-12, 0.0, left))


def _divide(part: Numbers, whole: Numbers) -> Numbers:
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=float), np.asarray(whole, dtype=float))
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)


def _mean(values: Numbers) -> Numbers:
    defined = ~np.isnan(values)
    return _divide(np.where(defined, values, 0.0).sum(-1), defined.sum(-1))
