"""Decisions -> coded notes in the format of models/corpus/README.md, for ``analyzer train --with``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from analyzer.components.segmenter import find_segments
from analyzer.lexicons import read_data
from analyzer.records import Analysis, CodedCue, CodedNote, CodedTag
from analyzer.review.decisions import Decision, Segment, decisions_of, finished, standing
from analyzer.review.outcome import reviewed


def reviewed_corpus(notes: Iterable[tuple[Analysis, str]], decisions: Iterable[Decision]) -> list[CodedNote]:
    """The reviewed notes with human codes; ``notes`` are analyses with their (masked) text.

    Only finished segments are listed, so the rest is neither learned from nor scored. Where two reviewers finished a
    segment, what only one of them gives is contested. Opportunities are the program's own, their responses contested:
    reviewers are not asked about them. The writer is ``review:<who>``.
    """
    made = list(decisions)
    coded = (_coded(analysis, text, decisions_of(analysis, made)) for analysis, text in notes)
    return [note for note in coded if note is not None]


def _coded(analysis: Analysis, text: str, own: list[Decision]) -> CodedNote | None:
    people = sorted({d.who for d in own})
    words = {who: [d for d in own if d.who == who] for who in people}
    done = {
        segment: [who for who in people if finished(analysis, segment, words[who])] for segment in find_segments(text)
    }
    segments = [segment for segment, finishers in done.items() if finishers]
    if not segments:
        return None
    places = {segment: index for index, segment in enumerate(segments)}
    given: defaultdict[Segment, list[set[CodedTag]]] = defaultdict(list)
    for who in people:
        said = reviewed(analysis, standing(words[who]))
        for segment in segments:
            if who in done[segment]:
                given[segment].append(_tags(said, segment, places[segment]))
    agreed = [set.intersection(*_without_spans(given[segment])) for segment in segments]
    return CodedNote(
        note_id=analysis.note_id,
        text=text,
        segments=tuple(segments),
        tags=tuple(
            tag for segment, same in zip(segments, agreed, strict=True) for tag in _chosen(given[segment], same)
        ),
        cues=tuple(_cues(analysis, places)),
        boilerplate=(),
        contested=tuple(
            tag
            for segment, same in zip(segments, agreed, strict=True)
            for tag in _chosen(given[segment], set.union(*_without_spans(given[segment])) - same)
        ),
        writer=f"{read_data('training.yml')['reviewed_by']}{'+'.join(people)}",
        voice="reviewed in the dashboard",
        coders=len(people),
    )


def _tags(analysis: Analysis, segment: Segment, index: int) -> set[CodedTag]:
    inside = [tag for tag in analysis.tags if segment[0] <= tag.start < segment[1]]
    return {CodedTag(index, t.strategy, t.status, t.start, min(t.end, segment[1])) for t in inside}


def _without_spans(given: Sequence[set[CodedTag]]) -> list[set[tuple[str, str]]]:
    """People agree on strategy and status; where the words begin and end is a matter of taste."""
    return [{(tag.strategy, tag.status) for tag in tags} for tags in given]


def _chosen(given: Sequence[set[CodedTag]], wanted: set[tuple[str, str]]) -> list[CodedTag]:
    """One tag for each strategy and status wanted, in order of their place."""
    found = {(tag.strategy, tag.status): tag for tags in reversed(given) for tag in tags}
    chosen = (tag for key, tag in found.items() if key in wanted)
    return sorted(chosen, key=lambda tag: (tag.start, tag.end, tag.strategy, tag.status))


def _cues(analysis: Analysis, places: dict[Segment, int]) -> Iterable[CodedCue]:
    for found in analysis.opportunities:
        for segment, index in places.items():
            if segment[0] <= found.start < segment[1]:
                end = min(found.end, segment[1])
                yield CodedCue(index, found.start, end, found.strategies, found.response, response_contested=True)
