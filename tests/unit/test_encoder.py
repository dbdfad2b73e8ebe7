"""The encoder's arithmetic: nothing of a note is left out or read twice, whatever its length."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.artifact import load_shipped
from analyzer.encoder import CONTEXT, LABELS, OUTPUTS, WINDOW, Encoder, own_rows, pool, sequence, split_pieces, windows

sizes = st.lists(st.integers(0, 500), min_size=1, max_size=40)


class Letters:
    """A tokenizer that takes each letter for a word piece."""

    def encode_batch(self, texts: list[str], add_special_tokens: bool) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(ids=[ord(c) for c in text], offsets=[(i, i + 1) for i in range(len(text))])
            for text in texts
        ]


def pieces_of(lengths: list[int]) -> list:
    return split_pieces(["x" * length for length in lengths], Letters())


@given(sizes)
def test_every_piece_is_read_once_and_no_window_is_too_long(lengths: list[int]) -> None:
    pieces = pieces_of(lengths)
    read = [piece for window in windows(pieces) for piece in window.pieces[window.first : window.last]]
    assert read == pieces
    for window in windows(pieces):
        own = sum(len(p.ids) + 1 for p in window.pieces[window.first : window.last])
        assert own <= WINDOW + 1
        assert len(sequence(window.pieces)) <= WINDOW + 2 + 2 * CONTEXT
        assert len(sequence(window.pieces)) <= 512


@given(sizes)
def test_weights_of_each_segment_and_label_add_up_to_one(lengths: list[int]) -> None:
    pieces = pieces_of(lengths)
    draw = np.random.default_rng(0)
    outputs = [draw.normal(size=(len(p.ids), OUTPUTS)).astype(np.float32) for p in pieces]
    reading = pool(pieces, outputs, count=len(lengths))
    assert reading.logits.shape == (len(lengths), len(LABELS))
    sums = np.add.reduceat(reading.weights, reading.bounds[:-1])
    assert np.allclose(sums, 1, atol=1e-4)


def test_own_rows_are_those_of_the_windows_own_pieces() -> None:
    pieces = pieces_of([100, 100, 30, 100])
    for window in windows(pieces):
        ids = sequence(window.pieces)
        output = np.repeat(np.array(ids, dtype=np.float32)[:, None], OUTPUTS, axis=1)
        for piece, rows in zip(window.pieces[window.first : window.last], own_rows(window, output), strict=True):
            assert rows[:, 0].tolist() == list(piece.ids)


def test_a_note_without_segments_is_read_as_nothing() -> None:
    reading = pool([], [], count=0)
    assert reading.logits.shape == (0, len(LABELS))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    found = load_shipped().encoder
    assert found is not None
    return found


def test_a_segment_is_read_in_the_light_of_its_neighbours(encoder: Encoder) -> None:
    segments = ["Explained what happens next.", "Client slept badly.", "Validated her grief."]
    alone, among = encoder.read(segments[2:]), encoder.read(segments)
    assert not np.allclose(alone.logits[0], among.logits[2])
    assert np.abs(alone.logits[0] - among.logits[2]).max() < 8


def test_the_same_note_is_always_read_alike(encoder: Encoder) -> None:
    segments = ["Explained what happens next.", "Client slept badly."]
    copy = pickle.loads(pickle.dumps(encoder))
    assert np.array_equal(encoder.read(segments).logits, copy.read(segments).logits)


def test_signs_that_no_tokenizer_knows_do_not_stop_it(encoder: Encoder) -> None:
    reading = encoder.read(["\x00\u200b", "👩‍⚕️", "x" * 4000])
    assert np.isfinite(reading.logits).all()
