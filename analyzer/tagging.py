"""Note -> Analysis: identifiers stopped first, then the pipeline; the Doc never leaves this module."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

from analyzer.components.attributes import fact
from analyzer.components.repeats import remember_repeated
from analyzer.identifiers import Caught, Gate, find_identifiers, mask
from analyzer.pipeline import own_strategies
from analyzer.records import (
    Analysis,
    Boilerplate,
    CodedNote,
    Identifier,
    Note,
    Opportunity,
    Section,
    Skipped,
    StrategyName,
    Tag,
    sha256_of,
)
from analyzer.repetition import Repetition

_BATCH = 32
_AHEAD = 2_000


def tag_notes(notes: Iterable[Note], nlp: Language, *, identifiers: Gate = "mask") -> Iterator[Analysis | Skipped]:
    """Tag notes one by one, in order.

    Up to `_AHEAD` notes are read ahead, to know what their clinicians repeat and to search what was caught in one note
    in all others; no more is held in memory.

    ``identifiers``: *mask* reads and returns the text with identifiers masked (same length, so offsets hold), *refuse*
    gives `Skipped` for a note that holds any, *ignore* doesn't look for them.
    """
    repetition, own = Repetition(), own_strategies(nlp)
    for item, batch in _batched(_gated(notes, identifiers, repetition)):
        if item is not None:
            yield item
            continue
        docs = nlp.pipe([_doc(note, text, nlp, repetition) for note, text, _ in batch], batch_size=_BATCH)
        for (note, _, found), doc in zip(batch, docs, strict=True):
            yield analysis_of(note, doc, found, own=own)


def _looking_ahead(notes: Iterable[Note], learn: Callable[[Note], _Found]) -> Iterator[tuple[Note, _Found]]:
    waiting: deque[tuple[Note, _Found]] = deque()
    for note in notes:
        waiting.append((note, learn(note)))
        if len(waiting) > _AHEAD:
            yield waiting.popleft()
    yield from waiting


def _doc(note: Note, text: str, nlp: Language, repetition: Repetition) -> Doc:
    doc = nlp.make_doc(text)
    remember_repeated(doc, repetition.find(note.clinician, note.client, note.text))
    return doc


def analyses_of(coded: Iterable[CodedNote], nlp: Language) -> dict[str, Analysis]:
    """Coded notes' analyses by note id; identifiers are left in, since human codes speak of the text as it is."""
    notes = (Note(note_id=n.note_id, text=n.text, source="coded notes") for n in coded)
    results = tag_notes(notes, nlp, identifiers="ignore")
    return {a.note_id: a for a in results if isinstance(a, Analysis)}


_Found = tuple[Identifier, ...]
_Gated = tuple[Note, str, _Found]


def _gated(notes: Iterable[Note], gate: Gate, repetition: Repetition) -> Iterator[_Gated | Skipped]:
    caught = Caught()

    def learn(note: Note) -> _Found:
        repetition.learn(note.clinician, note.text)
        found = () if gate == "ignore" else find_identifiers(note.text)
        caught.learn(note.text, found)
        return found

    for note, first in _looking_ahead(notes, learn):
        found = caught.also_in(note.text, first)
        if found and gate == "refuse":
            kinds = ", ".join(sorted({i.kind for i in found}))
            yield Skipped(note.source, f"note {note.note_id!r}: {len(found)} possible identifier(s) ({kinds}); refused")
        else:
            yield note, mask(note.text, found) if found else note.text, found


def _batched(items: Iterable[_Gated | Skipped]) -> Iterator[tuple[Skipped | None, list[_Gated]]]:
    batch: list[_Gated] = []
    for item in items:
        if isinstance(item, Skipped):
            yield None, batch
            batch = []
            yield item, []
        else:
            batch.append(item)
            if len(batch) == _BATCH:
                yield None, batch
                batch = []
    yield None, batch


def analysis_of(note: Note, doc: Doc, found: tuple[Identifier, ...], *, own: tuple[StrategyName, ...] = ()) -> Analysis:
    """The record of what the pipeline put on a note's Doc; ``own`` are the strategies beside the eleven."""
    return Analysis(
        note_id=note.note_id,
        source=note.source,
        clinician=note.clinician,
        client=note.client,
        date=note.date,
        text_sha256=sha256_of(note.text),
        n_chars=len(note.text),
        n_words=sum(token.is_alpha for token in doc),
        n_segments=len(doc.spans["segments"]),
        sections=tuple(Section(s.label_, s.start_char, s.end_char) for s in doc.spans["sections"]),
        tags=tuple(_tag(span) for span in sorted(doc.spans["strategies"], key=lambda s: (s.start, s.end))),
        opportunities=tuple(_opportunity(span) for span in doc.spans["opportunities"]),
        boilerplate=tuple(Boilerplate(s.start_char, s.end_char, s.label_) for s in doc.spans["boilerplate"]),
        identifiers=found,
        extra=dict(note.extra),
        own=own,
    )


def _tag(span: Span) -> Tag:
    facts = {name: fact(span, name) for name in ("status", "confidence", "source", "reason", "cue")}
    return Tag(
        strategy=span.label_,
        start=span.start_char,
        end=span.end_char,
        text=span.text,
        section=span._.section,
        repeated=bool(fact(span, "repeated")),
        **facts,
    )


def _opportunity(span: Span) -> Opportunity:
    return Opportunity(
        start=span.start_char,
        end=span.end_char,
        text=span.text,
        strategies=tuple(fact(span, "strategies")),
        response=fact(span, "response"),
        answer=fact(span, "answer"),
    )
