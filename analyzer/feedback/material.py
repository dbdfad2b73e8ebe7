"""What a page is made from: one clinician's notes, what `compare` says of them, and the notes' texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from analyzer.codebook import Codebook, load_codebook
from analyzer.compare import Comparison, compare
from analyzer.compare.correction import corrected
from analyzer.compare.error_rates import ErrorRates
from analyzer.compare.model import Corrected
from analyzer.compare.over_use import OverUse
from analyzer.compare.patterns import over_use
from analyzer.compare.questions import measure
from analyzer.compare.settings import load_settings
from analyzer.feedback.wording import number_of, one_line
from analyzer.profiles import Profile, given, group_of, iso_date, profile
from analyzer.records import Analysis, AnalyzerError, Opportunity, Tag

_NAMES_TOLD = 10


@dataclass(frozen=True, slots=True)
class Material:
    """One clinician's notes, latest first, with the rows of `compare` (strategy -> row) and the counts.

    ``rows`` are against the opportunities, ``past`` the later half of the notes against the earlier one, ``patterns``
    those of possible over-use. ``texts`` (note id -> text) may lack notes or all of them; ``rates`` are the program's
    measured errors by strategy, empty where they aren't known. ``codebook`` is a project's where one is in use.
    """

    clinician: str
    notes: tuple[Analysis, ...]
    rows: Mapping[str, Comparison]
    past: Mapping[str, Comparison]
    counts: Profile
    patterns: tuple[OverUse, ...] = ()
    rates: Mapping[str, ErrorRates] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    codebook: Codebook = field(default_factory=load_codebook)

    @property
    def enough(self) -> bool:
        """Whether anything can be said beyond what is there: notes suffice and so do one strategy's opportunities."""
        judged = any(row.verdict != "not_enough_notes" for row in self.rows.values())
        return judged and len(self.notes) >= load_settings().minimums.notes

    @property
    def days(self) -> tuple[str, str] | None:
        """The first and the last date, None where no note has one that could be understood."""
        dated = sorted(filter(None, map(iso_date, self.notes)))
        return (dated[0], dated[-1]) if dated else None

    def verdict(self, strategy: str) -> str:
        """The verdict against the opportunities."""
        return self.rows[strategy].verdict if strategy in self.rows else "not_enough_notes"

    def corrected(self, strategy: str) -> Corrected | None:
        """The share of documented responses after the program's own errors, None where it can't be given."""
        design_effect = self.rows[strategy].design_effect
        found = replace(measure(self.counts, strategy, "opportunity"), design_effect=design_effect)
        set_right = corrected(found, self.rates.get(strategy))
        return set_right if set_right.estimate is not None else None

    def open_moments(self, strategy: str) -> Iterator[tuple[Analysis, Opportunity]]:
        """The opportunities for a strategy without a documented response, latest first."""
        for analysis in self.notes:
            for moment in analysis.opportunities:
                if strategy in moment.strategies and moment.response == "no_documented_response":
                    yield analysis, moment


def gather(
    analyses: Iterable[Analysis],
    clinician: str,
    *,
    texts: Mapping[str, str] | None = None,
    rates: Mapping[str, ErrorRates] | None = None,
    codebook: Codebook | None = None,
) -> Material:
    """Pick one clinician's notes out of all and compare them, in one pass that keeps these notes alone.

    All notes given take part in the correction for many tests, so the page says what ``analyzer compare`` says of
    the same notes. Raises `AnalyzerError` where the clinician has no notes, or where the notes were read for strategies
    that ``codebook`` (the shipped one where it is None) has no words for.
    """
    book = codebook or load_codebook()
    own: list[Analysis] = []
    names: set[str] = set()

    def watched() -> Iterator[Analysis]:
        for analysis in analyses:
            name = group_of(analysis, "clinician")
            names.add(name)
            if name == clinician:
                own.append(analysis)
            yield analysis

    rows = _of(compare(watched(), by="clinician"), clinician)
    if not own:
        raise AnalyzerError(_unknown(clinician, sorted(names)))
    # Undated notes come last: nothing says that they are recent.
    own.sort(key=lambda a: (iso_date(a) or "", a.note_id), reverse=True)
    counts = profile(own, by="clinician")[0]
    if unknown := [strategy.id for strategy in counts.own if strategy.id not in book.ids]:
        raise AnalyzerError(
            f"these notes were tagged with a project's strategies ({', '.join(unknown)}); give its folder by --codebook"
        )
    return Material(
        clinician=clinician,
        notes=tuple(own),
        rows=rows,
        past=_of(compare(own, by="clinician", reference="past"), clinician),
        counts=counts,
        patterns=tuple(over_use(own)),
        rates=rates or {},
        texts=texts or {},
        codebook=book,
    )


def delivered(analysis: Analysis) -> Iterator[Tag]:
    """The tags documented as done, outside template text and blocks copied forward."""
    return (tag for tag in analysis.counted if tag.status == "delivered")


def clients_in(notes: Iterable[Analysis]) -> int:
    """How many different clients are named in the notes."""
    return len({str(a.client) for a in notes if given(a.client)})


def _of(rows: Iterable[Comparison], clinician: str) -> dict[str, Comparison]:
    return {row.strategy: row for row in rows if row.group == clinician}


def _unknown(clinician: str, names: list[str]) -> str:
    asked = one_line(clinician)
    if not names:
        return f"no notes could be read, so there are none by clinician '{asked}'; check PATH"
    told = ", ".join(f"'{one_line(name)}'" for name in names[:_NAMES_TOLD])
    more = f" and {number_of(len(names) - _NAMES_TOLD, 'more name')}" if len(names) > _NAMES_TOLD else ""
    return f"no notes by clinician '{asked}'; these notes are by {told}{more}: give one of these names"
