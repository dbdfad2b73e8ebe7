"""The one function that says who may see what, and the two that apply it to notes: before they are read, and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter

from analyzer.access.roles import Person
from analyzer.identifiers import mask
from analyzer.lexicons import read_data
from analyzer.records import Analysis, Identifier, Note, Remark, Skipped

Kind = Literal["page", "note", "words", "uploads", "unit", "export"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Item = Note | Skipped | Remark


class Rights(BaseModel):
    """One role's block of ``access.yml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    notes: Literal["own", "team", "all", "none"]
    words: Literal["whole", "snippets", "none"]
    uploads: bool
    pages: tuple[str, ...]
    units: tuple[str, ...]
    exports: tuple[str, ...]


@cache
def rights() -> dict[str, Rights]:
    """Every role's rights, as ``analyzer/data/access.yml`` says."""
    return TypeAdapter(dict[str, Rights]).validate_python(read_data("access.yml")["roles"])


def permits(person: Person, kind: Kind, name: str | None = None) -> bool:
    """Whether this person may open a page, see a clinician's note or its words, upload, or take a kind of file away.

    ``name`` is a page's address, a note's clinician id, "whole" or "snippets" for words, a unit or a kind of file.
    What is not written in ``access.yml`` is not permitted, nor is a note without a clinician id where ids decide.
    """
    own = rights()[person.role]
    if kind == "note":
        return own.notes == "all" or (own.notes in ("own", "team") and name is not None and name in person.clinicians)
    if kind == "words":
        return own.words == "whole" or own.words == name == "snippets"
    if kind == "uploads":
        return own.uploads
    allowed = {"page": own.pages, "unit": own.units, "export": own.exports}[kind]
    return name in allowed


def role_title(person: Person) -> str:
    """What the role is called."""
    return rights()[person.role].title


def admitted(items: Iterable[Item], person: Person, *, uploaded: bool) -> list[Item]:
    """What may be read for this person; the rest never reaches their session.

    Notes that clinicians upload without a clinician id are their own. Of uploaded notes the ones left out are named,
    since who brings them knows them; of the team's only how many files were unreadable is told.
    """
    kept: list[Item] = []
    unreadable = 0
    for item in items:
        if isinstance(item, Note):
            note = _theirs(item, person) if uploaded else item
            if permits(person, "note", note.clinician):
                kept.append(note)
            elif uploaded:
                kept.append(Skipped(note.source, _NOT_YOURS))
        elif uploaded:
            kept.append(item)
        else:
            unreadable += isinstance(item, Skipped)
    if unreadable:
        kept.append(Remark("the team's notes", f"{unreadable} could not be read; tell who keeps the folder"))
    return kept


_NOT_YOURS = "is a note of somebody whose notes your role doesn't show, or says not whose it is; check its clinician"


def _theirs(note: Note, person: Person) -> Note:
    if note.clinician or person.role != "clinician":
        return note
    return replace(note, clinician=person.clinician)


@dataclass(frozen=True, slots=True)
class Seen:
    """A text and its analysis as somebody may see them, and the id of the note that they are of."""

    text: str
    analysis: Analysis
    of: str


def within(notes: Iterable[tuple[str, Analysis]], person: Person) -> list[Seen]:
    """Texts and analyses as this person may see them: whole, as snippets without names, or none.

    Snippets keep the text's length: all but the words of evidence and moments is masked. Notes, clinicians and clients
    have numbers instead of names.
    """
    permitted = [(text, a) for text, a in notes if permits(person, "note", a.clinician)]
    if permits(person, "words", "whole"):
        return [Seen(text, a, a.note_id) for text, a in permitted]
    if not permits(person, "words", "snippets"):
        return []
    # An order that tells nothing of names or days, and stays while the notes do.
    ordered = sorted(permitted, key=lambda note: (note[1].text_sha256, note[1].note_id))
    clinicians = _numbers("Clinician", (a.clinician for _, a in ordered))
    clients = _numbers("Client", (a.client for _, a in ordered))
    return [_snippets(text, a, f"note {n}", clinicians, clients) for n, (text, a) in enumerate(ordered, 1)]


def _numbers(word: str, names: Iterable[str | None]) -> dict[str | None, str]:
    """Numbers for names, in the order in which they come."""
    return {name: f"{word} {n}" for n, name in enumerate(dict.fromkeys(name for name in names if name), 1)}


def _snippets(
    text: str, analysis: Analysis, name: str, clinicians: dict[str | None, str], clients: dict[str | None, str]
) -> Seen:
    spans = [(tag.start, tag.end) for tag in analysis.tags] + [(o.start, o.end) for o in analysis.opportunities]
    hidden, at = [], 0
    for start, end in sorted(spans):
        if start > at:
            hidden.append(Identifier("HIDDEN", at, start))
        at = max(at, end)
    hidden.append(Identifier("HIDDEN", at, len(text)))
    shown = replace(
        analysis,
        note_id=name,
        source=name,
        clinician=clinicians.get(analysis.clinician),
        client=clients.get(analysis.client),
        extra={},
        # Why a tag is there may quote words outside it.
        tags=tuple(replace(t, cue=None, reason=t.reason.partition(":")[0]) for t in analysis.tags),
    )
    return Seen(mask(text, tuple(hidden)), shown, analysis.note_id)
