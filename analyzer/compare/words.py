"""Comparisons in words and as a table, worded as documentation: what the notes show, not what somebody did."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.codebook import names_of
from analyzer.compare.clustering import Alikeness
from analyzer.compare.model import Comparison, Corrected, Denominator, Reference, Verdict
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
_COLUMNS = (
    *("group", "strategy", "notes", "clients", "opportunities", "count", "estimate"),
    *("80% interval", "95% interval", "expected", "verdict", "prob.", "q"),
)
_LEFT = ("group", "strategy", "verdict")
_WIDEST_GROUP = 30
_NAMES_TOLD = 5


def sentence(comparison: Comparison) -> str:
    """One plain sentence for the person whose notes these are."""
    c = comparison
    title = name_of(c).title
    head = f"{title} in the notes of {one_line(c.group)}"
    if c.verdict == "not_enough_notes":
        return f"{head}: {_withheld(c) or _too_few(c)}."
    shown = f"the notes show {_COUNTED[c.denominator].format(**c.to_dict())}"
    if c.estimate is not None and c.low is not None and c.high is not None:
        shown += f" ({_value(c, c.estimate)}, 95% interval {_value(c, c.low)} to {_value(c, c.high)})"
    if c.verdict == "over_used" and c.probability is None:
        return f"{head}: possible over-use, because {_pattern(c)}; {shown}."
    expected = c.expected if c.corrected is None else c.corrected.expected
    if c.corrected is not None and c.corrected.estimate is not None:
        shown += f", after the program's own errors {_corrected(c.corrected)}"
    against = f", beside {_value(c, expected)} as {_EXPECTED[c.reference]}" if expected is not None else ""
    return f"{head}: {VERDICTS[c.verdict]}; {shown}{against}."


def name_of(comparison: Comparison) -> StrategyName:
    """The strategy's name: a project's own travels with the comparison."""
    return comparison.own or names_of(())[comparison.strategy]


def format_table(comparisons: Sequence[Comparison]) -> str:
    """A table for reading, under a heading that names reference, denominator and minimum.

    Where shares are corrected, a column says what each comes to after the program's own errors.
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
    columns, rows = list(_COLUMNS), [_row(c) for c in comparisons]
    if any(c.corrected for c in comparisons):
        columns.append("corrected (95% interval)")
        rows = [[*row, _corrected(c.corrected)] for row, c in zip(rows, comparisons, strict=True)]
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    rows = [columns, ["-" * width for width in widths], *rows]
    return "\n".join([*heading, *(table_line(columns, row, widths) for row in rows)])


def about_clients(comparisons: Sequence[Comparison], alike: Alikeness) -> str:
    """How clients are respected, and for whom the notes can't tell clinician and client apart."""
    most = max((c.design_effect for c in comparisons), default=1.0)
    said = f"{taken_alike(alike)}, which widens intervals and asks more of a verdict (design effects up to {most:.1f})."
    single = list(dict.fromkeys(one_line(c.group) for c in comparisons if c.clients < 2))
    if not single:
        return said
    names = ", ".join(single[:_NAMES_TOLD]) + (f" and {len(single) - _NAMES_TOLD} more" if single[_NAMES_TOLD:] else "")
    return (
        f"{said}\nOne client or none is named in the notes of {names}: they count as one client's, and what belongs to "
        "the clinician and what to the client can't be told apart."
    )


def taken_alike(alike: Alikeness) -> str:
    """How alike one client's notes are taken to be, and where that figure is from; without a full stop."""
    whose = "these notes and a starting value" if alike.measured else "a starting value; these notes can't tell"
    figure = "intraclass correlation" if alike.kind == "share" else "squared variation of clients' rates"
    return f"Notes of one client are taken to be alike ({figure} {alike.value:.2f}, from {whose})"


def table_line(columns: Sequence[str], row: Sequence[str], widths: Sequence[int]) -> str:
    cells = zip(columns, row, widths, strict=True)
    return "  ".join(c.ljust(w) if name in _LEFT else c.rjust(w) for name, c, w in cells).rstrip()


def _row(c: Comparison) -> list[str]:
    group = one_line(c.group)
    return [
        group if len(group) <= _WIDEST_GROUP else group[: _WIDEST_GROUP - 1] + "…",
        name_of(c).title,
        str(c.notes),
        str(c.clients),
        str(c.opportunities),
        str(c.count),
        _value(c, c.estimate),
        _range(c, c.low80, c.high80),
        _range(c, c.low, c.high),
        _value(c, c.expected),
        VERDICTS[c.verdict],
        "–" if c.probability is None else f"{c.probability:.2f}",
        "–" if c.q_value is None else f"{c.q_value:.2f}",
    ]


def _corrected(found: Corrected | None) -> str:
    if found is None or found.estimate is None:
        return "–"
    return f"{found.estimate:.0%} ({found.low:.0%}–{found.high:.0%})"


def _range(c: Comparison, low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{_value(c, low)}–{_value(c, high)}"


def _value(c: Comparison, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if c.denominator == "1000 words" else f"{value:.0%}"


def _withheld(c: Comparison) -> str | None:
    """Why there is no verdict although the notes would do: the share can't be corrected."""
    enough = c.opportunities if c.denominator == "opportunity" else c.notes
    return c.corrected.reason if c.corrected is not None and enough else None


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
    alone = f"it alone is documented in {rule.crowding_notes} or more notes where others were called for"
    if name_of(c).kind == "process":
        return f"{template}, or {alone}"
    uncued = f"it is documented without an opportunity in {rule.consecutive_notes} or more notes in a row"
    return f"{uncued}, or again where the client had not wanted it, or {template}, or {alone}"


def _number(number: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def one_line(name: str) -> str:
    return "".join(c if c.isprintable() else " " for c in name)
