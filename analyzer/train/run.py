"""The training command: fit, measure on unseen writers, choose thresholds, refit on all, write the model folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import precision_recall_curve
from sklearn.model_selection import GroupKFold
from spacy.util import minibatch

from analyzer.artifact import Artifact, save_artifact
from analyzer.components.estimators import EstimatorComponent
from analyzer.components.features import segment_table, status_table
from analyzer.corpus import read_coded
from analyzer.evaluate import Evaluation, evaluate
from analyzer.lexicons import read_data
from analyzer.pipeline import MODEL_COMPONENTS, load
from analyzer.records import STRATEGIES, Analysis, CodedNote, DataError, Note
from analyzer.tagging import analyses_of, analysis_of
from analyzer.train.card import Measured, write_card
from analyzer.train.estimators import fit_segments, fit_status
from analyzer.train.material import Material, prepare
from analyzer.version import __version__

FOLDS = 5
# How often `train` calls its progress function: reading, two for each fold, fitting, the gold file.
STEPS = 3 + 2 * FOLDS


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What training made and how it did: on writers that neither model nor rules had seen, and on a gold file."""

    artifact: Artifact
    by_writer: Evaluation
    gold: Evaluation | None


def train(
    corpus: Path,
    out: Path,
    *,
    gold: Path | None = None,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> TrainingReport:
    """Train on every coded note of ``corpus`` and write the model, its metrics and its card to ``out``.

    Thresholds come from cross-validation grouped by writer; ``gold`` is only measured, never learned from. The same
    corpus and seed give the same model. Raises `DataError` where the corpus is broken or has fewer than two writers.
    """
    notes = read_coded(corpus)
    if len({_writer(note) for note in notes}) < 2:
        raise DataError(str(corpus), ["needs notes by at least two writers, to measure on writers not seen"])
    progress(f"reading {len(notes)} notes with the rules")
    material = list(prepare(notes, load(model=None)))
    thresholds, cue_threshold, held_out = _cross_validate(material, seed, progress)
    progress("fitting on all notes")
    version = f"baseline-{__version__}-{_fingerprint(notes, seed)}"
    artifact = _fit(material, seed, version=version, thresholds=thresholds, cue_threshold=cue_threshold)
    save_artifact(artifact, out)
    fresh = [note for note in notes if not _rules_saw(note)] or notes
    by_writer = evaluate(fresh, held_out, seed=seed)
    on_gold = _on_gold(gold, out, seed, progress) if gold else None
    report = TrainingReport(artifact, by_writer, on_gold)
    metrics = {"writers_left_out": by_writer.to_dict(), "gold": on_gold.to_dict() if on_gold else None}
    (out / "metrics.json").write_text(json.dumps(metrics, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    measured = Measured(artifact, by_writer, on_gold, _by_voice(notes, held_out, seed))
    write_card(out / "README.md", measured=measured, notes=notes, seed=seed)
    return report


def _by_voice(notes: Sequence[CodedNote], held_out: Mapping[str, Analysis], seed: int) -> dict[str, Evaluation]:
    """The figures by kind of voice, which the first letter of the writer's id tells."""
    kinds = sorted({_writer(note)[0] for note in notes})
    return {k: evaluate([n for n in notes if _writer(n)[0] == k], held_out, seed=seed) for k in kinds}


def _writer(note: CodedNote) -> str:
    return note.writer or "unknown"


def _rules_saw(note: CodedNote) -> bool:
    """Whether the rules were written while reading this writer's notes (``data/training.yml``)."""
    return _writer(note)[0] in read_data("training.yml")["rules_written_with"]


def _fingerprint(notes: Sequence[CodedNote], seed: int) -> str:
    text = "".join(f"{n.note_id}{n.text}{n.tags}{n.cues}" for n in notes) + str(seed)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _fit(
    material: Sequence[Material], seed: int, *, version: str, thresholds: Mapping[str, float], cue_threshold: float
) -> Artifact:
    rows = segment_table([row for m in material for row in m.rows])
    scored = np.concatenate([m.scored for m in material])
    table = rows[scored].reset_index(drop=True)
    strategies = np.concatenate([m.strategies for m in material])[scored]
    cues = np.concatenate([m.cues for m in material])[scored]
    status_rows = status_table([row for m in material for row in m.status_rows])
    statuses = [status for m in material for status in m.statuses]
    return Artifact(
        version=version,
        estimators={
            **fit_segments(table, strategies, cues, seed=seed),
            "status": fit_status(status_rows, statuses, seed=seed),
        },
        thresholds=thresholds,
        cue_threshold=cue_threshold,
        meta={"seed": seed, "notes": len(material), "segments": len(rows)},
    )


def _cross_validate(
    material: Sequence[Material], seed: int, progress: Callable[[str], None]
) -> tuple[dict[str, float], float, dict[str, Analysis]]:
    """Thresholds (from writers that the rules had not seen), and every note's analysis by a model new to its writer."""
    groups = [_writer(m.note) for m in material]
    folds = list(GroupKFold(min(FOLDS, len(set(groups)))).split(material, groups=groups))
    models: list[tuple[Artifact, list[Material]]] = []
    fresh = [not _rules_saw(m.note) for m in material]
    fresh = fresh if any(fresh) else [True] * len(material)
    probabilities, labels = [], []
    for number, (learn, held) in enumerate(folds, 1):
        progress(f"fold {number} of {len(folds)}: fitting without {len({groups[i] for i in held})} writers")
        fixed = dict.fromkeys(STRATEGIES, 0.5)
        model = _fit([material[i] for i in learn], seed, version="fold", thresholds=fixed, cue_threshold=0.5)
        models.append((model, [material[i] for i in held]))
        judged = [material[i] for i in held if fresh[i]]
        table = segment_table([row for m in judged for row in m.rows])
        if len(table):
            both = [model.estimators[head].predict_proba(table) for head in ("strategies", "cues")]
            probabilities.append(np.hstack([both[0], both[1][:, :1]]))
            labels.append(np.vstack([np.hstack([m.strategies, m.cues[:, :1]]) for m in judged]))
    limits = _best_thresholds(np.vstack(probabilities), np.vstack(labels))
    thresholds, cue_threshold = dict(zip(STRATEGIES, limits[:-1], strict=True)), limits[-1]
    held_out: dict[str, Analysis] = {}
    for number, (model, kept) in enumerate(models, 1):
        progress(f"fold {number} of {len(models)}: reading the notes left out")
        tuned = Artifact("fold", model.estimators, thresholds, cue_threshold, {})
        held_out.update(_read(kept, tuned))
    return thresholds, cue_threshold, held_out


def _best_thresholds(probabilities: np.ndarray, labels: np.ndarray) -> list[float]:
    """Per column, the threshold of the best F1 (to three decimals, between 0.2 and 0.8)."""
    limits = []
    for p, y in zip(probabilities.T, labels.T, strict=True):
        precision, recall, cuts = precision_recall_curve(y, p)
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
        limits.append(float(np.clip(round(float(cuts[int(np.argmax(f1[:-1]))]), 3), 0.2, 0.8)))
    return limits


def _read(material: Sequence[Material], artifact: Artifact) -> Iterable[tuple[str, Analysis]]:
    """Finish the notes' Docs with this model's components."""
    nlp = load(model=None)
    components: list[Any] = [nlp.get_pipe(name) for name in MODEL_COMPONENTS]
    for component in components:
        assert isinstance(component, EstimatorComponent)
        component.use(artifact)
    for component in components:
        for batch in minibatch(material, 32):
            component.annotate([m.doc for m in batch])
    for m in material:
        note = Note(note_id=m.note.note_id, text=m.note.text, source="corpus")
        yield m.note.note_id, analysis_of(note, m.doc, ())


def _on_gold(gold: Path, model: Path, seed: int, progress: Callable[[str], None]) -> Evaluation:
    progress("measuring on the gold file")
    coded = read_coded(gold)
    return evaluate(coded, analyses_of(coded, load(model)), seed=seed)
