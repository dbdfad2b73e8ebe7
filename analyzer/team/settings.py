"""``data/team.yml`` -> checked settings: the smallest cells shown, widths of intervals, the themes of moments."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analyzer.cue_rules import load_cue_rules
from analyzer.lexicons import read_data
from analyzer.records import DataError

_FILE = "team.yml"
_Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    """A frozen part of the file that knows its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SmallCells(_Part):
    """Cells that rest on fewer notes are not shown where names are hidden."""

    notes: Annotated[int, Field(ge=2)]
    source: _Text


class IntervalWidth(_Part):
    """From which width on, as a part of the scale, an interval is no longer narrow, and from which it is wide."""

    narrow: Annotated[float, Field(gt=0, lt=1)]
    wide: Annotated[float, Field(gt=0, lt=1)]
    source: _Text


class Theme(_Part):
    """What some cue rules are about."""

    id: _Text
    title: _Text
    cues: Annotated[tuple[str, ...], Field(min_length=1)]


class TeamSettings(_Part):
    """Everything in ``team.yml``; ``no_theme`` is the title for moments that no rule found."""

    small_cells: Annotated[tuple[SmallCells, ...], Field(min_length=1)]
    interval_width: IntervalWidth
    themes: Annotated[tuple[Theme, ...], Field(min_length=1)]
    no_theme: _Text

    @property
    def theme_titles(self) -> tuple[str, ...]:
        """The titles in the file's order, the one for moments without a rule last."""
        return (*(theme.title for theme in self.themes), self.no_theme)


@cache
def load_team_settings() -> TeamSettings:
    """The shipped settings, read once. Raises `DataError` with every fault; each cue rule has exactly one theme."""
    try:
        settings = TeamSettings.model_validate(read_data(_FILE))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise DataError(_FILE, faults) from error
    problems = theme_problems(settings.themes, {rule.id for rule in load_cue_rules()})
    if problems:
        raise DataError(_FILE, problems)
    return settings


def theme_problems(themes: tuple[Theme, ...], rules: set[str]) -> list[str]:
    """Cue rules that have no theme or several, and names that are no cue rule's."""
    named = Counter(cue for theme in themes for cue in theme.cues)
    return [
        *(f"themes: cue rule {cue!r} has no theme; add it to one" for cue in sorted(rules - set(named))),
        *(f"themes: {cue!r} is no cue rule of opportunities.yml" for cue in sorted(set(named) - rules)),
        *(f"themes: cue rule {cue!r} stands {times} times" for cue, times in sorted(named.items()) if times > 1),
    ]
