"""Uploaded codes -> coders, and the program as one of them. Files pass through a temporary folder that is removed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from spacy.language import Language

from analyzer.agreement import Coder, Disagreement, read_coders, write_disagreements
from analyzer.codebook import Codebook
from analyzer.notes.archives import zip_entries
from analyzer.records import Analysis, AnalyzerError, Note, UnreadableNoteError
from analyzer.tagging import tag_notes
from analyzer.views.turns import in_turns

TYPES: Final = ["jsonl", "json", "qdpx", "spacy", "tsv", "zip"]
PROGRAM: Final = "the program"
_LONGEST_NAME: Final = 80
# What the command line's messages ask for stands on the page as a box to tick.
_WORDINGS: Final = {
    "say with --notes where the note is": "tick “These codes are of the notes on the left”",
    "the notes given with --notes": "the notes on the left",
    "that of --notes": "that of the notes on the left",
}


@dataclass(frozen=True, slots=True)
class Codes:
    """The coders read, the files that don't fit with the reason for each, and what was left out of the others."""

    coders: tuple[Coder, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()


def read_codes(
    uploads: Sequence[tuple[str, bytes]], *, texts: Mapping[str, str] | None = None, codebook: Codebook | None = None
) -> Codes:
    """Read the files that can be read; ``texts`` and ``codebook`` as for `analyzer.agreement.read_coders`."""
    refused: list[tuple[str, str]] = []
    with TemporaryDirectory(prefix="analyzer-") as folder:
        good: list[Path] = []
        waiting: list[Path] = []
        for number, (name, data) in enumerate(uploads, 1):
            try:
                path = _placed(Path(folder) / str(number), name, data)
                read_coders([path], texts=texts, codebook=codebook)
                good.append(path)
            except UnreadableNoteError as error:
                refused.append((name, str(error)))
            except AnalyzerError:
                waiting.append(path)
        for path in waiting:
            # What 'analyzer tag' wrote has no text and needs that of the others.
            try:
                read_coders([*good, path], texts=texts, codebook=codebook)
                good.append(path)
            except AnalyzerError as error:
                refused.append((path.name, _said(error, path)))
        ordered = sorted(good, key=lambda path: int(path.parent.name))
        coders, left_out = read_coders(ordered, texts=texts, codebook=codebook)
    return Codes(coders, tuple(refused), left_out)


def coder_of(name: str, analyses: Iterable[Analysis], texts: Mapping[str, str]) -> Coder:
    """The program's tags as those of a coder; ``texts`` by note id."""
    with TemporaryDirectory(prefix="analyzer-") as folder:
        path = Path(folder) / f"{name}.jsonl"
        path.write_text("".join(json.dumps(a.to_dict()) + "\n" for a in analyses), encoding="utf-8")
        (coder,), _ = read_coders([path], texts=texts)
    return coder


def read_by(nlp: Language, name: str, texts: Mapping[str, str]) -> Coder:
    """A pipeline as a coder of these notes; identifiers are left in, as codes speak of the text as it is."""
    notes = (Note(note_id=note_id, text=text, source="coded notes") for note_id, text in texts.items())
    results = in_turns(tag_notes(notes, nlp, identifiers="ignore"))
    return coder_of(name, (a for a in results if isinstance(a, Analysis)), texts)


def texts_of(coders: Sequence[Coder]) -> dict[str, str]:
    """The text of every note that any of them coded."""
    return {note_id: note.text for coder in reversed(coders) for note_id, note in coder.notes.items()}


def listing(rows: Sequence[Disagreement], coders: Sequence[str], ending: str, *, with_text: bool) -> bytes:
    """The disagreements as a file of this kind."""
    with TemporaryDirectory(prefix="analyzer-") as folder:
        path = Path(folder) / f"disagreements{ending}"
        write_disagreements(rows, coders, path, with_text=with_text)
        return path.read_bytes()


def words_of(coder: Coder, row: Disagreement) -> list[tuple[int, int, str]]:
    """Where, in the segment's text, this coder's codes of the strategy lie, and with which status each."""
    note = coder.notes.get(row.note_id)
    tags = [tag for tag in note.tags if tag.strategy == row.strategy] if note else []
    places = ((max(t.start, row.start) - row.start, min(t.end, row.end) - row.start, t.status) for t in tags)
    return sorted((start, end, status) for start, end, status in places if start < end)


def _placed(folder: Path, name: str, data: bytes) -> Path:
    """The upload as a file in a folder of its own, or as a folder if it is a .zip. Raises `UnreadableNoteError`."""
    folder.mkdir()
    base = PurePosixPath(name.replace("\\", "/")).name
    path = folder / f"{Path(base).stem[:_LONGEST_NAME] or 'codes'}{Path(base).suffix[:_LONGEST_NAME]}"
    if path.suffix.lower() != ".zip":
        path.write_bytes(data)
        return path
    path = path.with_suffix("")
    path.mkdir()
    for inside, content in _unpacked(name, data):
        # Readers look in one folder, and archives often hold another one around it.
        if (path / inside).exists():
            raise UnreadableNoteError(f"holds {inside!r} in several folders; pack each coder's folder by itself")
        (path / inside).write_bytes(content)
    return path


def _unpacked(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    for entry in zip_entries(name, data):
        if entry.problem:
            raise UnreadableNoteError(entry.problem)
        inside = PurePosixPath(entry.key)
        if "__MACOSX" not in inside.parts and not inside.name.startswith("."):
            yield inside.name, entry.load()


def _said(error: AnalyzerError, path: Path) -> str:
    said = str(error).replace(f"{path.parent}/", "")
    for wording, here in _WORDINGS.items():
        said = said.replace(wording, here)
    return said
