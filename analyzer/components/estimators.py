"""What components with a scikit-learn estimator share: reading it late, and spaCy's serialisation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analyzer.artifact import Artifact, artifact_from_bytes, load_artifact, load_default
from analyzer.components.attributes import register_attributes


class EstimatorComponent:
    """A component over one head of the artifact.

    ``model`` is ``"default"`` (the shipped model), a folder, or None: rules alone. The artifact is read at first use,
    so that building a pipeline stays quick; ``to_disk``/``to_bytes`` carry it along.
    """

    head = ""

    def __init__(self, name: str, model: str | None) -> None:
        register_attributes()
        self.name = name
        self.model = model
        self._artifact: Artifact | None = None

    @property
    def has_estimator(self) -> bool:
        """Whether a model takes part at all."""
        return self.model is not None or self._artifact is not None

    @property
    def artifact(self) -> Artifact:
        """The artifact; raises `DataError` where the model folder is missing or broken."""
        if self._artifact is None:
            self._artifact = load_default() if self.model == "default" else load_artifact(Path(str(self.model)))
        return self._artifact

    def use(self, artifact: Artifact) -> None:
        """Work with this artifact from now on."""
        self._artifact = artifact

    @property
    def estimator(self) -> Any:
        """This component's estimator."""
        return self.artifact.estimators[self.head]

    def to_bytes(self, *, exclude: tuple[str, ...] = ()) -> bytes:
        """The artifact as bytes: length of the JSON head, JSON, skops archive."""
        if not self.has_estimator:
            return b""
        artifact = self.artifact
        settings = {
            "version": artifact.version,
            "thresholds": dict(artifact.thresholds),
            "cue_threshold": artifact.cue_threshold,
            **artifact.meta,
        }
        head = json.dumps(settings).encode()
        return len(head).to_bytes(8, "big") + head + artifact.to_bytes()

    def from_bytes(self, data: bytes, *, exclude: tuple[str, ...] = ()) -> EstimatorComponent:
        """Take over what `to_bytes` gave; raises `DataError` on an untrusted type."""
        if data:
            size = int.from_bytes(data[:8], "big")
            settings = json.loads(data[8 : 8 + size])
            self._artifact = artifact_from_bytes(data[8 + size :], settings, where=self.name)
        return self

    def to_disk(self, path: Path | str, *, exclude: tuple[str, ...] = ()) -> None:
        """Write the artifact as one file."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path: Path | str, *, exclude: tuple[str, ...] = ()) -> EstimatorComponent:
        """Read what `to_disk` wrote."""
        return self.from_bytes(Path(path).read_bytes())
