"""Analyses -> Profiles: what is documented per clinician, client, month or note, with the note ids behind each figure.

One pass over the notes; what is kept grows with the groups (and with their note ids), not with the words of the notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeVar, get_args

from analyzer.records import (
    RESPONSES,
    STATUSES,
    STRATEGIES,
    Analysis,
    AnalyzerError,
    Response,
    Status,
    StrategyName,
    strategies_of,
)

By = Literal["clinician", "client", "period", "note"]
BYS: tuple[By, ...] = get_args(By)
NOT_GIVEN = "(not given)"
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class StrategyCounts:
    """One strategy in one group; all figures are numbers of notes, tags or cues.

    ``opportunities`` are the cues that list the strategy, and the five figures after it share them out. ``note_ids``
    are the notes that hold any of its tags or cues, in the order read.
    """

    strategy: str
    notes_used: int
    by_status: Mapping[Status, int]
    opportunities: int
    responded: int
    engaged: int
    planned_only: int
    no_documented_response: int
    suppressed: int
    note_ids: tuple[str, ...]

    @property
    def delivered(self) -> int:
        """Tags documented as done."""
        return self.by_status["delivered"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the notes of one group document; ``clients`` is how many are named.

    ``strategies`` has all eleven and then a project's own, ``own`` the names of these.
    """

    group: str
    by: By
    notes: int
    words: int
    clients: int
    strategies: tuple[StrategyCounts, ...]
    own: tuple[StrategyName, ...] = ()

    def of(self, strategy: str) -> StrategyCounts:
        """The counts of one strategy, all zero where the notes were not read for it."""
        found = (counts for counts in self.strategies if counts.strategy == strategy)
        return next(found, None) or _Sums().frozen(strategy)


@dataclass(slots=True)
class _Sums:
    """The running counts of one strategy."""

    notes_used: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    responses: Counter[Response] = field(default_factory=Counter)
    note_ids: list[str] = field(default_factory=list)

    def absorb(self, other: _Sums) -> None:
        self.notes_used += other.notes_used
        self.statuses.update(other.statuses)
        self.responses.update(other.responses)
        self.note_ids += other.note_ids

    def frozen(self, strategy: str) -> StrategyCounts:
        return StrategyCounts(
            strategy=strategy,
            notes_used=self.notes_used,
            by_status={status: self.statuses[status] for status in STATUSES},
            opportunities=self.responses.total(),
            **{response: self.responses[response] for response in RESPONSES},
            note_ids=tuple(self.note_ids),
        )


class Tally:
    """Running counts of some notes: add notes to it, or other tallies, then take the `Profile`."""

    def __init__(self) -> None:
        self.notes = 0
        self.words = 0
        self.clients: set[str] = set()
        self.sums = {strategy: _Sums() for strategy in STRATEGIES}
        self.own: dict[str, StrategyName] = {}

    def add(self, analysis: Analysis) -> None:
        """Count one note."""
        self.know(analysis.own)
        self.notes += 1
        self.words += analysis.n_words
        if given(analysis.client):
            self.clients.add(str(analysis.client))
        touched = set()
        for tag in analysis.counted:
            self.sums[tag.strategy].statuses[tag.status] += 1
            touched.add(tag.strategy)
        # A cue that names a strategy twice still is one cue.
        for opportunity in analysis.opportunities:
            for strategy in set(opportunity.strategies):
                self.sums[strategy].responses[opportunity.response] += 1
                touched.add(strategy)
        for strategy in used_in(analysis):
            self.sums[strategy].notes_used += 1
        for strategy in touched:
            self.sums[strategy].note_ids.append(analysis.note_id)

    def know(self, own: Iterable[StrategyName]) -> None:
        """Count these strategies of a project too."""
        for strategy in own:
            self.own.setdefault(strategy.id, strategy)
            self.sums.setdefault(strategy.id, _Sums())

    def absorb(self, other: Tally) -> None:
        """Take in the notes that another tally counted."""
        self.know(other.own.values())
        self.notes += other.notes
        self.words += other.words
        self.clients |= other.clients
        for strategy, sums in other.sums.items():
            self.sums[strategy].absorb(sums)

    def profile(self, group: str, by: By) -> Profile:
        """The counts so far, frozen."""
        counts = tuple(sums.frozen(strategy) for strategy, sums in self.sums.items())
        return Profile(group, by, self.notes, self.words, len(self.clients), counts, tuple(self.own.values()))


def profile(analyses: Iterable[Analysis], *, by: By = "clinician") -> list[Profile]:
    """Count what the notes document, group by group, sorted by group name.

    Notes without a clinician, client or (for ``period``, a calendar month ``YYYY-MM``) ISO date come into the group
    "(not given)". Raises `AnalyzerError` where ``by`` is unknown.
    """
    check_by(by)
    tallies = tally(analyses, lambda analysis: group_of(analysis, by))
    return [tallies[group].profile(group, by) for group in sorted(tallies)]


def tally(analyses: Iterable[Analysis], key: Callable[[Analysis], Key]) -> dict[Key, Tally]:
    """Count the notes in one pass, apart for each value of ``key``."""
    tallies: dict[Key, Tally] = {}
    for analysis in analyses:
        tallies.setdefault(key(analysis), Tally()).add(analysis)
    own = {strategy.id: strategy for counted in tallies.values() for strategy in counted.own.values()}
    for counted in tallies.values():
        counted.know(own.values())
    return tallies


def noting_own(analyses: Iterable[Analysis], own: dict[str, StrategyName]) -> Iterator[Analysis]:
    """Pass the notes on unchanged and note down in ``own`` the strategies that a project adds to the eleven."""
    for analysis in analyses:
        for strategy in analysis.own:
            own.setdefault(strategy.id, strategy)
        yield analysis


def strategies_in(profiles: Iterable[Profile]) -> tuple[str, ...]:
    """The eleven and, after them, the strategies that the profiles' projects add."""
    return strategies_of(strategy for profile in profiles for strategy in profile.own)


def group_of(analysis: Analysis, by: By) -> str:
    """The name of the group that a note belongs to."""
    if by == "note":
        return analysis.note_id
    if by == "period":
        day = iso_date(analysis)
        return day[:7] if day else NOT_GIVEN
    name = analysis.clinician if by == "clinician" else analysis.client
    return str(name) if given(name) else NOT_GIVEN


def given(name: str | None) -> bool:
    """Whether a name says anything: empty cells of a table don't."""
    return bool(name and name.strip())


def iso_date(analysis: Analysis) -> str | None:
    """The note's date as YYYY-MM-DD, None where it isn't given so."""
    text = analysis.date or ""
    try:
        return text if date.fromisoformat(text).isoformat() == text else None
    except ValueError:
        return None


def used_in(analysis: Analysis) -> set[str]:
    """The strategies that the note documents as done (codebook section 1: at least one delivered tag)."""
    return {tag.strategy for tag in analysis.counted if tag.status == "delivered"}


def check_by(by: str) -> None:
    """Raises `AnalyzerError` where ``by`` is no known grouping."""
    if by not in BYS:
        raise AnalyzerError(f"can't group by {by!r}; choose one of {', '.join(BYS)}")
