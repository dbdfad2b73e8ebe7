"""The encoder: a small transformer that reads every segment of a note among its neighbours.

Each word piece gets a weight and a score for every label; a segment's logit is the weighted mean of its pieces' scores
(label-wise attention: Mullenbach et al. 2018, doi:10.18653/v1/N18-1100). The same weights point at the evidence and
tell which words moved the model. Training makes the network (`analyzer.train.encoder`); here it only runs, by ONNX.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from analyzer.blinding import blind
from analyzer.records import RESPONSES, STATUSES, STRATEGIES

LABELS: Final = (*STRATEGIES, "opportunity", *(f"opportunity.{s}" for s in STRATEGIES), "boilerplate")
# What the network gives for each word piece: a weight and a score a label, a score a status, a score a response.
_PARTS: Final = (len(LABELS), len(LABELS), len(STATUSES), len(RESPONSES))
OUTPUTS: Final = sum(_PARTS)
# A window's own word pieces, and how many of its neighbours' it sees on either side (BERT reads 512 at most).
WINDOW: Final = 192
CONTEXT: Final = 48
_LAST_LAYER: Final = b"/body/encoder/layer.5/output/LayerNorm/LayerNormalization_output_0"
# Protobuf merges messages that stand one after the other: these bytes after a network (onnx.proto: ModelProto.graph 7,
# GraphProto.output 12, ValueInfoProto.name 1) make it give its last layer as a second output.
_ALSO_LAST_LAYER: Final = b"".join(
    bytes([number << 3 | 2, len(_LAST_LAYER) + more]) for number, more in ((7, 4), (12, 2), (1, 0))
) + (_LAST_LAYER)
FIRST, LAST, UNKNOWN = 101, 102, 100  # [CLS], [SEP] and [UNK] of the BERT vocabulary


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive word pieces of one segment: their ids, and their offsets from the segment's beginning."""

    segment: int
    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces read together, ``pieces[first:last]`` of them for their own sake, the others as context."""

    pieces: tuple[Piece, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What the encoder made of one note of n segments and m word pieces.

    ``logits``: (n, `LABELS`); ``status``: (n, 11, 6), for each strategy were it there; ``response``: (n, 5), were it an
    opportunity. ``bounds``: (n + 1,) each segment's first word piece; ``offsets``: (m, 2) from the segment's beginning;
    ``weights``: (m, `LABELS`) how much a word piece counted, adding up to 1 for each segment and label. ``vectors``:
    (n, 384) each segment's mean over its word pieces of what the last layer made of them, where asked for.
    """

    logits: np.ndarray
    status: np.ndarray
    response: np.ndarray
    bounds: np.ndarray
    offsets: np.ndarray
    weights: np.ndarray
    vectors: np.ndarray | None = None


class Encoder:
    """The network and its tokenizer, both as bytes until first used, so that it pickles and starts quickly."""

    def __init__(self, network: bytes, tokenizer: bytes) -> None:
        self.network = network
        self.tokenizer = tokenizer
        self._sessions: dict[tuple[int, bool], Any] = {}

    def __reduce__(self) -> tuple[type[Encoder], tuple[bytes, bytes]]:
        return Encoder, (self.network, self.tokenizer)

    def _session(self, *, vectors: bool) -> Any:
        """This process's session: one forked off has not the threads of the other's, and would wait for them."""
        key = (os.getpid(), vectors)
        if key not in self._sessions:
            self._sessions[key] = _session(self.network + _ALSO_LAST_LAYER if vectors else self.network)
        return self._sessions[key]

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_buffer(self.tokenizer)

    def read(self, segments: Sequence[str], *, vectors: bool = False) -> Reading:
        """Read one note, given as the texts of its segments in order; with ``vectors`` keep each segment's.

        One window is run at a time: int8 activations are scaled by all that runs together, and a note must not be read
        differently for the company that it keeps.
        """
        pieces = split_pieces(segments, self._tokenizer)
        outputs: list[np.ndarray] = []
        session = self._session(vectors=vectors)
        for window in windows(pieces):
            ids = np.array([sequence(window.pieces)], dtype=np.int64)
            # Side by side: what the network gives and, where asked for, its last layer.
            outputs += own_rows(window, np.concatenate(session.run(None, {"ids": ids}), axis=2)[0])
        return pool(pieces, outputs, count=len(segments))


def _session(network: bytes) -> Any:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = 3
    # Threads that wait for the next step sleep instead of spinning: half the CPU time where others work beside us.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(network, options, providers=["CPUExecutionProvider"])


def split_pieces(segments: Sequence[str], tokenizer: Any) -> list[Piece]:
    """The segments as word pieces, read blind to who the people are (`analyzer.blinding`).

    A segment longer than a window is cut, one of unreadable characters is unknown.
    """
    found = []
    blinded = [blind(segment) for segment in segments]
    for i, encoding in enumerate(tokenizer.encode_batch([b.text for b in blinded], add_special_tokens=False)):
        ids = encoding.ids or [UNKNOWN]
        offsets = [blinded[i].as_written(*pair) for pair in encoding.offsets] or [(0, len(segments[i]))]
        for start in range(0, len(ids), WINDOW):
            part = slice(start, start + WINDOW)
            found.append(Piece(i, tuple(ids[part]), tuple(offsets[part])))
    return found


def windows(pieces: Sequence[Piece], *, first: int = WINDOW, context: int = CONTEXT) -> Iterator[Window]:
    """The pieces in groups of at most `WINDOW` word pieces (the first of at most ``first``), with their context."""
    begin, limit = 0, first
    while begin < len(pieces):
        end, size = begin, 0
        while end < len(pieces) and (end == begin or size + len(pieces[end].ids) < limit):
            size += len(pieces[end].ids) + 1
            end += 1
        low, high = _reach(pieces, begin, -1, context), _reach(pieces, end - 1, 1, context)
        yield Window(tuple(pieces[low : high + 1]), begin - low, end - low)
        begin, limit = end, WINDOW


def _reach(pieces: Sequence[Piece], at: int, step: int, context: int) -> int:
    """How far from ``at`` the neighbours fit into the context."""
    left = context
    while 0 <= at + step < len(pieces) and (left := left - len(pieces[at + step].ids) - 1) >= 0:
        at += step
    return at


def sequence(pieces: Sequence[Piece]) -> list[int]:
    """The ids that the network reads: each piece closed by a separator."""
    return [FIRST, *(i for piece in pieces for i in (*piece.ids, LAST))]


def own_rows(window: Window, output: np.ndarray) -> list[np.ndarray]:
    """Of the network's (ids, `OUTPUTS`) output, the rows of each of the window's own pieces."""
    ends = np.cumsum([len(piece.ids) + 1 for piece in window.pieces])
    return [output[ends[i] - len(window.pieces[i].ids) : ends[i]] for i in range(window.first, window.last)]


def pool(pieces: Sequence[Piece], outputs: Sequence[np.ndarray], *, count: int) -> Reading:
    """Word pieces to segments: each label's softmax-weighted mean over a segment's pieces."""
    rows = np.concatenate(outputs) if outputs else np.zeros((0, OUTPUTS), np.float32)
    sizes = np.zeros(count, dtype=np.int64)
    for piece in pieces:
        sizes[piece.segment] += len(piece.ids)
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    raw, value, status, response, layer = np.split(rows, np.cumsum(_PARTS), axis=1)
    starts = bounds[:-1]
    weights = np.exp(raw - np.repeat(np.maximum.reduceat(raw, starts), sizes, axis=0))
    weights /= np.repeat(np.add.reduceat(weights, starts), sizes, axis=0)
    by_strategy = weights[:, : len(STRATEGIES), None] * status[:, None, :]
    return Reading(
        logits=np.add.reduceat(weights * value, starts),
        status=np.add.reduceat(by_strategy, starts),
        response=np.add.reduceat(weights[:, [LABELS.index("opportunity")]] * response, starts),
        bounds=bounds,
        offsets=np.array([pair for piece in pieces for pair in piece.offsets], dtype=np.int64),
        weights=weights,
        vectors=np.add.reduceat(layer, starts) / np.maximum(sizes, 1)[:, None] if layer.shape[1] else None,
    )
