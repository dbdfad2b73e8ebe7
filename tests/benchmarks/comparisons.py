"""What ``analyzer compare`` claims, checked by simulation: false flags, power, how often intervals hold the truth.

``python -m tests.benchmarks.comparisons [--simulations 200]``. Clinicians, the clients within them and the program's
reading errors vary as below; the errors are those measured for the shipped model.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from analyzer.artifact import SHIPPED
from analyzer.compare.correction import CORRELATION, ErrorRates, corrected, error_rates
from analyzer.compare.estimates import interval
from analyzer.compare.power import GroupSize, PowerCheck, power_check
from analyzer.records import STRATEGIES

CLINICIANS, CLIENTS = 20, 8
# Clinicians' own shares: Beta with this mean and intraclass correlation.
MEAN_SHARE, BETWEEN_CLINICIANS = 0.5, 0.1
Rates = Mapping[str, ErrorRates]


def readers() -> dict[str, Rates | None]:
    """How well the notes are read: without errors, and with the shipped model's in both parts of its metrics."""
    folder = SHIPPED["default"]
    return {
        "perfect": None,
        "gold": error_rates(folder, block="gold"),
        "new writers": error_rates(folder, block="writers_left_out"),
    }


def upload(occasions: int, *, clients: int = CLIENTS) -> list[GroupSize]:
    """Twenty clinicians with as many notes, and as many occasions of each strategy."""
    exposures = dict.fromkeys(STRATEGIES, occasions)
    return [GroupSize(f"C{i:02}", max(occasions, 10), clients, exposures) for i in range(CLINICIANS)]


def false_flags(simulations: int) -> Iterator[str]:
    """Nobody differs from 50%: comparisons flagged, and uploads with at least one flag, with 95% intervals."""
    for reader, rates in readers().items():
        for correlation in (0.0, CORRELATION, 0.15):
            for occasions in (6, 12, 40):
                check = power_check(upload(occasions), rates=rates, correlation=correlation, simulations=simulations)
                yield f"{'opportunities':14} {reader:12} {correlation:5.2f} {occasions:5} {_flags(check)}"
    for reference in ("peers", "past"):
        for reader, rates in readers().items():
            check = power_check(upload(12), reference=reference, rates=rates, simulations=simulations)
            yield f"{reference:14} {reader:12} {CORRELATION:5.2f} {12:5} {_flags(check)} ({check.simulations} uploads)"


def power(simulations: int) -> Iterator[str]:
    """The chance of flagging one clinician's share of 20% in one strategy where 50% is expected."""
    for occasions in (6, 12, 20, 40, 80, 160):
        cells = []
        for rates in readers().values():
            check = power_check(upload(occasions), rates=rates, simulations=simulations)
            assert check.missed is not None
            cells.append(f"{1 - check.missed:11.1%}")
        yield f"{occasions:5} {' '.join(cells)}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of intervals that held the clinician's true share; ``width`` is the mean width of the last one."""

    unread: float
    raw: float
    corrected: float
    respecting_clients: float
    width: float
    given: float


def coverage(rates: ErrorRates, occasions: int, trials: int, *, correlation: float, seed: int = 0) -> Coverage:
    """Draw clinician, clients, reading and the test notes themselves anew in each trial.

    ``unread`` is the raw interval of a reader without errors, ``raw`` that of the program; ``given`` how many
    corrections were given at all.
    """
    rng = np.random.default_rng(seed)
    held = []
    clients = min(CLIENTS, occasions)
    each = occasions // clients + (np.arange(clients) < occasions % clients)
    sensitivity, specificity = rates.sensitivity or 0.0, rates.specificity or 0.0
    for share in rng.beta(*_beta(MEAN_SHARE, BETWEEN_CLINICIANS), trials):
        of_clients = rng.beta(*_beta(share, correlation), clients) if correlation else np.full(clients, share)
        true = rng.binomial(each, of_clients)
        right, wrong = rng.binomial(true, sensitivity).sum(), rng.binomial(each - true, 1 - specificity).sum()
        found, left = rng.binomial(rates.positives, sensitivity), rng.binomial(rates.negatives, specificity)
        measured = ErrorRates(found, rates.positives - found, rates.negatives - left, left)
        seen = int(right + wrong)
        plain, careful = (corrected(seen, occasions, measured, clients=c) for c in (None, clients))
        spans = [interval("share", int(true.sum()), occasions), interval("share", seen, occasions)]
        spans += [
            (c.low if c.low is not None else np.nan, c.high if c.high is not None else np.nan) for c in (plain, careful)
        ]
        width = spans[3][1] - spans[3][0]
        # A comparison with NaN is false: leave out the trials in which no correction is given.
        held.append([low <= share <= high if low == low else np.nan for low, high in spans] + [width])
    table = np.array(held, dtype=float)
    return Coverage(*np.nanmean(table, axis=0), given=float(np.mean(~np.isnan(table[:, 4]))))


def _beta(mean: float, alike: float) -> tuple[float, float]:
    strength = 1 / alike - 1
    return float(np.clip(mean, 1e-6, 1 - 1e-6)) * strength, float(np.clip(1 - mean, 1e-6, 1 - 1e-6)) * strength


def coverages(trials: int) -> Iterator[str]:
    """Responses and, of the strategies' notes, the best and the least well read."""
    folder = SHIPPED["default"]
    for block in ("gold", "writers_left_out"):
        of_notes = error_rates(folder, denominator="note", block=block)
        ordered = sorted(of_notes, key=lambda s: (of_notes[s].sensitivity or 0) + (of_notes[s].specificity or 0))
        chosen = {"responses": error_rates(folder, block=block)[STRATEGIES[0]]}
        chosen |= {f"notes, {s}": of_notes[s] for s in (ordered[0], ordered[-1])}
        for name, rates in chosen.items():
            for correlation in (0.0, CORRELATION):
                for occasions in (6, 12, 30, 100):
                    c = coverage(rates, occasions, trials, correlation=correlation)
                    yield (
                        f"{block:17} {name:30} {correlation:5.2f} {occasions:5} {c.unread:9.1%} {c.raw:9.1%} "
                        f"{c.corrected:9.1%} {c.respecting_clients:9.1%} {c.width:7.2f} {c.given:7.1%}"
                    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--simulations", type=int, default=200, help="uploads a line; coverage takes five times as many"
    )
    simulations = parser.parse_args().simulations
    for name, rates in readers().items():
        for r in set((rates or {}).values()):
            print(
                f"{name}: responses found {r.true_positives}/{r.positives}, left alone {r.true_negatives}/{r.negatives}"
            )
    size = f"{CLINICIANS} clinicians x {len(STRATEGIES)} strategies, {CLIENTS} clients each"
    print(f"\nFalse flags where nobody differs: {size}")
    print(f"{'reference':14} {'reader':12} {'icc':>5} {'occ.':>5} comparisons flagged      uploads with a flag")
    for line in false_flags(simulations):
        print(line, flush=True)
    print("\nPower against one real gap (20% where 50% is expected), reference opportunities")
    print(f"{'occ.':>5} {' '.join(f'{name:>11}' for name in readers())}")
    for line in power(simulations):
        print(line, flush=True)
    print(f"\nCoverage of the 95% intervals (clinicians' true shares: mean {MEAN_SHARE}, icc {BETWEEN_CLINICIANS})")
    heads = "no errors       raw corrected + clients   width   given"
    print(f"{'errors':17} {'question':30} {'icc':>5} {'occ.':>5} {heads}")
    for line in coverages(5 * simulations):
        print(line, flush=True)


def _flags(check: PowerCheck) -> str:
    return (
        f"{check.false_flag:6.2%} ({check.false_flag_low:.2%}-{check.false_flag_high:.2%})  "
        f"{check.any_flag:6.1%} ({check.any_flag_low:.1%}-{check.any_flag_high:.1%})"
    )


if __name__ == "__main__":
    main()
