"""The codebook's two countable patterns of over-use: content without a cue in notes in a row; repeated templates."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from analyzer.codebook import load_codebook
from analyzer.compare.settings import OverUseRule
from analyzer.profiles import NOT_GIVEN, By, given, group_of, iso_date, used_in
from analyzer.records import Analysis


class Patterns:
    """Looks on while notes are counted, and keeps per note only what the two patterns need.

    Notes can follow one another only where client and date are given, so others show no pattern of the first kind.
    """

    def __init__(self, by: By, rule: OverUseRule) -> None:
        self.by = by
        self.rule = rule
        self.content = {s.id for s in load_codebook().strategies if s.kind == "content"}
        self.cues: Counter[str] = Counter()
        self._uncued: dict[str, dict[str, list[tuple[str, str, frozenset[str]]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._templates: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._repeated: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)

    def watch(self, analyses: Iterable[Analysis]) -> Iterator[Analysis]:
        """Pass the notes on unchanged."""
        for analysis in analyses:
            self._see(analysis)
            yield analysis

    def over_used(self, group: str) -> set[str]:
        """The strategies that the group's notes show in one of the patterns."""
        found = {
            strategy
            for notes in self._uncued[group].values()
            for strategy in self.content
            if _longest_run(strategy in uncued for *_, uncued in sorted(notes)) >= self.rule.consecutive_notes
        }
        for (_, reason), notes in self._templates[group].items():
            if notes >= self.rule.template_notes:
                found |= self._claimed_by(reason)
        worded_alike = self._repeated[group].items()
        return found | {strategy for (_, strategy), notes in worded_alike if notes >= self.rule.template_notes}

    def _see(self, analysis: Analysis) -> None:
        for strategy in analysis.own:
            (self.content.add if strategy.kind == "content" else self.content.discard)(strategy.id)
        group = group_of(analysis, self.by)
        self.cues[group] += sum(o.response != "suppressed" for o in analysis.opportunities)
        day = iso_date(analysis)
        if day and given(analysis.client):
            cued = {strategy for o in analysis.opportunities for strategy in o.strategies}
            uncued = frozenset((used_in(analysis) & self.content) - cued)
            self._uncued[group][str(analysis.client)].append((day, analysis.note_id, uncued))
        clinician = group_of(analysis, "clinician")
        if clinician != NOT_GIVEN:
            self._templates[group].update({(clinician, line.reason) for line in analysis.boilerplate})
            alike = {tag.strategy for tag in analysis.counted if tag.repeated and tag.status == "delivered"}
            self._repeated[group].update((clinician, strategy) for strategy in alike)

    def _claimed_by(self, reason: str) -> set[str]:
        words = re.split(r"[^a-z]+", reason.lower())
        return {
            strategy
            for strategy, beginnings in self.rule.template_words.items()
            if any(word.startswith(beginnings) for word in words)
        }


def _longest_run(marks: Iterable[bool]) -> int:
    longest = run = 0
    for mark in marks:
        run = run + 1 if mark else 0
        longest = max(longest, run)
    return longest
