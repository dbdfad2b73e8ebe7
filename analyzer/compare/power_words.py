"""The self-check in words: one line beside every comparison, and in full for ``analyzer compare --power``."""

from __future__ import annotations

from analyzer.compare.power import PowerCheck
from analyzer.compare.words import one_line, table_line

_COLUMNS = ("group", "notes", "clients", "strategies", "false flags", "gaps missed")
_NOTHING_ASKED = "no comparison has enough notes yet, so nothing would be flagged and a real gap would stay unseen"


def brief(check: PowerCheck) -> str:
    """The two chances in one line, to stand under a comparison."""
    if check.false_flag is None:
        return f"Self-check: {_NOTHING_ASKED}."
    true, lower = _truths(check)
    missed = f"; one real gap ({lower}) would stay unflagged {_percent(check.missed)} of the time"
    return (
        f"Self-check ({check.simulations} simulated uploads of these sizes, {_reading(check)}): where every true share "
        f"{true}, {_percent(check.any_flag)} of uploads show a flag ({_percent(check.false_flag)} of comparisons)"
        f"{missed if check.missed is not None else ''}. More with --power."
    )


def sentence(check: PowerCheck) -> str:
    """One plain sentence with the uncertainty that the number of simulations leaves."""
    c = check
    if c.false_flag is None:
        return f"{_NOTHING_ASKED[:1].upper()}{_NOTHING_ASKED[1:]}."
    true, lower = _truths(c)
    text = (
        f"In {c.simulations} simulated uploads of these sizes in which every true share {true}, "
        f"{_span(c.false_flag, c.false_flag_low, c.false_flag_high)} of the comparisons with enough notes were flagged "
        f"by chance and {_span(c.any_flag, c.any_flag_low, c.any_flag_high)} of the uploads showed at least one flag"
    )
    if c.missed is None:
        return f"{text}."
    return (
        f"{text}; one real gap ({lower}) stayed unflagged in {_span(c.missed, c.missed_low, c.missed_high)} of trials."
    )


def format_power(check: PowerCheck) -> str:
    """The sentence, what was assumed, and a table of the groups in the order given (no ranking)."""
    verdicts = "Verdicts rest on corrected shares" if check.corrected else "Verdicts rest on the shares as counted"
    part = f"; {check.of_groups} of {len(check.per_group)} groups were asked about, to take seconds"
    head = [
        sentence(check),
        f"{check.asked} of {check.comparisons} comparisons have enough notes"
        f"{part if check.of_groups < len(check.per_group) else ''}. {verdicts}. Simulated {_reading(check)} and with "
        f"clients who differ (intraclass correlation {check.correlation:.2g}).",
        "",
    ]
    rows = [list(_COLUMNS)]
    for g in check.per_group:
        figures = [str(g.notes), str(g.clients), str(g.asked), _percent(g.false_flag), _percent(g.missed)]
        rows.append([one_line(g.group), *figures])
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join([*head, *(table_line(_COLUMNS, row, widths) for row in rows)])


def _truths(check: PowerCheck) -> tuple[str, str]:
    """The true share where nobody differs, and that of a real gap, in words."""
    if check.reference == "targets":
        return "stood at the low end of its target", f"{1 - check.gap / check.expected:.0%} below that"
    return f"stood at {check.expected:.0%}", f"{check.gap:.0%} instead"


def _reading(check: PowerCheck) -> str:
    return "with the program's reading errors" if check.with_errors else "as if the program read without errors"


def _span(value: float | None, low: float | None, high: float | None) -> str:
    return f"{_percent(value)} (95% interval {_percent(low)} to {_percent(high)})"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
