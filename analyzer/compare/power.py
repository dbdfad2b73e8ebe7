"""The self-check before anyone is flagged: simulated chances of a false flag and of missing a real gap.

Uploads of the same sizes are drawn again and again and put before the comparison's own questions, its correction for
their number and its verdicts. Clients differ within a group (beta-binomial: Ridout, Demétrio & Firth 1999, Estimating
intraclass correlation for binary data, Biometrics 55), and the program misreads as often as was measured, with the
uncertainty of that. The codebook's patterns of over-use are counted, not tested, so they are not simulated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.compare.comparing import _check, _verdict
from analyzer.compare.correction import CORRELATION, ErrorRates
from analyzer.compare.estimates import Belief, Numbers, q_values
from analyzer.compare.model import Denominator, Reference
from analyzer.compare.questions import Measure, Question, measure
from analyzer.compare.references import _among_peers, _belief
from analyzer.compare.settings import Ranges, Settings, check_targets, load_settings
from analyzer.compare.words import _line, _one_line
from analyzer.profiles import NOT_GIVEN, Profile
from analyzer.records import STRATEGIES, AnalyzerError

# Against peers and the past a probability takes a millisecond: where more are asked, there are fewer simulations.
_SLOW_QUESTIONS: Final = 5000
_FEWEST: Final = 20
# How many groups a simulation gives a real gap, one at a time and in turn.
_GAPS: Final = 10
_EVERY_RUN: Final = slice(None)
_COLUMNS = ("group", "notes", "clients", "strategies", "false flags", "gaps missed")


@dataclass(frozen=True, slots=True)
class GroupSize:
    """What a group's notes offer: ``exposures`` are the relevant opportunities (or the notes) of each strategy.

    ``clients`` of 0 (none is named) counts as one, the most cautious reading.
    """

    group: str
    notes: int
    clients: int
    exposures: Mapping[str, int]


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
    return [
        GroupSize(p.group, p.notes, p.clients, {s: int(measure(p, s, denominator).exposure) for s in STRATEGIES})
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
    _check("clinician", reference, denominator, targets)
    _check_figures(sizes, denominator, share, gap, correlation, simulations)
    ranges = check_targets("targets", targets) if reference == "targets" else {}
    lowest = {s: low for s, (low, _) in ranges.items()} or dict.fromkeys(STRATEGIES, share)
    cells = [_cell(size, s, lowest[s], reference, denominator) for size in sizes for s in lowest]
    simulations = _affordable(simulations, cells, reference)
    rng = np.random.default_rng(seed)
    reader = _Reader(_readings(rates or {}, simulations, rng), correlation, rng)
    found = _simulate(cells, _Asker(cells, reference, ranges, settings), reader, gap / share, simulations)
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
        rows.append([_one_line(g.group), *figures])
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join([*head, *(_line(_COLUMNS, row, widths) for row in rows)])


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
            raise AnalyzerError(f"group {_one_line(size.group)!r}: sizes can't be below 0")


@dataclass(frozen=True, slots=True)
class _Cell:
    """One group and strategy: what there is to count, and the true ``share`` where nobody differs."""

    group: str
    strategy: str
    share: float
    denominator: Denominator
    notes: int
    clients: int
    exposure: int
    earlier: _Cell | None = None

    def measure(self, count: int) -> Measure:
        """What the comparison is asked about."""
        return Measure(self.denominator, count, self.exposure, self.notes, self.exposure)


def _cell(size: GroupSize, strategy: str, share: float, reference: Reference, denominator: Denominator) -> _Cell:
    notes, clients, exposure = size.notes, max(size.clients, 1), size.exposures.get(strategy, 0)
    whole = _Cell(size.group, strategy, share, denominator, notes, clients, exposure)
    if reference != "past":
        return whole
    before = replace(whole, notes=notes // 2, clients=max(clients // 2, 1), exposure=exposure // 2)
    after = (notes - notes // 2, clients - clients // 2, exposure - exposure // 2)
    return _Cell(size.group, strategy, share, denominator, *after, earlier=before)


def _affordable(simulations: int, cells: Sequence[_Cell], reference: Reference) -> int:
    """How many simulations keep slow questions in bounds; against the past, a pair of counts is asked about once."""
    pairs = {(c.earlier.exposure, c.exposure) for c in cells if c.earlier}
    few = sum((before + 1) * (now + 1) for before, now in pairs) <= _SLOW_QUESTIONS
    if reference not in ("peers", "past") or (reference == "past" and few):
        return simulations
    return min(simulations, max(_FEWEST, _SLOW_QUESTIONS // max(len(cells), 1)))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Draws what the program counts; ``readings``: strategy -> (runs, 2), the chance of a yes for a true yes and no."""

    readings: Mapping[str, Numbers]
    correlation: float
    rng: np.random.Generator

    def counts(self, cell: _Cell, share: float, runs: slice = _EVERY_RUN) -> list[int]:
        """One count a run where the cell's true share is this."""
        readings, clients = self.readings[cell.strategy][runs], np.arange(cell.clients)
        # Occasions are spread over the clients as evenly as they go.
        each = cell.exposure // cell.clients + (clients < cell.exposure % cell.clients)
        shape = (len(readings), cell.clients)
        true = np.full(shape, share)
        if self.correlation and 0 < share < 1:
            alike = 1 / self.correlation - 1
            true = self.rng.beta(share * alike, (1 - share) * alike, shape)
        seen = true * readings[:, :1] + (1 - true) * readings[:, 1:]
        return [int(n) for n in self.rng.binomial(each, seen).sum(1)]


def _readings(rates: Mapping[str, ErrorRates], runs: int, rng: np.random.Generator) -> dict[str, Numbers]:
    """Draws from the Beta posteriors (Jeffreys' prior) of what was measured, together for what was measured as one."""
    drawn: dict[ErrorRates, Numbers] = {}
    for r in dict.fromkeys(rates.values()):
        yes = rng.beta(r.true_positives + 0.5, r.false_negatives + 0.5, runs)
        drawn[r] = np.stack([yes, rng.beta(r.false_positives + 0.5, r.true_negatives + 0.5, runs)], 1)
    perfect = np.tile([1.0, 0.0], (runs, 1))
    return {s: drawn[rates[s]] if s in rates else perfect for s in STRATEGIES}


class _Asker:
    """The comparison's own questions, put with counts instead of notes; answers are remembered."""

    def __init__(self, cells: Sequence[_Cell], reference: Reference, ranges: Ranges, settings: Settings) -> None:
        self.cells, self.ranges, self.settings = cells, ranges, settings
        self.rate = settings.significance.false_discovery_rate
        self.peers = [_peers(i, cells) for i in range(len(cells))] if reference == "peers" else None
        self._alone = cache(self._ask_alone)

    def ask(self, i: int, mine: Measure, now: Sequence[Measure], before: Sequence[Measure | None]) -> Question:
        """About cell ``i`` with this measure, among those of all cells."""
        cell = self.cells[i]
        if self.peers is None:
            return self._alone(cell.strategy if self.ranges else "", mine, before[i])
        group = Profile(cell.group, "clinician", mine.notes, 0, 0, ())
        return _among_peers(group, cell.strategy, mine, [now[j] for j in self.peers[i]], self.settings)

    def _ask_alone(self, strategy: str, now: Measure, before: Measure | None) -> Question:
        least, expected = self.settings.minimums, self.settings.opportunities.expected_share
        if not (now.suffices(least) and (before is None or before.suffices(least))):
            return Question("", strategy, now)
        belief = _belief(now, self.settings)
        if before is not None:
            over = belief.above(_belief(before, self.settings))
            return Question("", strategy, now, under=1 - over, over=over)
        if self.ranges:
            low, high = self.ranges[strategy]
            return Question("", strategy, now, under=float(belief.below(low)), over=1 - float(belief.below(high)))
        flaggable = now.exposure - now.count >= (1 - expected) * now.exposure
        return Question("", strategy, now, under=float(belief.below(expected)), flaggable=flaggable)


def _peers(i: int, cells: Sequence[_Cell]) -> list[int]:
    # Notes of nobody in particular are no peer and have none.
    mine = cells[i]
    alike = (j for j, c in enumerate(cells) if c.strategy == mine.strategy and c.group != NOT_GIVEN)
    return [] if mine.group == NOT_GIVEN else [j for j in alike if j != i]


@dataclass(frozen=True, slots=True)
class _Found:
    """``flags``: (runs, cells); ``asked``: cells with enough notes; ``missed``: each run's (cell, whether missed)."""

    flags: NDArray[np.bool_]
    asked: list[int]
    missed: list[list[tuple[int, bool]]]


def _simulate(cells: Sequence[_Cell], asker: _Asker, reader: _Reader, ratio: float, runs: int) -> _Found:
    """Runs in which nobody differs; in each, a few cells are given ``ratio`` of their share, one at a time."""
    counts = [reader.counts(cell, cell.share) for cell in cells]
    past = [reader.counts(cell.earlier, cell.share) if cell.earlier else [] for cell in cells]
    found = _Found(np.zeros((runs, len(cells)), dtype=bool), [], [])
    for run in range(runs):
        now = [cell.measure(drawn[run]) for cell, drawn in zip(cells, counts, strict=True)]
        before = [c.earlier.measure(d[run]) if c.earlier else None for c, d in zip(cells, past, strict=True)]
        questions = [asker.ask(i, mine, now, before) for i, mine in enumerate(now)]
        p_values = {i: p for i, q in enumerate(questions) if (p := q.p_value) is not None}
        # Who is asked depends on the sizes alone, so it is the same in every run.
        found.asked[:] = p_values
        for i, q in zip(p_values, q_values(list(p_values.values())), strict=True):
            found.flags[run, i] = _verdict(questions[i], q, asker.rate) != "in_range"
        found.missed.append([])
        for i in _given_a_gap(run, cells, found.asked, reader.rng):
            (count,) = reader.counts(cells[i], cells[i].share * ratio, slice(run, run + 1))
            question = asker.ask(i, cells[i].measure(count), now, before)
            changed = {**p_values, i: question.p_value or 0.0}
            q = dict(zip(changed, q_values(list(changed.values())), strict=True))[i]
            found.missed[-1].append((i, _verdict(question, q, asker.rate) != "under_used"))
    return found


def _given_a_gap(run: int, cells: Sequence[_Cell], asked: Sequence[int], rng: np.random.Generator) -> list[int]:
    """One strategy, drawn anew, of each group whose turn it is; a share of 0 leaves no room for a gap."""
    of_group: dict[str, list[int]] = {}
    for i in asked:
        if cells[i].share > 0:
            of_group.setdefault(cells[i].group, []).append(i)
    groups = list(of_group)
    turns = (run * _GAPS + turn for turn in range(min(_GAPS, len(groups))))
    return [int(rng.choice(of_group[groups[turn % len(groups)]])) for turn in turns]


def _chance(of_runs: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """The mean over the runs with its 95% interval, as wide as if each run gave one yes or no: it gives no less."""
    if not of_runs:
        return None, None, None
    total, runs = sum(of_runs), len(of_runs)
    low, high = Belief("share", total + 0.5, runs - total + 0.5).quantile(np.array([0.025, 0.975]))
    return total / runs, float(low) if total > 0 else 0.0, float(high) if total < runs else 1.0


def _of_group(size: GroupSize, cells: Sequence[_Cell], found: _Found) -> GroupPower:
    mine = [i for i in found.asked if cells[i].group == size.group]
    missed = [was_missed for run in found.missed for i, was_missed in run if cells[i].group == size.group]
    false_flag = float(found.flags[:, mine].mean()) if mine else None
    missed_share = float(np.mean(missed)) if missed else None
    return GroupPower(size.group, size.notes, size.clients, len(mine), false_flag, missed_share)
