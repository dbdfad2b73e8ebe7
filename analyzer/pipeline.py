"""Builds the spaCy ``Language`` from ``data/pipeline.cfg``."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from spacy.language import Language
from spacy.util import load_config, load_model_from_config

import analyzer.components  # noqa: F401  registers the factories
from analyzer.artifact import SHIPPED

MODEL_COMPONENTS = ("reader", "strategy_classifier", "qualifier", "opportunities")


def shipped_model_is_missing() -> bool:
    """Whether ``"default"`` means rules alone here, because models/accurate is not installed."""
    return not (SHIPPED["default"] / "model.skops").exists()


def load(model: str | Path | None = "default") -> Language:
    """The pipeline: ``Doc.spans["strategies"]`` hold the tags, ``Doc.spans["opportunities"]`` the opportunities.

    ``model`` is ``"default"`` (rules alone where it is not installed), ``"fast"`` (without the encoder), a model
    folder, or None for rules alone. Raises `DataError` where a data file or the model is broken.

    >>> nlp = load(model=None)
    >>> doc = nlp("Validated her grief.")
    >>> [(span.text, span.label_, span._.status) for span in doc.spans["strategies"]]
    [('Validated her grief', 'active_listening_empathy', 'delivered')]
    """
    if model == "default" and shipped_model_is_missing():
        model = None
    with as_file(files("analyzer") / "data" / "pipeline.cfg") as path:
        overrides = {f"components.{name}.model": str(model) if model else None for name in MODEL_COMPONENTS}
        config = load_config(path, overrides=overrides, interpolate=True)
    return load_model_from_config(config, auto_fill=True, validate=True)
