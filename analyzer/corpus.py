"""Coded notes: JSON Lines files of session notes with human codes, read strictly, checked and written.

One JSON object a line: ``note_id``, ``text``, ``segments`` [[start, end], ...], ``tags``, ``cues`` and ``boilerplate``
must be there; ``contested``, ``contested_cues``, ``writer`` (or ``clinician``), ``voice`` and ``coders`` may be. Other
fields are passed over. Every fault of every file is reported in one go, by line and note id, never with note text.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from analyzer.records import STRATEGIES, CodedCue, CodedNote, CodedTag, DataError

# Near-duplicates: word 5-shingles compared by Jaccard similarity (Broder 1997, On the resemblance and containment of
# documents). Shorter segments are stock phrases that anyone writes, so they are left alone.
SHINGLE_WORDS: Final = 5
LEAST_WORDS: Final = 8
LEAST_SIMILARITY: Final = 0.5

_WORD = re.compile(r"\w+(?:['’]\w+)*")


def read_coded(path: Path, *, strategies: Collection[str] = STRATEGIES) -> list[CodedNote]:
    """The coded notes of a .jsonl file, or of all .jsonl files of a folder in the order of their names.

    ``strategies`` are the ids that codes may name: a project's codebook has more than the eleven.

    Raises `DataError` with every problem found (a field missing or of the wrong kind, an unknown strategy, status or
    response, offsets that don't fit, segments that overlap, an id or a tag given twice, a line that is not JSON).
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    notes: list[CodedNote] = []
    first: dict[str, str] = {}
    problems: list[str] = []
    for file in files:
        prefix = f"{file.name} " if path.is_dir() else ""
        for number, line in numbered_lines(file, path):
            note, found = read_line(line, strategies)
            place = f"{prefix}line {number}"
            problems += [f"{place}: {problem}" for problem in found]
            if note is None:
                continue
            if first.setdefault(note.note_id, place) != place:
                problems.append(f"{place}: note {note.note_id!r}: id stands already at {first[note.note_id]}")
            notes.append(note)
    if not notes and not problems:
        problems.append("holds no coded notes; give a .jsonl file of them or a folder with such files")
    if problems:
        raise DataError(str(path), problems)
    return notes


def coded_to_dict(note: CodedNote) -> dict[str, Any]:
    """The note as one JSON object of the format; `read_coded` reads it back unchanged."""
    return {key: value for key, value in asdict(note).items() if value is not None}


def write_coded(notes: Iterable[CodedNote], path: Path) -> None:
    """Write the notes as JSON Lines (UTF-8, LF), one a line, in the order given."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for note in notes:
            file.write(json.dumps(coded_to_dict(note), ensure_ascii=False) + "\n")


def check_corpus(notes: Sequence[CodedNote], gold: Sequence[CodedNote] = ()) -> list[str]:
    """What makes these notes unfit to train on: broken offsets, the same text twice, sentences that stand in ``gold``.

    A segment counts as standing in gold when its words' 5-shingles reach a Jaccard similarity of 0.5 with those of a
    gold segment, both of at least 8 words. Empty where all is well.
    """
    problems = [f"note {note.note_id!r}: {problem}" for note in notes for problem in _misfits(note)]
    return problems + list(_same_texts(notes, gold)) + list(_near_duplicates(notes, gold))


@cache
def _schema() -> TypeAdapter[CodedNote]:
    return TypeAdapter(CodedNote)


def numbered_lines(file: Path, given: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines that are not blank; only LF ends a line, as text may hold other line separators."""
    try:
        content = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(str(given), [f"{file.name}: can't be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise DataError(str(given), [f"{file.name}: not UTF-8 at byte {error.start}; save it as UTF-8"]) from error
    return ((number, line) for number, line in enumerate(content.split("\n"), 1) if line.strip())


def read_line(line: str, strategies: Collection[str] = STRATEGIES) -> tuple[CodedNote | None, list[str]]:
    """The note and no problem, or None and every problem of the line."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        return None, ["not valid JSON; one whole object a line is needed"]
    if not isinstance(raw, dict):
        return None, ["not a JSON object"]
    who = f"note {raw['note_id']!r}: " if isinstance(raw.get("note_id"), str) else ""
    if raw.get("writer") is None:
        raw["writer"] = raw.get("clinician")
    try:
        note = _schema().validate_json(json.dumps(raw), strict=True)
    except ValidationError as error:
        # Pydantic's own text repeats the input, which may be note text: only place and message are kept.
        return None, [
            f"{who}{_place(e['loc'])}{e['msg']}" for e in error.errors(include_url=False, include_input=False)
        ]
    problems = [who + problem for problem in _misfits(note, strategies)]
    return (None, problems) if problems else (note, [])


def _place(location: tuple[int | str, ...]) -> str:
    """``tags[3].status: `` from Pydantic's ('tags', 3, 'status')."""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    return f"{place}: " if place else ""


def _misfits(note: CodedNote, known: Collection[str] = STRATEGIES) -> list[str]:
    """What the types can't say: offsets, order, known strategies, codes given twice."""
    problems: list[str] = []
    if not note.note_id.strip():
        problems.append("note_id is empty")
    if "\r" in note.text:
        problems.append("text holds carriage returns; turn line ends into LF and count the offsets again")
    if note.coders < 1:
        problems.append("coders must be 1 or more")
    problems += _segment_misfits(note)
    for name, codes in (("tags", note.tags), ("contested", note.contested)):
        for index, tag in enumerate(codes):
            problems += [f"{name}[{index}]: {p}" for p in _code_misfits(note, tag, (tag.strategy,), known)]
    for name, cues in (("cues", note.cues), ("contested_cues", note.contested_cues)):
        for index, cue in enumerate(cues):
            problems += [f"{name}[{index}]: {p}" for p in _code_misfits(note, cue, cue.strategies, known)]
    if len(set(note.tags)) < len(note.tags):
        problems.append("tags: the same tag is given twice")
    outside = [i for i in note.boilerplate if not 0 <= i < len(note.segments)]
    problems += [f"boilerplate: no segment {i} (there are {len(note.segments)})" for i in outside]
    if len(set(note.boilerplate)) < len(note.boilerplate):
        problems.append("boilerplate: the same segment is given twice")
    return problems


def _segment_misfits(note: CodedNote) -> list[str]:
    problems = []
    previous = 0
    for index, (start, end) in enumerate(note.segments):
        if not 0 <= start < end <= len(note.text):
            problems.append(
                f"segments[{index}]: offsets {start}:{end} are outside the text (0:{len(note.text)}) or empty"
            )
        elif start < previous:
            problems.append(f"segments[{index}]: begins at {start}, before the last one's end at {previous}")
        previous = max(previous, end)
    return problems


def _code_misfits(
    note: CodedNote, code: CodedTag | CodedCue, strategies: tuple[str, ...], known: Collection[str]
) -> list[str]:
    problems = []
    if not strategies:
        problems.append("names no strategy")
    if unknown := [s for s in strategies if s not in known]:
        problems.append(f"{len(unknown)} unknown strategy id(s); known are {', '.join(known)}")
    if not 0 <= code.start < code.end <= len(note.text):
        problems.append(f"offsets {code.start}:{code.end} are outside the text (0:{len(note.text)}) or empty")
    if not 0 <= code.segment < len(note.segments):
        return [*problems, f"no segment {code.segment} (there are {len(note.segments)})"]
    start, end = note.segments[code.segment]
    if min(end, code.end) <= max(start, code.start):
        problems.append(f"offsets {code.start}:{code.end} lie outside segment {code.segment} ({start}:{end})")
    return problems


def _same_texts(notes: Sequence[CodedNote], gold: Sequence[CodedNote]) -> Iterator[str]:
    """Notes whose words are those of an earlier note or of a gold note, whatever their case and spacing."""
    seen = {" ".join(note.text.casefold().split()): f"gold note {note.note_id!r}" for note in gold}
    for note in notes:
        key = " ".join(note.text.casefold().split())
        if key in seen:
            yield f"note {note.note_id!r}: same text as {seen[key]}"
        seen.setdefault(key, f"note {note.note_id!r}")


def _near_duplicates(notes: Sequence[CodedNote], gold: Sequence[CodedNote]) -> Iterator[str]:
    """One line per segment, naming the gold segment most like it (an inverted index spares comparing all with all)."""
    known = [(note.note_id, index, shingles) for note in gold for index, shingles in _shingled(note)]
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, (_, _, shingles) in enumerate(known):
        for shingle in shingles:
            holders[shingle].append(place)
    for note in notes:
        for index, shingles in _shingled(note):
            shared = Counter(place for s in shingles if s in holders for place in holders[s])
            alike = [(n / (len(shingles) + len(known[p][2]) - n), -p) for p, n in shared.items()]
            similarity, place = max(alike, default=(0.0, 0))
            if similarity >= LEAST_SIMILARITY:
                gold_id, gold_index, _ = known[-place]
                yield (
                    f"note {note.note_id!r}: segment {index} is nearly segment {gold_index} of gold note "
                    f"{gold_id!r} (similarity {similarity:.2f})"
                )


def _shingled(note: CodedNote) -> Iterator[tuple[int, set[tuple[str, ...]]]]:
    for index, (start, end) in enumerate(note.segments):
        words = _WORD.findall(note.text[start:end].casefold())
        if len(words) >= LEAST_WORDS:
            yield index, {tuple(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1)}
