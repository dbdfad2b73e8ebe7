"""Pasted text: lines that stand in an author's other notes, and blocks copied from an earlier note (codebook R5).

A repeated line without a named act is template text; one with an act keeps its tag, marked *repeated*. In a block
copied forward from the client's last note all is template text, its tags included: they are shown, and not counted
again. What is repeated is found before the pipeline runs, since it takes more than one note (`analyzer.repetition`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from analyzer.components.attributes import note_fact, register_attributes
from analyzer.repetition import Repeated

_KEY = "analyzer:repeated"
# Shares of a segment's letters, and the fewest that can be told from chance.
_MOST = 0.8
_FEWEST_LETTERS = 20
# A block: so many segments in a row, all copied.
_BLOCK = 3
REPEATED_LINE = "repeated_in_other_notes"
COPIED_FORWARD = "copied_forward"


def remember_repeated(doc: Doc, repeated: Repeated) -> None:
    """Give the Doc what is known of its repetitions before it goes through the pipeline."""
    doc.user_data[_KEY] = repeated


def mark_repeats(doc: Doc) -> Doc:
    """Add repeated lines and copied blocks to ``doc.spans["boilerplate"]`` and mark the tags in them."""
    repeated: Repeated | None = doc.user_data.pop(_KEY, None)
    if repeated is None:
        return doc
    segments = list(doc.spans["segments"])
    pasted = [bool(share) for share in _covered(segments, repeated.by_author)]
    blocks = _blocks(_covered(segments, repeated.from_earlier))
    copied = [block and not paste for block, paste in zip(blocks, pasted, strict=True)]
    tagged = _mark_tags(doc, [a or b for a, b in zip(copied, pasted, strict=True)])
    template = list(doc.spans["boilerplate"])
    known = {span.start for span in template}
    for i, segment in enumerate(segments):
        if segment.start not in known and (copied[i] or (pasted[i] and i not in tagged)):
            label = COPIED_FORWARD if copied[i] else REPEATED_LINE
            template.append(Span(doc, segment.start, segment.end, label=label))
    template.sort(key=lambda span: span.start)
    doc.spans["boilerplate"] = SpanGroup(doc, name="boilerplate", spans=template)
    return doc


def _mark_tags(doc: Doc, repeated: list[bool]) -> set[int]:
    """Mark the tags in repeated segments; the indexes of all segments that have a tag."""
    starts = [segment.start for segment in doc.spans["segments"]]
    tagged = set()
    for tag in doc.spans["strategies"]:
        i = bisect_right(starts, tag.start) - 1
        tagged.add(i)
        note_fact(tag, repeated=repeated[i])
    return tagged


def _covered(segments: Sequence[Span], words: Sequence[tuple[int, int]]) -> list[bool | None]:
    """For each segment, whether most of its letters stand in the words; None where it is too short to tell."""
    if not segments:
        return []
    inside = np.zeros(segments[-1].end_char + 1, np.int64)
    for start, end in words:
        inside[start:end] = 1
    sums = np.concatenate([[0], np.cumsum(inside)])
    found: list[bool | None] = []
    for segment in segments:
        letters = sum(len(token) for token in segment if token.is_alpha)
        share = sums[segment.end_char] - sums[segment.start_char]
        found.append(bool(share >= _MOST * letters) if letters >= _FEWEST_LETTERS else None)
    return found


def _blocks(covered: Sequence[bool | None]) -> list[bool]:
    """Keep runs of at least `_BLOCK` covered segments; what is too short to tell goes with those around it."""
    kept = [False] * len(covered)
    run: list[int] = []
    for i, each in enumerate([*covered, False]):
        if each is not False:
            run.append(i)
            continue
        while run and covered[run[-1]] is None:
            run.pop()
        while run and covered[run[0]] is None:
            run.pop(0)
        if sum(covered[j] is True for j in run) >= _BLOCK:
            for j in run:
                kept[j] = True
        run = []
    return kept


@Language.factory(
    "repeats", assigns=["doc.spans", "span._.repeated"], requires=["doc.spans", "span._.status", "token.is_sent_start"]
)
def create_repeats(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """The factory that ``pipeline.cfg`` names."""
    register_attributes()
    return mark_repeats
