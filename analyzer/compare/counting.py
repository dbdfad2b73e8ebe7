"""Notes -> counts by group and client, in one pass: what every comparison and its self-check go on from.

What is kept grows with groups times clients (and, against the past, with days), not with the words of the notes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from analyzer.compare.clustering import Alikeness, Cluster, alikeness
from analyzer.compare.estimates import Kind
from analyzer.compare.model import Denominator, Reference
from analyzer.compare.over_use import OverUse
from analyzer.compare.patterns import Patterns
from analyzer.compare.questions import Measure, measure
from analyzer.compare.settings import load_settings
from analyzer.profiles import By, Profile, Tally, given, group_of, iso_date, noting_own, tally
from analyzer.records import Analysis, StrategyName, strategies_of


@dataclass(frozen=True, slots=True)
class Group:
    """One group's counts: all together, and apart for each client (within one client, for each note)."""

    whole: Profile
    parts: tuple[Tally, ...]
    _known: dict[tuple[str, Denominator], list[Cluster]] = field(default_factory=dict, compare=False, repr=False)

    def clusters(self, strategy: str, denominator: Denominator) -> list[Cluster]:
        """What each client's notes count of the strategy, for those with anything to divide by."""
        about = strategy, denominator
        if about not in self._known:
            found = (_cluster(part, strategy, denominator) for part in self.parts)
            self._known[about] = [cluster for cluster in found if cluster.exposure > 0]
        return self._known[about]


def _cluster(part: Tally, strategy: str, denominator: Denominator) -> Cluster:
    """As `measure` of the whole group, at a fraction of the cost: there are clients times strategies of these."""
    if denominator == "note":
        return Cluster(part.notes_used(strategy), part.notes)
    if denominator == "1000 words":
        return Cluster(part.number(strategy, "delivered"), part.words / 1000)
    responded = part.number(strategy, "responded")
    return Cluster(responded, responded + part.number(strategy, "no_documented_response"))


@dataclass(frozen=True, slots=True)
class Counts:
    """The groups by name; ``earlier`` holds those of the earlier half, by name, where the reference is the past.

    ``patterns`` are those of possible over-use, looked for where the reference is the opportunities. ``own`` are the
    strategies that the notes' project adds to the eleven or words anew.
    """

    by: By
    groups: tuple[Group, ...]
    earlier: Mapping[str, Group]
    patterns: tuple[OverUse, ...] = ()
    own: Mapping[str, StrategyName] = field(default_factory=dict)
    _alike: dict[Denominator, Alikeness] = field(default_factory=dict, compare=False, repr=False)

    @property
    def strategies(self) -> tuple[str, ...]:
        """The ids in codebook order: the eleven, then those that a project adds."""
        return strategies_of(self.own.values())

    def alikeness(self, denominator: Denominator) -> Alikeness:
        """How alike the occasions of one client are, in all groups together."""
        if denominator not in self._alike:
            everyone = [*self.groups, *self.earlier.values()]
            cells = (group.clusters(strategy, denominator) for group in everyone for strategy in self.strategies)
            kind: Kind = "rate" if denominator == "1000 words" else "share"
            self._alike[denominator] = alikeness(kind, cells, load_settings().clients)
        return self._alike[denominator]


def count(analyses: Iterable[Analysis], *, by: By, reference: Reference) -> Counts:
    """Count the notes of each group as the reference needs them: whole, or in an earlier and a later half."""
    own: dict[str, StrategyName] = {}
    analyses = noting_own(analyses, own)
    if reference == "past":
        return replace(_halved(analyses, by), own=own)
    patterns = Patterns(by, load_settings().over_use) if reference == "opportunities" else None
    seen = patterns.watch(analyses) if patterns else analyses
    tallies: dict[str, dict[str, Tally]] = defaultdict(dict)
    for (group, client), counted in tally(seen, lambda a: (group_of(a, by), cluster_of(a, by))).items():
        tallies[group][client] = counted
    groups = tuple(_group(name, by, tallies[name].values()) for name in sorted(tallies))
    return Counts(by, groups, {}, tuple(patterns.all()) if patterns else (), own)


def measures(
    groups: Iterable[Group], strategies: Iterable[str], denominator: Denominator, alike: Alikeness
) -> dict[tuple[str, str], Measure]:
    """(group, strategy) -> what is counted, with the design effect of its clients."""
    groups = list(groups)
    return {
        (group.whole.group, strategy): _measure(group, strategy, denominator, alike)
        for strategy in strategies
        for group in groups
    }


def _measure(group: Group, strategy: str, denominator: Denominator, alike: Alikeness) -> Measure:
    found = measure(group.whole, strategy, denominator)
    exposures = [c.exposure for c in group.clusters(strategy, denominator)]
    return replace(found, design_effect=alike.design_effect(exposures, found.estimate or 0.0))


def cluster_of(analysis: Analysis, by: By) -> str:
    """Whose occasions a note's are, for the design effect: a client's or, within a client, the note's own."""
    # Notes without a client are taken for notes of one client, the most cautious reading.
    if by in ("client", "note"):
        return analysis.note_id
    return f"{analysis.clinician or ''}\n{analysis.client if given(analysis.client) else ''}"


def _halved(analyses: Iterable[Analysis], by: By) -> Counts:
    """Each group's dated notes in an earlier and a later half; notes of one day stay together."""
    days: dict[str, dict[str, dict[str, Tally]]] = defaultdict(lambda: defaultdict(dict))
    key = lambda a: (group_of(a, by), iso_date(a) or "", cluster_of(a, by))  # noqa: E731
    for (group, day, client), counted in tally(analyses, key).items():
        days[group][day][client] = counted
    halves = {name: _halves(days[name]) for name in sorted(days)}
    later = tuple(_group(name, by, late.values()) for name, (_, late) in halves.items())
    return Counts(by, later, {name: _group(name, by, early.values()) for name, (early, _) in halves.items()})


def _halves(days: Mapping[str, Mapping[str, Tally]]) -> tuple[dict[str, Tally], dict[str, Tally]]:
    notes = {day: sum(t.notes for t in days[day].values()) for day in sorted(days) if day}
    early: dict[str, Tally] = {}
    late: dict[str, Tally] = {}
    before = 0
    for day, number in notes.items():
        # Once a day's notes no longer fit into the first half, all days from then on are late.
        before += number
        half = early if not late and before <= sum(notes.values()) / 2 else late
        for client, counted in days[day].items():
            if client in half:
                half[client].absorb(counted)
            else:
                half[client] = counted
    return early, late


def _group(name: str, by: By, parts: Iterable[Tally]) -> Group:
    parts, whole = list(parts), Tally()
    for part in parts:
        whole.absorb(part)
    return Group(whole.profile(name, by), tuple(parts))
