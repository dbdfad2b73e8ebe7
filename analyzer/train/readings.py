"""Fine-tuned encoders, each read by writers it had not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analyzer.encoder import Encoder
from analyzer.lexicons import read_data
from analyzer.records import CodedNote
from analyzer.train.encoder import Schedule, fit_encoder
from analyzer.train.folds import splits
from analyzer.train.material import Material

# Fine-tuning is what takes the time: two folds cost less than two trainings on all notes.
FOLDS = 2
# All notes are twice a fold's: the one that ships learns half as long again as those that teach the heads.
OF_A_FOLD = Schedule(epochs=4)
OF_ALL = Schedule(epochs=3)


@dataclass(frozen=True, slots=True)
class Networks:
    """Makes encoders; one made before from the same notes is taken from ``keep`` instead."""

    seed: int
    keep: Path | None = None

    def fit(self, notes: Sequence[CodedNote], schedule: Schedule, progress: Callable[[float], None]) -> Encoder:
        """The encoder after these notes."""
        if self.keep is None:
            return fit_encoder(notes, seed=self.seed, schedule=schedule, progress=progress)
        data = read_data("training.yml")
        made_of = f"{list(notes)}{self.seed}{schedule}{data['slips']}{data['exchanged']}"
        stem = self.keep / hashlib.sha256(made_of.encode()).hexdigest()[:12]
        network, tokenizer = stem.with_suffix(".onnx"), stem.with_suffix(".json")
        if network.exists() and tokenizer.exists():
            return Encoder(network.read_bytes(), tokenizer.read_bytes())
        encoder = fit_encoder(notes, seed=self.seed, schedule=schedule, progress=progress)
        self.keep.mkdir(parents=True, exist_ok=True)
        tokenizer.write_bytes(encoder.tokenizer)
        network.write_bytes(encoder.network)
        return encoder


def with_readings(
    material: Sequence[Material], networks: Networks, progress: Callable[[str, float], None]
) -> list[Material]:
    """The material with each note's reading by an encoder that had no note of its writer."""
    made = list(material)
    folds = splits(material, FOLDS)
    for number, (learn, held) in enumerate(folds):
        text = f"fine-tuning without a part of the writers ({number + 1} of {len(folds)})"

        def told(share: float, text: str = text, number: int = number) -> None:
            progress(text, (number + share) / len(folds) / 2)

        encoder = networks.fit([material[i].note for i in learn], OF_A_FOLD, told)
        for i in held:
            segments = [segment.text for segment in material[i].doc.spans["segments"]]
            made[i] = replace(material[i], reading=encoder.read(segments))
    return made
