"""The comparison itself: ask the reference's questions, correct for their number, give verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from analyzer.compare.counting import Counts, count, measures
from analyzer.compare.error_rates import ErrorRates
from analyzer.compare.estimates import interval, q_values
from analyzer.compare.model import DENOMINATORS, REFERENCES, Comparison, Denominator, Reference, Verdict
from analyzer.compare.questions import Measure, Question
from analyzer.compare.references import Basis, of_opportunities, of_past, of_peers, of_targets
from analyzer.compare.settings import Ranges, Settings, check_targets, load_settings
from analyzer.profiles import NOT_GIVEN, By, check_by
from analyzer.records import Analysis, AnalyzerError, StrategyName


def compare(
    analyses: Iterable[Analysis],
    *,
    by: By = "clinician",
    reference: Reference = "opportunities",
    denominator: Denominator | None = None,
    targets: Mapping[str, tuple[float, float]] | None = None,
    rates: Mapping[str, ErrorRates] | None = None,
) -> list[Comparison]:
    """Compare what the notes of each group document with what the reference leads one to expect.

    One row per group and strategy, by group name and then in codebook order: never a ranking. The denominator is the
    opportunity unless chosen otherwise. ``targets`` (strategy -> low and high share) is for the reference ``targets``.
    With ``rates`` (`error_rates`) verdicts rest on shares corrected for the program's errors, the raw figures beside
    them. Raises `AnalyzerError` where the choices don't go together, `DataError` where the targets are broken.
    """
    chosen = denominator or "opportunity"
    check_choices(by, reference, chosen, targets, rates)
    counts = count(analyses, by=by, reference=reference)
    return judge(counts, reference=reference, denominator=chosen, targets=targets, rates=rates)


def judge(
    counts: Counts,
    *,
    reference: Reference,
    denominator: Denominator,
    targets: Mapping[str, tuple[float, float]] | None = None,
    rates: Mapping[str, ErrorRates] | None = None,
) -> list[Comparison]:
    """`compare` for notes that are counted already (`count`, for the same reference)."""
    check_choices(counts.by, reference, denominator, targets, rates)
    settings = load_settings()
    ranges = check_targets("targets", targets, strategies=counts.strategies) if reference == "targets" else {}
    questions = list(_questions(counts, reference, denominator, ranges, Basis(settings, rates)))
    q_of = iter(q_values([q.p_value for q in questions if q.p_value is not None]).tolist())
    return [
        _answer(
            question,
            reference,
            next(q_of) if question.p_value is not None else None,
            settings,
            counts.own.get(question.strategy),
        )
        for question in questions
    ]


def check_choices(
    by: str, reference: str, denominator: str, targets: Mapping | None, rates: Mapping | None = None
) -> None:
    """Raises `AnalyzerError` where the choices don't go together."""
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
    if rates is not None and denominator == "1000 words":
        raise AnalyzerError(
            "rates over 1,000 words are not corrected (tags have no true negatives to count); choose the denominator "
            "opportunity or note"
        )


def _questions(
    counts: Counts, reference: Reference, denominator: Denominator, ranges: Ranges, basis: Basis
) -> Iterator[Question]:
    """By group name and then in codebook order."""
    alike, strategies = counts.alikeness(denominator), tuple(ranges) or counts.strategies
    found = measures(counts.groups, strategies, denominator, alike)
    before = measures(counts.earlier.values(), strategies, denominator, alike)
    named: dict[str, list[tuple[str, Measure]]] = defaultdict(list)
    for (name, strategy), measured in found.items():
        if name != NOT_GIVEN:
            named[strategy].append((name, measured))
    over_used = {(each.group, each.strategy) for each in counts.patterns}
    for group in counts.groups:
        name = group.whole.group
        for strategy in strategies:
            about, mine = (name, strategy), found[name, strategy]
            # Notes of nobody in particular are no peer and have none.
            others = [] if name == NOT_GIVEN else [m for other, m in named[strategy] if other != name]
            if reference == "opportunities":
                cues = group.whole.of(strategy)
                relevant, shown = cues.opportunities - cues.suppressed, about in over_used
                yield of_opportunities(about, mine, others, basis, relevant=relevant, pattern=shown)
            elif reference == "peers":
                yield of_peers(about, mine, others, basis)
            elif reference == "past":
                yield of_past(about, mine, before[about], others, basis)
            else:
                low, high = ranges[strategy]
                yield of_targets(about, mine, others, basis, low=low, high=high)


def _answer(
    question: Question,
    reference: Reference,
    q_value: float | None,
    settings: Settings,
    own: StrategyName | None,
) -> Comparison:
    found, verdict = question.measure, verdict_of(question, q_value, settings.significance.false_discovery_rate)
    counted = verdict == "over_used" and question.pattern
    low, high = _interval(found, 0.95)
    low80, high80 = _interval(found, 0.80)
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
        low80=low80,
        high80=high80,
        clients=found.clients,
        design_effect=found.design_effect,
        corrected=question.corrected,
        own=own,
    )


def _interval(found: Measure, within: float) -> tuple[float | None, float | None]:
    return interval(found.kind, *found.effective, within=within) if found.exposure else (None, None)


def verdict_of(question: Question, q_value: float | None, rate: float) -> Verdict:
    """What may be said of a question after the correction for the number of questions."""
    # Under-use comes first: an unanswered cue matters more to the client than a word too many.
    departs = q_value is not None and q_value < rate
    is_under = question.under is not None and question.under == question.probability
    if departs and is_under and question.flaggable:
        return "under_used"
    if question.pattern or (departs and not is_under):
        return "over_used"
    return "not_enough_notes" if q_value is None else "in_range"
