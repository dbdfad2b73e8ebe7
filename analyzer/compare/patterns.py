"""Possible over-use as the codebook's section 6 means it: four patterns, each with the notes that show it.

Template lines and lines worded alike, content that no moment calls for in notes in a row, one strategy standing where
others were called for, and content taken up again after the client did not want it. Patterns are counted, not tested,
so none has a probability; all start with the minimum of notes and opportunities. Thresholds and sources:
``data/compare.yml``, ``over_use``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from analyzer.codebook import load_codebook
from analyzer.compare.over_use import OverUse
from analyzer.compare.settings import OverUseRule, load_settings
from analyzer.profiles import NOT_GIVEN, By, given, group_of, iso_date, used_in
from analyzer.records import Analysis, StrategyName, Tag, strategies_of


def over_use(analyses: Iterable[Analysis], *, by: By = "clinician") -> list[OverUse]:
    """Every pattern of possible over-use in the notes, by group name and then in codebook order."""
    patterns = Patterns(by, load_settings().over_use)
    for _ in patterns.watch(analyses):
        pass
    return patterns.all()


@dataclass(frozen=True, slots=True)
class _Visit:
    """What one dated note of a client shows: content without a moment for it, and content that was not wanted."""

    day: str
    note_id: str
    uncued: frozenset[str]
    unwanted: frozenset[str]


class _Group:
    """What is kept of one group's notes, an entry a note at most."""

    def __init__(self) -> None:
        self.notes = 0
        self.cues = 0
        self.pieces: Counter[str] = Counter()
        self.alone: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self.visits: defaultdict[str, list[_Visit]] = defaultdict(list)
        # By clinician, since only the same author's lines can return: (clinician, rule or strategy) -> note -> words.
        self.templates: defaultdict[tuple[str, str], dict[tuple[str, str], str]] = defaultdict(dict)
        self.alike: defaultdict[tuple[str, str], dict[tuple[str, str], str]] = defaultdict(dict)


class Patterns:
    """Looks on while notes are counted, and keeps per note only what the patterns need.

    Notes can follow one another only where client and date are given, so others show no pattern that needs an order.
    """

    def __init__(self, by: By, rule: OverUseRule) -> None:
        self.by = by
        self.rule = rule
        self.content = {s.id for s in load_codebook().strategies if s.kind == "content"}
        self.own: dict[str, StrategyName] = {}
        self._groups: defaultdict[str, _Group] = defaultdict(_Group)
        self._unwanted = re.compile("|".join(rule.objection_words), re.IGNORECASE)

    def watch(self, analyses: Iterable[Analysis]) -> Iterator[Analysis]:
        """Pass the notes on unchanged."""
        for analysis in analyses:
            self._see(analysis)
            yield analysis

    def all(self) -> list[OverUse]:
        """Every group's patterns, by its name and then in codebook order."""
        return [each for name in sorted(self._groups) for each in self._of(name, self._groups[name])]

    def _of(self, name: str, group: _Group) -> list[OverUse]:
        """One group's patterns in codebook order; none below the minimum of notes and opportunities."""
        least = load_settings().minimums
        if group.notes < least.notes or group.cues < least.cues:
            return []
        found = [
            replace(OverUse(name, strategy, *each), own=self.own.get(strategy))
            for finder in (self._worded_alike, self._without_a_cue, self._crowding_out, self._after_an_objection)
            for strategy, each in finder(group)
        ]
        order = strategies_of(self.own.values())
        return sorted(found, key=lambda each: order.index(each.strategy))

    def _know(self, own: Iterable[StrategyName]) -> None:
        for strategy in own:
            if strategy.id not in self.own:
                self.own[strategy.id] = strategy
                (self.content.add if strategy.kind == "content" else self.content.discard)(strategy.id)

    def _see(self, analysis: Analysis) -> None:
        if analysis.own:
            self._know(analysis.own)
        group = self._groups[group_of(analysis, self.by)]
        used = used_in(analysis)
        group.notes += 1
        group.cues += len([o for o in analysis.opportunities if o.response != "suppressed"])
        group.pieces.update(used)
        day = iso_date(analysis)
        place = (day or "", analysis.note_id)
        if len(used) == 1:
            moments = (o.strategies for o in analysis.opportunities if o.response == "no_documented_response")
            if any(used.isdisjoint(strategies) for strategies in moments):
                group.alone[next(iter(used))].append(place)
        if day and given(analysis.client):
            uncued = (used & self.content).difference(*[o.strategies for o in analysis.opportunities])
            group.visits[str(analysis.client)].append(_Visit(*place, frozenset(uncued), self._not_wanted(analysis)))
        self._see_lines(group, place, analysis)

    def _see_lines(self, group: _Group, place: tuple[str, str], analysis: Analysis) -> None:
        clinician = group_of(analysis, "clinician")
        if clinician == NOT_GIVEN:
            return
        for line in analysis.boilerplate:
            group.templates[clinician, line.reason].setdefault(place, "")
        for tag in returning(analysis):
            group.alike[clinician, tag.strategy].setdefault(place, tag.text)

    def _not_wanted(self, analysis: Analysis) -> frozenset[str]:
        """Content that the client did not want: that of a moment not pursued, in words that say so."""
        found: set[str] = set()
        for moment in analysis.opportunities:
            # Suppressed alone would not do: acute risk and brief contacts suppress as well.
            if moment.response == "suppressed" and self._unwanted.search(moment.text):
                found.update(moment.strategies)
        return frozenset(found & self.content)

    def _worded_alike(self, group: _Group) -> Iterator[tuple[str, tuple]]:
        found: defaultdict[str, dict[tuple[str, str], str]] = defaultdict(dict)
        claims = [(claimed_by(reason), lines) for (_, reason), lines in group.templates.items()]
        for strategies, lines in claims + [({strategy}, lines) for (_, strategy), lines in group.alike.items()]:
            if len(lines) >= self.rule.template_notes:
                for strategy in strategies:
                    found[strategy] |= lines
        for strategy, lines in found.items():
            yield strategy, ("worded_alike", _ids(lines), _commonest(lines.values()))

    def _without_a_cue(self, group: _Group) -> Iterator[tuple[str, tuple]]:
        courses = _by_date(group)
        for strategy in self.content:
            runs = (_longest_run(visits, strategy) for visits in courses)
            run = max(runs, key=len, default=())
            if len(run) >= self.rule.consecutive_notes:
                yield strategy, ("without_a_cue", tuple(visit.note_id for visit in run))

    def _crowding_out(self, group: _Group) -> Iterator[tuple[str, tuple]]:
        total = group.pieces.total()
        for strategy, notes in group.alone.items():
            share = group.pieces[strategy] / total
            if share > self.rule.crowding_share and len(notes) >= self.rule.crowding_notes:
                yield strategy, ("crowding_out", _ids(notes), (), share)

    def _after_an_objection(self, group: _Group) -> Iterator[tuple[str, tuple]]:
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for visits in _by_date(group):
            unwanted: set[str] = set()
            for visit in visits:
                for strategy in visit.uncued & unwanted:
                    found[strategy].append((visit.day, visit.note_id))
                unwanted |= visit.unwanted
        for strategy, notes in found.items():
            yield strategy, ("after_an_objection", _ids(notes))


def claimed_by(reason: str) -> set[str]:
    """The strategies that a template line claims, read from the id of the rule that found it."""
    words = re.split(r"[^a-z]+", reason.lower())
    return {
        strategy
        for strategy, beginnings in load_settings().over_use.template_words.items()
        if any(word.startswith(beginnings) for word in words)
    }


def returning(analysis: Analysis) -> Iterator[Tag]:
    """The delivered tags in words that return: repeated lines, and what a block copied forward holds."""
    counted = set(map(id, analysis.counted)) if analysis.boilerplate else None
    for tag in analysis.tags:
        if tag.status == "delivered" and (tag.repeated or (counted is not None and id(tag) not in counted)):
            yield tag


def _ids(notes: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(note_id for _, note_id in sorted(notes))


def _commonest(words: Iterable[str]) -> tuple[str, ...]:
    counted = Counter(filter(None, words))
    return tuple(text for text, _ in counted.most_common(1))


def _by_date(group: _Group) -> list[list[_Visit]]:
    """The notes of each client, in order."""
    return [sorted(visits, key=attrgetter("day", "note_id")) for visits in group.visits.values()]


def _longest_run(visits: Sequence[_Visit], strategy: str) -> Sequence[_Visit]:
    runs = (list(run) for is_run, run in groupby(visits, lambda visit: strategy in visit.uncued) if is_run)
    return max(runs, key=len, default=())
