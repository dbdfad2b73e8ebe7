"""What training made, read back safely: scikit-learn estimators in skops files, never pickle.

A model folder holds ``model.skops`` (the estimators), ``vocabularies.json`` (their words: skops spends seconds on a
long mapping), ``meta.json`` (version, thresholds, what it was made from), ``metrics.json`` and README.md, its card;
where a network takes part also ``encoder.onnx`` and ``tokenizer.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from analyzer.encoder import Encoder
from analyzer.files import add_member
from analyzer.records import DataError

_MODELS = Path(__file__).resolve().parents[1] / "models"
# The models that ship: with the encoder, and words and rules alone.
SHIPPED: Mapping[str, Path] = {"default": _MODELS / "accurate", "fast": _MODELS / "fast"}
HEADS = ("strategies", "status", "cues")
_FIELDS = ("version", "thresholds", "cue_threshold")

# Types beside skops' own trusted list that our estimators are made of; anything else is refused.
_TRUSTED = ("numpy.dtype", "scipy.sparse._csr.csr_matrix")

_SCHEMA = "schema.json"
_PART = re.compile(r'("__id__": |"file": ")(\d+)')

Vocabularies = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Artifact:
    """The estimators by head (`HEADS`), and the thresholds in [0, 1] from which a probability becomes a tag."""

    version: str
    estimators: Mapping[str, Any]
    thresholds: Mapping[str, float]
    cue_threshold: float
    meta: Mapping[str, Any]
    encoder: Encoder | None = None

    def settings(self) -> dict[str, Any]:
        """What ``meta.json`` holds."""
        return {**{key: getattr(self, key) for key in _FIELDS}, **self.meta}


def save_artifact(artifact: Artifact, folder: Path) -> None:
    """Write the model's own files; the card and the metrics are the training command's."""
    save_estimators(folder, artifact.estimators, artifact.settings())
    for name, part in _encoder_files(artifact.encoder).items():
        (folder / name).write_bytes(part)


def save_estimators(folder: Path, estimators: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Write estimators and ``settings`` as the three files of a model folder."""
    folder.mkdir(parents=True, exist_ok=True)
    archive, vocabularies = archived(estimators)
    (folder / "model.skops").write_bytes(archive)
    for name, content in (("vocabularies.json", vocabularies), ("meta.json", settings)):
        text = json.dumps(content, indent=None if name == "vocabularies.json" else 2, ensure_ascii=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")


def load_artifact(folder: Path) -> Artifact:
    """Read a model folder. Raises `DataError` where a file is missing, broken or holds a type that could run code."""
    return replace(restored(*read_parts(folder), where=str(folder)), encoder=_read_encoder(folder))


def read_parts(folder: Path) -> tuple[bytes, Vocabularies, dict[str, Any]]:
    """The three files that `save_estimators` wrote: archive, vocabularies, settings."""
    try:
        archive = (folder / "model.skops").read_bytes()
        parts = [json.loads((folder / name).read_text("utf-8")) for name in ("vocabularies.json", "meta.json")]
    except FileNotFoundError as error:
        name = Path(error.filename).name
        raise DataError(str(folder), [f"{name} is missing; make a model with 'analyzer train'"]) from error
    except ValueError as error:
        raise DataError(str(folder), [f"vocabularies.json or meta.json is no JSON: {error}"]) from error
    return archive, parts[0], parts[1]


def _encoder_files(encoder: Encoder | None) -> dict[str, bytes]:
    return {} if encoder is None else {"encoder.onnx": encoder.network, "tokenizer.json": encoder.tokenizer}


def _read_encoder(folder: Path) -> Encoder | None:
    """The network, None where the folder holds none."""
    if not (folder / "encoder.onnx").exists():
        return None
    if not (folder / "tokenizer.json").exists():
        raise DataError(str(folder), ["tokenizer.json is missing; make a model with 'analyzer train'"])
    return Encoder((folder / "encoder.onnx").read_bytes(), (folder / "tokenizer.json").read_bytes())


@cache
def load_shipped(name: str = "default") -> Artifact:
    """A shipped model, read once a process."""
    return load_artifact(SHIPPED[name])


def archived(estimators: Mapping[str, Any]) -> tuple[bytes, Vocabularies]:
    """The estimators as a skops archive without their vocabularies, and these beside it."""
    from skops.io import dumps

    vectorizers = dict(_vectorizers(estimators))
    kept = {key: dict(vectorizer.vocabulary_) for key, vectorizer in vectorizers.items()}
    try:
        for vectorizer in vectorizers.values():
            vectorizer.vocabulary_ = {}
            # A place in memory, by which scikit-learn knows that it has checked these stop words: it checks again.
            vars(vectorizer).pop("_stop_words_id", None)
        archive = bytes(dumps(dict(estimators), compression=ZIP_DEFLATED, compresslevel=9))
    finally:
        for key, vectorizer in vectorizers.items():
            vectorizer.vocabulary_ = kept[key]
    return _settled(archive), {key: sorted(words, key=words.__getitem__) for key, words in kept.items()}


def _settled(archive: bytes) -> bytes:
    """The archive with its parts numbered in order and under one date: skops names them after places in memory."""
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return match[1] + numbers.setdefault(match[2], str(len(numbers) + 1))

    settled = BytesIO()
    with ZipFile(BytesIO(archive)) as read, ZipFile(settled, "w", compresslevel=9) as written:
        schema = _PART.sub(number, read.read(_SCHEMA).decode("utf-8"))
        parts = {
            f"{numbers[name.removesuffix('.npy')]}.npy": read.read(name) for name in read.namelist() if name != _SCHEMA
        }
        for name in sorted(parts):
            add_member(written, name, parts[name])
        add_member(written, _SCHEMA, schema.encode("utf-8"))
    return settled.getvalue()


def restored(archive: bytes, vocabularies: Vocabularies, settings: Mapping[str, Any], *, where: str) -> Artifact:
    """The artifact in these parts; raises `DataError` on an untrusted type or a missing part."""
    estimators = restored_estimators(archive, vocabularies, where=where)
    wrong = [f"head {head!r} is missing" for head in HEADS if head not in estimators]
    wrong += [f"meta.json lacks {key!r}" for key in _FIELDS if key not in settings]
    if wrong:
        raise DataError(where, wrong)
    meta = {key: value for key, value in settings.items() if key not in _FIELDS}
    return Artifact(estimators=estimators, meta=meta, **{key: settings[key] for key in _FIELDS})


def restored_estimators(archive: bytes, vocabularies: Vocabularies, *, where: str) -> dict[str, Any]:
    """The estimators with their vocabularies; raises `DataError` on an untrusted type or a missing vocabulary."""
    estimators = _estimators(archive, where)
    vectorizers = dict(_vectorizers(estimators))
    if wrong := [f"vocabularies.json lacks {key!r}" for key in vectorizers if key not in vocabularies]:
        raise DataError(where, wrong)
    for key, vectorizer in vectorizers.items():
        vectorizer.vocabulary_ = {word: i for i, word in enumerate(vocabularies[key])}
    return estimators


def _estimators(archive: bytes, where: str) -> dict[str, Any]:
    from skops.io import get_untrusted_types, loads

    try:
        unknown = sorted(set(get_untrusted_types(data=archive)) - set(_TRUSTED))
        if unknown:
            raise DataError(where, [f"model.skops holds the untrusted type {name}; refused" for name in unknown])
        return dict(loads(archive, trusted=list(_TRUSTED)))
    except DataError:
        raise
    except Exception as error:  # skops raises whatever its zip and JSON readers raise
        raise DataError(where, [f"model.skops can't be read ({type(error).__name__})"]) from error


def _vectorizers(estimators: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for head, estimator in estimators.items():
        for name, vectorizer in estimator.named_steps["features"].named_transformers_.items():
            if hasattr(vectorizer, "vocabulary_"):
                yield f"{head}.{name}", vectorizer
