"""The four references: each turns the notes into one question per group and strategy, in the order of the output."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from analyzer.compare.estimates import Belief, spread
from analyzer.compare.model import Denominator
from analyzer.compare.over_use import Patterns
from analyzer.compare.questions import Measure, Question, measure
from analyzer.compare.settings import Settings, check_targets
from analyzer.profiles import NOT_GIVEN, By, Profile, Tally, group_of, iso_date, profile, strategies_in, tally
from analyzer.records import Analysis


def against_opportunities(analyses: Iterable[Analysis], by: By, settings: Settings) -> Iterator[Question]:
    """The share of relevant cues with a documented response, and the codebook's patterns of over-use."""
    patterns = Patterns(by, settings.over_use)
    expected, least = settings.opportunities.expected_share, settings.minimums
    for group in profile(patterns.watch(analyses), by=by):
        enough = group.notes >= least.notes and patterns.cues[group.group] >= least.cues
        over_used = patterns.over_used(group.group) if enough else set()
        for counts in group.strategies:
            strategy, found = counts.strategy, measure(group, counts.strategy, "opportunity")
            relevant = counts.opportunities - counts.suppressed
            yield Question(
                group=group.group,
                strategy=strategy,
                measure=found,
                expected=expected,
                under=float(belief_of(found, settings).below(expected)) if found.suffices(least) else None,
                pattern=strategy in over_used,
                flaggable=counts.no_documented_response >= (1 - expected) * relevant,
            )


def against_peers(
    analyses: Iterable[Analysis], by: By, denominator: Denominator, settings: Settings
) -> Iterator[Question]:
    """Each group, shrunk towards the others, against the spread of the others (leave-one-out).

    Notes of nobody in particular are no peer and have none.
    """
    profiles = profile(analyses, by=by)
    strategies = strategies_in(profiles)
    found = {s: {p.group: measure(p, s, denominator) for p in profiles} for s in strategies}
    for group in profiles:
        for strategy in strategies:
            mine = found[strategy][group.group]
            others = [m for g, m in found[strategy].items() if NOT_GIVEN not in (g, group.group) and m is not mine]
            yield among_peers(group, strategy, mine, others, settings)


def among_peers(
    group: Profile, strategy: str, mine: Measure, others: Sequence[Measure], settings: Settings
) -> Question:
    others = [m for m in others if m.exposure > 0]
    counts, exposures = [m.count for m in others], [m.exposure for m in others]
    expected = sum(counts) / sum(exposures) if others else None
    least = settings.minimums
    together = Measure(
        mine.denominator, sum(counts), sum(exposures), sum(m.notes for m in others), sum(m.cues for m in others)
    )
    if not (mine.suffices(least) and together.suffices(least)):
        return Question(group.group, strategy, mine, expected)
    prior = spread(mine.kind, counts, exposures, at_most=settings.peers.strength_at_most)
    peers = spread(mine.kind, counts, exposures, at_most=float("inf"))
    over = prior.updated(mine.count, mine.exposure).above(peers)
    return Question(group.group, strategy, mine, expected, under=1 - over, over=over)


def against_past(
    analyses: Iterable[Analysis], by: By, denominator: Denominator, settings: Settings
) -> Iterator[Question]:
    """The later half of each group's dated notes against the earlier half; notes of one day stay together."""
    days: dict[str, dict[str, Tally]] = defaultdict(dict)
    for (group, day), counted in tally(analyses, lambda a: (group_of(a, by), iso_date(a) or "")).items():
        days[group][day] = counted
    for group in sorted(days):
        early, late = _halves(days[group], group, by)
        for strategy in strategies_in((early, late)):
            before, now = measure(early, strategy, denominator), measure(late, strategy, denominator)
            if not (before.suffices(settings.minimums) and now.suffices(settings.minimums)):
                yield Question(group, strategy, now, before.estimate)
                continue
            over = belief_of(now, settings).above(belief_of(before, settings))
            yield Question(group, strategy, now, before.estimate, under=1 - over, over=over)


def _halves(days: dict[str, Tally], group: str, by: By) -> tuple[Profile, Profile]:
    early, late = Tally(), Tally()
    dated = sorted(day for day in days if day)
    half = sum(days[day].notes for day in dated) / 2
    for day in dated:
        # Once a day's notes no longer fit into the first half, all days from then on are late.
        fits = not late.notes and early.notes + days[day].notes <= half
        (early if fits else late).absorb(days[day])
    return early.profile(group, by), late.profile(group, by)


def against_targets(
    analyses: Iterable[Analysis],
    by: By,
    denominator: Denominator,
    targets: Mapping[str, tuple[float, float]],
    settings: Settings,
) -> Iterator[Question]:
    """The share of cues (or notes) against a range; strategies without a target are left out."""
    profiles = profile(analyses, by=by)
    ranges = check_targets("targets", targets, strategies=strategies_in(profiles))
    for group in profiles:
        for strategy, (low, high) in ranges.items():
            found, middle = measure(group, strategy, denominator), (low + high) / 2
            if not found.suffices(settings.minimums):
                yield Question(group.group, strategy, found, middle)
                continue
            belief = belief_of(found, settings)
            under, over = float(belief.below(low)), 1 - float(belief.below(high))
            yield Question(group.group, strategy, found, middle, under=under, over=over)


def belief_of(found: Measure, settings: Settings) -> Belief:
    prior = settings.priors.rate if found.kind == "rate" else settings.priors.share
    return Belief(found.kind, *prior).updated(found.count, found.exposure)
