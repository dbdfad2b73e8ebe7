"""One page for a clinician about their own notes: strengths first, the one place to look, one thing to try."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analyzer.codebook import Codebook
from analyzer.compare.error_rates import ErrorRates
from analyzer.feedback.focus import Focus, focus_on, most_open, trend, under_used
from analyzer.feedback.material import Material, gather
from analyzer.feedback.quotes import Quotes
from analyzer.feedback.returning import Noticed, noticed
from analyzer.feedback.strengths import Strength, strengths
from analyzer.feedback.wording import advice_of, clients_of, load_wording
from analyzer.records import Analysis


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one clinician reads about their own notes.

    - ``notes``, ``days`` (first and last date, None where no note is dated), ``clients`` in words.
    - ``strengths``: up to three, each with up to two quotes of what is documented as done.
    - ``gap``: the under-used strategy with the most moments without a documented response; None where none is.
    - ``invitation``: where nothing is under- or over-used, the strategy with the most open moments; ``curious`` where
      there is none either.
    - ``noticed``: a pattern of possible over-use with one quote; None where there is none.
    - ``enough`` is False where notes or opportunities don't suffice for more than quotes: then ``gap``, ``invitation``,
      ``curious``, ``noticed``, ``try_next`` and ``trend`` are None.
    """

    clinician: str
    notes: int
    days: tuple[str, str] | None
    clients: str
    enough: bool
    strengths: tuple[Strength, ...]
    gap: Focus | None
    invitation: Focus | None
    curious: str | None
    noticed: Noticed | None
    try_next: str | None
    trend: str | None
    cannot_say: tuple[str, ...]


def feedback_for(
    analyses: Iterable[Analysis],
    clinician: str,
    *,
    texts: Mapping[str, str] | None = None,
    rates: Mapping[str, ErrorRates] | None = None,
    codebook: Codebook | None = None,
) -> Feedback:
    """The page for one clinician, from all notes given; a note's text lends a quote the rest of its sentence.

    ``texts`` maps note ids to texts; where one is lacking the words of the tags serve. With ``rates`` (`error_rates`)
    the share is told after the program's own errors too. ``codebook`` is a project's, where the notes were read with
    one. Raises `AnalyzerError` where the clinician has no notes. Method: Brehaut et al. 2016 (doi:10.7326/M15-2248)
    and Ivers et al. 2012 (doi:10.1002/14651858.CD000259.pub3), point by point in ``analyzer/feedback/README.md``.
    """
    material = gather(analyses, clinician, texts=texts, rates=rates, codebook=codebook)
    quotes = Quotes(material.texts)
    flagged, open_ones = (under_used(material), most_open(material)) if material.enough else ([], [])
    # The gap takes its quote first, so that a strength shows other words.
    gap = focus_on(material, flagged[0], quotes) if flagged else None
    more = next(noticed(material, quotes, most=1), None) if material.enough else None
    invitation = focus_on(material, open_ones[0], quotes) if open_ones and not gap and not more else None
    found = strengths(material, quotes, last=[*flagged, *([more.strategy] if more else [])])
    words = load_wording()
    return Feedback(
        clinician=clinician,
        notes=len(material.notes),
        days=material.days,
        clients=clients_of(material.counts.clients),
        enough=material.enough,
        strengths=found,
        gap=gap,
        invitation=invitation,
        curious=words.curious if material.enough and found and not (gap or more or invitation) else None,
        noticed=more,
        try_next=_try_next(material, gap, more, invitation, found) if material.enough else None,
        trend=trend(material, gap.strategy if gap else None) if material.enough else None,
        cannot_say=words.cannot_say,
    )


def _try_next(
    material: Material,
    gap: Focus | None,
    more: Noticed | None,
    invitation: Focus | None,
    found: tuple[Strength, ...],
) -> str | None:
    """One thing to try, about the first of what the page looks at."""
    if more and not gap:
        return more.try_next
    about = gap or invitation or (found[0] if found else None)
    return advice_of(material.codebook.strategy(about.strategy)).try_next if about else None
