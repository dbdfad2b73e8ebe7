"""Which notes a reader asked for: by whom, of whom, when, with which evidence and words. Nothing is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.profiles import group_of, iso_date
from analyzer.views.reading import ReadNote


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; None or empty asks for nothing in particular. ``dates``: first and last day, ISO 8601."""

    clinician: str | None = None
    client: str | None = None
    dates: tuple[str, str] | None = None
    strategies: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    words: str = ""


def matching(notes: Iterable[ReadNote], wanted: Wanted) -> list[ReadNote]:
    """The notes that fit, by date. Where dates are asked for, notes without one are left out."""
    found = [note for note in notes if _fits(note, wanted)]
    return sorted(found, key=lambda note: (note.analysis.date or "", note.analysis.note_id))


def _fits(note: ReadNote, wanted: Wanted) -> bool:
    analysis = note.analysis
    if wanted.clinician is not None and group_of(analysis, "clinician") != wanted.clinician:
        return False
    if wanted.client is not None and group_of(analysis, "client") != wanted.client:
        return False
    if wanted.dates is not None:
        first, last = wanted.dates
        if not first <= (iso_date(analysis) or "") <= last:
            return False
    return _has_evidence(note, wanted) and _has_words(note.text, wanted.words)


def _has_evidence(note: ReadNote, wanted: Wanted) -> bool:
    if not (wanted.strategies or wanted.statuses):
        return True
    return any(
        (not wanted.strategies or tag.strategy in wanted.strategies)
        and (not wanted.statuses or tag.status in wanted.statuses)
        for tag in note.analysis.tags
    )


def _has_words(text: str, words: str) -> bool:
    """Every word asked for stands in the note, in any order and in any case."""
    plain = text.casefold()
    return all(word in plain for word in words.casefold().split())
