"""Label Studio: tasks with what was found as predictions, and what people made of them read back as coded notes.

Offsets are code points. Label Studio counts so since 2022 (label-studio-frontend pull request 308); versions before
counted UTF-16 code units (label-studio issues 1008 and 1347). Each region repeats its words, so reading tells which.
A region has a strategy and a status, or is an opportunity with the strategies that it calls for and a response; the
project needs `labelling_config` for that.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, ValidationError

from analyzer.components.segmenter import find_segments
from analyzer.interchange.doccano import json_of, shown, text_of, utf16, written_whole
from analyzer.interchange.document import Document
from analyzer.records import RESPONSES, STATUSES, STRATEGIES, CodedCue, CodedNote, CodedTag, DataError
from analyzer.version import __version__

# The names of the controls: what the configuration declares, predictions fill and annotations come back under.
_STRATEGY: Final = "strategy"
_STATUS: Final = "status"
_CUE: Final = "opportunity"
_CALLS_FOR: Final = "calls_for"
_RESPONSE: Final = "response"
_KNOWN: Final[Mapping[str, Sequence[str]]] = {
    _STRATEGY: STRATEGIES,
    _STATUS: STATUSES,
    _CUE: (_CUE,),
    _CALLS_FOR: STRATEGIES,
    _RESPONSE: RESPONSES,
}


@dataclass(frozen=True, slots=True)
class Coding:
    """What one person coded in one note; ``coder`` is Label Studio's number of the person."""

    coder: str
    note: CodedNote


def write(documents: Iterable[Document], path: Path) -> None:
    """Write a JSON list of tasks, one a note: ``data`` (note_id, text) and one prediction with all that was found.

    Raises `AnalyzerError` where a document has no text or the file can't be written.
    """
    with written_whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write("[")
        for number, document in enumerate(documents):
            file.write((",\n" if number else "\n") + json_of(_task(document)))
        file.write("\n]\n")


def labelling_config() -> str:
    """The labelling interface (XML) that the tasks need: paste it under Settings, Labeling Interface, Code."""
    view = ElementTree.Element("View")
    # Without this, Label Studio trims white space when it shows and saves text (its documentation of the Text tag).
    ElementTree.SubElement(view, "Style").text = ".htx-text { white-space: pre-wrap; }"
    for control in (_STRATEGY, _CUE):
        labels = ElementTree.SubElement(view, "Labels", name=control, toName="text")
        for value in _KNOWN[control]:
            ElementTree.SubElement(labels, "Label", value=value)
    ElementTree.SubElement(view, "Text", name="text", value="$text", granularity="word", saveTextResult="yes")
    for control, labels_of, choice in (
        (_STATUS, _STRATEGY, "single"),
        (_CALLS_FOR, _CUE, "multiple"),
        (_RESPONSE, _CUE, "single"),
    ):
        # On the Choices themselves several labels would keep Label Studio from saving any pick (its Result.js).
        shown_when = {"visibleWhen": "region-selected", "whenLabelValue": ",".join(_KNOWN[labels_of])}
        part = ElementTree.SubElement(view, "View", shown_when)
        ElementTree.SubElement(part, "Header", value=control.replace("_", " "))
        choices = ElementTree.SubElement(part, "Choices", name=control, toName="text", choice=choice, perRegion="true")
        for value in _KNOWN[control]:
            ElementTree.SubElement(choices, "Choice", value=value)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _task(document: Document) -> dict[str, Any]:
    text, analysis = text_of(document, "Label Studio"), document.analysis
    results: list[dict[str, Any]] = []
    for number, tag in enumerate(analysis.tags, 1):
        place = {"start": tag.start, "end": tag.end, "text": text[tag.start : tag.end]}
        labels, status = _results(f"tag-{number}", place, {_STRATEGY: [tag.strategy], _STATUS: [tag.status]})
        results += [labels | {"score": tag.confidence}, status]
    for number, cue in enumerate(analysis.opportunities, 1):
        place = {"start": cue.start, "end": cue.end, "text": text[cue.start : cue.end]}
        calls_for = list(dict.fromkeys(cue.strategies))
        results += _results(f"cue-{number}", place, {_CUE: [_CUE], _CALLS_FOR: calls_for, _RESPONSE: [cue.response]})
    prediction = {"model_version": f"session-note-analyzer {__version__}", "result": results}
    return {"data": {"note_id": analysis.note_id, "text": text}, "predictions": [prediction]}


def _results(region: str, place: dict[str, Any], picks: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    """One result for each control; those of one region share its id and place."""
    for control, values in picks.items():
        kind = "labels" if control in (_STRATEGY, _CUE) else "choices"
        about = {"id": region, "from_name": control, "to_name": "text", "type": kind}
        yield about | {"value": place | {kind: values}}


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

    @property
    def coder(self) -> str:
        who = self.completed_by
        return str(who.get("id", "unknown") if isinstance(who, dict) else "unknown" if who is None else who)


class _Data(_Record):
    note_id: str
    text: str


class _Task(_Record):
    data: _Data
    annotations: list[_Annotation]


@dataclass(slots=True)
class _Region:
    """What was picked for one stretch of text, by control."""

    value: _Value
    picks: dict[str, list[str]] = field(default_factory=dict)


class _MisfitError(Exception):
    """Why something can't be a code; the message never holds note text."""


def read(path: Path) -> list[Coding]:
    """What each person coded in each note, from Label Studio's export in the format JSON (not JSON-MIN).

    Skipped and unfinished annotations are passed over; template lines and contested codes are not coded there, so these
    stay empty. Segments are the program's own. Raises `DataError` with every task, person and region that doesn't fit:
    offsets outside the text or beside the words that Label Studio noted, no or several statuses, unknown labels, a note
    without id, a note that one person coded twice.
    """
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
            note, found = _coded(task.data, annotation)
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


def _coded(data: _Data, annotation: _Annotation) -> tuple[CodedNote, list[str]]:
    """The note with all codes that fit, and what doesn't."""
    segments = tuple(find_segments(data.text))
    tags: dict[CodedTag, None] = {}
    cues: dict[CodedCue, None] = {}
    problems = ["note_id is empty"] * (not data.note_id.strip())
    problems += ["the text holds carriage returns; turn line ends into LF and code it again"] * ("\r" in data.text)
    regions, misfits = _regions(annotation)
    problems += misfits
    units = utf16(data.text)
    for number, region in enumerate(regions, 1):
        try:
            start, end = _offsets(region.value, data.text, units)
            segment = _segment(segments, start, end)
            if not {_STRATEGY, _CUE} & set(region.picks):
                raise _MisfitError("has neither a strategy nor the label opportunity")
            for strategy in _picked(region, _STRATEGY) if _STRATEGY in region.picks else ():
                tags[CodedTag(segment, strategy, _only(region, _STATUS), start, end)] = None
            if _CUE in region.picks:
                calls_for = tuple(_picked(region, _CALLS_FOR))
                cues[CodedCue(segment, start, end, calls_for, _only(region, _RESPONSE))] = None
        except _MisfitError as error:
            problems.append(f"region {number} ({region.value.start}:{region.value.end}): {error}")
    return CodedNote(data.note_id, data.text, segments, tuple(tags), tuple(cues), boilerplate=()), problems


def _regions(annotation: _Annotation) -> tuple[list[_Region], list[str]]:
    """Results of one region brought together by its id; other controls, relations and comments are none of ours."""
    regions: dict[str, _Region] = {}
    problems = []
    for number, raw in enumerate(annotation.result, 1):
        if str(raw.get("from_name")) not in _KNOWN:
            continue
        try:
            result = _checked(_Result, raw)
        except _MisfitError as error:
            problems.append(f"result {number}: {error}")
            continue
        picks = regions.setdefault(result.id, _Region(result.value)).picks
        picks.setdefault(result.from_name, []).extend((*result.value.labels, *result.value.choices))
    return list(regions.values()), problems


def _picked(region: _Region, control: str) -> list[str]:
    picks, known = region.picks.get(control, []), _KNOWN[control]
    if not picks:
        raise _MisfitError(f"{control}: nothing was picked")
    if unknown := sum(pick not in known for pick in picks):
        raise _MisfitError(f"{control}: {unknown} unknown label(s); known are {', '.join(known)}")
    return picks


def _only(region: _Region, control: str) -> Any:
    picks = _picked(region, control)
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
    """The segment that holds most of these characters, the first of them where several do."""
    shared = [min(end, last) - max(start, first) for first, last in segments]
    if max(shared, default=0) <= 0:
        raise _MisfitError("touches no sentence of the note")
    return shared.index(max(shared))
