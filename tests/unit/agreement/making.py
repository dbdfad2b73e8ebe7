"""Fictional notes of four sentences, coded as a test says."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.agreement import Coder
from analyzer.records import CodedNote, CodedTag

SENTENCES = ("Explained why I ask.", "Offered two choices.", "Call Maria at 555-201-3344.", "Plan: meet again.")
TEXT = " ".join(SENTENCES)
SEGMENTS = tuple((TEXT.index(s), TEXT.index(s) + len(s)) for s in SENTENCES)

Said = tuple[int, str, str]


def coded(note_id: str, *said: Said, contested: tuple[Said, ...] = ()) -> CodedNote:
    tags, open_ = (
        tuple(CodedTag(n, strategy, status, *SEGMENTS[n]) for n, strategy, status in codes)  # type: ignore[arg-type]
        for codes in (said, contested)
    )
    return CodedNote(note_id, TEXT, SEGMENTS, tags, (), (), contested=open_)


def coder(name: str, notes: Mapping[str, tuple[Said, ...]]) -> Coder:
    return Coder(name, {note_id: coded(note_id, *said) for note_id, said in notes.items()})


TOLD = (0, "transparency", "delivered")
CHOSE = (1, "collaborative_decision_making", "delivered")
WILL = (3, "transparency", "planned")
