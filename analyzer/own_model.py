"""The heads that ``analyzer train --codebook`` adds for a project's own strategies, kept in its folder ``model/``.

Each strategy has a head over words, and one over the encoder's vectors of segments where the accurate model is
installed; the eleven's heads are not touched. The files are those of `analyzer.artifact`: skops, never pickle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from analyzer.artifact import read_parts, restored_estimators, save_estimators
from analyzer.records import DataError

if TYPE_CHECKING:  # a pipeline without such heads needs no tables
    import pandas as pd

Way = Literal["words", "encoder"]
MODEL: Final = "model"
_FIELDS: Final = ("version", "thresholds", "encoder")


@dataclass(frozen=True, slots=True)
class OwnModel:
    """Heads and thresholds by (strategy, way); ``encoder`` is the version of the model whose vectors were learned from.

    ``meta``: how many examples each strategy was learned from, and the seed.
    """

    version: str
    heads: Mapping[tuple[str, Way], Any]
    thresholds: Mapping[tuple[str, Way], float]
    encoder: str | None
    meta: Mapping[str, Any]


def own_table(rows: pd.DataFrame, vectors: np.ndarray | None = None) -> pd.DataFrame:
    """A segment table with the (rows, 384) vectors beside it, where there are any."""
    if vectors is None:
        return rows
    import pandas as pd

    return pd.concat([rows, pd.DataFrame(vectors, columns=vector_columns(vectors.shape[1]))], axis=1)


def vector_columns(size: int) -> list[str]:
    """What the vectors' columns are called."""
    return [f"vector:{i}" for i in range(size)]


def save_own_model(model: OwnModel, place: Path) -> None:
    """Write the heads into a folder; a project's are in its ``model/``."""
    settings = {
        "version": model.version,
        "thresholds": {".".join(key): limit for key, limit in model.thresholds.items()},
        "encoder": model.encoder,
        **model.meta,
    }
    save_estimators(place, {".".join(key): head for key, head in model.heads.items()}, settings)


def has_own_model(folder: Path) -> bool:
    """Whether heads were trained in this project folder."""
    return (folder / MODEL / "meta.json").exists()


def load_own_model(folder: Path) -> OwnModel:
    """Read the project folder's ``model/``; raises `DataError` where it is broken or holds a type that may run code."""
    where = str(folder / MODEL)
    archive, vocabularies, settings = read_parts(folder / MODEL)
    heads = {_key(name): head for name, head in restored_estimators(archive, vocabularies, where=where).items()}
    wrong = [f"meta.json lacks {key!r}" for key in _FIELDS if key not in settings]
    limits = {} if wrong else {_key(name): float(limit) for name, limit in settings["thresholds"].items()}
    wrong += [] if wrong or set(limits) == set(heads) else ["meta.json's thresholds are not those of the heads"]
    if wrong:
        raise DataError(where, [f"{problem}; train anew with 'analyzer train --codebook'" for problem in wrong])
    meta = {key: value for key, value in settings.items() if key not in _FIELDS}
    return OwnModel(settings["version"], heads, limits, settings["encoder"], meta)


def _key(name: str) -> tuple[str, Way]:
    strategy, _, way = name.rpartition(".")
    return strategy, "encoder" if way == "encoder" else "words"
