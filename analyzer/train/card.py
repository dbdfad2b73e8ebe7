"""The model card, written from what training measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from analyzer.artifact import Artifact
from analyzer.codebook import load_codebook
from analyzer.evaluate import Estimate, Evaluation
from analyzer.records import STRATEGIES, CodedNote
from analyzer.train.candidates import Candidate


@dataclass(frozen=True, slots=True)
class Measured:
    """What the card tells; ``by_voice`` and ``by_format``: their name -> evaluation, each writer left out in turn."""

    artifact: Artifact
    by_writer: Evaluation
    gold: Evaluation | None
    by_voice: Mapping[str, Evaluation]
    by_format: Mapping[str, Evaluation]
    candidates: Sequence[Candidate]
    curve: Sequence[tuple[int, float]]


def write_card(path: Path, *, measured: Measured, notes: Sequence[CodedNote], seed: int) -> None:
    """Write the card as Markdown."""
    artifact = measured.artifact
    template = _template("model_card.md")
    how = _template("with_encoder.md" if artifact.encoder else "with_words.md").template
    text = template.substitute(
        version=artifact.version,
        seed=seed,
        notes=len(notes),
        segments=sum(len(note.segments) for note in notes),
        writers=len({note.writer for note in notes}),
        thresholds=", ".join(f"{_code(s)} {artifact.thresholds[s]:.2f}" for s in STRATEGIES),
        summary=_summary(measured),
        strategies=_strategies(measured),
        how=how.strip(),
        candidates=_table(["way", "macro F1"], [[c.name, f"{c.f1:.3f}"] for c in measured.candidates]),
        curve=_table(["notes learned from", "macro F1"], [[str(n), f"{f1:.3f}"] for n, f1 in measured.curve]),
        calibration=_calibration(measured.by_writer),
        formats=_groups("format", measured.by_format),
        voices=_groups("voice", measured.by_voice),
    )
    path.write_text(text, encoding="utf-8")


def _template(name: str) -> Template:
    return Template((files("analyzer") / "data" / "templates" / name).read_text(encoding="utf-8"))


def _code(strategy: str) -> str:
    return str(load_codebook().strategy(strategy).code)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _figure(estimate: Estimate) -> str:
    if estimate.value is None:
        return "–"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} ({estimate.low:.2f}–{estimate.high:.2f})"


def _columns(measured: Measured) -> list[tuple[str, Evaluation]]:
    gold = [("gold", measured.gold)] if measured.gold else []
    return [(f"{name} ({e.n_notes} notes)", e) for name, e in [("new writers", measured.by_writer), *gold]]


def _summary(measured: Measured) -> str:
    lines = {
        "delivered tags by segment, macro F1": lambda e: e.segments.macro.f1,
        "delivered tags by segment, macro kappa": lambda e: e.segments.macro.kappa,
        "delivered tags by segment, micro precision": lambda e: e.segments.micro.precision,
        "delivered tags by segment, micro recall": lambda e: e.segments.micro.recall,
        "delivered tags by note, macro F1": lambda e: e.notes.macro.f1,
        "false delivered tags per 1,000 segments": lambda e: e.false_per_1000_segments,
        "status accuracy (both tag the strategy)": lambda e: e.status.accuracy,
        "status macro F1": lambda e: e.status.macro_f1,
        "delivered or not, accuracy": lambda e: e.status.delivered_accuracy,
        "evidence with token F1 >= 0.5": lambda e: e.evidence.same_span,
        "opportunities (segments), F1": lambda e: e.cues.segments.f1,
        "response accuracy on matched opportunities": lambda e: e.cues.response_accuracy,
        "template lines, F1": lambda e: e.boilerplate.f1,
        "expected calibration error of tags shown": lambda e: e.calibration.error,
    }
    columns = _columns(measured)
    rows = [[name, *(_figure(get(e)) for _, e in columns)] for name, get in lines.items()]
    return _table(["", *(name for name, _ in columns)], rows)


def _strategies(measured: Measured) -> str:
    columns = _columns(measured)
    heads = ["strategy", *(f"{what}, {name}" for name, _ in columns for what in ("precision", "recall", "F1"))]
    rows = []
    for i, strategy in enumerate(STRATEGIES):
        scores = [e.segments.strategies[i] for _, e in columns]
        rows.append([strategy, *(_figure(f) for s in scores for f in (s.precision, s.recall, s.f1))])
    return _table(heads, rows)


def _groups(name: str, groups: Mapping[str, Evaluation]) -> str:
    rows = [
        [key, str(e.n_notes), _figure(e.segments.micro.f1), _figure(e.false_per_1000_segments)]
        for key, e in groups.items()
    ]
    return _table([name, "notes", "micro F1", "false delivered tags per 1,000 segments"], rows)


def _calibration(evaluation: Evaluation) -> str:
    """The reliability diagram (Mermaid), and the same as a table."""
    bins = evaluation.calibration.bins
    rows = [[f"{b.low:.1f} to {b.low + 0.1:.1f}", str(b.n), f"{b.confidence:.2f}", f"{b.right:.2f}"] for b in bins]
    diagram = [
        "```mermaid",
        "xychart-beta",
        '    title "Share right (bars) against confidence (line)"',
        f"    x-axis [{', '.join(f'{b.low:.1f}' for b in bins)}]",
        "    y-axis 0 --> 1",
        f"    bar [{', '.join(f'{b.right:.2f}' for b in bins)}]",
        f"    line [{', '.join(f'{b.confidence:.2f}' for b in bins)}]",
        "```",
    ]
    return "\n".join(diagram) + "\n\n" + _table(["confidence", "tags", "mean", "share right"], rows)
