"""Comparisons in words and as a table, worded as documentation: what the notes show, not what somebody did."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.codebook import names_of
from analyzer.compare.correction import Corrected
from analyzer.compare.model import Comparison, Denominator, Reference, Verdict
from analyzer.compare.settings import load_settings
from analyzer.records import StrategyName

VERDICTS: dict[Verdict, str] = {
    "over_used": "possible over-use",
    "under_used": "possible under-use",
    "in_range": "in range",
    "not_enough_notes": "not enough notes",
}
_REFERENCES: dict[Reference, str] = {
    "opportunities": "half of the relevant opportunities with a documented response (codebook section 6)",
    "peers": "the other groups in these notes",
    "past": "the earlier half of the same group's dated notes",
    "targets": "the chosen target ranges (expected: the middle of the range)",
}
_EXPECTED: dict[Reference, str] = {
    "opportunities": "the codebook's starting value",
    "peers": "the other groups' notes",
    "past": "the earlier notes",
    "targets": "the middle of the target",
}
_COUNTED: dict[Denominator, str] = {
    "opportunity": "{count} of {opportunities} relevant opportunities with a documented response",
    "note": "{count} of {notes} notes in which it is documented",
    "1000 words": "{count} documented instances",
}
_DENOMINATORS: dict[Denominator, str] = {
    "opportunity": "relevant opportunity (engaged, planned only and suppressed ones are left out)",
    "note": "note",
    "1000 words": "1000 words",
}
_COLUMNS = ("group", "strategy", "notes", "opportunities", "count", "estimate", "95% interval", "expected", "verdict")
_LEFT = ("group", "strategy", "verdict")
_WIDEST_GROUP = 30


def sentence(comparison: Comparison) -> str:
    """One plain sentence for the person whose notes these are."""
    c = comparison
    title = name_of(c).title
    head = f"{title} in the notes of {one_line(c.group)}"
    if c.verdict == "not_enough_notes":
        return f"{head}: {_too_few(c)}."
    shown = f"the notes show {_COUNTED[c.denominator].format(**c.to_dict())}"
    if c.estimate is not None and c.low is not None and c.high is not None:
        shown += f" ({_value(c, c.estimate)}, 95% interval {_value(c, c.low)} to {_value(c, c.high)})"
    if c.verdict == "over_used" and c.probability is None:
        return f"{head}: possible over-use, because {_pattern(c)}; {shown}."
    against = f", beside {_value(c, c.expected)} as {_EXPECTED[c.reference]}" if c.expected is not None else ""
    return f"{head}: {VERDICTS[c.verdict]}; {shown}{against}."


def name_of(comparison: Comparison) -> StrategyName:
    """The strategy's name: a project's own travels with the comparison."""
    return comparison.own or names_of(())[comparison.strategy]


def format_table(comparisons: Sequence[Comparison], corrections: Sequence[Corrected] | None = None) -> str:
    """A table for reading, under a heading that names reference, denominator and minimum.

    ``corrections``, one a comparison, add what each share comes to after the program's own errors.
    """
    if not comparisons:
        return "No notes to compare."
    first, least = comparisons[0], load_settings().minimums
    needed = f"{least.notes} notes" + (f" and {least.cues} opportunities" if first.denominator == "opportunity" else "")
    each = " in each half" if first.reference == "past" else ""
    heading = [
        f"Compared with: {_REFERENCES[first.reference]}.",
        f"Estimates are per {_DENOMINATORS[first.denominator]}.",
        f"A pattern is shown from {needed}{each} on. Documentation is compared, not practice; the order is no ranking.",
        "",
    ]
    columns = [*_COLUMNS, "prob.", "q"]
    rows = [columns, *map(_row, comparisons)]
    if corrections is not None:
        added = ["corrected (95% interval)", *map(_corrected, corrections)]
        rows = [[*row, cell] for row, cell in zip(rows, added, strict=True)]
        columns = rows[0]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join([*heading, *(table_line(columns, row, widths) for row in rows)])


def table_line(columns: Sequence[str], row: Sequence[str], widths: Sequence[int]) -> str:
    cells = zip(columns, row, widths, strict=True)
    return "  ".join(c.ljust(w) if name in _LEFT else c.rjust(w) for name, c, w in cells).rstrip()


def _row(c: Comparison) -> list[str]:
    group = one_line(c.group)
    span = "–" if c.low is None or c.high is None else f"{_value(c, c.low)}–{_value(c, c.high)}"
    return [
        group if len(group) <= _WIDEST_GROUP else group[: _WIDEST_GROUP - 1] + "…",
        name_of(c).title,
        str(c.notes),
        str(c.opportunities),
        str(c.count),
        _value(c, c.estimate),
        span,
        _value(c, c.expected),
        VERDICTS[c.verdict],
        "–" if c.probability is None else f"{c.probability:.2f}",
        "–" if c.q_value is None else f"{c.q_value:.2f}",
    ]


def _corrected(found: Corrected) -> str:
    if found.estimate is None:
        return "–"
    return f"{found.estimate:.0%} ({found.low:.0%}–{found.high:.0%})"


def _value(c: Comparison, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if c.denominator == "1000 words" else f"{value:.0%}"


def _too_few(c: Comparison) -> str:
    least = load_settings().minimums
    if c.reference == "peers" and c.expected is None:
        return "there are not enough notes by others to compare with, so nothing is said"
    needed, have = f"{least.notes} notes", _number(c.notes, "note")
    if c.denominator == "opportunity":
        needed += f" and {least.cues} relevant opportunities"
        have += f" and {_number(c.opportunities, 'relevant opportunity')}"
    if c.reference == "past":
        return f"not enough dated notes yet ({have} in the later half; at least {needed} are needed in each half)"
    if c.reference == "peers":
        return f"not enough notes yet ({have}; at least {needed} are needed here and among the others)"
    return f"not enough notes yet ({have}; at least {needed} are needed)"


def _pattern(c: Comparison) -> str:
    rule = load_settings().over_use
    template = f"a template line claims it in {rule.template_notes} or more notes"
    if name_of(c).kind == "process":
        return template
    return f"it is documented without an opportunity in {rule.consecutive_notes} or more notes in a row, or {template}"


def _number(number: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def one_line(name: str) -> str:
    return "".join(c if c.isprintable() else " " for c in name)
