"""The comparison itself: ask the reference's questions, correct for their number, give verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from analyzer.compare.estimates import interval, q_values
from analyzer.compare.model import DENOMINATORS, REFERENCES, Comparison, Denominator, Reference, Verdict
from analyzer.compare.questions import Question
from analyzer.compare.references import against_opportunities, against_past, against_peers, against_targets
from analyzer.compare.settings import Settings, load_settings
from analyzer.profiles import By, check_by, noting_own
from analyzer.records import Analysis, AnalyzerError, StrategyName


def compare(
    analyses: Iterable[Analysis],
    *,
    by: By = "clinician",
    reference: Reference = "opportunities",
    denominator: Denominator | None = None,
    targets: Mapping[str, tuple[float, float]] | None = None,
) -> list[Comparison]:
    """Compare what the notes of each group document with what the reference leads one to expect.

    One row per group and strategy, by group name and then in codebook order: never a ranking. The denominator is the
    opportunity unless chosen otherwise. ``targets`` (strategy -> low and high share) is for the reference ``targets``.
    Raises `AnalyzerError` where the choices don't go together, `DataError` where the targets are broken.
    """
    chosen = denominator or "opportunity"
    check_choices(by, reference, chosen, targets)
    settings = load_settings()
    own: dict[str, StrategyName] = {}
    questions = list(_questions(noting_own(analyses, own), by, reference, chosen, targets, settings))
    q_of = iter(q_values([q.p_value for q in questions if q.p_value is not None]))
    return [
        replace(
            _answer(question, reference, next(q_of) if question.p_value is not None else None, settings),
            own=own.get(question.strategy),
        )
        for question in questions
    ]


def check_choices(by: str, reference: str, denominator: str, targets: Mapping | None) -> None:
    check_by(by)
    if reference not in REFERENCES:
        raise AnalyzerError(f"no reference {reference!r}; choose one of {', '.join(REFERENCES)}")
    if denominator not in DENOMINATORS:
        raise AnalyzerError(f"no denominator {denominator!r}; choose one of {', '.join(DENOMINATORS)}")
    if reference == "opportunities" and denominator != "opportunity":
        raise AnalyzerError(
            f"the reference 'opportunities' counts by opportunity; choose another reference for {denominator!r}"
        )
    if reference == "targets" and denominator == "1000 words":
        raise AnalyzerError("targets are shares: their denominator can't be '1000 words'; choose opportunity or note")
    if reference == "targets" and targets is None:
        raise AnalyzerError("the reference 'targets' needs targets, with lines such as 'transparency: [0.5, 0.9]'")


def _questions(
    analyses: Iterable[Analysis],
    by: By,
    reference: Reference,
    denominator: Denominator,
    targets: Mapping[str, tuple[float, float]] | None,
    settings: Settings,
) -> Iterator[Question]:
    if reference == "opportunities":
        return against_opportunities(analyses, by, settings)
    if reference == "peers":
        return against_peers(analyses, by, denominator, settings)
    if reference == "past":
        return against_past(analyses, by, denominator, settings)
    return against_targets(analyses, by, denominator, targets or {}, settings)


def _answer(question: Question, reference: Reference, q_value: float | None, settings: Settings) -> Comparison:
    found, verdict = question.measure, verdict_of(question, q_value, settings.significance.false_discovery_rate)
    counted = verdict == "over_used" and question.pattern
    low, high = interval(found.kind, found.count, found.exposure) if found.exposure else (None, None)
    return Comparison(
        group=question.group,
        strategy=question.strategy,
        reference=reference,
        denominator=found.denominator,
        notes=found.notes,
        opportunities=found.cues,
        count=found.count,
        estimate=found.estimate,
        low=low,
        high=high,
        expected=question.expected,
        verdict=verdict,
        probability=None if counted else question.probability,
        q_value=None if counted else q_value,
    )


def verdict_of(question: Question, q_value: float | None, rate: float) -> Verdict:
    # Under-use comes first: an unanswered cue matters more to the client than a word too many.
    departs = q_value is not None and q_value < rate
    is_under = question.under is not None and question.under == question.probability
    if departs and is_under and question.flaggable:
        return "under_used"
    if question.pattern or (departs and not is_under):
        return "over_used"
    return "not_enough_notes" if q_value is None else "in_range"
