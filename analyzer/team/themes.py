"""A note's text -> where the cue rules find something, and what it is about."""

from __future__ import annotations

from functools import cache
from threading import Lock

from spacy import blank
from spacy.language import Language

import analyzer.components  # noqa: F401  registers the factories
from analyzer.team.settings import load_team_settings

# spaCy gives no promise that two threads may use one pipeline, so sessions take turns.
_TURN = Lock()


def find_themes(text: str) -> tuple[tuple[int, int, str], ...]:
    """(start, end, title of the theme) for each match of a cue rule; offsets are code points.

    An `Opportunity` does not keep which rules found it, so they are asked again; the rules alone take no model.

    >>> find_themes("Pt says two men shouted a slur at him.")
    ((26, 30, 'Racism and other discrimination'),)
    """
    title_of = _titles()
    with _TURN:
        doc = _rules()(text)
    return tuple((span.start_char, span.end_char, title_of[span.id_]) for span in doc.spans["cue_rules"])


@cache
def _titles() -> dict[str, str]:
    return {cue: theme.title for theme in load_team_settings().themes for cue in theme.cues}


@cache
def _rules() -> Language:
    """The pipeline's tokens and segments, and the cue rules alone: quicker to load and to run than all of it."""
    nlp = blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "note_tokenizer.v1"}}})
    nlp.add_pipe("segmenter")
    nlp.add_pipe("cue_rules")
    return nlp
