"""What the estimators see: one row a segment (strategies, cues) or a tag (status), as text columns.

The same functions serve training and tagging, so that both always see the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from spacy.tokens import Doc, Span

from analyzer.components.agents import Agent
from analyzer.components.sections import section_kinds, section_of, sections_of
from analyzer.encoder import LABELS
from analyzer.lexicons import past_forms
from analyzer.records import STATUSES

if TYPE_CHECKING:  # rules alone need no tables
    import pandas as pd

SEGMENT_COLUMNS = ("text", "previous", "next", "section", "rules")
STATUS_COLUMNS = ("left", "evidence", "right", "previous", "section", "cues")
# What the encoder says of a segment, and of a tag's status: logits, there only where a model has an encoder.
READ_COLUMNS = tuple(f"read:{label}" for label in LABELS)
READ_STATUS_COLUMNS = tuple(f"read:{status}" for status in STATUSES)

SegmentRow = tuple[str, str, str, str, str]
StatusRow = tuple[str, str, str, str, str, str]


def norms(span: Span | Doc) -> str:
    """The words of a span as norms, numbers as ``0``, separated by spaces."""
    return " ".join("0" if token.like_num else token.norm_ for token in span if not token.is_space)


def segment_rows(doc: Doc) -> list[SegmentRow]:
    """One row a segment of ``doc.spans["segments"]``: its words, its neighbours', its section, the rules that fired."""
    segments = list(doc.spans["segments"])
    texts = [norms(segment) for segment in segments]
    fired: dict[int, set[str]] = {}
    for key in ("rules", "cue_rules"):
        for span in doc.spans.get(key, ()):
            fired.setdefault(span.sent.start, set()).update((span.id_, span.label_))
    names = sections_of(doc, segments)
    return [
        (
            texts[i],
            texts[i - 1] if i else "",
            texts[i + 1] if i + 1 < len(texts) else "",
            _section_words(names[i]),
            " ".join(sorted(fired.get(segment.sent.start, ()))),
        )
        for i, segment in enumerate(segments)
    ]


def _section_words(name: str) -> str:
    return f"{name} kind:{section_kinds().get(name, 'mixed')}"


def previous_segment(sentence: Span) -> Span | None:
    """The sentence before, None at the beginning."""
    return sentence.doc[sentence.start - 1].sent if sentence.start else None


def status_row(evidence: Span, cues: Iterable[str], agent: Agent) -> StatusRow:
    """One row a tag: the words left of, in and right of the evidence, before it, the section, cues and agent."""
    sentence = evidence.sent
    doc = evidence.doc
    section = section_of(doc, evidence)
    left = norms(doc[sentence.start : evidence.start])
    inside = norms(evidence)
    first = inside.split(" ", 3)
    opening = " ".join(f"first{i}:{word}" for i, word in enumerate(first[:3]))
    previous = previous_segment(sentence)
    who = f"agent:{agent.kind}{'.reported' if agent.reported else ''}{'.passive' if agent.passive else ''}"
    elided = "elided" if evidence.start - sentence.start < 1 else "preceded"
    kind = section_kinds().get(section, "mixed")
    return (
        left or "none",
        f"{opening} {inside}",
        norms(doc[evidence.end : sentence.end]) or "none",
        norms(previous[:8]) if previous is not None else "none",
        _section_words(section),
        " ".join([*sorted(set(cues)), who, elided, f"{who}.{kind}", f"form:{_form(evidence)}.{kind}"]),
    )


def _form(evidence: Span) -> str:
    """Whether the evidence begins with a past form, an -ing form or neither: "P: Reviewed ...", "P: Review ..."."""
    opening = [token.norm_ for token in evidence[:3]]
    if any(word.endswith("ed") or word in past_forms() for word in opening):
        return "past"
    return "ing" if any(word.endswith("ing") for word in opening[:2]) else "bare"


def segment_table(rows: Sequence[SegmentRow], logits: np.ndarray | None = None) -> pd.DataFrame:
    """Rows as the table that the estimators take: (rows, `SEGMENT_COLUMNS` and, given logits, `READ_COLUMNS`)."""
    return _table(rows, SEGMENT_COLUMNS, logits, READ_COLUMNS)


def status_table(rows: Sequence[StatusRow], logits: np.ndarray | None = None) -> pd.DataFrame:
    """Rows as the table that the status estimator takes: (rows, `STATUS_COLUMNS`, and `READ_STATUS_COLUMNS`)."""
    return _table(rows, STATUS_COLUMNS, logits, READ_STATUS_COLUMNS)


def _table(
    rows: Sequence[tuple[str, ...]], columns: Sequence[str], logits: np.ndarray | None, read: Sequence[str]
) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame(list(rows), columns=list(columns))
    if logits is None:
        return table
    return pd.concat([table, pd.DataFrame(logits, columns=list(read))], axis=1)
