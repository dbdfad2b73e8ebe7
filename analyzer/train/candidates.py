"""The ways to find a strategy in a segment, measured side by side on writers that none of them had seen.

What is compared is whether a strategy is there at all, whatever its status: F1 for each strategy at its own best
threshold, averaged. The way that ships is the best of them that needs the least.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.metrics import precision_recall_curve

from analyzer.records import STRATEGIES
from analyzer.train.estimators import fit_segments, over_encoder, over_words, words_alone
from analyzer.train.folds import misleads, splits, table_of, writer_of
from analyzer.train.material import Material

FOLDS = 2
_PARTS = (8, 4, 2)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way of tagging and its macro F1 over strategies, in [0, 1]."""

    name: str
    f1: float


def compare_candidates(material: Sequence[Material], seed: int) -> list[Candidate]:
    """Rules, words, encoder and their combinations; those with an encoder only where the material has readings."""
    judged = [m for m in material if not misleads(m.note)] or list(material)
    truth = np.vstack([m.strategies for m in judged])
    found = [Candidate("rules alone", _macro(truth, np.vstack([_fired(m) for m in judged])))]
    unread = [replace(m, reading=None) for m in material]
    ways: list[tuple[str, Sequence[Material], Callable[[], ColumnTransformer]]] = [
        ("words and rules of the segment alone, linear", unread, words_alone),
        ("words, neighbours' words, section and rules, linear (the fast model)", unread, over_words),
    ]
    if material[0].reading is not None:
        ways += [
            ("encoder", material, lambda: over_encoder("")),
            ("encoder and rules", material, lambda: over_encoder("rules")),
            ("encoder, rules and words (the accurate model)", material, over_encoder),
        ]
    for name, notes, features in ways:
        found.append(Candidate(name, _macro(truth, _held_out(notes, features, seed))))
    return found


def learning_curve(material: Sequence[Material], seed: int) -> list[tuple[int, float]]:
    """(notes learned from, macro F1 on new writers) of the fast model's way, from every eighth to every second writer.

    With all writers it is the figure of `compare_candidates`.
    """
    judged = [m for m in material if not misleads(m.note)] or list(material)
    truth = np.vstack([m.strategies for m in judged])
    unread = [replace(m, reading=None) for m in material]
    learned = len(unread) * (FOLDS - 1) / FOLDS
    return [(round(learned / part), _macro(truth, _held_out(unread, over_words, seed, part=part))) for part in _PARTS]


def _held_out(
    material: Sequence[Material], features: Callable[[], ColumnTransformer], seed: int, *, part: int = 1
) -> np.ndarray:
    """(segments of the judged notes, 11) probabilities by a head that saw no note of their writer.

    ``part``: learn from the notes of every ``part``-th writer only.
    """
    rows: dict[str, np.ndarray] = {}
    for learn, held in splits(material, FOLDS):
        writers = sorted({writer_of(material[i].note) for i in learn})[::part]
        chosen = [material[i] for i in learn if writer_of(material[i].note) in writers]
        labels = {"strategies": np.concatenate([m.strategies for m in chosen])}
        head = fit_segments(table_of(chosen), labels, seed=seed, features=features())["strategies"]
        for m in (material[i] for i in held):
            if m.rows:
                rows[m.note.note_id] = head.predict_proba(table_of([m]))
    judged = [m for m in material if not misleads(m.note)] or list(material)
    return np.vstack([rows[m.note.note_id] for m in judged if m.rows])


def _fired(m: Material) -> np.ndarray:
    """(segments, 11): whether a rule of the strategy matched."""
    return np.array([[s in row[-1].split() for s in STRATEGIES] for row in m.rows], dtype=float).reshape(-1, 11)


def _macro(truth: np.ndarray, scores: np.ndarray) -> float:
    best = []
    for y, p in zip(truth.T, scores.T, strict=True):
        precision, recall, _ = precision_recall_curve(y, p)
        best.append(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-9)))
    return float(np.mean(best))
