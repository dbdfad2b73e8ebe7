"""A note's text -> the words that keyness counts: the pipeline's tokens, lower-cased, without what is no wording."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Literal

from spacy.tokens import Doc, Token

from analyzer.identifiers import MASK
from analyzer.interchange.document import Document, shown
from analyzer.lexicons import read_data
from analyzer.records import Analysis, AnalyzerError

Where = Literal["all", "inside", "outside"]


def words_of(
    document: Document, *, where: Where = "all", strategy: str | None = None, bigrams: bool = False
) -> set[str]:
    """The different words of a note; ``bigrams`` adds pairs of adjoining ones.

    Masked identifiers, placeholders such as ``[NAME]``, figures and template text are left out. ``inside`` and
    ``outside``: of the evidence of any strategy, or of ``strategy``, whatever its status. Raises `AnalyzerError` where
    the document has no text.
    """
    analysis, text = document.analysis, document.text
    if text is None:
        raise AnalyzerError(f"note {shown(analysis.note_id)}: words are counted in the text; give the notes with it")
    left_out, evidence = _marks(text, _no_wording(analysis, text)), _marks(text, _evidence(analysis, strategy))
    kept = [
        token
        for token in _tokenizer()(text)
        if _is_word(token)
        and not any(left_out[token.idx : token.idx + len(token)])
        and (where == "all" or any(evidence[token.idx : token.idx + len(token)]) == (where == "inside"))
    ]
    found = {_form(token) for token in kept}
    if bigrams:
        found |= {f"{_form(a)} {_form(b)}" for a, b in pairwise(kept) if a.i + 1 == b.i}
    return found


def _no_wording(analysis: Analysis, text: str) -> Iterator[tuple[int, int]]:
    yield from ((line.start, line.end) for line in analysis.boilerplate)
    yield from ((found.start, found.end) for found in analysis.identifiers)
    for match in _placeholders().finditer(text):
        yield match.span()


def _evidence(analysis: Analysis, strategy: str | None) -> Iterator[tuple[int, int]]:
    return ((tag.start, tag.end) for tag in analysis.counted if strategy in (None, tag.strategy))


def _marks(text: str, spans: Iterable[tuple[int, int]]) -> bytearray:
    """1 for each code point that lies in one of the spans."""
    marks = bytearray(len(text))
    for start, end in spans:
        inside = len(marks[start:end])
        marks[start : start + inside] = b"\1" * inside
    return marks


def _is_word(token: Token) -> bool:
    text = token.text
    return any(map(str.isalpha, text)) and not any(map(str.isdigit, text)) and MASK not in text


def _form(token: Token) -> str:
    return token.lower_.replace("’", "'")


@cache
def _placeholders() -> re.Pattern[str]:
    return re.compile(read_data("identifiers.yml")["placeholders"])


@cache
def _tokenizer() -> Callable[[str], Doc]:
    import spacy

    # The pipeline's own tokenizer, without the components that would take seconds to load.
    import analyzer.components.tokenizer  # noqa: F401  registers it

    return spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "note_tokenizer.v1"}}}).make_doc
