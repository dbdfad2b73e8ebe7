"""What training made, read back safely: scikit-learn estimators in skops files, never pickle.

A model folder holds ``model.skops`` (the estimators), ``meta.json`` (version, thresholds, what it was made from),
``metrics.json`` and README.md, its card.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED

from analyzer.records import DataError

DEFAULT_MODEL = Path(__file__).resolve().parents[1] / "models" / "baseline"
HEADS = ("strategies", "status", "cues")

# Types beside skops' own trusted list that our estimators are made of; anything else is refused.
_TRUSTED = ("numpy.dtype", "scipy.sparse._csr.csr_matrix", "sklearn.calibration._SigmoidCalibration")


@dataclass(frozen=True, slots=True)
class Artifact:
    """The estimators by head (`HEADS`), and the thresholds in [0, 1] from which a probability becomes a tag."""

    version: str
    estimators: Mapping[str, Any]
    thresholds: Mapping[str, float]
    cue_threshold: float
    meta: Mapping[str, Any]

    def to_bytes(self) -> bytes:
        """The estimators as one skops archive."""
        from skops.io import dumps

        return bytes(dumps(dict(self.estimators), compression=ZIP_DEFLATED, compresslevel=9))


def save_artifact(artifact: Artifact, folder: Path) -> None:
    """Write ``model.skops`` and ``meta.json``; the card and the metrics are the training command's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.skops").write_bytes(artifact.to_bytes())
    meta = json.dumps(_meta(artifact), indent=2, ensure_ascii=False)
    (folder / "meta.json").write_text(meta + "\n", encoding="utf-8")


def load_artifact(folder: Path) -> Artifact:
    """Read a model folder. Raises `DataError` where a file is missing, broken or holds a type that could run code."""
    try:
        data, meta = (folder / "model.skops").read_bytes(), json.loads((folder / "meta.json").read_text("utf-8"))
    except FileNotFoundError as error:
        name = Path(error.filename).name
        raise DataError(str(folder), [f"{name} is missing; make a model with 'analyzer train'"]) from error
    except json.JSONDecodeError as error:
        raise DataError(str(folder), [f"meta.json is no JSON: {error}"]) from error
    return artifact_from_bytes(data, meta, where=str(folder))


@cache
def load_default() -> Artifact:
    """The shipped model, read once a process."""
    return load_artifact(DEFAULT_MODEL)


def artifact_from_bytes(data: bytes, meta: Mapping[str, Any], *, where: str) -> Artifact:
    """The artifact in these bytes; raises `DataError` on an untrusted type or a missing head."""
    from skops.io import get_untrusted_types, loads

    try:
        unknown = sorted(set(get_untrusted_types(data=data)) - set(_TRUSTED))
        if unknown:
            raise DataError(where, [f"model.skops holds the untrusted type {name}; refused" for name in unknown])
        estimators = loads(data, trusted=list(_TRUSTED))
    except DataError:
        raise
    except Exception as error:  # skops raises whatever its zip and JSON readers raise
        raise DataError(where, [f"model.skops can't be read ({type(error).__name__})"]) from error
    wrong = [f"head {head!r} is missing" for head in HEADS if head not in estimators]
    wrong += [f"meta.json lacks {key!r}" for key in ("version", "thresholds", "cue_threshold") if key not in meta]
    if wrong:
        raise DataError(where, wrong)
    return Artifact(
        version=meta["version"],
        estimators=estimators,
        thresholds=meta["thresholds"],
        cue_threshold=meta["cue_threshold"],
        meta={k: v for k, v in meta.items() if k not in _FIELDS},
    )


_FIELDS = ("version", "thresholds", "cue_threshold")


def _meta(artifact: Artifact) -> dict[str, Any]:
    return {**{key: getattr(artifact, key) for key in _FIELDS}, **artifact.meta}
