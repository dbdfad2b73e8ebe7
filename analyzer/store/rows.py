"""Records <-> rows: what is kept of an analysis without its words, and a decision."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from analyzer.records import Analysis
from analyzer.review.decisions import Decision, Said
from analyzer.store.schema import DecisionRow


def without_words(analysis: Analysis) -> Analysis:
    """The analysis without any word of the note or of its table's other columns: places, codes and figures stay."""
    return replace(
        analysis,
        tags=tuple(replace(t, text="", cue=None, reason=t.reason.partition(":")[0]) for t in analysis.tags),
        opportunities=tuple(replace(o, text="") for o in analysis.opportunities),
        extra={},
    )


def body_of(analysis: Analysis) -> dict[str, Any]:
    """The analysis as the store keeps it in the clear."""
    return json.loads(json.dumps(without_words(analysis).to_dict()))


def packed(analysis: Analysis, text: str) -> bytes:
    """What is sealed: the text and the whole analysis."""
    content = {"text": text, "analysis": analysis.to_dict()}
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")


def unpacked(content: bytes) -> tuple[Analysis, str]:
    """What was sealed, back."""
    held = json.loads(content.decode("utf-8", "surrogatepass"))
    return Analysis.from_dict(held["analysis"]), str(held["text"])


def decision_row(decision: Decision) -> DecisionRow:
    """The row of a decision."""
    said = decision.said
    return DecisionRow(
        note_id=decision.note_id,
        text_sha256=decision.text_sha256,
        segment_start=decision.segment[0],
        segment_end=decision.segment[1],
        start=decision.start,
        end=decision.end,
        strategy=decision.strategy,
        status=decision.status,
        verdict=decision.verdict,
        said_status=said.status if said else None,
        said_confidence=said.confidence if said else None,
        said_source=said.source if said else None,
        said_reason=said.reason if said else None,
        model=decision.model,
        who=decision.who,
        at=decision.at,
    )


def decision_of(row: DecisionRow) -> Decision:
    """The decision in a row."""
    said = None
    if row.said_status is not None:
        said = Said(
            row.said_status,  # type: ignore[arg-type]
            row.said_confidence or 0.0,
            row.said_source or "model",  # type: ignore[arg-type]
            row.said_reason or "",
        )
    return Decision(
        note_id=row.note_id,
        text_sha256=row.text_sha256,
        segment=(row.segment_start, row.segment_end),
        start=row.start,
        end=row.end,
        strategy=row.strategy,
        status=row.status,  # type: ignore[arg-type]
        verdict=row.verdict,  # type: ignore[arg-type]
        said=said,
        model=row.model,
        who=row.who,
        at=row.at,
    )
