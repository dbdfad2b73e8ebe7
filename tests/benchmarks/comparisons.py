"""What ``analyzer compare`` claims, checked by simulation: false flags, power, how often intervals hold the truth.

``python -m tests.benchmarks.comparisons [--simulations 200]``. Clinicians, the clients within them and the program's
reading errors vary as below; the errors are those measured for the shipped model.

With 30 uploads a line (600 clinicians, so a figure is sure to about 2 points) 95% intervals held the true share in
92.8 to 96.2% of cases for a reader without errors (94.3% on average), in 50.7 to 95.8% as the program counts, corrected
in 92.5 to 98.2% (95.2% on average) among other clinicians and in 93.0 to 99.2% (95.7%) without any (wide below 12
occasions). No line of 200 uploads flagged more than 0.04% of comparisons where nobody differs; corrected, none of 20
uploads was flagged in four lines of 55 questions each. One real gap (20% where 50% is expected) was flagged in 61, 89
and 98% of 40 uploads at 40, 80 and 160 occasions by a reader without errors, with those on the gold notes in 12, 25 and
36% and corrected in 9, 17 and 29%, with those on the notes of new writers in none.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from analyzer.artifact import SHIPPED
from analyzer.compare.clustering import Alikeness, Cluster, alikeness
from analyzer.compare.correction import corrected
from analyzer.compare.error_rates import ErrorRates, error_rates
from analyzer.compare.estimates import interval
from analyzer.compare.power import PowerCheck, power_check
from analyzer.compare.questions import Measure
from analyzer.compare.settings import load_settings
from analyzer.compare.uploads import GroupSize, Sizes
from analyzer.records import STRATEGIES

CLINICIANS, CLIENTS = 20, 8
CORRELATION = load_settings().clients.correlation
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


def upload(occasions: int, *, clients: int = CLIENTS, halves: bool = False) -> list[GroupSize]:
    """Twenty clinicians with as many notes, and as many occasions of each strategy (in each half)."""
    exposures = dict.fromkeys(STRATEGIES, _each(occasions, clients))
    sizes = [GroupSize(f"C{i:02}", max(occasions, 10), clients, exposures) for i in range(CLINICIANS)]
    return [replace(size, earlier=size) for size in sizes] if halves else sizes


def _each(occasions: int, clients: int) -> Sizes:
    """Occasions spread over clients as evenly as they go."""
    return tuple(occasions // clients + (i < occasions % clients) for i in range(min(clients, occasions)))


def false_flags(simulations: int) -> Iterator[str]:
    """Nobody differs from 50%: comparisons flagged, and uploads with at least one flag, with 95% intervals."""
    for reader, rates in readers().items():
        for with_correction in (False, True) if rates else (False,):
            for correlation in (0.0, CORRELATION, 0.15):
                for occasions in (6, 12, 40):
                    check = power_check(
                        upload(occasions),
                        rates=rates,
                        corrected=with_correction,
                        correlation=correlation,
                        simulations=simulations,
                    )
                    name = reader + (", corrected" if with_correction else "")
                    yield f"{'opportunities':14} {name:22} {correlation:5.2f} {occasions:5} {_flags(check)}"
    for reference in ("peers", "past"):
        for reader, rates in readers().items():
            sizes = upload(12, halves=reference == "past")
            check = power_check(sizes, reference=reference, rates=rates, simulations=simulations)  # type: ignore[arg-type]
            yield f"{reference:14} {reader:22} {CORRELATION:5.2f} {12:5} {_flags(check)} ({check.simulations} uploads)"


def power(simulations: int) -> Iterator[str]:
    """The chance of flagging one clinician's share of 20% in one strategy where 50% is expected."""
    for occasions in (6, 12, 20, 40, 80, 160):
        cells = []
        for rates in readers().values():
            for with_correction in (False, True) if rates else (False,):
                check = power_check(upload(occasions), rates=rates, corrected=with_correction, simulations=simulations)
                assert check.missed is not None
                cells.append(f"{1 - check.missed:11.1%}")
        yield f"{occasions:5} {' '.join(cells)}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of intervals that held the clinician's true share; ``width`` is the mean width of the corrected ones.

    ``unread`` is the 95% interval of a reader without errors, ``raw`` that of the program; ``alone`` the corrected one
    of a clinician without peers, ``lent`` and ``lent80`` those of one among peers; ``given`` how many corrections were
    given at all.
    """

    unread: float
    raw: float
    alone: float
    lent: float
    lent80: float
    width: float
    given: float


def coverage(
    rates: ErrorRates, occasions: int, uploads: int, *, correlation: float, mean: float = MEAN_SHARE, seed: int = 0
) -> Coverage:
    """Draw clinicians, their clients, the reading and the test notes themselves anew in each upload.

    How alike clients are is estimated from each upload, as `compare` does.
    """
    rng = np.random.default_rng(seed)
    held = [row for _ in range(uploads) for row in _drawn(rates, _each(occasions, CLIENTS), correlation, mean, rng)]
    table = np.array(held, dtype=float)
    return Coverage(*np.nanmean(table, axis=0), given=float(np.mean(~np.isnan(table[:, 5]))))


def _drawn(
    rates: ErrorRates, each: Sizes, correlation: float, mean: float, rng: np.random.Generator
) -> Iterator[list[float]]:
    """For each clinician of one upload whether the intervals hold the true share; not a number where none is given."""
    sizes, sensitivity, specificity = np.array(each), rates.sensitivity or 0.0, rates.specificity or 0.0
    found, left = rng.binomial(rates.positives, sensitivity), rng.binomial(rates.negatives, specificity)
    measured = ErrorRates(found, rates.positives - found, rates.negatives - left, left)
    shares = rng.beta(*_beta(mean, BETWEEN_CLINICIANS), CLINICIANS)
    of_clients = np.array([_clients(share, correlation, len(each), rng) for share in shares])
    true = rng.binomial(sizes, of_clients)
    seen = rng.binomial(true, sensitivity) + rng.binomial(sizes - true, 1 - specificity)
    perfect, read = _measures(true, sizes), _measures(seen, sizes)
    for i, share in enumerate(shares):
        alone, lent = corrected(read[i], measured), corrected(read[i], measured, read[:i] + read[i + 1 :])
        spans = [interval("share", *perfect[i].effective), interval("share", *read[i].effective)]
        spans += [_span(alone.low, alone.high), _span(lent.low, lent.high), _span(lent.low80, lent.high80)]
        # A comparison with NaN is false: leave out what isn't given.
        yield [low <= share <= high if low == low else np.nan for low, high in spans] + [spans[3][1] - spans[3][0]]


def _measures(counts: np.ndarray, sizes: np.ndarray) -> list[Measure]:
    clusters = [[Cluster(int(x), int(n)) for x, n in zip(row, sizes, strict=True)] for row in counts]
    alike: Alikeness = alikeness("share", clusters, load_settings().clients)
    effect, total = alike.design_effect([*map(float, sizes)]), int(sizes.sum())
    return [Measure("opportunity", int(row.sum()), total, total, total, len(sizes), effect) for row in counts]


def _clients(share: float, correlation: float, clients: int, rng: np.random.Generator) -> np.ndarray:
    return rng.beta(*_beta(share, correlation), clients) if correlation else np.full(clients, share)


def _span(low: float | None, high: float | None) -> tuple[float, float]:
    return (np.nan if low is None else low), (np.nan if high is None else high)


def _beta(mean: float, alike: float) -> tuple[float, float]:
    strength = 1 / alike - 1
    return float(np.clip(mean, 1e-6, 1 - 1e-6)) * strength, float(np.clip(1 - mean, 1e-6, 1 - 1e-6)) * strength


def coverages(uploads: int) -> Iterator[str]:
    """Responses and, of the strategies' notes, the best and the least well read."""
    folder = SHIPPED["default"]
    for block in ("gold", "writers_left_out"):
        of_notes = error_rates(folder, denominator="note", block=block)
        ordered = sorted(of_notes, key=lambda s: (of_notes[s].sensitivity or 0) + (of_notes[s].specificity or 0))
        chosen = {"responses": error_rates(folder, block=block)[STRATEGIES[0]]}
        chosen |= {f"notes, {s}": of_notes[s] for s in (ordered[0], ordered[-1])}
        for name, rates in chosen.items():
            for correlation in (CORRELATION, 0.15):
                for occasions in (6, 12, 30, 100):
                    c = coverage(rates, occasions, uploads, correlation=correlation)
                    yield (
                        f"{block:17} {name:30} {correlation:5.2f} {occasions:5} {c.unread:9.1%} {c.raw:9.1%} "
                        f"{c.alone:9.1%} {c.lent:9.1%} {c.lent80:9.1%} {c.width:7.2f} {c.given:7.1%}"
                    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=200, help="uploads a line")
    simulations = parser.parse_args().simulations
    for name, rates in readers().items():
        for r in set((rates or {}).values()):
            print(
                f"{name}: responses found {r.true_positives}/{r.positives}, left alone {r.true_negatives}/{r.negatives}"
            )
    size = f"{CLINICIANS} clinicians x {len(STRATEGIES)} strategies, {CLIENTS} clients each"
    print(f"\nFalse flags where nobody differs: {size}")
    print(f"{'reference':14} {'reader':22} {'icc':>5} {'occ.':>5} comparisons flagged      uploads with a flag")
    for line in false_flags(simulations):
        print(line, flush=True)
    print("\nPower against one real gap (20% where 50% is expected), reference opportunities")
    heads = [f"{name[:7]}{more}" for name, rates in readers().items() for more in (("", " cor") if rates else ("",))]
    print(f"{'occ.':>5} {' '.join(f'{name:>11}' for name in heads)}")
    for line in power(simulations):
        print(line, flush=True)
    print(f"\nCoverage of the 95% intervals (clinicians' true shares: mean {MEAN_SHARE}, icc {BETWEEN_CLINICIANS})")
    heads = "no errors       raw corrected   + peers    80%     width   given"
    print(f"{'errors':17} {'question':30} {'icc':>5} {'occ.':>5} {heads}")
    for line in coverages(simulations):
        print(line, flush=True)


def _flags(check: PowerCheck) -> str:
    return (
        f"{check.false_flag:6.2%} ({check.false_flag_low:.2%}-{check.false_flag_high:.2%})  "
        f"{check.any_flag:6.1%} ({check.any_flag_low:.1%}-{check.any_flag_high:.1%})"
    )


if __name__ == "__main__":
    main()
