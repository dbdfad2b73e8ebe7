"""Which human code answers to which of ours, one to one: for status, evidence and opportunities."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from analyzer.evaluate.places import Places, delivered, human_segments, main_segment, system_segments
from analyzer.records import CodedCue, CodedTag, Opportunity, Tag

Human = TypeVar("Human", CodedTag, CodedCue)
Ours = TypeVar("Ours", Tag, Opportunity)

_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class StatusMatch:
    """Tags of one strategy that both sides gave in one segment."""

    segment: int
    human: CodedTag
    system: Tag


@dataclass(frozen=True, slots=True)
class CueMatch:
    """A cue and an opportunity in one segment."""

    segment: int
    human: CodedCue
    system: Opportunity


def status_matches(places: Places) -> list[StatusMatch]:
    """Matches in every scored (segment, strategy) that both sides tagged; equal statuses first, then more overlap."""
    column = places.strategies.index
    found = []
    systems = [(tag, system_segments(places.note, tag)) for tag in places.analysis.tags]
    humans = [(tag, human_segments(places.note, tag)) for tag in places.note.tags]
    for segment in range(len(places.note.segments)):
        ours = [tag for tag, segments in systems if segment in segments]
        theirs = [tag for tag, segments in humans if segment in segments]
        for strategy in sorted({tag.strategy for tag in theirs}, key=column):
            if places.scored[segment, column(strategy)]:
                pairs = pair_up(
                    [tag for tag in theirs if tag.strategy == strategy],
                    [tag for tag in ours if tag.strategy == strategy],
                    lambda h, s: (h.status == s.status, shared_length(h, s)),
                )
                found += [StatusMatch(segment, human, system) for human, system in pairs]
    return found


def evidence_f1s(places: Places) -> list[float]:
    """Token F1 of each pair of delivered tags of one strategy that share a scored segment, best pairs first."""
    note, text = places.note, places.note.text
    ours = [(tag, system_segments(note, tag)) for tag in delivered(places.analysis.tags)]
    segments_of_ours = {id(tag): segments for tag, segments in ours}
    column = places.strategies.index

    def closeness(human: CodedTag, system: Tag) -> tuple[float, ...] | None:
        shared = human_segments(note, human) & segments_of_ours[id(system)]
        if human.strategy != system.strategy or not any(places.scored[s, column(human.strategy)] for s in shared):
            return None
        return (token_f1(text, human, system),)

    pairs = pair_up(delivered(note.tags), [tag for tag, _ in ours], closeness)
    return [token_f1(text, human, system) for human, system in pairs]


def cue_matches(places: Places) -> list[CueMatch]:
    """Cues and opportunities matched within each scored segment, by how much they overlap."""
    found = []
    segments = {id(o): main_segment(places.note, o) for o in places.analysis.opportunities}
    for segment in sorted({cue.segment for cue in places.note.cues}):
        if places.scored_cues[segment, 0]:
            pairs = pair_up(
                [cue for cue in places.note.cues if cue.segment == segment],
                [o for o in places.analysis.opportunities if segments[id(o)] == segment],
                lambda h, s: (shared_length(h, s),),
            )
            found += [CueMatch(segment, human, system) for human, system in pairs]
    return found


def pair_up(
    humans: Sequence[Human], systems: Sequence[Ours], closeness: Callable[[Human, Ours], tuple[float, ...] | None]
) -> list[tuple[Human, Ours]]:
    """One-to-one pairs, the closest first; None for ``closeness`` forbids a pair; equals go in the order given."""
    options = [
        (close, -i, -j)
        for i, human in enumerate(humans)
        for j, system in enumerate(systems)
        if (close := closeness(human, system)) is not None
    ]
    pairs: dict[int, int] = {}
    for _, i, j in sorted(options, reverse=True):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return [(humans[-i], systems[-j]) for i, j in sorted(pairs.items(), reverse=True)]


def shared_length(human: CodedTag | CodedCue, system: Tag | Opportunity) -> int:
    """Code points that both spans hold; negative where a gap lies between them."""
    return min(human.end, system.end) - max(human.start, system.start)


def token_f1(text: str, human: CodedTag, system: Tag) -> float:
    """F1 of the words that the two spans touch, by where they stand (so the same word elsewhere is no match)."""
    ours, theirs = _tokens(text, system.start, system.end), _tokens(text, human.start, human.end)
    if not ours and not theirs:
        return 1.0 if shared_length(human, system) > 0 else 0.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def _tokens(text: str, start: int, end: int) -> set[int]:
    """Where words begin that the span touches; a span that begins inside a word touches all of it."""
    while 0 < start < len(text) and (text[start - 1] + text[start]).replace("_", "a").isalnum():
        start -= 1
    return {match.start() for match in _TOKEN.finditer(text, start, end)}
