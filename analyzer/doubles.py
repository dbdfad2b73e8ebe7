"""The same note's analysis a second time, as where two outputs of ``analyzer tag`` overlap: each counts once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, count
from operator import attrgetter

from analyzer.notes.limits import shown
from analyzer.records import Analysis, Remark, Skipped

Result = Analysis | Skipped | Remark
# All that is counted or exported; not the name of the file, which a copy changes.
_FOUND = attrgetter(
    "client", "date", "n_words", "sections", "tags", "opportunities", "boilerplate", "identifiers", "own"
)


@dataclass(slots=True)
class EachOnce:
    """Passes results on, from one place after another, and leaves out a note that was read before.

    It is the same note if id, clinician and text are the same. Of one with the same result nothing is lost by it: a
    `Remark` tells how many of them a place held. One with another result, as of another model, comes as `Skipped`.
    Another note of the same id becomes ``id#2``, followed by a Remark, as `analyzer.notes.repeats` does it.
    """

    # Hashes, since there may be very many notes: the ids in use, and by note what was found in it.
    _ids: set[int] = field(default_factory=set)
    _found: dict[int, int] = field(default_factory=dict)

    def of(self, place: str, results: Iterable[Result]) -> Iterator[Result]:
        """What is new among the results; ``place`` is the name under which the others are told."""
        same, first = 0, ""
        for item in results:
            if not isinstance(item, Analysis):
                yield item
                continue
            note, found = _hashes(item)
            if note not in self._found:
                self._found[note] = found
                yield from self._kept(place, item)
            elif self._found[note] == found:
                same, first = same + 1, first or item.note_id
            else:
                yield Skipped(
                    place, f"note {shown(item.note_id)} came before with another result, which is the one kept"
                )
        if same:
            told = f"{same} note(s) came before with the same result (first: {shown(first)})"
            yield Remark(place, f"{told}: counted once, nothing is lost")

    def _kept(self, place: str, item: Analysis) -> Iterator[Analysis | Remark]:
        others = (f"{item.note_id}#{number}" for number in count(2))
        note_id = next(free for free in chain([item.note_id], others) if hash(free) not in self._ids)
        self._ids.add(hash(note_id))
        if note_id == item.note_id:
            yield item
            return
        yield replace(item, note_id=note_id)
        again = f"note id {shown(item.note_id)} again, with another text or clinician"
        yield Remark(place, f"{again}: kept as {shown(note_id)}")


def _hashes(analysis: Analysis) -> tuple[int, int]:
    """Which note it is of, and what was found in it."""
    note = (analysis.note_id, analysis.clinician, analysis.text_sha256)
    return hash(note), hash((_FOUND(analysis), frozenset(analysis.extra.items())))
