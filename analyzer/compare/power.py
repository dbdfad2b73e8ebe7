"""The self-check before anyone is flagged: simulated chances of a false flag and of missing a real gap.

Uploads of the same sizes are drawn again and again and put before the comparison's own questions, its correction for
their number and its verdicts (`analyzer.compare.simulation`). The codebook's patterns of over-use are counted, not
tested, so they are not simulated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analyzer.compare.comparing import check_choices
from analyzer.compare.correction import CORRELATION, ErrorRates
from analyzer.compare.estimates import Belief
from analyzer.compare.model import Denominator, Reference
from analyzer.compare.questions import measure
from analyzer.compare.settings import check_targets, load_settings
from analyzer.compare.simulation import (
    Asker,
    Cell,
    Found,
    GroupSize,
    Reader,
    affordable,
    cell_of,
    readings_of,
    simulate,
)
from analyzer.compare.words import one_line, table_line
from analyzer.profiles import Profile, strategies_in
from analyzer.records import STRATEGIES, AnalyzerError

_COLUMNS = ("group", "notes", "clients", "strategies", "false flags", "gaps missed")


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
    """

    reference: Reference
    denominator: Denominator
    expected: float
    gap: float
    correlation: float
    with_errors: bool
    simulations: int
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


def group_sizes(profiles: Iterable[Profile], *, denominator: Denominator = "opportunity") -> list[GroupSize]:
    """The sizes of an upload's groups, as the comparison counts them."""
    profiles = list(profiles)
    strategies = strategies_in(profiles)
    return [
        GroupSize(p.group, p.notes, p.clients, {s: int(measure(p, s, denominator).exposure) for s in strategies})
        for p in profiles
    ]


def power_check(
    sizes: Sequence[GroupSize],
    *,
    reference: Reference = "opportunities",
    denominator: Denominator = "opportunity",
    targets: Mapping[str, tuple[float, float]] | None = None,
    rates: Mapping[str, ErrorRates] | None = None,
    expected: float | None = None,
    gap: float = 0.2,
    correlation: float = CORRELATION,
    simulations: int = 500,
    seed: int = 0,
) -> PowerCheck:
    """Simulate uploads of these sizes; the same call gives the same figures.

    ``rates`` (`error_rates`) are the program's errors, None for a perfect reader; ``expected`` is the true share where
    nobody differs (by default the codebook's). For ``past`` half of a group's notes, opportunities and clients count as
    earlier. Raises `AnalyzerError` where the choices don't go together, `DataError` where the targets are broken.
    """
    settings = load_settings()
    share = settings.opportunities.expected_share if expected is None else expected
    check_choices("clinician", reference, denominator, targets)
    _check_figures(sizes, denominator, share, gap, correlation, simulations)
    strategies = tuple(dict.fromkeys((*STRATEGIES, *(s for size in sizes for s in size.exposures))))
    ranges = check_targets("targets", targets, strategies=strategies) if reference == "targets" else {}
    lowest = {s: low for s, (low, _) in ranges.items()} or dict.fromkeys(strategies, share)
    cells = [cell_of(size, s, lowest[s], reference, denominator) for size in sizes for s in lowest]
    simulations = affordable(simulations, cells, reference)
    rng = np.random.default_rng(seed)
    reader = Reader(readings_of(rates or {}, simulations, rng, strategies), correlation, rng)
    found = simulate(cells, Asker(cells, reference, ranges, settings), reader, gap / share, simulations)
    flags = found.flags[:, found.asked] if found.asked else found.flags[:0]
    return PowerCheck(
        *(reference, denominator, share, gap, correlation, bool(rates), simulations, len(cells), len(found.asked)),
        *_chance([float(run.mean()) for run in flags]),
        *_chance([float(run.any()) for run in flags]),
        *_chance([float(np.mean([was_missed for _, was_missed in run])) for run in found.missed if run]),
        per_group=tuple(_of_group(size, cells, found) for size in sizes),
    )


def sentence(check: PowerCheck) -> str:
    """One plain sentence for whoever reads the comparison."""
    c = check
    if c.false_flag is None:
        return "No comparison has enough notes yet, so nothing would be flagged and a real gap would stay unseen."
    true, lower = f"stood at {c.expected:.0%}", f"{c.gap:.0%} instead"
    if c.reference == "targets":
        true, lower = "stood at the low end of its target", f"{1 - c.gap / c.expected:.0%} below that"
    text = (
        f"In {c.simulations} simulated uploads of these sizes in which every true share {true}, "
        f"{_span(c.false_flag, c.false_flag_low, c.false_flag_high)} of the comparisons with enough notes were flagged "
        f"by chance and {_span(c.any_flag, c.any_flag_low, c.any_flag_high)} of the uploads showed at least one flag"
    )
    if c.missed is None:
        return f"{text}."
    return (
        f"{text}; one real gap ({lower}) stayed unflagged in {_span(c.missed, c.missed_low, c.missed_high)} of trials."
    )


def format_power(check: PowerCheck) -> str:
    """The sentence, what was assumed, and a table of the groups in the order given (no ranking)."""
    read = "with the program's reading errors" if check.with_errors else "as if the program read without errors"
    head = [
        sentence(check),
        f"{check.asked} of {check.comparisons} comparisons have enough notes. Simulated {read} and with clients who "
        f"differ (intraclass correlation {check.correlation:g}).",
        "",
    ]
    rows = [list(_COLUMNS)]
    for g in check.per_group:
        figures = [str(g.notes), str(g.clients), str(g.asked), _percent(g.false_flag), _percent(g.missed)]
        rows.append([one_line(g.group), *figures])
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join([*head, *(table_line(_COLUMNS, row, widths) for row in rows)])


def _span(value: float | None, low: float | None, high: float | None) -> str:
    return f"{_percent(value)} (95% interval {_percent(low)} to {_percent(high)})"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _check_figures(
    sizes: Sequence[GroupSize], denominator: str, share: float, gap: float, correlation: float, simulations: int
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
        if min(size.notes, size.clients, *size.exposures.values(), 0) < 0:
            raise AnalyzerError(f"group {one_line(size.group)!r}: sizes can't be below 0")


def _chance(of_runs: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """The mean over the runs with its 95% interval, as wide as if each run gave one yes or no: it gives no less."""
    if not of_runs:
        return None, None, None
    total, runs = sum(of_runs), len(of_runs)
    low, high = Belief("share", total + 0.5, runs - total + 0.5).quantile(np.array([0.025, 0.975]))
    return total / runs, float(low) if total > 0 else 0.0, float(high) if total < runs else 1.0


def _of_group(size: GroupSize, cells: Sequence[Cell], found: Found) -> GroupPower:
    mine = [i for i in found.asked if cells[i].group == size.group]
    missed = [was_missed for run in found.missed for i, was_missed in run if cells[i].group == size.group]
    false_flag = float(found.flags[:, mine].mean()) if mine else None
    missed_share = float(np.mean(missed)) if missed else None
    return GroupPower(size.group, size.notes, size.clients, len(mine), false_flag, missed_share)
