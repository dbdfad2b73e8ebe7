"""The reader: lets the encoder read the note once; classifier, qualifier and opportunities use what it saw."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import fields
from itertools import groupby

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

from analyzer.components.estimators import EstimatorComponent
from analyzer.encoder import LABELS, Encoder, Reading
from analyzer.records import STRATEGIES

# Plain arrays rather than the record: Docs travel between processes as bytes.
_KEY = "analyzer:reading"


def reading_of(doc: Doc) -> Reading | None:
    """What the encoder made of this Doc's segments, None where no encoder takes part."""
    stored = doc.user_data.get(_KEY)
    return Reading(**stored) if stored is not None else None


def remember(doc: Doc, reading: Reading) -> None:
    """Keep the reading on the Doc."""
    doc.user_data[_KEY] = {field.name: getattr(reading, field.name) for field in fields(reading)}


def forget_reading(doc: Doc) -> None:
    """Drop the reading, which is large and of no use once the tags are found."""
    doc.user_data.pop(_KEY, None)


def logits_of(docs: Sequence[Doc]) -> list[np.ndarray] | None:
    """Each Doc's (segments, `LABELS`) logits, None where no encoder takes part."""
    readings = [reading for doc in docs if (reading := reading_of(doc)) is not None]
    return [reading.logits for reading in readings] if readings else None


def status_logits(spans: Sequence[Span]) -> np.ndarray | None:
    """(spans, 6): what the encoder says of the status of these tags, None where no encoder takes part."""
    found = []
    for doc, own in groupby(spans, key=lambda span: span.doc):
        reading = reading_of(doc)
        if reading is None:
            return None
        starts = [segment.start for segment in doc.spans["segments"]]
        for span in own:
            of_each = reading.status[bisect_right(starts, span.start) - 1]
            # The encoder does not know a project's own strategies: it is asked of no strategy in particular.
            known = span.label_ in STRATEGIES
            found.append(of_each[STRATEGIES.index(span.label_)] if known else of_each.mean(axis=0))
    return np.array(found)


def clause_weights(segment: Span, parts: Sequence[Span], reading: Reading, index: int, label: str) -> list[float]:
    """How much of the label's weight lies on each of these stretches of the segment."""
    offsets, weights = _pieces(reading, index, label)
    begins = offsets[:, 0] + segment.start_char
    return [float(weights[(begins >= p.start_char) & (begins < p.end_char)].sum()) for p in parts]


def most_weighty(segment: Span, reading: Reading, index: int, label: str, *, count: int = 3) -> list[str]:
    """The words that counted most for the label, in the order of the text."""
    words = [token for token in segment if token.is_alpha or token.like_num]
    weights = clause_weights(segment, [segment.doc[t.i : t.i + 1] for t in words], reading, index, label)
    best = sorted(sorted(range(len(words)), key=lambda i: -weights[i])[:count])
    return [words[i].text for i in best]


def _pieces(reading: Reading, index: int, label: str) -> tuple[np.ndarray, np.ndarray]:
    within = slice(int(reading.bounds[index]), int(reading.bounds[index + 1]))
    return reading.offsets[within], reading.weights[within, LABELS.index(label)]


class SegmentReader(EstimatorComponent):
    """Keeps the encoder's `Reading` on each Doc; does nothing under a model without an encoder.

    With ``vectors`` the reading also holds each segment's, for heads that training added (`analyzer.own_model`).
    """

    def __init__(self, name: str, model: str | None, *, vectors: bool = False) -> None:
        super().__init__(name, model)
        self.vectors = vectors
        self._restored: Encoder | None = None

    @property
    def encoder(self) -> Encoder | None:
        """The encoder, None where none takes part."""
        return self._restored or (self.artifact.encoder if self.has_estimator else None)

    def annotate(self, docs: Sequence[Doc]) -> None:
        """Read the Docs one by one, so that none is read differently for its company."""
        if (encoder := self.encoder) is not None:
            for doc in docs:
                remember(doc, encoder.read([s.text for s in doc.spans["segments"]], vectors=self.vectors))

    def to_bytes(self, *, exclude: tuple[str, ...] = ()) -> bytes:
        """The encoder as bytes: length of the tokenizer, tokenizer, network."""
        if (encoder := self.encoder) is None:
            return b""
        return len(encoder.tokenizer).to_bytes(8, "big") + encoder.tokenizer + encoder.network

    def from_bytes(self, data: bytes, *, exclude: tuple[str, ...] = ()) -> SegmentReader:
        """Take over what `to_bytes` gave."""
        if data:
            end = 8 + int.from_bytes(data[:8], "big")
            self._restored = Encoder(data[end:], data[8:end])
        return self


@Language.factory(
    "reader",
    assigns=["doc.user_data"],
    requires=["doc.spans"],
    default_config={"model": "default", "vectors": False},
)
def create_reader(nlp: Language, name: str, model: str | None, vectors: bool) -> SegmentReader:
    """The factory that ``pipeline.cfg`` names."""
    return SegmentReader(name, model, vectors=vectors)
