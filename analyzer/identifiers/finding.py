"""All recognizers over one text."""

from __future__ import annotations

import os
from functools import cache
from typing import Any, Final

from analyzer.identifiers.masking import merge
from analyzer.identifiers.naming import find_names
from analyzer.identifiers.patterns import exceptions, find_shapes, numbers_go_on
from analyzer.records import AnalyzerError, Identifier

# The name of an installed spaCy model that tells persons, such as en_core_web_sm; without it none is asked.
MODEL_VARIABLE: Final = "ANALYZER_NER_MODEL"
_OF_MODEL: Final = {"PERSON": "PERSON", "ORG": "ORGANIZATION", "GPE": "PLACE", "FAC": "PLACE", "LOC": "PLACE"}
# Kinds that are numbers, and how many characters before and behind one are searched for groups that belong to it.
_NUMBERS: Final = frozenset(("RECORD_NUMBER", "ACCOUNT", "VEHICLE", "DEVICE", "NATIONAL_ID", "INSURANCE_ID", "LICENSE"))
_BESIDE: Final = 12
_FARTHEST: Final = 40


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
        _whole(text, one)
        for one in found
        if not any(one.start < end and start < one.end for start, end in brackets)
        and not any(start <= one.start and one.end <= end for start, end in figures)
    )


def _whole(text: str, one: Identifier) -> Identifier:
    """The finding and, where it is a number, the groups of figures and capitals that stand beside it."""
    if one.kind not in _NUMBERS:
        return one
    before, after = numbers_go_on()
    end = match.end() if (match := after.match(text, one.end, one.end + _FARTHEST)) else one.end
    start = match.start() if (match := before.search(text, max(0, one.start - _BESIDE), one.start)) else one.start
    return Identifier(one.kind, start, end)


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
