"""Label Studio: tasks with what was found as predictions (`labelstudio_reading` reads back what people made of them).

Offsets are code points. Label Studio counts so since 2022 (label-studio-frontend pull request 308); versions before
counted UTF-16 code units (label-studio issues 1008 and 1347).
A region has a strategy and a status, or is an opportunity with the strategies that it calls for and a response; the
project needs `labelling_config` for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias
from xml.etree import ElementTree

from analyzer.files import whole_file
from analyzer.interchange.document import Document, text_of
from analyzer.interchange.files import json_of
from analyzer.records import RESPONSES, STATUSES, STRATEGIES
from analyzer.version import __version__

# The names of the controls: what the configuration declares, predictions fill and annotations come back under.
STRATEGY: Final = "strategy"
STATUS: Final = "status"
CUE: Final = "opportunity"
CALLS_FOR: Final = "calls_for"
RESPONSE: Final = "response"
Choices: TypeAlias = Mapping[str, Sequence[str]]


def choices_of(strategies: Sequence[str] = STRATEGIES) -> Choices:
    """What each control offers; a project's codebook has more strategies than the eleven."""
    return {STRATEGY: strategies, STATUS: STATUSES, CUE: (CUE,), CALLS_FOR: strategies, RESPONSE: RESPONSES}


def write(documents: Iterable[Document], path: Path) -> None:
    """Write a JSON list of tasks, one a note: ``data`` (note_id, text) and one prediction with all that was found.

    Raises `AnalyzerError` where a document has no text or the file can't be written.
    """
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write("[")
        for number, document in enumerate(documents):
            file.write((",\n" if number else "\n") + json_of(_task(document)))
        file.write("\n]\n")


def labelling_config(strategies: Sequence[str] = STRATEGIES) -> str:
    """The labelling interface (XML) that the tasks need: paste it under Settings, Labeling Interface, Code."""
    offered = choices_of(strategies)
    view = ElementTree.Element("View")
    # Without this, Label Studio trims white space when it shows and saves text (its documentation of the Text tag).
    ElementTree.SubElement(view, "Style").text = ".htx-text { white-space: pre-wrap; }"
    for control in (STRATEGY, CUE):
        labels = ElementTree.SubElement(view, "Labels", name=control, toName="text")
        for value in offered[control]:
            ElementTree.SubElement(labels, "Label", value=value)
    ElementTree.SubElement(view, "Text", name="text", value="$text", granularity="word", saveTextResult="yes")
    for control, labels_of, choice in (
        (STATUS, STRATEGY, "single"),
        (CALLS_FOR, CUE, "multiple"),
        (RESPONSE, CUE, "single"),
    ):
        # On the Choices themselves several labels would keep Label Studio from saving any pick (its Result.js).
        shown_when = {"visibleWhen": "region-selected", "whenLabelValue": ",".join(offered[labels_of])}
        part = ElementTree.SubElement(view, "View", shown_when)
        ElementTree.SubElement(part, "Header", value=control.replace("_", " "))
        choices = ElementTree.SubElement(part, "Choices", name=control, toName="text", choice=choice, perRegion="true")
        for value in offered[control]:
            ElementTree.SubElement(choices, "Choice", value=value)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _task(document: Document) -> dict[str, Any]:
    text, analysis = text_of(document, "Label Studio"), document.analysis
    results: list[dict[str, Any]] = []
    for number, tag in enumerate(analysis.tags, 1):
        place = {"start": tag.start, "end": tag.end, "text": text[tag.start : tag.end]}
        labels, status = _results(f"tag-{number}", place, {STRATEGY: [tag.strategy], STATUS: [tag.status]})
        results += [labels | {"score": tag.confidence}, status]
    for number, cue in enumerate(analysis.opportunities, 1):
        place = {"start": cue.start, "end": cue.end, "text": text[cue.start : cue.end]}
        calls_for = list(dict.fromkeys(cue.strategies))
        results += _results(f"cue-{number}", place, {CUE: [CUE], CALLS_FOR: calls_for, RESPONSE: [cue.response]})
    prediction = {"model_version": f"session-note-analyzer {__version__}", "result": results}
    return {"data": {"note_id": analysis.note_id, "text": text}, "predictions": [prediction]}


def _results(region: str, place: dict[str, Any], picks: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    """One result for each control; those of one region share its id and place."""
    for control, values in picks.items():
        kind = "labels" if control in (STRATEGY, CUE) else "choices"
        about = {"id": region, "from_name": control, "to_name": "text", "type": kind}
        yield about | {"value": place | {kind: values}}
