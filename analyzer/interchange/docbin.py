"""spaCy's DocBin (.spacy): each note a Doc in the project's tokens, its findings as span groups.

``doc.spans["strategies"]`` (label: strategy, span id: status), ``doc.spans["opportunities"]`` (span id: response),
``doc.spans["sections"]`` and ``doc.spans["boilerplate"]`` can be read by spaCy alone. ``doc.user_data["analysis"]`` is
the whole analysis, exact offsets included, which `Analysis.from_dict` reads. Where this package's attributes are
registered, ``span._.status`` and the others answer as they do on a Doc of the pipeline.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span, SpanGroup

import analyzer.components.tokenizer  # noqa: F401  registers the tokenizer
from analyzer.components.attributes import note_fact, register_attributes
from analyzer.files import whole_file
from analyzer.interchange.document import Document, text_of
from analyzer.interchange.files import json_of
from analyzer.records import Analysis


def write(documents: Iterable[Document], path: Path) -> None:
    """Write all documents into one DocBin; read it with ``DocBin().from_disk(path).get_docs(nlp.vocab)``.

    Raises `AnalyzerError` where a document has no text or the file can't be written.
    """
    docs = DocBin(store_user_data=True)
    with whole_file(path) as part:
        for document in documents:
            docs.add(_doc(document.analysis, text_of(document, "a DocBin")))
        docs.to_disk(part)


@cache
def note_language() -> Language:
    """A blank pipeline that splits text as the project's own does, so that tags begin and end with tokens."""
    register_attributes()
    return spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "note_tokenizer.v1"}}})


def tokens_touched(doc: Doc) -> Callable[[int, int], tuple[int, int]]:
    """From characters (half-open) to the tokens (half-open) that they touch: one at least, as tokens leave no gaps."""
    begins = [token.idx for token in doc]
    return lambda start, end: (bisect_right(begins, start) - 1, bisect_left(begins, end))


def _doc(analysis: Analysis, text: str) -> Doc:
    doc = note_language().make_doc(text)
    doc.user_data["analysis"] = json.loads(json_of(analysis.to_dict()))
    _add(doc, "strategies", [(tag.start, tag.end, tag.strategy, tag.status) for tag in analysis.tags])
    _add(doc, "opportunities", [(o.start, o.end, "opportunity", o.response) for o in analysis.opportunities])
    _add(doc, "sections", [(s.start, s.end, s.name, "") for s in analysis.sections if s.start < s.end])
    _add(doc, "boilerplate", [(b.start, b.end, b.reason, "") for b in analysis.boilerplate if b.start < b.end])
    for span, tag in zip(doc.spans["strategies"], analysis.tags, strict=True):
        facts = ("status", "cue", "confidence", "source", "reason", "repeated")
        note_fact(span, **{name: getattr(tag, name) for name in facts})
    for span, found in zip(doc.spans["opportunities"], analysis.opportunities, strict=True):
        note_fact(span, response=found.response, answer=found.answer, strategies=found.strategies)
    return doc


def _add(doc: Doc, name: str, found: list[tuple[int, int, str, str]]) -> None:
    """A span group from start, end, label and span id."""
    touched = tokens_touched(doc)
    spans = [Span(doc, *touched(start, end), label=label, span_id=mark) for start, end, label, mark in found]
    doc.spans[name] = SpanGroup(doc, name=name, spans=spans)
