"""What the course over time claims, checked by simulation: false signals without a change, and real changes seen.

``python -m tests.benchmarks.courses [--simulations 40]``. Clients differ (beta-binomial), stay for a while and make
room for others. "before" takes notes as independent of one another; "after" tells how alike a client's occasions are
from ten courses (as much as eleven strategies of one clinician would tell).

With 40 courses a cell (about 60 CPU seconds; a figure is sure to some 8 points) and clients alike (0.05 to 0.3),
courses without a change showed a signal before and after in 11 and 5% of cases with few counts (at most 40 and 12%;
those cells 10% and less of 200 courses), in 38 and 4% with many (at most 95 and 15%); the limits alone in 5 and 2%, and
in 20 and 2%. With clients no more alike than chance it was 0 to 20% after as before. A change from 35 to 65% over 24
months was seen in about as many courses as before where clients are alike by chance only; where they are alike by 0.05,
before and after in 62 and 57% with few counts, in 85 and 78% with many and in 100 and 90% with a steady caseload; by
0.3 in 70 and 35%, 92 and 22% and 90 and 60%, since clients alone gave a signal in up to 80% before.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Final

import numpy as np
from scipy.special import betaincinv

from analyzer.compare.clustering import Alikeness
from analyzer.compare.counting import count
from analyzer.compare.trend import Trend, build_trend
from analyzer.records import Analysis, Opportunity

STRATEGY: Final = "transparency"
CLINICIANS: Final = 10
INDEPENDENT: Final = Alikeness("share", 0.0, measured=True)


@dataclass(frozen=True, slots=True)
class Practice:
    """A clinician who sees so many ``clients`` at a time, each for so many ``visits``, in turn.

    There are ``notes`` in all, ``a_month`` of them each month, with so many ``cues`` each.
    """

    notes: int
    a_month: int
    clients: int
    visits: int
    cues: int

    def __str__(self) -> str:
        months = self.notes // self.a_month
        return f"{months} months, {self.notes} notes of {self.clients} clients, {self.visits} visits, {self.cues} cues"


# By note with single cues and with two, then by month: few counts, many, and a steady caseload.
PRACTICES: Final = (
    Practice(notes=40, a_month=8, clients=2, visits=12, cues=1),
    Practice(notes=60, a_month=10, clients=4, visits=10, cues=2),
    Practice(notes=144, a_month=6, clients=3, visits=12, cues=1),
    Practice(notes=144, a_month=12, clients=4, visits=18, cues=2),
    Practice(notes=288, a_month=12, clients=4, visits=18, cues=2),
    Practice(notes=288, a_month=12, clients=4, visits=72, cues=2),
    Practice(notes=768, a_month=16, clients=8, visits=12, cues=2),
)


def course(
    practice: Practice, share: float, correlation: float, rng: np.random.Generator, *, later: float | None = None
) -> list[Analysis]:
    """The notes of one course; in its second half the clinician's share is ``later``, if given."""
    left = rng.integers(1, practice.visits + 1, practice.clients)
    names, chance = np.arange(practice.clients), rng.random(practice.clients)
    notes = []
    clinician = f"C{rng.integers(10**9)}"
    for i in range(practice.notes):
        place = i % practice.clients
        if left[place] == 0:
            left[place], names[place], chance[place] = practice.visits, names.max() + 1, rng.random()
        left[place] -= 1
        now = share if later is None or i < practice.notes / 2 else later
        responded = rng.binomial(practice.cues, _share_of(chance[place], now, correlation))
        notes.append(_note(i, practice, clinician, f"K{names[place]}", int(responded)))
    return notes


def _share_of(chance: float, mean: float, correlation: float) -> float:
    """A client's share, at the same place among all clients before and after a change."""
    strength = 1 / correlation - 1 if correlation else 0
    return float(betaincinv(mean * strength, (1 - mean) * strength, chance)) if strength else mean


def _note(i: int, practice: Practice, clinician: str, client: str, responded: int) -> Analysis:
    month, within = divmod(i, practice.a_month)
    day = date(2020 + month // 12, month % 12 + 1, 1) + timedelta(days=within)
    answers = ["responded"] * responded + ["no_documented_response"] * (practice.cues - responded)
    cues = tuple(Opportunity(0, 4, "", (STRATEGY,), answer) for answer in answers)  # type: ignore[arg-type]
    return Analysis(f"n{i:04}", "", clinician, client, day.isoformat(), "0" * 64, 500, 100, 5, (), (), cues, (), ())


def follow(notes: Sequence[Analysis], *, alike: Alikeness) -> Trend:
    """The course of one clinician's notes, as the page "My balance" follows it."""
    return build_trend(notes, strategy=STRATEGY, today=date(2030, 1, 1), alike=alike)


def signals(
    practice: Practice, correlation: float, courses: int, *, share: float = 0.5, later: float | None = None
) -> tuple[float, ...]:
    """The share of courses with a signal before and after, and of those the limits give; before and after as well."""
    rng = np.random.default_rng(7)
    shown = []
    for _ in range(courses // CLINICIANS):
        upload = [course(practice, share, correlation, rng, later=later) for _ in range(CLINICIANS)]
        alike = count(chain(*upload), by="clinician", reference="past").alikeness("opportunity")
        for notes in upload:
            trends = [follow(notes, alike=each) for each in (INDEPENDENT, alike)]
            shown.append([*(t.shifted for t in trends), *(any(p.beyond for p in t.periods) for t in trends)])
    return tuple(np.mean(shown, axis=0).tolist())


def lines(courses: int) -> Iterator[str]:
    """For each practice and correlation, first without a change and then with one from 35 to 65%."""
    for practice in PRACTICES:
        for correlation in (0.0, 0.05, 0.15, 0.3):
            steady = [signals(practice, correlation, courses, share=share) for share in (0.3, 0.5)]
            changed = signals(practice, correlation, courses, share=0.35, later=0.65)
            cells = " ".join(f"{value:7.0%}" for found in (*steady, changed) for value in found)
            yield f"{practice!s:62} {correlation:5.2f} {cells}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=40, help="courses a cell")
    heads = " ".join(f"{name:>15} {'limits alone':>15}" for name in ("steady, 30%", "steady, 50%", "35 to 65%"))
    print(f"{'practice':62} {'icc':>5} {heads}  (each: before, after)")
    for line in lines(parser.parse_args().simulations):
        print(line, flush=True)


if __name__ == "__main__":
    main()
