"""All recognizers over one text."""

from __future__ import annotations

import os
from functools import cache
from typing import Any, Final

from analyzer.identifiers.masking import merge
from analyzer.identifiers.naming import find_names
from analyzer.identifiers.patterns import exceptions, find_shapes
from analyzer.records import AnalyzerError, Identifier

# The name of an installed spaCy model that tells persons, such as en_core_web_sm; without it none is asked.
MODEL_VARIABLE: Final = "ANALYZER_NER_MODEL"
_OF_MODEL: Final = {"PERSON": "PERSON", "ORG": "ORGANIZATION", "GPE": "PLACE", "FAC": "PLACE", "LOC": "PLACE"}


def find_identifiers(text: str) -> tuple[Identifier, ...]:
    """Where the text holds what looks like a personal identifier, in order and without overlaps.

    Findings that overlap become one, of the kind of the longest. Nothing inside or across a bracketed placeholder
    such as ``[NAME]`` counts. Time is linear in the text's length.
    """
    placeholders, harmless = exceptions()
    brackets = [m.span() for m in placeholders.finditer(text)]
    figures = [m.span() for expression in harmless for m in expression.finditer(text)]
    found = (*find_shapes(text), *find_names(text), *_by_model(text))
    return merge(
        one
        for one in found
        if not any(one.start < end and start < one.end for start, end in brackets)
        and not any(start <= one.start and one.end <= end for start, end in figures)
    )


def _by_model(text: str) -> list[Identifier]:
    model = _model(os.environ.get(MODEL_VARIABLE))
    if model is None:
        return []
    return [
        Identifier(_OF_MODEL[e.label_], e.start_char, e.end_char) for e in model(text).ents if e.label_ in _OF_MODEL
    ]


@cache
def _model(name: str | None) -> Any:
    if not name:
        return None
    import spacy

    try:
        return spacy.load(name, exclude=["parser", "lemmatizer", "attribute_ruler"])
    except OSError as error:
        raise AnalyzerError(
            f"{MODEL_VARIABLE} names {name!r}, which is not installed: install that spaCy model or unset the variable"
        ) from error
