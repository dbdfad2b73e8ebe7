"""The evaluation as a plain-text report."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.evaluate.estimates import Estimate, Macro, Scores
from analyzer.evaluate.scoring import CueFigures, Evaluation, Level, Table

_MOST_CONFUSIONS = 10
_NAME = 34
_FIGURE = 19


def format_table(evaluation: Evaluation, *, about: str) -> str:
    """The report; ``about`` is its first line and says what the human codes are (who coded, how far to trust them)."""
    lines = [
        " ".join(about.split()),
        f"{_number(evaluation.n_notes, 'note')}, {_number(evaluation.n_segments, 'segment')}. "
        f"In brackets: 95% intervals from {evaluation.resamples} bootstrap samples of notes (seed {evaluation.seed}).",
        *_level("Delivered tags by segment", evaluation.segments),
        *_level("Strategies used by note (at least one delivered tag)", evaluation.notes),
        *_single_figures(evaluation),
        *_cues(evaluation.cues),
        *_crosstab("Status: human codes down, ours across", evaluation.status.table),
        *_crosstab("Response: human codes down, ours across", evaluation.cues.response_table),
        *_confusions(evaluation),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _level(title: str, level: Level) -> Iterator[str]:
    yield from ("", title)
    yield _cells("", ("precision", "recall", "F1", "kappa"), "human", "ours")
    for scores in level.strategies:
        yield _scores(scores.name, scores)
    yield _scores(f"macro ({level.macro.n_strategies} strategies)", level.macro)
    yield _scores("micro", level.micro)


def _single_figures(evaluation: Evaluation) -> Iterator[str]:
    status, evidence = evaluation.status, evaluation.evidence
    yield from ("", "Status, evidence, false alarms")
    yield _line("status accuracy", status.accuracy, f"{status.n} tags that both sides gave")
    yield _line("status macro-F1", status.macro_f1, "over statuses in the human codes")
    yield _line("delivered or not, accuracy", status.delivered_accuracy)
    yield _line("evidence token F1", evidence.token_f1, f"{evidence.n} matched delivered tags")
    yield _line("evidence with F1 >= 0.5", evidence.same_span)
    yield _line("false tags / 1,000 segments", evaluation.false_per_1000_segments)
    yield _line("calibration error", evaluation.calibration.error, "mean distance of confidence and share right")
    if evaluation.unplaced_tags:
        yield f"  {evaluation.unplaced_tags} delivered tag(s) of ours cover no segment by half: seen by note alone"


def _cues(cues: CueFigures) -> Iterator[str]:
    yield from ("", "Opportunities")
    yield _cells("", ("precision", "recall", "F1", "kappa"), "human", "ours")
    yield _scores("segments with a cue", cues.segments)
    yield _line("strategies in common", cues.strategy_overlap, f"Jaccard, {cues.n_matched} cues found")
    yield _line("at least one in common", cues.any_strategy)
    yield _line("response accuracy", cues.response_accuracy, f"{cues.n_responses} cues found whose response is settled")


def _crosstab(title: str, table: Table) -> Iterator[str]:
    shown = [row for row, counts in table.items() if any(counts.values())]
    if not shown:
        return
    columns = [column for column in table if any(table[row][column] for row in table)]
    widths = [max(len(column), 5) + 2 for column in columns]
    yield from ("", title)
    yield " " * _NAME + "".join(f"{c:>{w}}" for c, w in zip(columns, widths, strict=True))
    for row in shown:
        yield f"  {row:<{_NAME - 2}}" + "".join(f"{table[row][c]:>{w}}" for c, w in zip(columns, widths, strict=True))


def _confusions(evaluation: Evaluation) -> Iterator[str]:
    yield from ("", "Template lines (boilerplate)")
    yield _cells("", ("precision", "recall", "F1", "kappa"), "human", "ours")
    yield _scores("boilerplate segments", evaluation.boilerplate)
    if evaluation.confusions:
        yield from ("", "Taken for one another (human codes: ours, segments)")
    for confusion in evaluation.confusions[:_MOST_CONFUSIONS]:
        yield f"  {confusion.human}: {confusion.system}, {confusion.segments}"


def _scores(name: str, scores: Scores | Macro) -> str:
    figures = tuple(figure_text(e) for e in (scores.precision, scores.recall, scores.f1, scores.kappa))
    if isinstance(scores, Macro):
        return _cells(name, figures)
    return _cells(name, figures, str(scores.support), str(scores.true_positives + scores.false_positives))


def _cells(name: str, figures: tuple[str, ...], human: str = "", ours: str = "") -> str:
    return f"  {name:<{_NAME - 2}}" + "".join(f"{figure:<{_FIGURE}}" for figure in figures) + f"{human:>6}{ours:>6}"


def _line(name: str, value: Estimate, remark: str = "") -> str:
    return f"  {name:<{_NAME - 2}}{figure_text(value):<{_FIGURE + 4}}{remark}"


def _number(n: int, noun: str) -> str:
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def figure_text(estimate: Estimate) -> str:
    """The figure with its interval, ``-`` where it is undefined."""
    if estimate.value is None:
        return "-"
    digits = 2 if abs(estimate.value) <= 1 else 1
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.{digits}f}"
    return f"{estimate.value:.{digits}f} [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]"
