"""Notes -> cells of clinician and strategy, with their intervals; small ones and names are hidden where wanted."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from analyzer.compare.counting import count, measures
from analyzer.compare.estimates import interval
from analyzer.compare.model import Denominator
from analyzer.compare.questions import Measure
from analyzer.compare.settings import load_settings
from analyzer.profiles import NOT_GIVEN, Profile, given
from analyzer.records import Analysis

Shown = Literal["estimate", "not enough notes", "not shown"]
SHOWN: Final[tuple[Shown, ...]] = get_args(Shown)


@dataclass(frozen=True, slots=True)
class Cell:
    """One clinician and one strategy: ``count`` in ``exposure`` cues, notes or thousands of words.

    ``estimate`` is their quotient, with its 95% interval, clients' notes being alike as in `compare`. All figures are
    None where ``shown`` is *not shown* (a small cell); *not enough notes* keeps counts and notes alone.
    """

    clinician: str
    strategy: str
    shown: Shown
    notes: int | None = None
    count: int | None = None
    exposure: float | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None


def cells(analyses: Iterable[Analysis], *, denominator: Denominator, smallest: int | None = None) -> list[Cell]:
    """Every clinician by every strategy, by name and in codebook order: never a ranking.

    Cells that rest on fewer than ``smallest`` notes are not shown.
    """
    counts = count(analyses, by="clinician", reference="peers")
    found = measures(counts.groups, counts.strategies, denominator, counts.alikeness(denominator))
    return [
        _cell(group.whole, strategy, found[group.whole.group, strategy], smallest)
        for group in counts.groups
        for strategy in counts.strategies
    ]


def is_small(profile: Profile, strategy: str, denominator: Denominator, smallest: int) -> bool:
    """Whether so few notes are behind a figure that it could point to one person.

    A figure per opportunity rests on the notes that hold any of the strategy's tags or cues, the others on all notes.
    """
    behind = len(profile.of(strategy).note_ids) if denominator == "opportunity" else profile.notes
    return min(behind, profile.notes) < smallest


def _cell(profile: Profile, strategy: str, found: Measure, smallest: int | None) -> Cell:
    who = (profile.group, strategy)
    if smallest is not None and is_small(profile, strategy, found.denominator, smallest):
        return Cell(*who, "not shown")
    counted = Cell(*who, "not enough notes", notes=profile.notes, count=found.count, exposure=found.exposure)
    if not found.suffices(load_settings().minimums):
        return counted
    low, high = interval(found.kind, *found.effective, within=0.95)
    return replace(counted, shown="estimate", estimate=found.estimate, low=low, high=high)


def without_names(analyses: Sequence[Analysis], *, seed: int) -> list[Analysis]:
    """The same notes by "Clinician 1", "Clinician 2" and so on, drawn by lot, so that the order tells nobody's name."""
    names = sorted({str(a.clinician) for a in analyses if given(a.clinician)})
    random.Random(seed).shuffle(names)
    digits = len(str(len(names)))
    label = {name: f"Clinician {number:0{digits}}" for number, name in enumerate(names, 1)}
    return [replace(a, clinician=label.get(str(a.clinician), NOT_GIVEN)) for a in analyses]
