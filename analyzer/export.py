"""Analyses -> tables for other tools: the rows and columns that each exporter writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analyzer.profiles import BYS, NOT_GIVEN, By, Profile, StrategyCounts, check_by, given, noting_own, profile
from analyzer.records import (
    RESPONSES,
    STATUSES,
    STRATEGIES,
    Analysis,
    AnalyzerError,
    StrategyName,
    strategies_of,
)
from analyzer.table_files import Column, check_kind, meanings, write_table

if TYPE_CHECKING:  # the names of exporters must not wait for pandas
    import pandas as pd

Row = dict[str, Any]
_USUAL: Final[By] = "clinician"


@dataclass(frozen=True, slots=True)
class Exporter:
    """A table's columns, given the strategies, and how its rows are made from analyses and the grouping."""

    columns: Callable[[Sequence[str]], tuple[Column, ...]]
    rows: Callable[[Iterable[Analysis], By], Iterator[Row]]

    @property
    def is_grouped(self) -> bool:
        """Whether a row is about a group of notes."""
        return _UNIT in self.columns(STRATEGIES)

    @property
    def takes_text(self) -> bool:
        """Whether it has words of the notes where these are asked for."""
        return _TEXT in self.columns(STRATEGIES)


def export(
    analyses: Iterable[Analysis], name: str, path: Path, *, by: By | None = None, with_text: bool = False
) -> None:
    """Write one table and its data dictionary as `analyzer.table_files.write_table` does; the ending says the kind.

    ``by`` is as for `grouping`. ``with_text`` adds the evidence's words to ``tags``, which otherwise leave them out.
    Raises `AnalyzerError` before any note is read where the call can't work, and where the words are not there.
    """
    exporter = _exporter(name)
    by = grouping(name, by) or _USUAL
    check_kind(path)
    own: dict[str, StrategyName] = {}
    # Which strategies there are is known when the notes have been read.
    rows = list(exporter.rows(noting_own(analyses, own), by))
    if with_text and any(row.get(_TEXT.name) == "" for row in rows):
        raise AnalyzerError(
            "what was read has no words of the evidence, as where 'analyzer store read' had no key; give the notes "
            "themselves, or leave out --with-text"
        )
    columns = [c for c in exporter.columns(strategies_of(own.values())) if with_text or c is not _TEXT]
    write_table(rows, columns, path)


def grouping(name: str, by: By | None) -> By | None:
    """What an exporter's rows are grouped by: the clinician unless said otherwise, None where a row is no group.

    ``name`` may be one of `analyzer.interchange.FORMATS` too. Raises `AnalyzerError` for a grouping that is not known
    or has nothing to group.
    """
    if name in EXPORTERS and EXPORTERS[name].is_grouped:
        check_by(by or _USUAL)
        return by or _USUAL
    if by is not None:
        grouped = " or ".join(name for name, exporter in EXPORTERS.items() if exporter.is_grouped)
        raise AnalyzerError(f"{name} has no groups, so --by {by} changes nothing; leave it out, or export {grouped}")
    return None


def dictionary(name: str, *, strategies: Sequence[str] = STRATEGIES) -> pd.DataFrame:
    """The data dictionary of one exporter: column, meaning, type, values. Raises `AnalyzerError`.

    ``strategies`` are the ids that columns are made for where there is one a strategy.
    """
    return meanings(_exporter(name).columns(strategies))


def _exporter(name: str) -> Exporter:
    if name not in EXPORTERS:
        raise AnalyzerError(f"no export {name!r}; choose one of {', '.join(EXPORTERS)}")
    return EXPORTERS[name]


def _counts(analyses: Iterable[Analysis], by: By) -> Iterator[Row]:
    for group in profile(analyses, by=by):
        for counts in group.strategies:
            shared = _of_group(group) | {"strategy": counts.strategy} | _of_strategy(counts)
            for status in STATUSES:
                yield shared | {"status": status, "count": counts.by_status[status]}


def _counts_wide(analyses: Iterable[Analysis], by: By) -> Iterator[Row]:
    for group in profile(analyses, by=by):
        row = _of_group(group)
        for counts in group.strategies:
            figures = dict(counts.by_status) | _of_strategy(counts)
            row |= {f"{counts.strategy}.{figure}": number for figure, number in figures.items()}
        yield row


def _of_group(group: Profile) -> Row:
    return {"unit": group.by} | {column: getattr(group, column) for column in ("group", "notes", "words", "clients")}


def _of_strategy(counts: StrategyCounts) -> Row:
    return {column.name: getattr(counts, column.name) for column in _FIGURES}


def _tags(analyses: Iterable[Analysis], by: By) -> Iterator[Row]:
    for analysis in analyses:
        values = {column.name: getattr(analysis, column.name) for column in _NOTE}
        about = {name: value if given(value) else None for name, value in values.items()}
        counted = analysis.counted
        for tag in analysis.tags:
            found = {column.name: getattr(tag, column.name) for column in _OF_TAGS if column is not _COUNTED}
            # What follows the colon are words of the note, and text is written only on request.
            yield about | found | {"reason": tag.reason.partition(":")[0], _COUNTED.name: tag in counted}


_UNIT: Final = Column(
    "unit", "what the notes are grouped by: clinician, client, period (calendar month) or note", "text", BYS
)
_GROUP: Final = (
    _UNIT,
    Column("group", f"the group's name; {NOT_GIVEN} where the notes do not say", "text"),
)
_SIZE: Final = (
    Column("notes", "notes in the group"),
    Column("words", "words in these notes"),
    Column("clients", "different clients named in these notes"),
)
_FIGURES: Final = (
    Column("notes_used", "notes that document the strategy as done at least once"),
    Column("opportunities", "cues in the client's content that call for the strategy"),
    *(Column(response, f"of these cues, those answered so: {response.replace('_', ' ')}") for response in RESPONSES),
)
_STRATEGY: Final = Column("strategy", "the strategy's id in the codebook", "text")
_COUNTS: Final = (
    *_GROUP,
    _STRATEGY,
    Column("status", "the status of the tags that are counted in this row", "text", STATUSES),
    Column("count", "tags of this strategy with this status"),
    *(Column(c.name, f"{c.meaning} (the same in all rows of the group: do not add up)") for c in _SIZE),
    *(Column(c.name, f"{c.meaning} (the same for each status: do not add up)") for c in _FIGURES),
)


def _wide(strategies: Sequence[str]) -> tuple[Column, ...]:
    of_each = (
        column
        for strategy in strategies
        for column in (
            *(Column(f"{strategy}.{status}", f"{strategy}: tags with the status {status}") for status in STATUSES),
            *(Column(f"{strategy}.{c.name}", f"{strategy}: {c.meaning}") for c in _FIGURES),
        )
    )
    return (*_GROUP, *_SIZE, *of_each)


def _among(columns: Iterable[Column], strategies: Sequence[str]) -> tuple[Column, ...]:
    """The columns, with the strategies that there are as values."""
    return tuple(replace(c, values=tuple(strategies)) if c is _STRATEGY else c for c in columns)


_TEXT: Final = Column("text", "the evidence's words (identifiers masked); written only on request", "text")
_COUNTED: Final = Column(
    "counted", "whether the counts have it: a block copied from an earlier note is left out", "truth"
)
_OF_TAGS: Final = (
    _STRATEGY,
    Column("status", "delivered, planned, negated, hypothetical, other_agent or historical", "text", STATUSES),
    Column("start", "where the evidence begins: code points into the note's text as read"),
    Column("end", "where it ends (the first code point after it)"),
    Column("confidence", "the probability that the strategy is there, whatever its status, 0 to 1", "number"),
    Column("source", "what found it: rule, model or rule+model", "text"),
    Column("reason", "the rule's id or the model's version", "text"),
    Column("section", "the note's section in which it stands", "text"),
    Column("cue", "the words that decided the status; empty where nothing speaks against delivered", "text"),
    Column("repeated", "whether the same words stand in other notes of the clinician", "truth"),
    _COUNTED,
    _TEXT,
)
_NOTE: Final = tuple(
    Column(name, meaning, "text")
    for name, meaning in (
        ("note_id", "the note's id"),
        ("clinician", "the clinician as given, empty where not"),
        ("client", "the client's code as given, empty where not"),
        ("date", "the note's date, YYYY-MM-DD where it could be understood"),
    )
)

EXPORTERS: Final[Mapping[str, Exporter]] = {
    "counts": Exporter(partial(_among, _COUNTS), _counts),
    "counts-wide": Exporter(_wide, _counts_wide),
    "tags": Exporter(partial(_among, (*_NOTE, *_OF_TAGS)), _tags),
}
