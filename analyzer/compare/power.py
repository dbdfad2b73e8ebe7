"""The self-check before anyone is flagged: simulated chances of a false flag and of missing a real gap.

Uploads of the same sizes are drawn again and again (`analyzer.compare.uploads`) and put before the comparison's own
questions, its correction for their number and its verdicts (`analyzer.compare.simulation`). The codebook's patterns of
over-use are counted, not tested, so they are not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analyzer.compare.clustering import Alikeness
from analyzer.compare.comparing import check_choices
from analyzer.compare.counting import Counts, Group
from analyzer.compare.error_rates import ErrorRates
from analyzer.compare.estimates import Belief
from analyzer.compare.model import Denominator, Reference
from analyzer.compare.references import Basis
from analyzer.compare.settings import check_targets, load_settings
from analyzer.compare.simulation import Asker, Found, affordable, simulate
from analyzer.compare.uploads import Cell, GroupSize, Reader, cell_of, readings_of
from analyzer.compare.words import one_line
from analyzer.records import STRATEGIES, AnalyzerError


@dataclass(frozen=True, slots=True)
class GroupPower:
    """The chances of one group; ``asked`` of its strategies have enough notes. None where nothing was drawn."""

    group: str
    notes: int
    clients: int
    asked: int
    false_flag: float | None
    missed: float | None


@dataclass(frozen=True, slots=True)
class PowerCheck:
    """Simulated chances, each with the 95% interval that the number of simulations leaves; None where nothing is asked.

    - ``false_flag``: of the comparisons with enough notes (``asked``), the share flagged although nobody's true share
      differs from ``expected``; ``any_flag``: the chance that such an upload shows at least one flag.
    - ``missed``: the chance that under-use goes unflagged where one group's true share of one strategy is ``gap``, all
      else as expected. Against targets ``expected`` and ``gap`` are scaled to the low end of each range.
    - ``with_errors``: the program misreads as it was measured to; ``corrected``: verdicts rest on corrected shares.
    - ``of_groups`` is lower than the number of groups where questions are too slow to ask about all of them.
    """

    reference: Reference
    denominator: Denominator
    expected: float
    gap: float
    correlation: float
    with_errors: bool
    corrected: bool
    simulations: int
    of_groups: int
    comparisons: int
    asked: int
    false_flag: float | None
    false_flag_low: float | None
    false_flag_high: float | None
    any_flag: float | None
    any_flag_low: float | None
    any_flag_high: float | None
    missed: float | None
    missed_low: float | None
    missed_high: float | None
    per_group: tuple[GroupPower, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def group_sizes(counts: Counts, *, denominator: Denominator = "opportunity") -> list[GroupSize]:
    """The sizes of an upload's groups, client by client, as the comparison counts them."""
    earlier, strategies = counts.earlier, counts.strategies
    return [_size_of(group, earlier.get(group.whole.group), denominator, strategies) for group in counts.groups]


def _size_of(group: Group, earlier: Group | None, denominator: Denominator, strategies: Sequence[str]) -> GroupSize:
    sizes = {s: tuple(int(c.exposure) for c in group.clusters(s, denominator)) for s in strategies}
    before = _size_of(earlier, None, denominator, strategies) if earlier else None
    return GroupSize(group.whole.group, group.whole.notes, group.whole.clients, sizes, before)


def power_check(
    sizes: Sequence[GroupSize],
    *,
    reference: Reference = "opportunities",
    denominator: Denominator = "opportunity",
    targets: Mapping[str, tuple[float, float]] | None = None,
    rates: Mapping[str, ErrorRates] | None = None,
    corrected: bool = False,
    expected: float | None = None,
    gap: float | None = None,
    correlation: float | None = None,
    simulations: int | None = None,
    seed: int = 0,
) -> PowerCheck:
    """Simulate uploads of these sizes; the same call gives the same figures.

    ``rates`` (`error_rates`) are the program's errors, None for a perfect reader; with ``corrected`` verdicts rest on
    shares corrected for them. ``expected`` is the true share where nobody differs (by default the codebook's).
    ``correlation``: how alike a client's occasions are, known to the comparison. What is left out comes from
    ``data/compare.yml``. Raises `AnalyzerError` where the choices don't go together, `DataError` where the targets are
    broken.
    """
    settings = load_settings()
    rule, share = settings.self_check, settings.opportunities.expected_share if expected is None else expected
    gap = rule.gap if gap is None else gap
    correlation = settings.clients.correlation if correlation is None else correlation
    simulations = rule.simulations if simulations is None else simulations
    check_choices("clinician", reference, denominator, targets)
    _check_figures(sizes, reference, denominator, share, gap, correlation, simulations)
    strategies = tuple(dict.fromkeys((*STRATEGIES, *(s for size in sizes for s in size.exposures))))
    ranges = check_targets("targets", targets, strategies=strategies) if reference == "targets" else {}
    lowest = {s: low for s, (low, _) in ranges.items()} or dict.fromkeys(strategies, share)
    alike = Alikeness("share", correlation, measured=True)
    cells = [cell_of(size, s, lowest[s], denominator, alike) for size in sizes for s in lowest]
    asker = Asker(cells, reference, ranges, Basis(settings, (rates or {}) if corrected else None))
    simulations, watched = affordable(simulations, asker, rule)
    rng = np.random.default_rng(seed)
    reader = Reader(readings_of(rates or {}, simulations, rng, strategies), correlation, rng)
    found = simulate(asker, watched, reader, gap / share, simulations)
    runs = found.flags if found.asked else found.flags[:0]
    return PowerCheck(
        *(reference, denominator, share, gap, correlation, bool(rates), corrected, simulations),
        *(len({cells[i].group for i in watched}), len(cells), len(found.asked)),
        *_chance([float(run.mean()) for run in runs]),
        *_chance([float(run.any()) for run in runs]),
        *_chance([float(np.mean([was_missed for _, was_missed in run])) for run in found.missed if run]),
        per_group=tuple(_of_group(size, cells, found) for size in sizes),
    )


def _check_figures(
    sizes: Sequence[GroupSize],
    reference: Reference,
    denominator: Denominator,
    share: float,
    gap: float,
    correlation: float,
    simulations: int,
) -> None:
    if denominator == "1000 words":
        raise AnalyzerError("rates over 1,000 words are not simulated; choose the denominator opportunity or note")
    if not (0 < share < 1 and 0 <= gap < share):
        raise AnalyzerError(
            f"a gap of {gap:g} where {share:g} is expected: both must be shares, 0 <= gap < expected < 1"
        )
    if not 0 <= correlation < 1:
        raise AnalyzerError(f"the correlation {correlation:g} must be at least 0 and below 1")
    if simulations < 1:
        raise AnalyzerError(f"{simulations} simulations: ask for at least one")
    for size in sizes:
        if min(size.notes, size.clients, *(n for each in size.exposures.values() for n in each), 0) < 0:
            raise AnalyzerError(f"group {one_line(size.group)!r}: sizes can't be below 0")
        if reference == "past" and size.earlier is None:
            raise AnalyzerError(f"group {one_line(size.group)!r}: give the sizes of its earlier half as well")


def _chance(of_runs: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """The mean over the runs with its 95% interval, as wide as if each run gave one yes or no: it gives no less."""
    if not of_runs:
        return None, None, None
    total, runs = sum(of_runs), len(of_runs)
    low, high = Belief("share", total + 0.5, runs - total + 0.5).quantile(np.array([0.025, 0.975]))
    return total / runs, float(low) if total > 0 else 0.0, float(high) if total < runs else 1.0


def _of_group(size: GroupSize, cells: Sequence[Cell], found: Found) -> GroupPower:
    mine = [column for column, i in enumerate(found.asked) if cells[i].group == size.group]
    missed = [was_missed for run in found.missed for i, was_missed in run if cells[i].group == size.group]
    false_flag = float(found.flags[:, mine].mean()) if mine else None
    missed_share = float(np.mean(missed)) if missed else None
    return GroupPower(size.group, size.notes, size.clients, len(mine), false_flag, missed_share)
