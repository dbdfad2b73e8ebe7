"""``data/team.yml`` -> checked settings: the smallest cells shown, widths of intervals, the themes of moments."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analyzer.cue_rules import load_cue_rules
from analyzer.lexicons import read_data
from analyzer.records import STRATEGIES, DataError

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
    """What some cue rules are about; ``strategies``: whose moments have this theme where no rule says more."""

    id: _Text
    title: _Text
    strategies: tuple[str, ...] = ()
    cues: Annotated[tuple[str, ...], Field(min_length=1)]


class TeamSettings(_Part):
    """Everything in ``team.yml``; ``own_theme`` is the title for moments of a project's own strategies alone."""

    small_cells: Annotated[tuple[SmallCells, ...], Field(min_length=1)]
    interval_width: IntervalWidth
    own_theme: _Text
    themes: Annotated[tuple[Theme, ...], Field(min_length=1)]


@cache
def load_team_settings() -> TeamSettings:
    """The shipped settings, read once. Raises `DataError` with every fault.

    Each cue rule and each strategy has exactly one theme.
    """
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
    """Cue rules and strategies that have no theme or several, and names that are none of either."""
    cues = Counter(cue for theme in themes for cue in theme.cues)
    strategies = Counter(strategy for theme in themes for strategy in theme.strategies)
    return [*_problems("cue rule", cues, rules), *_problems("strategy", strategies, set(STRATEGIES))]


def _problems(kind: str, named: Counter[str], known: set[str]) -> list[str]:
    return [
        *(f"themes: {kind} {name!r} has no theme; add it to one" for name in sorted(known - set(named))),
        *(f"themes: {name!r} is no known {kind}" for name in sorted(set(named) - known)),
        *(f"themes: {kind} {name!r} stands {times} times" for name, times in sorted(named.items()) if times > 1),
    ]
