"""The scikit-learn estimators of the three heads. Everything here is stored by skops as it is.

Under an encoder they weigh its logits with the rules that fired and the words themselves (stacking: Wolpert 1992,
doi:10.1016/S0893-6080(05)80023-1); without one they read the segment's words and its neighbours'.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from analyzer.components.features import READ_COLUMNS, READ_STATUS_COLUMNS

_TOKEN = r"\S+"
# Inverse strength of the L2 penalty of each head.
_STRENGTH = {"encoder": {"strategies": 3.0, "cues": 1.0}, "words": {"strategies": 10.0, "cues": 3.0}}
_OWN_STRENGTH = 10.0


def _words(*, ngrams: tuple[int, int] = (1, 2), least: int = 3, most: int = 20_000) -> TfidfVectorizer:
    return TfidfVectorizer(
        token_pattern=_TOKEN, ngram_range=ngrams, min_df=least, max_features=most, sublinear_tf=True, dtype=np.float32
    )


def _letters(*, most: int = 20_000) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), min_df=5, max_features=most, sublinear_tf=True, dtype=np.float32
    )


def _marks() -> CountVectorizer:
    return CountVectorizer(token_pattern=_TOKEN, lowercase=False, binary=True)


def has_logits(table: pd.DataFrame) -> bool:
    """Whether the table holds what an encoder said."""
    return READ_COLUMNS[0] in table or READ_STATUS_COLUMNS[0] in table


def fit_segments(
    table: pd.DataFrame, labels: dict[str, np.ndarray], *, seed: int, features: ColumnTransformer | None = None
) -> dict[str, Pipeline]:
    """The multi-label heads named by ``labels`` over one set of features of a segment table.

    ``features`` default to those chosen by measurement (`analyzer.train.candidates`).

    Every row is learned twice, once with the rules hidden: rules fit the notes they were written with better than any
    others, and a model that has leaned on them finds little where none fires.
    """
    table = pd.concat([table, table.assign(rules="")], ignore_index=True)
    strength = _STRENGTH["encoder" if has_logits(table) else "words"]
    features = features or (over_encoder() if has_logits(table) else over_words())
    matrix = features.fit_transform(table)
    return {
        name: Pipeline(
            [
                ("features", features),
                ("head", _in_half_the_bytes(_one_vs_rest(seed=seed, c=strength[name]).fit(matrix, np.vstack([y, y])))),
            ]
        )
        for name, y in labels.items()
    }


def over_encoder(*parts: str) -> ColumnTransformer:
    """What the encoder said of the segment, and ``parts`` of its rules and words beside it (default: both)."""
    known = {"rules": ("rules", _marks(), "rules"), "words": ("words", _words(most=15_000), "text")}
    read = ("read", StandardScaler(), list(READ_COLUMNS))
    return ColumnTransformer([read, *(known[part] for part in parts or known if part)])


def words_alone() -> ColumnTransformer:
    """TF-IDF of the segment's words, and the rules that fired: nothing of what stands around it."""
    return ColumnTransformer([("words", _words(), "text"), ("rules", _marks(), "rules")])


def over_words() -> ColumnTransformer:
    """TF-IDF of the segment's words and letters, its neighbours' words; its section, and the rules that fired."""
    return ColumnTransformer(
        [
            ("words", _words(), "text"),
            ("letters", _letters(), "text"),
            ("previous", _words(ngrams=(1, 1), most=4_000), "previous"),
            ("next", _words(ngrams=(1, 1), most=4_000), "next"),
            ("section", _marks(), "section"),
            ("rules", _marks(), "rules"),
        ],
        transformer_weights={"previous": 0.3, "next": 0.2, "section": 0.5},
    )


def _one_vs_rest(*, seed: int, c: float) -> OneVsRestClassifier:
    return OneVsRestClassifier(LogisticRegression(C=c, solver="liblinear", random_state=seed))


def _in_half_the_bytes(heads: OneVsRestClassifier) -> OneVsRestClassifier:
    """Weights to 32 bits: what they decide stays, and the model stays small enough to ship."""
    for head in heads.estimators_:
        if hasattr(head, "coef_"):
            head.coef_ = head.coef_.astype(np.float32)
    return heads


def fit_status(table: pd.DataFrame, statuses: list[str], *, seed: int, c: float = 4.0) -> Pipeline:
    """The one-of-six head over a status table: words around and in the evidence, section, cues, agent, logits."""
    read: list[Any] = [("read", StandardScaler(), list(READ_STATUS_COLUMNS))] if has_logits(table) else []
    features = ColumnTransformer(
        [
            ("left", _words(least=2, most=8_000), "left"),
            ("evidence", _words(least=2, most=12_000), "evidence"),
            ("right", _words(least=2, most=8_000), "right"),
            ("previous", _words(ngrams=(1, 1), least=2, most=4_000), "previous"),
            ("section", _marks(), "section"),
            ("cues", _marks(), "cues"),
            *read,
        ],
        transformer_weights={"previous": 0.5, "section": 0.7},
    )
    head = LogisticRegression(C=c, class_weight="balanced", max_iter=2000, random_state=seed)
    head.fit(features.fit_transform(table), statuses)
    return Pipeline([("features", features), ("head", head)])


def fit_own(table: pd.DataFrame, labels: np.ndarray, *, seed: int) -> Pipeline:
    """The yes-or-no head of a project's own strategy: words and rules and, where the table has them, vectors.

    As in `fit_segments` every row is learned twice, once with the rules hidden. Few examples call for a strong penalty
    on the vectors, which are many.
    """
    table = pd.concat([table, table.assign(rules="")], ignore_index=True)
    vectors = [column for column in table.columns if column.startswith("vector:")]
    features = ColumnTransformer(
        [
            *([("vectors", StandardScaler(), vectors)] if vectors else []),
            ("words", _words(least=2, most=5_000), "text"),
            ("rules", _marks(), "rules"),
        ],
        # Standardised, each vector is as long as the square root of its size; the words' are of length 1.
        transformer_weights={"vectors": len(vectors) ** -0.5} if vectors else None,
    )
    head = LogisticRegression(C=_OWN_STRENGTH, solver="liblinear", random_state=seed)
    head.fit(features.fit_transform(table), np.concatenate([labels, labels]))
    return Pipeline([("features", features), ("head", head)])
