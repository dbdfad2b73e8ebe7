"""The moving average of sparse counts over time (EWMA), and the limits within which chance mostly keeps it."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.signal import lfilter

from analyzer.compare.estimates import Numbers
from analyzer.compare.settings import load_settings

_BLOCK: Final = 200_000


def moving_average(values: Numbers, errors: Numbers, centre: float) -> tuple[Numbers, Numbers]:
    """The exponentially weighted moving average (EWMA) from the centre on, and its standard error in each period.

    Lucas & Saccucci 1990, doi:10.1080/00401706.1990.10484583. ``errors`` are the standard errors of the single
    values, so that periods with little in them leave the limits wide.
    """
    weight = load_settings().trend.smoothing
    smoothed = centre + lfilter([weight], [1, weight - 1], values - centre)
    variance = lfilter([weight**2], [1, -((1 - weight) ** 2)], errors**2)
    return smoothed, np.sqrt(variance)


def sigmas_of(values: Numbers, errors: Numbers, centre: float) -> float:
    """L, how many standard errors the moving average's limits lie off: 3, or more where that is too few for few counts.

    Sparse counts are far from normal: where one note in ten documents a strategy and nothing changes, L = 3 was seen to
    signal in a quarter of courses of 48 notes. So L is as much as keeps 19 of 20 shuffles of the same periods inside.
    """
    # A fixed seed: the same notes give the same limits. Blocks keep long courses out of memory.
    rule = load_settings().trend
    random, order = np.random.default_rng(0), np.arange(len(values))
    rows = max(1, _BLOCK // len(values))
    furthest = [
        _furthest(values[shuffled], errors[shuffled], centre)
        for start in range(0, rule.shuffles, rows)
        for shuffled in [random.permuted(np.tile(order, (min(rows, rule.shuffles - start), 1)), axis=1)]
    ]
    enough = np.sort(np.concatenate(furthest))[round(rule.within * (rule.shuffles + 1)) - 1]
    return max(rule.sigmas, float(enough))


def _furthest(values: Numbers, errors: Numbers, centre: float) -> Numbers:
    smoothed, error = moving_average(values, errors, centre)
    away = np.divide(np.abs(smoothed - centre), error, out=np.zeros_like(error), where=error > 0)
    return np.max(away, axis=-1)
