"""Notes -> moments that call for a strategy, each with its theme, and how many of them have no documented response.

A gap is one of documentation: what a note leaves out may have taken place all the same (codebook section 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from analyzer.codebook import names_of
from analyzer.profiles import group_of
from analyzer.records import Analysis, Opportunity, Response, StrategyName
from analyzer.team.settings import load_team_settings

Theme = tuple[int, int, str]
GroupedBy = Literal["strategy", "theme"]
GROUPED_BY: Final[tuple[GroupedBy, ...]] = get_args(GroupedBy)


@dataclass(frozen=True, slots=True)
class Moment:
    """One opportunity in one note, and the title of its theme."""

    note_id: str
    date: str
    clinician: str
    words: str
    strategies: tuple[str, ...]
    theme: str
    response: Response

    @property
    def is_open(self) -> bool:
        """Whether no response is documented."""
        return self.response == "no_documented_response"


@dataclass(frozen=True, slots=True)
class Gap:
    """The moments of one strategy or theme: those answered, those taken up or planned, those without a response.

    ``left_out`` are those that something urgent suppressed. ``name`` is a title, ``notes`` how many notes hold any.
    """

    name: str
    documented: int
    taken_up: int
    open: int
    left_out: int
    notes: int

    @property
    def moments(self) -> int:
        """All but those left out."""
        return self.documented + self.taken_up + self.open


def moments(analyses: Iterable[Analysis], themes: Mapping[str, Sequence[Theme]]) -> list[Moment]:
    """Every opportunity, by date; ``themes`` maps a text's SHA-256 to what `find_themes` found in it."""
    ordered = sorted(analyses, key=lambda a: (a.date or "", a.note_id))
    return [
        Moment(
            note_id=a.note_id,
            date=a.date or "",
            clinician=group_of(a, "clinician"),
            words=found.text,
            strategies=found.strategies,
            theme=_theme(found, themes.get(a.text_sha256, ())),
            response=found.response,
        )
        for a in ordered
        for found in a.opportunities
    ]


def _theme(moment: Opportunity, found: Sequence[Theme]) -> str:
    """The title of the first theme that a rule found here, else of the first that its strategies stand for."""
    by_rule = {title for start, end, title in found if start < moment.end and moment.start < end}
    called, settings = set(moment.strategies), load_team_settings()
    titles = (
        theme.title
        for theme in settings.themes
        if (theme.title in by_rule if by_rule else called.intersection(theme.strategies))
    )
    return next(titles, settings.own_theme)


def theme_titles(found: Iterable[Moment]) -> list[str]:
    """The themes in the order of the file; that of a project's own strategies only where a moment has it."""
    settings = load_team_settings()
    own = [settings.own_theme] if any(moment.theme == settings.own_theme for moment in found) else []
    return [*(theme.title for theme in settings.themes), *own]


def gaps(found: Sequence[Moment], *, by: GroupedBy, own: Iterable[StrategyName] = ()) -> list[Gap]:
    """The moments counted for each strategy they call for, or for their theme, in the order of the codebook or file."""
    if by == "strategy":
        return [_gap(s.title, [m for m in found if s.id in m.strategies]) for s in names_of(own).values()]
    return [_gap(title, [m for m in found if m.theme == title]) for title in theme_titles(found)]


def _gap(name: str, found: Sequence[Moment]) -> Gap:
    of = {response: sum(m.response == response for m in found) for response in {m.response for m in found}}
    taken_up = of.get("engaged", 0) + of.get("planned_only", 0)
    notes = len({m.note_id for m in found})
    return Gap(
        name, of.get("responded", 0), taken_up, of.get("no_documented_response", 0), of.get("suppressed", 0), notes
    )
