"""The scikit-learn estimators of the three heads. Everything here is stored by skops as it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline

_TOKEN = r"\S+"


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


def fit_segments(table: pd.DataFrame, strategies: np.ndarray, cues: np.ndarray, *, seed: int) -> dict[str, Pipeline]:
    """The multi-label heads *strategies* and *cues* over one set of features of a segment table.

    TF-IDF of the segment's words and letters, its neighbours' words, its section, and the rules that fired. Every row
    is learned twice, once with the rules hidden: rules fit the notes they were written with better than any others, and
    a model that has leaned on them finds little where none fires.
    """
    table = pd.concat([table, table.assign(rules="")], ignore_index=True)
    strategies, cues = np.vstack([strategies, strategies]), np.vstack([cues, cues])
    features = ColumnTransformer(
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
    matrix = features.fit_transform(table)
    heads = {"strategies": (strategies, 10.0), "cues": (cues, 3.0)}
    return {
        name: Pipeline([("features", features), ("head", _one_vs_rest(seed=seed, c=c).fit(matrix, labels))])
        for name, (labels, c) in heads.items()
    }


def _one_vs_rest(*, seed: int, c: float) -> OneVsRestClassifier:
    return OneVsRestClassifier(LogisticRegression(C=c, solver="liblinear", random_state=seed))


def fit_status(table: pd.DataFrame, statuses: list[str], *, seed: int, c: float = 4.0) -> Pipeline:
    """The one-of-six head over a status table: words around and in the evidence, section, cues, agent."""
    features = ColumnTransformer(
        [
            ("left", _words(least=2, most=8_000), "left"),
            ("evidence", _words(least=2, most=12_000), "evidence"),
            ("right", _words(least=2, most=8_000), "right"),
            ("previous", _words(ngrams=(1, 1), least=2, most=4_000), "previous"),
            ("section", _marks(), "section"),
            ("cues", _marks(), "cues"),
        ],
        transformer_weights={"previous": 0.5, "section": 0.7},
    )
    head = LogisticRegression(C=c, class_weight="balanced", max_iter=2000, random_state=seed)
    head.fit(features.fit_transform(table), statuses)
    return Pipeline([("features", features), ("head", head)])
