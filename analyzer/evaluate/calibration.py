"""Whether confidence means what it says: of tags given with 0.8, 8 in 10 should stand in the human codes too.

Expected calibration error over ten equal bins (Guo et al. 2017, On calibration of modern neural networks,
arXiv:1706.04599). A tag counts as right where the coders gave its strategy in that segment, with whatever status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.evaluate.estimates import Estimate, Numbers, estimate
from analyzer.evaluate.places import Places, human_segments, system_segments

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Tags of ours with a confidence from ``low``: how many, their mean confidence, and the share that was right."""

    low: float
    n: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The bins that hold tags, and the mean distance between confidence and share right, weighted by tags."""

    bins: tuple[Bin, ...]
    error: Estimate


def calibrate(places: Sequence[Places], weights: Numbers) -> Calibration:
    """Calibration of all tags of ours that cover a segment; what one coder alone gave is left out."""
    sums = np.stack([_sums(p) for p in places])
    total, drawn = sums.sum(0), np.tensordot(weights, sums, 1)
    bins = [
        Bin(i / BINS, int(n), float(confidence / n), float(right / n))
        for i, (n, confidence, right) in enumerate(total)
        if n
    ]
    return Calibration(tuple(bins), estimate(_error(total), _error(drawn)))


def _sums(places: Places) -> Numbers:
    """(bins, 3): tags, their confidences added up, and how many were right."""
    note = places.note
    human = places.grid((s, t.strategy) for t in note.tags for s in human_segments(note, t))
    doubtful = places.grid((s, t.strategy) for t in note.contested for s in human_segments(note, t))
    sums = np.zeros((BINS, 3))
    for tag in places.analysis.tags:
        column = places.strategies.index(tag.strategy)
        segments = sorted(system_segments(note, tag))
        if not segments or (doubtful[segments, column].any() and not human[segments, column].any()):
            continue
        at = min(int(tag.confidence * BINS), BINS - 1)
        sums[at] += (1, tag.confidence, human[segments, column].any())
    return sums


def _error(sums: Numbers) -> Numbers:
    """(..., bins, 3) -> (...): NaN where there is no tag."""
    gaps = np.abs(sums[..., 1] - sums[..., 2]).sum(-1)
    n = sums[..., 0].sum(-1)
    return np.divide(gaps, n, out=np.full_like(gaps, np.nan), where=n > 0)
