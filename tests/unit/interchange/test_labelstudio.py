"""Label Studio shows what was found; what people make of it comes back as coded notes or is named as not fitting."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given, settings

from analyzer.components.segmenter import find_segments
from analyzer.corpus import read_coded, write_coded
from analyzer.interchange import labelstudio, labelstudio_reading
from analyzer.interchange.document import Document
from analyzer.records import STRATEGIES, CodedCue, CodedTag, DataError
from tests.unit.interchange.awkward import CODED, CUES, MANY, ONE, TEXT, document, documents, tag, whole

TAGS = {(t.strategy, t.status, t.start, t.end) for t in CODED}


def written(path: Path, *documents: Document) -> list[dict[str, Any]]:
    labelstudio.write(documents, path)
    return json.loads(path.read_text(encoding="utf-8"))


def accepted(tasks: list[dict[str, Any]], path: Path, *, coder: Any = 7, **about: Any) -> Path:
    """Label Studio's export after a person has accepted every prediction as it stands."""
    export = [
        {
            "id": number,
            "data": task["data"],
            "annotations": [{"id": 1, "completed_by": coder, "result": task["predictions"][0]["result"], **about}],
            "predictions": [],
        }
        for number, task in enumerate(tasks, 1)
    ]
    path.write_text(json.dumps(export), encoding="utf-8")
    return path


def changed(tmp_path: Path, change: Callable[[list[dict[str, Any]]], Any], source: Document = ONE) -> Path:
    """An export of one accepted note with its list of results changed."""
    tasks = written(tmp_path / "tasks.json", source)
    change(tasks[0]["predictions"][0]["result"])
    return accepted(tasks, tmp_path / "export.json")


def problems(path: Path) -> str:
    with pytest.raises(DataError) as error:
        labelstudio_reading.read(path)
    assert not any(words in str(error.value) for words in ("grief", "goals", "reviewed", "unheard"))
    return str(error.value)


def test_a_prediction_marks_the_words_with_strategy_status_and_confidence(tmp_path: Path) -> None:
    (task,) = written(tmp_path / "tasks.json", ONE)
    assert task["data"] == {"note_id": "n1", "text": TEXT}
    results = task["predictions"][0]["result"]
    assert all(r["value"]["text"] == TEXT[r["value"]["start"] : r["value"]["end"]] for r in results)
    labels, status = results[:2]
    assert labels == {
        "id": "tag-1", "from_name": "strategy", "to_name": "text", "type": "labels", "score": 0.75,
        "value": {"start": 5, "end": 25, "text": "validated cl's grief", "labels": ["active_listening_empathy"]},
    }  # fmt: skip
    assert (status["id"], status["type"], status["value"]["choices"]) == ("tag-1", "choices", ["delivered"])


def test_the_configuration_declares_every_control_and_value_of_the_predictions(tmp_path: Path) -> None:
    view = ElementTree.fromstring(labelstudio.labelling_config())
    controls = {c.get("name"): c for kind in ("Labels", "Choices") for c in view.iter(kind)}
    assert all(control.get("toName") == view.find("Text").get("name") for control in controls.values())
    for result in written(tmp_path / "tasks.json", ONE)[0]["predictions"][0]["result"]:
        control = controls[result["from_name"]]
        assert control.tag.lower() == result["type"]
        assert set(result["value"][result["type"]]) <= {child.get("value") for child in control}
    assert [label.get("value") for label in controls["strategy"]] == list(STRATEGIES)


def test_what_a_person_accepted_comes_back_as_coded_notes(tmp_path: Path) -> None:
    sources = {whole(d.analysis.note_id): d for d in MANY if d.analysis.note_id and d.text}
    tasks = written(tmp_path / "tasks.json", *sources.values())
    codings = labelstudio_reading.read(accepted(tasks, tmp_path / "export.json"))
    assert [c.note.note_id for c in codings] == list(sources)
    for coding in codings:
        assert (coding.coder, coding.note.text) == ("7", TEXT)
        assert {(t.strategy, t.status, t.start, t.end) for t in coding.note.tags} == TAGS
        segments = coding.note.segments
        assert segments == tuple(find_segments(TEXT))
        assert all(segments[t.segment][0] < t.end and t.start < segments[t.segment][1] for t in coding.note.tags)
        (cue,) = coding.note.cues
        assert cue == CodedCue(cue.segment, CUES[0].start, CUES[0].end, ("safe_space", "transparency"), "planned_only")


def test_tasks_that_nobody_has_worked_on_hold_the_codes_of_the_program(tmp_path: Path) -> None:
    written(tmp_path / "tasks.json", ONE)
    (coding,) = labelstudio_reading.read(tmp_path / "tasks.json")
    assert coding.coder.startswith("session-note-analyzer ")
    assert {(t.strategy, t.status, t.start, t.end) for t in coding.note.tags} == TAGS


def test_a_prediction_is_nobodys_code_once_people_work_on_the_tasks(tmp_path: Path) -> None:
    (task,) = written(tmp_path / "tasks.json", ONE)
    (tmp_path / "export.json").write_text(json.dumps([task | {"annotations": []}]), encoding="utf-8")
    assert labelstudio_reading.read(tmp_path / "export.json") == []


def test_what_comes_back_can_be_kept_as_a_file_of_coded_notes(tmp_path: Path) -> None:
    tasks = written(tmp_path / "tasks.json", ONE, document("other", "No codes here."), document("empty", ""))
    notes = [c.note for c in labelstudio_reading.read(accepted(tasks, tmp_path / "export.json"))]
    write_coded(notes, tmp_path / "coded.jsonl")
    assert read_coded(tmp_path / "coded.jsonl") == notes
    assert [len(n.tags) for n in notes] == [5, 0, 0]


def test_offsets_of_old_versions_that_count_an_emoji_as_two_are_understood(tmp_path: Path) -> None:
    def old(results: list[dict[str, Any]]) -> None:
        for result in results:
            for name in ("start", "end"):
                before = TEXT[: result["value"][name]]
                result["value"][name] = len(before.encode("utf-16-le")) // 2

    (coding,) = labelstudio_reading.read(changed(tmp_path, old))
    assert {(t.strategy, t.status, t.start, t.end) for t in coding.note.tags} == TAGS


@pytest.mark.parametrize(
    "noted",
    [
        "will set goals\ttogether 🙂",
        " will set goals together 🙂 ",
        "will set\\ngoals\\ttogether 🙂".replace("\\t", " "),
        "",
        None,
    ],
)
def test_white_space_that_label_studio_writes_otherwise_does_not_matter(tmp_path: Path, noted: str | None) -> None:
    def rewrite(results: list[dict[str, Any]]) -> None:
        results[:] = [r for r in results if r["id"] == "tag-5"]
        for result in results:
            result["value"]["text"] = noted

    (coding,) = labelstudio_reading.read(changed(tmp_path, rewrite))
    assert [(t.start, t.end) for t in coding.note.tags] == [(CODED[4].start, CODED[4].end)]


def test_several_people_are_kept_apart_and_skipped_notes_passed_over(tmp_path: Path) -> None:
    (task,) = written(tmp_path / "tasks.json", ONE)
    result = task["predictions"][0]["result"]
    annotations = [
        {"completed_by": 1, "result": result},
        {"completed_by": {"id": 2, "email": "a@example.org"}, "result": result[:2]},
        {"completed_by": 3, "result": result, "was_cancelled": True},
        {"result": []},
    ]
    export = [
        {"data": task["data"], "annotations": annotations},
        {"data": {**task["data"], "note_id": "n2"}, "annotations": []},
    ]
    (tmp_path / "export.json").write_text(json.dumps(export), encoding="utf-8")
    codings = labelstudio_reading.read(tmp_path / "export.json")
    assert [(c.coder, len(c.note.tags)) for c in codings] == [("1", 5), ("2", 1), ("unknown", 0)]


def test_other_controls_relations_and_a_region_marked_twice_do_no_harm(tmp_path: Path) -> None:
    def add(results: list[dict[str, Any]]) -> None:
        again = [{**r, "id": "again"} for r in results[:2]]
        comment = {"id": "c", "from_name": "comment", "to_name": "text", "type": "textarea", "value": {"text": ["hm"]}}
        results += [*again, comment, {"type": "relation", "from_id": "tag-1", "to_id": "tag-2", "direction": "right"}]

    (coding,) = labelstudio_reading.read(changed(tmp_path, add))
    assert len(coding.note.tags) == 5


def test_a_tag_over_two_sentences_belongs_to_the_one_that_holds_more_of_it(tmp_path: Path) -> None:
    text = "Heard. Validated the grief that cl brought."
    source = document("n1", text, (tag(text, "Heard. Validated the grief", "active_listening_empathy"),))
    (coding,) = labelstudio_reading.read(changed(tmp_path, lambda results: None, source))
    assert coding.note.tags == (CodedTag(1, "active_listening_empathy", "delivered", 0, 26),)


def at(number: int, **value: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda results: results[number]["value"].update(value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (at(0, end=10_000), r"region 1 \(5:10000\): offsets are outside the text"),
        (at(0, start=6), r"region 1 \(6:25\): .* not on the words"),
        (at(0, start=-1, end=5), r"region 1 \(-1:5\): offsets"),
        (at(0, start=25, end=5), r"region 1 \(25:5\): offsets"),
        (lambda results: results.pop(1), r"region 1 \(5:25\): status: nothing was picked"),
        (lambda results: results.pop(0), r"region 1 \(5:25\): has neither a strategy nor the label opportunity"),
        (at(1, choices=["delivered", "planned"]), r"status: 2 were picked; pick one"),
        (at(1, choices=["done"]), r"status: 1 unknown label\(s\); known are delivered, planned"),
        (at(0, labels=["grief"]), r"strategy: 1 unknown label\(s\); known are historical_context"),
        (at(-2, choices=[]), r"calls_for: nothing was picked"),
        (at(0, start="/p[1]/text()[1]"), r"result 1: value.start: Input should be a valid integer"),
    ],
)  # fmt: skip
def test_a_region_that_does_not_fit_is_named_without_its_words(tmp_path: Path, change: Any, told: str) -> None:
    export = changed(tmp_path, change)
    with pytest.raises(DataError, match=r"note 'n1', coder 7: .*" + told):
        labelstudio_reading.read(export)
    problems(export)


def test_all_faults_of_all_notes_are_told_at_once(tmp_path: Path) -> None:
    tasks = written(tmp_path / "tasks.json", ONE, ONE, document("n2", "  ", ()), document("n3", "grief\rgoals"))
    del tasks[0]["data"]["note_id"]
    tasks.append({"data": {"note_id": "n4", "text": 5}, "predictions": [{"result": []}]})
    tasks.append({"data": {"note_id": " ", "text": TEXT}, "predictions": [{"result": []}]})
    tasks.append(tasks[1])
    told = problems(accepted(tasks, tmp_path / "export.json"))
    assert "task 1: data.note_id: Field required" in told
    assert "note 'n3', coder 7: the text holds carriage returns" in told
    assert "task 5: data.text: Input should be a valid string" in told
    assert "note ' ', coder 7: note_id is empty" in told
    assert "note 'n1', coder 7: coded twice" in told
    assert "5 problem(s)" in told


def test_a_tag_on_nothing_but_white_space_is_told(tmp_path: Path) -> None:
    text = "Sat with cl.\n\n\n\nPlan: none."
    source = document("n1", text, (tag(text, "\n\n\n", "safe_space"),))
    assert "touches no sentence" in problems(changed(tmp_path, lambda results: None, source))


@pytest.mark.parametrize("content", ["", "{", "{}", '{"annotations": []}', "[" * 100_000, "\ud800"])
def test_a_file_that_is_no_export_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    assert "export the project from Label Studio as JSON" in problems(path)
    assert "can't be read" in problems(tmp_path / "missing.json")


def test_a_flat_export_is_refused_by_task(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([{"id": 1, "text": TEXT, "strategy": []}]), encoding="utf-8")
    assert "task 1: data: Field required; annotations: Field required" in problems(path)


@settings(max_examples=40)
@given(documents())
def test_any_text_keeps_its_codes_on_their_words(tmp_path_factory: pytest.TempPathFactory, source: Document) -> None:
    folder = tmp_path_factory.mktemp("labelstudio")
    analysis, text = source.analysis, source.text or ""
    segments = find_segments(text)
    found = [*analysis.tags, *analysis.opportunities]
    assume(analysis.note_id.strip() and all(any(a < f.end and f.start < b for a, b in segments) for f in found))
    (coding,) = labelstudio_reading.read(accepted(written(folder / "tasks.json", source), folder / "export.json"))
    tags = dict.fromkeys((t.strategy, t.status, t.start, t.end) for t in analysis.tags)
    assert [(t.strategy, t.status, t.start, t.end) for t in coding.note.tags] == list(tags)
