"""Note -> Analysis: identifiers stopped first, then the pipeline; the Doc never leaves this module."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from spacy.attrs import IS_ALPHA
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import minibatch

from analyzer.components.attributes import fact
from analyzer.components.repeats import remember_repeated
from analyzer.identifiers import Caught, Gate, find_identifiers, mask
from analyzer.notes.limits import shown
from analyzer.pipeline import own_strategies
from analyzer.records import (
    Analysis,
    AnalyzerError,
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
from analyzer.repetition import Repeated, Repetition

_BATCH = 32
_AHEAD = 2_000
# These speak of the installation or the machine, not of a note: the run ends, and its part is kept.
_NOT_OF_A_NOTE = (AnalyzerError, ImportError, OSError)

_Found = tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A note ready for the pipeline: its text as it may be seen, what was masked, and what of it is repeated."""

    note: Note
    text: str
    found: _Found
    repeated: Repeated


class Hands(Protocol):
    """Who does the work on batches of notes, in order: this process, or several (`analyzer.workers`).

    What can't be done for a note comes as `Skipped` in its place.
    """

    def find(self, batches: Iterable[Sequence[Note]]) -> Iterator[Sequence[_Found | Skipped]]:
        """The identifiers of each note."""

    def read(self, batches: Iterable[Sequence[Prepared]]) -> Iterator[Sequence[Analysis | Skipped]]:
        """The analysis of each note."""


class OwnHands:
    """This process, with one pipeline."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp

    def find(self, batches: Iterable[Sequence[Note]]) -> Iterator[Sequence[_Found | Skipped]]:
        """As `Hands` says."""
        return map(find_in, batches)

    def read(self, batches: Iterable[Sequence[Prepared]]) -> Iterator[Sequence[Analysis | Skipped]]:
        """As `Hands` says."""
        return (read_with(self._nlp, batch) for batch in batches)


def tag_notes(notes: Iterable[Note], nlp: Language, *, identifiers: Gate = "mask") -> Iterator[Analysis | Skipped]:
    """Tag notes one by one, in order; a note that can't be read comes as `Skipped`.

    Up to `_AHEAD` notes are read ahead, to know what their clinicians repeat and to search what was caught in one note
    in all others; no more is held in memory.

    ``identifiers``: *mask* reads and returns the text with identifiers masked (same length, so offsets hold), *refuse*
    gives `Skipped` for a note that holds any, *ignore* doesn't look for them.
    """
    return tag_by(OwnHands(nlp), notes, identifiers=identifiers)


def tag_by(
    hands: Hands,
    notes: Iterable[Note],
    *,
    identifiers: Gate = "mask",
    done: Iterable[Analysis] = (),
    caught: Mapping[str, str] | None = None,
) -> Iterator[Analysis | Skipped]:
    """As `tag_notes`, with the work done by ``hands``.

    ``done`` are the analyses that an earlier run made of the first of these notes. They are passed on as they are, and
    their notes are learned from but not analysed again, so all that follows is as if one run had read everything; a
    note that is missing among them was skipped by that run and is so again. Raises `AnalyzerError` where some are of
    other notes.

    ``caught`` are words of identifiers, each with its kind, that other notes of the upload hold.
    """
    earlier = _Earlier(done)
    groups: deque[Sequence[Prepared | Analysis | Skipped]] = deque()

    def to_read() -> Iterator[list[Prepared]]:
        for group in minibatch(_gated(notes, hands, identifiers, earlier, Caught(caught)), _BATCH):
            groups.append(group)
            yield [item for item in group if isinstance(item, Prepared)]

    for results in hands.read(to_read()):
        result = iter(results)
        for item in groups.popleft():
            yield next(result) if isinstance(item, Prepared) else item
    earlier.check_all_used()


def analyses_of(coded: Iterable[CodedNote], nlp: Language) -> dict[str, Analysis]:
    """Coded notes' analyses by note id; identifiers are left in, since human codes speak of the text as it is."""
    notes = (Note(note_id=n.note_id, text=n.text, source="coded notes") for n in coded)
    results = tag_notes(notes, nlp, identifiers="ignore")
    return {a.note_id: a for a in results if isinstance(a, Analysis)}


def find_in(notes: Sequence[Note]) -> list[_Found | Skipped]:
    """The identifiers of each note."""
    found: list[_Found | Skipped] = []
    for note in notes:
        try:
            found.append(find_identifiers(note.text))
        except _NOT_OF_A_NOTE:
            raise
        except Exception as error:
            found.append(skipped(note, _unreadable(error)))
    return found


def read_with(nlp: Language, batch: Sequence[Prepared]) -> list[Analysis | Skipped]:
    """The analysis of each note; where one can't be read, the others of its batch are read without it."""
    try:
        own = own_strategies(nlp)
        docs = nlp.pipe([_doc(one, nlp) for one in batch], batch_size=_BATCH)
        return [analysis_of(one.note, doc, one.found, own) for one, doc in zip(batch, docs, strict=True)]
    except _NOT_OF_A_NOTE:
        raise
    except Exception as error:
        if len(batch) == 1:
            return [skipped(batch[0].note, _unreadable(error))]
        return [result for one in batch for result in read_with(nlp, [one])]


def skipped(note: Note, reason: str) -> Skipped:
    """A note that is left out, by its id."""
    return Skipped(note.source, f"note {shown(note.note_id)}: {reason}")


def _unreadable(error: Exception) -> str:
    # Only the kind of error: its message may hold the note's words.
    if isinstance(error, MemoryError):
        return "takes more memory than there is; split it, or read it on a larger machine"
    return f"can't be analysed ({type(error).__name__}); look for what is unusual in it, and report this kind of error"


def _doc(prepared: Prepared, nlp: Language) -> Doc:
    doc = nlp.make_doc(prepared.text)
    remember_repeated(doc, prepared.repeated)
    return doc


class _Earlier:
    """The analyses of an earlier run, to be met again in the order of their notes."""

    def __init__(self, done: Iterable[Analysis]) -> None:
        self._rest = iter(done)
        self._next = next(self._rest, None)

    def of(self, note: Note) -> Analysis | Skipped | None:
        """What the earlier run made of the note; None where it had not come so far."""
        made = self._next
        if made is None:
            return None
        if (made.note_id, made.text_sha256) != (note.note_id, sha256_of(note.text)):
            return skipped(note, "was skipped before the run was taken up again; tag it by itself to see why")
        self._next = next(self._rest, None)
        return made

    def check_all_used(self) -> None:
        if self._next is not None:
            raise AnalyzerError(
                f"the unfinished part holds note {self._next.note_id[:80]!r}, which is not in its place among the notes"
                "; leave --resume out to begin anew"
            )


def _gated(
    notes: Iterable[Note], hands: Hands, gate: Gate, earlier: _Earlier, caught: Caught
) -> Iterator[Prepared | Analysis | Skipped]:
    repetition = Repetition()
    for note, first in _looking_ahead(_searched(notes, hands, gate), caught, repetition):
        repeated = repetition.find(note.clinician, note.client, note.text)
        if isinstance(first, Skipped):
            yield first
            continue
        found = caught.also_in(note.text, first)
        if found and gate == "refuse":
            kinds = ", ".join(sorted({i.kind for i in found}))
            yield skipped(note, f"{len(found)} possible identifier(s) ({kinds}); refused")
        else:
            text = mask(note.text, found) if found else note.text
            yield earlier.of(note) or Prepared(note, text, found, repeated)


def _searched(notes: Iterable[Note], hands: Hands, gate: Gate) -> Iterator[tuple[Note, _Found | Skipped]]:
    if gate == "ignore":
        yield from ((note, ()) for note in notes)
        return
    groups: deque[Sequence[Note]] = deque()

    def to_search() -> Iterator[Sequence[Note]]:
        for group in minibatch(notes, _BATCH):
            groups.append(group)
            yield group

    for found in hands.find(to_search()):
        yield from zip(groups.popleft(), found, strict=True)


def _looking_ahead(
    searched: Iterable[tuple[Note, _Found | Skipped]], caught: Caught, repetition: Repetition
) -> Iterator[tuple[Note, _Found | Skipped]]:
    waiting: deque[tuple[Note, _Found | Skipped]] = deque()
    for note, found in searched:
        repetition.learn(note.clinician, note.text)
        if not isinstance(found, Skipped):
            caught.learn(note.text, found)
        waiting.append((note, found))
        if len(waiting) > _AHEAD:
            yield waiting.popleft()
    yield from waiting


def analysis_of(note: Note, doc: Doc, found: tuple[Identifier, ...], own: tuple[StrategyName, ...] = ()) -> Analysis:
    """The record of what the pipeline put on a note's Doc; ``own`` are the strategies beside the eleven."""
    return Analysis(
        note_id=note.note_id,
        source=note.source,
        clinician=note.clinician,
        client=note.client,
        date=note.date,
        text_sha256=sha256_of(note.text),
        n_chars=len(note.text),
        n_words=int(doc.to_array([IS_ALPHA]).sum()),
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
