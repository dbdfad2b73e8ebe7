"""What one coder says where another says this: answers counted against answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.agreement.coders import Coder
from analyzer.agreement.units import lay
from analyzer.records import STATUSES

NOTHING: Final = "none"
ANSWERS: Final = (*STATUSES, NOTHING)


@dataclass(frozen=True, slots=True)
class Confusion:
    """``counts[i][j]``: units to which ``first`` gives the i-th of `ANSWERS` and ``second`` the j-th."""

    first: str
    second: str
    counts: tuple[tuple[int, ...], ...]

    @property
    def alike(self) -> int:
        """Units that both give the strategy, with the same status."""
        return sum(self.counts[i][i] for i in range(len(STATUSES)))

    @property
    def given(self) -> int:
        """Units that either of them, or both, gives the strategy."""
        return sum(map(sum, self.counts)) - self.counts[-1][-1]


def confusion(coders: Sequence[Coder], first: str, second: str, *, strategy: str | None = None) -> Confusion:
    """The answers of two of these coders, one unit a segment and strategy (or of one strategy alone).

    Only where both gave an answer; of several statuses in a segment the first of `STATUSES` is taken, as for the
    coefficients. Raises as `agreement` does.
    """
    units = lay(coders)
    known = units.strategies
    columns = [known.index(name) for name in (known if strategy is None else (strategy,)) if name in known]
    pair = [units.coders.index(first), units.coders.index(second)]
    said = units.said[:, pair][:, :, columns]
    both = units.rated[:, pair][:, :, columns].all(axis=1)
    given = said[:, :, None, :] & (1 << np.arange(len(STATUSES), dtype=np.uint8))[None, None, :, None] > 0
    answers = np.where(given.any(axis=2), given.argmax(axis=2), len(STATUSES))
    table = np.zeros((len(ANSWERS), len(ANSWERS)), dtype=int)
    np.add.at(table, (answers[:, 0][both], answers[:, 1][both]), 1)
    return Confusion(first, second, tuple(tuple(int(n) for n in row) for row in table))
