"""Files of codes -> coders: who coded which notes, all on one text a note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from analyzer.codebook import Codebook
from analyzer.components.segmenter import find_segments
from analyzer.interchange.document import Coding, shown
from analyzer.interchange.reading import first_record, read_codings
from analyzer.interchange.spans import coder_of, held_by
from analyzer.records import Analysis, CodedNote, CodedTag, DataError


@dataclass(frozen=True, slots=True)
class Coder:
    """A person or a program, and the notes it coded, by id; a note without codes is one in which it found nothing."""

    name: str
    notes: Mapping[str, CodedNote]


def read_coders(
    paths: Sequence[Path], *, texts: Mapping[str, str] | None = None, codebook: Codebook | None = None
) -> tuple[tuple[Coder, ...], tuple[str, ...]]:
    """The coders in these files, and in a sentence each what was left out.

    ``texts`` are the notes by id: the output of ``analyzer tag`` holds no text, so it needs these, unless another file
    has them. ``codebook`` is a project's, where its strategies were coded. Raises `DataError` with every code that is
    of no such note, or doesn't fit its text.
    """
    codings: list[tuple[Path, list[Coding]]] = []
    tagged: list[tuple[Path, list[Analysis]]] = []
    remarks: list[str] = []
    for path in dict.fromkeys(paths):
        if path.suffix.lower() == ".jsonl" and path.is_file() and "text_sha256" in first_record(path):
            tagged.append((path, list(_analyses(path))))
            continue
        found = read_codings(path, codebook=codebook)
        codings.append((path, found.codings))
        remarks += (f"{path.name}: {left}" for left in found.left_out)
    known = {coding.note.note_id: coding.note.text for _, read in codings for coding in read}
    known |= texts or {}
    codings += [(path, [_coding(path, analysis, known) for analysis in read]) for path, read in tagged]
    if texts is not None:
        _check_known(codings, texts)
    read_from = dict(codings)
    return tuple(_coders({path: read_from[path] for path in dict.fromkeys(paths)})), tuple(remarks)


def _analyses(path: Path) -> Iterator[Analysis]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield Analysis.from_json(line)
                except DataError as error:
                    raise DataError(f"{path} line {number}", error.problems) from error


def _coding(path: Path, analysis: Analysis, texts: Mapping[str, str]) -> Coding:
    """The program's counted tags as codes; those that touch no segment stay out, as they do in `analyzer evaluate`."""
    where = f"{path}, note {shown(analysis.note_id)}"
    text = texts.get(analysis.note_id)
    if text is None:
        raise DataError(where, ["'analyzer tag' writes no text; say with --notes where the note is"])
    if len(text) != analysis.n_chars:
        problem = (
            f"the text has {len(text)} characters, the one that was tagged {analysis.n_chars}; give the same notes"
        )
        raise DataError(where, [problem])
    segments = tuple(find_segments(text))
    placed = ((held_by(segments, tag.start, tag.end), tag) for tag in analysis.counted)
    tags = (CodedTag(s, tag.strategy, tag.status, tag.start, tag.end) for s, tag in placed if s is not None)
    return Coding(coder_of(path), CodedNote(analysis.note_id, text, segments, tuple(dict.fromkeys(tags)), (), ()))


def _check_known(codings: Iterable[tuple[Path, list[Coding]]], texts: Mapping[str, str]) -> None:
    for path, read in codings:
        problems = []
        for note in dict.fromkeys(coding.note.note_id for coding in read):
            if note not in texts:
                problems.append(f"note {shown(note)}: is not among the notes given with --notes")
        for coding in read:
            text = texts.get(coding.note.note_id)
            if text is not None and len(text) != len(coding.note.text):
                problems.append(f"note {shown(coding.note.note_id)}: was coded on another text than that of --notes")
        if problems:
            raise DataError(str(path), problems)


def _coders(given: Mapping[Path, list[Coding]]) -> Iterator[Coder]:
    """The coders in order, under the file's name where it stands for one coder, and no name twice."""
    taken: set[str] = set()
    for path, read in given.items():
        notes: dict[str, dict[str, CodedNote]] = {}
        for coding in read:
            notes.setdefault(coding.coder, {})[coding.note.note_id] = coding.note
        for who, coded in notes.items():
            plain = coder_of(path) if len(notes) == 1 else f"{coder_of(path)}:{who}"
            options = chain([plain], (f"{plain}#{number}" for number in count(2)))
            name = next(option for option in options if option not in taken)
            taken.add(name)
            yield Coder(name, coded)
