"""What components with a scikit-learn estimator share: reading it late, reading Docs in batches, serialisation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from spacy.tokens import Doc
from spacy.util import minibatch

from analyzer.artifact import SHIPPED, Artifact, archived, load_artifact, load_shipped, restored
from analyzer.components.attributes import register_attributes
from analyzer.components.features import SegmentRow, segment_table


class EstimatorComponent:
    """A component over one head of the artifact.

    ``model`` is ``"default"`` or ``"fast"`` (the shipped ones), a folder, or None: rules alone. The artifact is read at
    first use, so that building a pipeline stays quick; ``to_disk``/``to_bytes`` carry it along. Subclasses fill in
    `annotate`.
    """

    head = ""

    def __init__(self, name: str, model: str | None) -> None:
        register_attributes()
        self.name = name
        self.model = model
        self._artifact: Artifact | None = None

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Put this component's findings on the Docs, asking the estimator once."""
        raise NotImplementedError

    def __call__(self, doc: Doc) -> Doc:
        self.annotate([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 32) -> Iterator[Doc]:
        """As `Language.pipe` calls it: batches, since an estimator's call costs more than a few rows."""
        for batch in minibatch(stream, batch_size):
            self.annotate(batch)
            yield from batch

    @property
    def has_estimator(self) -> bool:
        """Whether a model takes part at all."""
        return self.model is not None or self._artifact is not None

    @property
    def artifact(self) -> Artifact:
        """The artifact; raises `DataError` where the model folder is missing or broken."""
        if self._artifact is None:
            name = str(self.model)
            self._artifact = load_shipped(name) if name in SHIPPED else load_artifact(Path(name))
        return self._artifact

    def use(self, artifact: Artifact) -> None:
        """Work with this artifact from now on."""
        self._artifact = artifact

    @property
    def estimator(self) -> Any:
        """This component's estimator."""
        return self.artifact.estimators[self.head]

    def ask(self, rows: Sequence[Sequence[SegmentRow]], logits: Sequence[np.ndarray] | None = None) -> list[np.ndarray]:
        """For each list of rows the (rows, labels) probabilities of a head that reads segments, in one call.

        ``logits``: for each list what the encoder said of its rows, where the model has one.
        """
        flat = [row for some in rows for row in some]
        if not flat:
            return [np.zeros((0, 0)) for _ in rows]
        table = segment_table(flat, np.concatenate(logits) if logits is not None else None)
        matrix = np.asarray(self.estimator.predict_proba(table))
        return np.split(matrix, np.cumsum([len(some) for some in rows])[:-1])

    def to_bytes(self, *, exclude: tuple[str, ...] = ()) -> bytes:
        """The artifact as bytes: length of the JSON part, JSON, skops archive."""
        if not self.has_estimator:
            return b""
        archive, vocabularies = archived(self.artifact.estimators)
        head = json.dumps({"settings": self.artifact.settings(), "vocabularies": vocabularies}).encode()
        return len(head).to_bytes(8, "big") + head + archive

    def from_bytes(self, data: bytes, *, exclude: tuple[str, ...] = ()) -> EstimatorComponent:
        """Take over what `to_bytes` gave; raises `DataError` on an untrusted type."""
        if data:
            size = int.from_bytes(data[:8], "big")
            head = json.loads(data[8 : 8 + size])
            self._artifact = restored(data[8 + size :], head["vocabularies"], head["settings"], where=self.name)
        return self

    def to_disk(self, path: Path | str, *, exclude: tuple[str, ...] = ()) -> None:
        """Write the artifact as one file."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path: Path | str, *, exclude: tuple[str, ...] = ()) -> EstimatorComponent:
        """Read what `to_disk` wrote."""
        return self.from_bytes(Path(path).read_bytes())
