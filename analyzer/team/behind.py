"""A cell -> what is behind it: every tag and every opportunity of one strategy in one clinician's notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.codebook import Codebook, load_codebook
from analyzer.profiles import group_of
from analyzer.records import Analysis


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a note. ``kind``: *evidence* or *opportunity*; ``status``: the tag's status or the response, in words.

    ``counted`` is False for what stands in template text: it is shown and never counted.
    """

    note_id: str
    date: str
    kind: str
    status: str
    words: str
    section: str
    counted: bool


def behind(
    analyses: Iterable[Analysis], *, clinician: str, strategy: str, codebook: Codebook | None = None
) -> list[Piece]:
    """The pieces by date and then in the order in which they stand in the notes; ``codebook`` names the statuses."""
    book = codebook or load_codebook()
    own = [a for a in analyses if group_of(a, "clinician") == clinician]
    return [piece for a in sorted(own, key=lambda a: (a.date or "", a.note_id)) for piece in _pieces(a, strategy, book)]


def _pieces(analysis: Analysis, strategy: str, book: Codebook) -> list[Piece]:
    counted = set(analysis.counted)
    where = (analysis.note_id, analysis.date or "")
    found = [
        (tag.start, Piece(*where, "evidence", book.status_title(tag.status), tag.text, tag.section, tag in counted))
        for tag in analysis.tags
        if tag.strategy == strategy
    ]
    found += [
        (moment.start, Piece(*where, "opportunity", book.response_title(moment.response), moment.text, "", True))
        for moment in analysis.opportunities
        if strategy in moment.strategies
    ]
    return [piece for _, piece in sorted(found, key=lambda each: (each[0], each[1].kind))]
