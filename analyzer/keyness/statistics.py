"""The figures of keyness, from four numbers: the notes that hold a word and all notes, on either side."""

from __future__ import annotations

from math import log, log2, sqrt
from typing import Final

_NORMAL_95: Final = 1.959964


def log_likelihood(notes: int, of: int, notes_against: int, of_against: int) -> float:
    """G2 of the two-by-two table of notes with and without a word, 0 where the shares are the same.

    All four cells are used, since a word may stand in most notes and so need not be rare. Source: Dunning 1993,
    Accurate methods for the statistics of surprise and coincidence, Computational Linguistics 19(1); its use for key
    words: Rayson & Garside 2000, doi:10.3115/1117729.1117730.

    >>> round(log_likelihood(8, 10, 2, 10), 3)
    7.71
    """
    total, both = of + of_against, notes + notes_against
    cells = (
        (notes, both, of),
        (of - notes, total - both, of),
        (notes_against, both, of_against),
        (of_against - notes_against, total - both, of_against),
    )
    return max(0.0, 2 * sum(seen * log(seen * total / (column * row)) for seen, column, row in cells if seen))


def chance_of(g2: float) -> float:
    """The p-value of a G2: the tail of chi-squared with one degree of freedom.

    >>> round(chance_of(3.841), 3)
    0.05
    """
    from scipy.stats import chi2

    return float(chi2.sf(g2, 1))


def log_ratio(notes: int, of: int, notes_against: int, of_against: int) -> tuple[float, float, float]:
    """Log2 of the ratio of the two shares, with its 95% interval; 0 notes count as half a note, so that there is one.

    Source: Hardie 2014, Log Ratio: an informal introduction; interval: Katz et al. 1978, doi:10.2307/2530610.

    >>> log_ratio(8, 10, 2, 10)[0]
    2.0
    """
    a, b = notes or 0.5, notes_against or 0.5
    middle = log2((a * of_against) / (b * of))
    width = _NORMAL_95 * sqrt(max(0.0, 1 / a - 1 / of + 1 / b - 1 / of_against)) / log(2)
    return middle, middle - width, middle + width
