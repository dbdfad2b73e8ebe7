"""Analyses -> Profiles: what is documented per clinician, client, month or note, with the note ids behind each figure.

One pass over the notes; what is kept grows with the groups (and with their note ids), not with the words of the notes.
"""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, TypeVar, get_args

from analyzer.records import (
    RESPONSES,
    STATUSES,
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
_USED = "used"


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
        for counts in self.strategies:
            if counts.strategy == strategy:
                return counts
        return Tally().of(strategy)


class Tally:
    """Running counts of some notes: add notes to it, or other tallies, then take the `Profile`.

    Only what occurs is held, so that thousands of small tallies (one a client and day) stay cheap.
    """

    __slots__ = ("_figures", "_touched", "clients", "notes", "own", "words")

    def __init__(self) -> None:
        self.notes = 0
        self.words = 0
        self.clients: set[str] = set()
        self.own: dict[str, StrategyName] = {}
        # Tags by status, cues by response, and under _USED the notes that document the strategy as done.
        self._figures: Counter[tuple[str, str]] = Counter()
        self._touched: list[tuple[str, frozenset[str]]] = []

    def add(self, analysis: Analysis) -> None:
        """Count one note."""
        if analysis.own:
            self.know(analysis.own)
        self.notes += 1
        self.words += analysis.n_words
        if given(analysis.client):
            self.clients.add(str(analysis.client))
        found: list[tuple[str, str]] = [(tag.strategy, tag.status) for tag in analysis.counted]
        used = {strategy for strategy, status in found if status == "delivered"}
        # A cue that names a strategy twice still is one cue.
        found += [(strategy, o.response) for o in analysis.opportunities for strategy in set(o.strategies)]
        if found:
            self._touched.append((analysis.note_id, frozenset([strategy for strategy, _ in found])))
            self._figures.update(found + [(strategy, _USED) for strategy in used])

    def know(self, own: Iterable[StrategyName]) -> None:
        """Count these strategies of a project too."""
        for strategy in own:
            self.own.setdefault(strategy.id, strategy)

    def absorb(self, other: Tally) -> None:
        """Take in the notes that another tally counted."""
        self.know(other.own.values())
        self.notes += other.notes
        self.words += other.words
        self.clients |= other.clients
        self._figures.update(other._figures)
        self._touched += other._touched

    def number(self, strategy: str, what: Status | Response) -> int:
        """Of one strategy, the tags with this status or the cues with this response."""
        return self._figures.get((strategy, what), 0)

    def notes_used(self, strategy: str) -> int:
        """The notes that document the strategy as done."""
        return self._figures.get((strategy, _USED), 0)

    def profile(self, group: str, by: By) -> Profile:
        """The counts so far, frozen."""
        own = tuple(self.own.values())
        counts = tuple(map(self.of, strategies_of(own)))
        return Profile(group, by, self.notes, self.words, len(self.clients), counts, own)

    def of(self, strategy: str) -> StrategyCounts:
        """The counts of one strategy so far."""
        responses = {response: self.number(strategy, response) for response in RESPONSES}
        return StrategyCounts(
            strategy=strategy,
            notes_used=self.notes_used(strategy),
            by_status={status: self.number(strategy, status) for status in STATUSES},
            opportunities=sum(responses.values()),
            **responses,
            note_ids=tuple(note_id for note_id, touched in self._touched if strategy in touched),
        )


def profile(analyses: Iterable[Analysis], *, by: By = "clinician") -> list[Profile]:
    """Count what the notes document, group by group, sorted by group name.

    Notes without a clinician, client or (for ``period``, a calendar month ``YYYY-MM``) ISO date come into the group
    "(not given)". Raises `AnalyzerError` where ``by`` is unknown.

    >>> from analyzer.workflow import analyze
    >>> (group,) = profile(analyze([{"text": "Validated her grief.", "clinician": "C1"}], model=None))
    >>> (group.group, group.notes, group.of("active_listening_empathy").delivered)
    ('C1', 1, 1)
    """
    check_by(by)
    tallies = tally(analyses, lambda analysis: group_of(analysis, by))
    return [tallies[group].profile(group, by) for group in sorted(tallies)]


def tally(analyses: Iterable[Analysis], key: Callable[[Analysis], Key]) -> dict[Key, Tally]:
    """Count the notes in one pass, apart for each value of ``key``."""
    tallies: defaultdict[Key, Tally] = defaultdict(Tally)
    with _seldom_collecting():
        for analysis in analyses:
            tallies[key(analysis)].add(analysis)
    own = {strategy.id: strategy for counted in tallies.values() for strategy in counted.own.values()}
    for counted in tallies.values() if own else ():
        counted.know(own.values())
    return tallies


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Python's search for cycles, seldom: counts hold none, and searching them again and again takes a third longer."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


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
    return _iso(analysis.date or "")


# Many notes share a day, and each is asked for its day more than once.
@lru_cache(10_000)
def _iso(text: str) -> str | None:
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
