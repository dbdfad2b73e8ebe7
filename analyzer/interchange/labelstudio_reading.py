"""Label Studio's export read back: what people made of the tasks, as coded notes.

Offsets are code points; versions before 2022 counted UTF-16 code units. Each region repeats its words, so reading tells
which.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from analyzer.components.segmenter import find_segments
from analyzer.interchange.document import Coding, shown, utf16
from analyzer.interchange.labelstudio import CALLS_FOR, CUE, RESPONSE, STATUS, STRATEGY, Choices, choices_of
from analyzer.interchange.spans import held_by
from analyzer.records import STRATEGIES, CodedCue, CodedNote, CodedTag, DataError


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class _Value(_Record):
    start: int
    end: int
    text: str | None = None
    labels: list[str] = []
    choices: list[str] = []


class _Result(_Record):
    id: str
    from_name: str
    value: _Value


class _Annotation(_Record):
    result: list[dict[str, Any]]
    was_cancelled: bool = False
    completed_by: int | str | dict[str, Any] | None = None
    model_version: str | None = None

    @property
    def coder(self) -> str:
        who = self.completed_by if self.completed_by is not None else self.model_version
        return str(who.get("id", "unknown") if isinstance(who, dict) else "unknown" if who is None else who)


class _Data(_Record):
    note_id: str
    text: str


class _Task(_Record):
    data: _Data
    # Tasks that nobody has worked on in Label Studio, as this program writes them, hold predictions alone.
    annotations: list[_Annotation] = Field(validation_alias=AliasChoices("annotations", "predictions"))


@dataclass(slots=True)
class _Region:
    """What was picked for one stretch of text, by control."""

    value: _Value
    picks: dict[str, list[str]] = field(default_factory=dict)


class _MisfitError(Exception):
    """Why something can't be a code; the message never holds note text."""


def read(path: Path, *, strategies: Sequence[str] = STRATEGIES) -> list[Coding]:
    """What each person coded in each note, from Label Studio's export in the format JSON (not JSON-MIN); or what the
    program found, from the tasks that it wrote.

    ``strategies`` are the ids that may have been picked: a project's codebook has more than the eleven.

    Skipped and unfinished annotations are passed over; template lines and contested codes are not coded there, so these
    stay empty. Segments are the program's own. Raises `DataError` with every task, person and region that doesn't fit:
    offsets outside the text or beside the words that Label Studio noted, no or several statuses, unknown labels, a note
    without id, a note that one person coded twice.
    """
    offered = choices_of(strategies)
    codings: list[Coding] = []
    problems: list[str] = []
    seen: set[tuple[str, str]] = set()
    for number, raw in enumerate(_tasks(path), 1):
        try:
            task = _checked(_Task, raw)
        except _MisfitError as error:
            problems.append(f"task {number}: {error}")
            continue
        for annotation in task.annotations:
            if annotation.was_cancelled:
                continue
            place = f"note {shown(task.data.note_id)}, coder {annotation.coder}"
            note, found = _coded(task.data, annotation, offered)
            problems += [f"{place}: {problem}" for problem in found]
            if (task.data.note_id, annotation.coder) in seen:
                problems.append(f"{place}: coded twice, or two notes have this id; keep one")
            seen.add((task.data.note_id, annotation.coder))
            codings.append(Coding(annotation.coder, note))
    if problems:
        raise DataError(str(path), problems)
    return codings


def _tasks(path: Path) -> list[Any]:
    advice = "export the project from Label Studio as JSON"
    try:
        tasks = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(str(path), [f"can't be read ({error.strerror})"]) from error
    except (ValueError, RecursionError) as error:
        raise DataError(str(path), [f"is not JSON; {advice}"]) from error
    if not isinstance(tasks, list):
        raise DataError(str(path), [f"is not a list of tasks; {advice}"])
    return tasks


_Model = TypeVar("_Model", bound=_Record)


def _checked(model: type[_Model], raw: Any) -> _Model:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        # Pydantic's own text repeats the input, which may be note text: only place and message are kept.
        faults = error.errors(include_url=False, include_input=False)
        told = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
        raise _MisfitError(told) from None


def _coded(data: _Data, annotation: _Annotation, offered: Choices) -> tuple[CodedNote, list[str]]:
    """The note with all codes that fit, and what doesn't."""
    segments = tuple(find_segments(data.text))
    tags: dict[CodedTag, None] = {}
    cues: dict[CodedCue, None] = {}
    problems = ["note_id is empty"] * (not data.note_id.strip())
    problems += ["the text holds carriage returns; turn line ends into LF and code it again"] * ("\r" in data.text)
    regions, misfits = _regions(annotation, offered)
    problems += misfits
    units = utf16(data.text)
    for number, region in enumerate(regions, 1):
        try:
            start, end = _offsets(region.value, data.text, units)
            segment = _segment(segments, start, end)
            if not {STRATEGY, CUE} & set(region.picks):
                raise _MisfitError("has neither a strategy nor the label opportunity")
            for strategy in _picked(region, STRATEGY, offered) if STRATEGY in region.picks else ():
                tags[CodedTag(segment, strategy, _only(region, STATUS, offered), start, end)] = None
            if CUE in region.picks:
                calls_for = tuple(_picked(region, CALLS_FOR, offered))
                cues[CodedCue(segment, start, end, calls_for, _only(region, RESPONSE, offered))] = None
        except _MisfitError as error:
            problems.append(f"region {number} ({region.value.start}:{region.value.end}): {error}")
    return CodedNote(data.note_id, data.text, segments, tuple(tags), tuple(cues), boilerplate=()), problems


def _regions(annotation: _Annotation, offered: Choices) -> tuple[list[_Region], list[str]]:
    """Results of one region brought together by its id; other controls, relations and comments are none of ours."""
    regions: dict[str, _Region] = {}
    problems = []
    for number, raw in enumerate(annotation.result, 1):
        if str(raw.get("from_name")) not in offered:
            continue
        try:
            result = _checked(_Result, raw)
        except _MisfitError as error:
            problems.append(f"result {number}: {error}")
            continue
        picks = regions.setdefault(result.id, _Region(result.value)).picks
        picks.setdefault(result.from_name, []).extend((*result.value.labels, *result.value.choices))
    return list(regions.values()), problems


def _picked(region: _Region, control: str, offered: Choices) -> list[str]:
    picks, known = region.picks.get(control, []), offered[control]
    if not picks:
        raise _MisfitError(f"{control}: nothing was picked")
    if unknown := sum(pick not in known for pick in picks):
        raise _MisfitError(f"{control}: {unknown} unknown label(s); known are {', '.join(known)}")
    return picks


def _only(region: _Region, control: str, offered: Choices) -> Any:
    picks = _picked(region, control, offered)
    if len(picks) > 1:
        raise _MisfitError(f"{control}: {len(picks)} were picked; pick one")
    return picks[0]


def _offsets(value: _Value, text: str, units: Callable[[int], int]) -> tuple[int, int]:
    """Code points, or UTF-16 code units if only so the words are those that Label Studio noted."""
    given = (value.start, value.end)
    as_units = tuple(bisect_left(range(len(text)), unit, key=units) for unit in given)
    candidates = [given, as_units] if tuple(map(units, as_units)) == given else [given]
    for start, end in candidates:
        if 0 <= start < end <= len(text) and (not value.text or _words(value.text) == _words(text[start:end])):
            return start, end
    raise _MisfitError(f"offsets are outside the text (0:{len(text)}) or not on the words noted with them")


def _words(text: str) -> str:
    """Without white space, which Label Studio trims, and its way to write a line break (a backslash and an n)."""
    return "".join(text.replace("\\n", "\n").split())


def _segment(segments: Sequence[tuple[int, int]], start: int, end: int) -> int:
    segment = held_by(segments, start, end)
    if segment is None:
        raise _MisfitError("touches no sentence of the note")
    return segment
