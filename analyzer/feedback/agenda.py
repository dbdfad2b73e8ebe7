"""An agenda for the next supervision with one clinician: strengths to name, questions to ask, what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from analyzer.codebook import Codebook
from analyzer.compare.error_rates import ErrorRates
from analyzer.feedback.focus import Focus, focus_on, most_open, trend, under_used
from analyzer.feedback.material import Material, gather
from analyzer.feedback.quotes import Quote, Quotes
from analyzer.feedback.returning import Noticed, noticed
from analyzer.feedback.strengths import Strength, strengths
from analyzer.feedback.wording import advice_of, clients_of, load_wording
from analyzer.records import Analysis

Kind = Literal["under_used", "over_used", "open"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question for supervision and what it rests on.

    ``kind``: a pattern of under-use or over-use, or ``open``, moments that are no pattern. ``focus`` has figures,
    quotes and uncertainty (None for over-use, which is counted by the codebook's patterns and not tested); ``why`` is
    what the notes show of over-use and what it may mean, ``quotes`` and ``also_in`` the notes that show it.
    """

    kind: Kind
    strategy: str
    title: str
    ask: str
    focus: Focus | None
    why: str
    clients: str
    quotes: tuple[Quote, ...]
    also_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a supervisor brings to the next supervision; counts of clients under three are "fewer than 3"."""

    clinician: str
    notes: int
    days: tuple[str, str] | None
    clients: str
    enough: bool
    strengths: tuple[Strength, ...]
    opening: str
    questions: tuple[Question, ...]
    closing: str
    trend: str | None
    cannot_say: tuple[str, ...]


def agenda_for(
    analyses: Iterable[Analysis],
    clinician: str,
    *,
    texts: Mapping[str, str] | None = None,
    rates: Mapping[str, ErrorRates] | None = None,
    codebook: Codebook | None = None,
) -> Agenda:
    """The agenda for one clinician, from all notes given; the options are those of `feedback_for`.

    Raises `AnalyzerError` where the clinician has no notes.
    """
    material = gather(analyses, clinician, texts=texts, rates=rates, codebook=codebook)
    quotes, words = Quotes(material.texts), load_wording()
    most = words.choosing.questions
    questions = tuple(q for q, _ in zip(_questions(material, quotes), range(most), strict=False))
    under = [q.strategy for q in questions if q.kind == "under_used"]
    return Agenda(
        clinician=clinician,
        notes=len(material.notes),
        days=material.days,
        clients=clients_of(material.counts.clients),
        enough=material.enough,
        strengths=strengths(material, quotes, last=[q.strategy for q in questions if q.kind != "open"]),
        opening=words.agenda.opening,
        questions=questions,
        closing=words.agenda.closing,
        trend=trend(material, under[0] if under else None) if material.enough else None,
        cannot_say=words.cannot_say,
    )


def _questions(material: Material, quotes: Quotes) -> Iterator[Question]:
    """Under-use first, then over-use; moments that are no pattern only where there is neither."""
    if not material.enough:
        return
    flagged, over_used = under_used(material), False
    yield from (_about_moments(material, strategy, quotes, "under_used") for strategy in flagged)
    for found in noticed(material, quotes, most=load_wording().choosing.quotes):
        over_used = True
        yield _about_over_use(found)
    if not flagged and not over_used:
        yield from (_about_moments(material, strategy, quotes, "open") for strategy in most_open(material)[:1])


def _about_moments(material: Material, strategy: str, quotes: Quotes, kind: Kind) -> Question:
    words = load_wording()
    focus = focus_on(material, strategy, quotes, most=words.choosing.quotes)
    ask = advice_of(material.codebook.strategy(strategy)).ask
    return Question(kind, strategy, focus.title, ask, focus, "", focus.clients, focus.quotes, focus.also_in)


def _about_over_use(found: Noticed) -> Question:
    why = f"{found.said} {found.means}"
    return Question(
        "over_used", found.strategy, found.title, found.ask, None, why, found.clients, found.quotes, found.also_in
    )
