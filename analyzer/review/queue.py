"""What to review next: the segments from which most is learned come first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analyzer.components.segmenter import find_segments
from analyzer.lexicons import read_data
from analyzer.records import Analysis, Tag, strategies_of
from analyzer.review.decisions import Decision, Segment, decisions_of, finished, tags_in


@dataclass(frozen=True, slots=True)
class Item:
    """A segment to review; ``reasons`` say in words why it comes when it comes, the weightiest first.

    ``tags`` are the system's; ``by_rules_alone`` are strategies that a rule reads here although the system gives no
    tag. ``score`` orders the queue, higher first; it has no other meaning.
    """

    note_id: str
    segment: Segment
    tags: tuple[Tag, ...]
    by_rules_alone: tuple[str, ...]
    score: float
    reasons: tuple[str, ...]


def queue(
    notes: Iterable[tuple[Analysis, str]],
    decisions: Iterable[Decision],
    *,
    by_rules: Mapping[str, Analysis] | None = None,
    empty: bool = False,
) -> list[Item]:
    """The segments not yet finished, the most informative first; equals keep the order of the notes.

    ``notes`` are analyses with their (masked) text. Uncertain confidence comes first (uncertainty sampling: Lewis &
    Gale 1994, doi:10.1007/978-1-4471-2099-5_1), then rules and model disagreeing (query by committee: Seung, Opper &
    Sompolinsky 1992, doi:10.1145/130385.130417), then strategies that are rare in these notes; the weights stand in
    ``data/review.yml``. ``by_rules`` (note id -> what the rules alone read) tells of rules that the model overruled.
    Segments without a tag come last, and only if ``empty``. Template lines are left out: they are never evidence.
    """
    pairs = list(notes)
    made = list(decisions)
    counts = Counter(tag.strategy for analysis, _ in pairs for tag in analysis.counted)
    own: dict[str, list[Decision]] = {}
    for decision in made:
        own.setdefault(decision.note_id, []).append(decision)
    items = [
        item
        for analysis, text in pairs
        for item in _items(
            analysis, text, own.get(analysis.note_id, []), (by_rules or {}).get(analysis.note_id), counts
        )
        if empty or item.tags or item.by_rules_alone
    ]
    return sorted(items, key=lambda item: -item.score)


def _items(
    analysis: Analysis, text: str, made: list[Decision], rules: Analysis | None, counts: Counter[str]
) -> Iterable[Item]:
    own = decisions_of(analysis, made)
    for segment in find_segments(text):
        template = any(b.start <= segment[0] and segment[1] <= b.end for b in analysis.boilerplate)
        if template or finished(analysis, segment, own):
            continue
        tags = tags_in(analysis, segment)
        named = {tag.strategy for tag in tags}
        alone = {tag.strategy for tag in (tags_in(rules, segment) if rules else ())} - named
        # The same reason twice adds nothing; reasons of another kind do.
        kinds: dict[str, float] = {}
        for score, words in _reasons(tags, alone, counts):
            kinds[words] = max(score, kinds.get(words, 0.0))
        reasons = tuple(sorted(kinds, key=lambda words: -kinds[words]))
        ordered = tuple(sorted(alone, key=strategies_of(analysis.own).index))
        yield Item(analysis.note_id, segment, tuple(tags), ordered, sum(kinds.values()), reasons)


def _reasons(tags: Iterable[Tag], alone: Iterable[str], counts: Counter[str]) -> Iterable[tuple[float, str]]:
    """(score, words) of every reason to look at a segment."""
    rules = read_data("review.yml")["queue"]
    for tag in tags:
        measured = tag.source in ("model", "rule+model")
        doubt = 1 - abs(2 * tag.confidence - 1) if measured else 0.0
        if doubt >= rules["uncertain_from"]:
            yield rules["weights"]["uncertain"] * doubt, "the program is unsure"
        if tag.source == "model":
            yield rules["weights"]["disagree"], "the model finds it, no rule does"
        yield from _rare(tag.strategy, counts, rules)
    for strategy in alone:
        yield rules["weights"]["disagree"], "a rule reads it, the model does not"
        yield from _rare(strategy, counts, rules)


def _rare(strategy: str, counts: Counter[str], rules: Mapping) -> Iterable[tuple[float, str]]:
    share = counts[strategy] / max(counts.total(), 1)
    if share < rules["rare_below"]:
        yield rules["weights"]["rare"] * (1 - share / rules["rare_below"]), "the strategy is rare in these notes"
