"""The agreement as a plain-text report."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.agreement.coefficients import COEFFICIENTS
from analyzer.agreement.results import Agreement, Line
from analyzer.evaluate.estimates import Estimate
from analyzer.lexicons import read_data

_NAME = 32
_FIGURE = 20
_HEADINGS = ("agreement", "Fleiss' kappa", "Gwet's AC1", "Krippendorff's a.", "Cohen's kappa")
_TITLES = {
    ("segment", "strategy"): "Delivered, yes or no, by segment",
    ("note", "strategy"): "Delivered at least once, yes or no, by note",
    ("note", "amount"): "Segments with the strategy by note (up to {most} or more; linear weights, AC2 for AC1)",
    ("segment", "status"): "Status, where two coders or more give the strategy in a segment",
}


def format_agreement(found: Agreement) -> str:
    """The report: who was compared on what, then a block for each question."""
    lines = [
        f"{len(found.coders)} coders ({', '.join(' '.join(name.split()) for name in found.coders)}), "
        f"{found.notes} notes coded by two or more, {found.segments} segments.",
        *([f"{found.left_out} notes coded by one alone are left out."] if found.left_out else ()),
        _intervals(found),
        "prev: share of ratings that say yes. PI, BI: prevalence and bias index (Byrt, Bishop & Carlin 1993), means "
        "over pairs, as is Cohen's kappa. Kappa is low by itself where PI is high.",
    ]
    most, titled = read_data("agreement.yml")["amounts"]["most"], None
    for line in found.lines:
        key = (line.level, line.question)
        if line.question != "mean" and key != titled:
            titled = key
            lines += ["", _TITLES[key].format(most=most), _row("", *_HEADINGS) + "   prev   PI   BI  units"]
        lines.append(_line(line))
    if len(found.coders) > 2:
        lines += ["", "Pairs of coders (mean over strategies by segment of Cohen's kappa)", *_pairs(found)]
    if found.gamma is not None:
        spans = "not measurable" if found.gamma.value is None else _figure(found.gamma)
        lines += ["", f"Gamma, span by span (Mathet, Widlocher & Metivier 2015): {spans}"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _intervals(found: Agreement) -> str:
    if not found.rounds:
        return "No intervals: these are drawn over notes, and there is one."
    return (
        f"In brackets: 95% intervals from {found.rounds} bootstrap samples of notes (percentiles, seed {found.seed})."
    )


def _line(line: Line) -> str:
    if not line.measurable:
        return _row(line.name, "not measurable: nobody gave it" if line.question == "strategy" else "not measurable")
    indices = (line.prevalence, line.prevalence_index, line.bias_index)
    shown = "".join(
        f"{'-' if value is None else f'{value:.2f}':>{w}}" for value, w in zip(indices, (7, 5, 5), strict=True)
    )
    return _row(line.name, *(_figure(getattr(line, name)) for name in COEFFICIENTS)) + f"{shown}{line.units:>7}"


def _pairs(found: Agreement) -> Iterator[str]:
    kappas: dict[tuple[str, str], list[float]] = {}
    for line in found.lines:
        if (line.level, line.question) == ("segment", "strategy"):
            for pair in line.pairs:
                if pair.cohen_kappa.value is not None:
                    kappas.setdefault((pair.first, pair.second), []).append(pair.cohen_kappa.value)
    for (first, second), values in kappas.items():
        yield f"  {first} and {second}: {sum(values) / len(values):.2f} ({len(values)} strategies)"


def _row(name: str, *cells: str) -> str:
    return f"  {name:<{_NAME}}" + "".join(f"{cell:<{_FIGURE}}" for cell in cells)


def _figure(estimate: Estimate) -> str:
    if estimate.value is None:
        return "-"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"
