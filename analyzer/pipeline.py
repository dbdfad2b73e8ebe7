"""Builds the spaCy ``Language`` from ``data/pipeline.cfg``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.util import load_config, load_model_from_config, registry
from thinc.api import Config

import analyzer.components  # noqa: F401  registers the factories
from analyzer.artifact import SHIPPED
from analyzer.own_model import has_own_model
from analyzer.project import codebook_of
from analyzer.records import StrategyName

MODEL_COMPONENTS = ("reader", "strategy_classifier", "qualifier", "opportunities")
_CODEBOOK_COMPONENTS = ("strategy_rules", "cue_rules", "opportunities")
# The component that tags a project's strategies, and where the pipeline's meta data, which travel with it, name them.
OWN_COMPONENT = "own_strategies"


def shipped_model_is_missing() -> bool:
    """Whether ``"default"`` means rules alone here, because models/accurate is not installed."""
    return not (SHIPPED["default"] / "model.skops").exists()


def load(model: str | Path | None = "default", *, codebook: str | Path | None = None) -> Language:
    """The pipeline: ``Doc.spans["strategies"]`` hold the tags, ``Doc.spans["opportunities"]`` the opportunities.

    ``model`` is ``"default"`` (rules alone where it is not installed), ``"fast"`` (without the encoder), a model
    folder, or None for rules alone. ``codebook`` is a project folder whose strategies are added to the eleven
    (`analyzer.project`). Raises `DataError` where a data file or the model is broken.

    >>> nlp = load(model=None)
    >>> doc = nlp("Validated her grief.")
    >>> [(span.text, span.label_, span._.status) for span in doc.spans["strategies"]]
    [('Validated her grief', 'active_listening_empathy', 'delivered')]
    """
    if model == "default" and shipped_model_is_missing():
        model = None
    with as_file(files("analyzer") / "data" / "pipeline.cfg") as path:
        overrides: dict[str, Any] = {
            f"components.{name}.model": str(model) if model else None for name in MODEL_COMPONENTS
        }
        config = load_config(path, overrides=overrides, interpolate=True)
    if codebook is not None:
        _add_project(config, Path(codebook), model)
    with _own_factories_alone():
        nlp = load_model_from_config(config, auto_fill=True, validate=True)
    if codebook is not None:
        nlp.meta[OWN_COMPONENT] = [asdict(strategy) for strategy in codebook_of(codebook).own_names]
    return nlp


@contextmanager
def _own_factories_alone() -> Iterator[None]:
    """Leave other packages' factories alone: spaCy imports them all first, Presidio's with all of transformers."""
    factories = registry._entry_point_factories
    before, factories.entry_points = factories.entry_points, False
    try:
        yield
    finally:
        factories.entry_points = before


def own_strategies(nlp: Language) -> tuple[StrategyName, ...]:
    """The strategies that the pipeline's project adds to the eleven or words anew."""
    return tuple(StrategyName(**strategy) for strategy in nlp.meta.get(OWN_COMPONENT, ()))


def _add_project(config: Config, folder: Path, model: str | Path | None) -> None:
    """Tell the components of the project, and add the one that tags its strategies, after the eleven's."""
    where = str(folder.resolve())
    for name in _CODEBOOK_COMPONENTS:
        config["components"][name]["codebook"] = where
    config["components"]["reader"]["vectors"] = model is not None and has_own_model(folder)
    config["components"][OWN_COMPONENT] = {
        "factory": OWN_COMPONENT,
        "model": str(model) if model else None,
        "codebook": where,
    }
    names = config["nlp"]["pipeline"]
    names.insert(names.index("strategy_classifier") + 1, OWN_COMPONENT)
