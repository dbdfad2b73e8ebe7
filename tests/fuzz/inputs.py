"""Inputs that Hypothesis makes: any bytes, telling pieces in a row, and sound files with changes in them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.fuzz.seeds import TOKENS

_PIECES = [token.encode("utf-8", "surrogatepass") for token in TOKENS]


def inputs(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Bytes to drive a target with, most of them near a sound input."""
    pieces = st.one_of(st.sampled_from(_PIECES), st.binary(max_size=8), st.text(max_size=8).map(_encoded))
    rows = st.lists(pieces, max_size=40).map(b"".join)
    return st.one_of(_changed(seeds, pieces), _changed(seeds, pieces), rows, st.binary(max_size=200))


@st.composite
def _changed(draw: st.DrawFn, seeds: Sequence[bytes], pieces: st.SearchStrategy[bytes]) -> bytes:
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 12)))
        times = draw(st.sampled_from((0, 1, 1, 2, 40)))
        data = data[:start] + draw(st.one_of(pieces, st.just(data[start:end]))) * times + data[end:]
    return data


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
