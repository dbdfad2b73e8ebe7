"""The clients behind a course over time: how far they alone move its periods, its moving average and its runs.

Notes come from few clients, who differ from one another and stay for a while. So a period of few clients says less than
its cues would (the design effect, as in `analyzer.compare.clustering`: Rao & Scott 1992, doi:10.2307/2532311), periods
that share clients are alike, and when clients come and go a course moves though the clinician documents as before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.sparse import csc_array

from analyzer.compare.clustering import Alikeness
from analyzer.compare.estimates import Numbers
from analyzer.compare.settings import load_settings

_BLOCK: Final = 200_000


@dataclass(frozen=True, slots=True)
class Caseload:
    """``parts``: (clients, periods), the share of a period's exposure that is a client's; ``exposures`` by period.

    ``rate`` is what the whole course counts per exposure.
    """

    alike: Alikeness
    parts: csc_array
    exposures: Numbers
    rate: float

    def of_periods(self) -> Numbers:
        """The design effect of each period by itself."""
        ratio = np.asarray((self.parts**2).sum(axis=0)).ravel() * self.exposures
        return self.alike.inflation(ratio, self.rate)

    def of_moving_average(self) -> Numbers:
        """The design effect of the moving average in each period, where a client's earlier occasions still count.

        That of Kish (1965) for weighted occasions: the squares of what each client weighs, over those of each occasion.
        """
        weight = load_settings().trend.smoothing
        of_client, squares = np.zeros(self.parts.shape[0]), []
        for start, end in zip(self.parts.indptr, self.parts.indptr[1:], strict=False):
            of_client *= 1 - weight
            of_client[self.parts.indices[start:end]] += weight * self.parts.data[start:end]
            squares.append(float(of_client @ of_client))
        return self.alike.inflation(
            np.array(squares) / lfilter([weight**2], [1, -((1 - weight) ** 2)], 1 / self.exposures), self.rate
        )

    def runs_by_chance(self, useful: Sequence[bool]) -> tuple[int, int] | None:
        """The longest run and the fewest crossings in 19 of 20 drawn courses or more, None where no client returns.

        In a drawn course nothing changes but which clients there are. Runs know only above and below, so normal values
        do; ``useful`` says which periods lie off the median.
        """
        kept, rule = np.flatnonzero(useful), load_settings().trend
        parts, (chance, clients) = self.parts[:, kept], self.alike.components(self.rate)
        if not clients or len(kept) < 2 or not (np.diff(parts.tocsr().indptr) > 1).any():
            return None
        # A fixed seed: the same notes give the same rules.
        random, noise = np.random.default_rng(0), np.sqrt(chance / self.exposures[kept])
        rows, found = max(1, _BLOCK // sum(parts.shape)), []
        for start in range(0, rule.shuffles, rows):
            number = min(rows, rule.shuffles - start)
            moved = np.sqrt(clients) * (parts.T @ random.standard_normal((parts.shape[0], number))).T
            found.append(_runs(moved + noise * random.standard_normal((number, len(kept)))))
        # Half of the one in twenty for either rule.
        longest, crossings = np.concatenate(found, axis=1)
        tail = (1 - rule.within) / 2
        fewest = int(np.quantile(crossings, tail, method="lower"))
        return int(np.quantile(longest, 1 - tail, method="higher")), fewest


def caseload(exposures: Sequence[Mapping[str, float]], alike: Alikeness, rate: float) -> Caseload:
    """The caseload of periods, each given as client -> exposure; a period's exposures add up to more than 0."""
    totals = np.array([sum(of_clients.values()) for of_clients in exposures], dtype=np.float64)
    index = {client: i for i, client in enumerate(dict.fromkeys(c for of_clients in exposures for c in of_clients))}
    cells = [(n / totals[t], index[c], t) for t, of_clients in enumerate(exposures) for c, n in of_clients.items()]
    data, clients, periods = zip(*cells, strict=True)
    shape = (len(index), len(totals))
    return Caseload(alike, csc_array((data, (clients, periods)), shape=shape, dtype=np.float64), totals, rate)


def _runs(courses: Numbers) -> NDArray[np.int64]:
    """The longest run and the crossings of each course (a row) around its own median."""
    above = courses > np.median(courses, axis=1, keepdims=True)
    at = np.arange(above.shape[1])
    turns = np.diff(above, axis=1, prepend=~above[:, :1])
    began = np.maximum.accumulate(np.where(turns, at, 0), axis=1)
    return np.stack([(at - began).max(axis=1) + 1, turns.sum(axis=1) - 1])
