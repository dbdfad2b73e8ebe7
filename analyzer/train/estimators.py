"""The scikit-learn estimators of the three heads, unfitted. Everything here is stored by skops as it is."""

from __future__ import annotations

from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline

_TOKEN = r"\S+"


def _words(*, ngrams: tuple[int, int] = (1, 2), least: int = 2) -> TfidfVectorizer:
    return TfidfVectorizer(token_pattern=_TOKEN, ngram_range=ngrams, min_df=least, sublinear_tf=True)


def _letters(*, most: int = 40_000) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=4, max_features=most, sublinear_tf=True)


def _marks() -> CountVectorizer:
    return CountVectorizer(token_pattern=_TOKEN, lowercase=False, binary=True)


def segment_estimator(*, seed: int, c: float = 6.0) -> Pipeline:
    """Multi-label estimator over a segment table: TF-IDF of words and letters, neighbours, section, rules fired."""
    features = ColumnTransformer(
        [
            ("words", _words(), "text"),
            ("letters", _letters(), "text"),
            ("previous", _words(ngrams=(1, 1)), "previous"),
            ("next", _words(ngrams=(1, 1)), "next"),
            ("section", _marks(), "section"),
            ("rules", _marks(), "rules"),
        ],
        transformer_weights={"previous": 0.3, "next": 0.2, "section": 0.5},
    )
    head = OneVsRestClassifier(LogisticRegression(C=c, solver="liblinear", random_state=seed))
    return Pipeline([("features", features), ("head", head)])


def status_estimator(*, seed: int, c: float = 4.0) -> Pipeline:
    """One-of-six estimator over a status table: words around and in the evidence, section, cues, agent."""
    features = ColumnTransformer(
        [
            ("left", _words(), "left"),
            ("evidence", _words(), "evidence"),
            ("right", _words(), "right"),
            ("previous", _words(ngrams=(1, 1)), "previous"),
            ("section", _marks(), "section"),
            ("cues", _marks(), "cues"),
        ],
        transformer_weights={"previous": 0.5, "section": 0.7},
    )
    head = LogisticRegression(C=c, class_weight="balanced", max_iter=2000, random_state=seed)
    return Pipeline([("features", features), ("head", head)])
