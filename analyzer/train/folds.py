"""Cross-validation grouped by writer: thresholds, and every note read by a model new to its writer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.metrics import precision_recall_curve
from sklearn.model_selection import GroupKFold
from spacy.util import minibatch

from analyzer.artifact import Artifact
from analyzer.components.estimators import EstimatorComponent
from analyzer.components.features import segment_table, status_table
from analyzer.components.reader import remember
from analyzer.lexicons import read_data
from analyzer.pipeline import MODEL_COMPONENTS, load
from analyzer.records import STRATEGIES, Analysis, CodedNote, Note
from analyzer.tagging import analysis_of
from analyzer.train.estimators import fit_segments, fit_status
from analyzer.train.material import Material

FOLDS = 5


def writer_of(note: CodedNote) -> str:
    """Who wrote the note."""
    return note.writer or "unknown"


def misleads(note: CodedNote) -> bool:
    """Whether figures must not rest on the note: the rules were written with it, or its segments chosen for review."""
    known, writer = read_data("training.yml"), writer_of(note)
    return writer[0] in known["rules_written_with"] or writer.startswith(known["reviewed_by"])


def splits(material: Sequence[Material], count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Indexes to learn from and to hold out, no writer in both."""
    groups = [writer_of(m.note) for m in material]
    return list(GroupKFold(min(count, len(set(groups)))).split(material, groups=groups))


def fit(
    material: Sequence[Material], seed: int, version: str, thresholds: Mapping[str, float], cue_threshold: float
) -> Artifact:
    """The scikit-learn heads after this material; the encoder is not part of it."""
    scored = np.concatenate([m.scored for m in material])
    table = table_of(material)[scored].reset_index(drop=True)
    strategies = np.concatenate([m.strategies for m in material])[scored]
    cues = np.concatenate([m.cues for m in material])[scored]
    heads = fit_segments(table, {"strategies": strategies, "cues": cues}, seed=seed)
    statuses = [status for m in material for status in m.statuses]
    return Artifact(
        version=version,
        estimators={**heads, "status": fit_status(_status_table(material), statuses, seed=seed)},
        thresholds=thresholds,
        cue_threshold=cue_threshold,
        meta={"seed": seed, "notes": len(material), "segments": len(scored)},
    )


def table_of(material: Sequence[Material]) -> Any:
    """The segments as the heads see them."""
    logits = [m.logits for m in material if m.logits is not None]
    return segment_table([row for m in material for row in m.rows], np.concatenate(logits) if logits else None)


def _status_table(material: Sequence[Material]) -> Any:
    logits = [m.status_logits for m in material if m.status_logits is not None]
    return status_table([row for m in material for row in m.status_rows], np.concatenate(logits) if logits else None)


def cross_validate(material: Sequence[Material], seed: int) -> tuple[dict[str, float], float, dict[str, Analysis]]:
    """Thresholds (from writers that the rules had not seen), and every note's analysis by a model new to its writer."""
    models: list[tuple[Artifact, list[Material]]] = []
    fresh = [not misleads(m.note) for m in material]
    fresh = fresh if any(fresh) else [True] * len(material)
    probabilities, labels = [], []
    for learn, held in splits(material, FOLDS):
        model = fit([material[i] for i in learn], seed, "fold", dict.fromkeys(STRATEGIES, 0.5), 0.5)
        models.append((model, [material[i] for i in held]))
        judged = [material[i] for i in held if fresh[i]]
        if any(len(m.rows) for m in judged):
            table = table_of(judged)
            both = [model.estimators[head].predict_proba(table) for head in ("strategies", "cues")]
            probabilities.append(np.hstack([both[0], both[1][:, :1]]))
            labels.append(np.vstack([np.hstack([m.strategies, m.cues[:, :1]]) for m in judged]))
    *limits, cue_threshold = best_thresholds(np.vstack(probabilities), np.vstack(labels))
    thresholds = dict(zip(STRATEGIES, limits, strict=True))
    held_out: dict[str, Analysis] = {}
    for model, kept in models:
        held_out.update(_read(kept, replace(model, thresholds=thresholds, cue_threshold=cue_threshold)))
    return thresholds, cue_threshold, held_out


def best_thresholds(probabilities: np.ndarray, labels: np.ndarray) -> list[float]:
    """Per column, the threshold of the best F1 (to three decimals, between 0.1 and 0.9)."""
    limits = []
    for p, y in zip(probabilities.T, labels.T, strict=True):
        precision, recall, cuts = precision_recall_curve(y, p)
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
        limits.append(float(np.clip(round(float(cuts[int(np.argmax(f1[:-1]))]), 3), 0.1, 0.9)))
    return limits


def _read(material: Sequence[Material], artifact: Artifact) -> Iterable[tuple[str, Analysis]]:
    """Finish the notes' Docs with this model's components."""
    nlp = load(model=None)
    components: list[Any] = [nlp.get_pipe(name) for name in MODEL_COMPONENTS]
    for component in components:
        assert isinstance(component, EstimatorComponent)
        component.use(artifact)
    for m in material:
        if m.reading is not None:
            remember(m.doc, m.reading)
    for component in components:
        for batch in minibatch(material, 32):
            component.annotate([m.doc for m in batch])
    for m in material:
        note = Note(note_id=m.note.note_id, text=m.note.text, source="corpus")
        yield m.note.note_id, analysis_of(note, m.doc, ())
