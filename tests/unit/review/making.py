"""Invented analyses to review, made by hand so that tests need no model."""

from __future__ import annotations

from analyzer.records import Analysis, Opportunity, Section, Source, Status, Tag, sha256_of

TEXT = (
    "Client spoke about the raid. Validated her fear. Reviewed limits of confidentiality. "
    "Will bring the form next week. Client nodded."
)


def tag(
    words: str, strategy: str, *, status: Status = "delivered", confidence: float = 0.9, by: Source = "rule+model"
) -> Tag:
    """A tag on these words of `TEXT`."""
    start = TEXT.index(words)
    reason = "words-0.1: fear, her" if by == "model" else f"{strategy}.rule"
    return Tag(strategy, status, start, start + len(words), words, confidence, by, reason, "narrative")


FEAR = tag("Validated her fear", "active_listening_empathy")
LIMITS = tag("Reviewed limits of confidentiality", "transparency", confidence=0.55)
FORM = tag("Will bring the form", "consistency_reliability", status="planned", by="model", confidence=0.8)


def analysis(*tags: Tag, note_id: str = "n1", opportunities: tuple[Opportunity, ...] = ()) -> Analysis:
    """An analysis of `TEXT` with these tags; without any, with the three above."""
    return Analysis(
        note_id=note_id,
        source="invented.txt",
        clinician="C1",
        client="K1",
        date="2026-03-01",
        text_sha256=sha256_of(TEXT),
        n_chars=len(TEXT),
        n_words=20,
        n_segments=5,
        sections=(Section("narrative", 0, len(TEXT)),),
        tags=tags or (FEAR, LIMITS, FORM),
        opportunities=opportunities,
        boilerplate=(),
        identifiers=(),
        extra={"ward": "by the river"},
    )


def segment(words: str) -> tuple[int, int]:
    """The segment of `TEXT` that holds these words."""
    from analyzer.components.segmenter import find_segments

    at = TEXT.index(words)
    return next(found for found in find_segments(TEXT) if found[0] <= at < found[1])
