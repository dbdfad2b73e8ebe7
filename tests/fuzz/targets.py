"""Every target: the driver that takes bytes, the sound inputs that fuzzing starts from, and its share of the cases."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from analyzer.export import EXPORTERS
from analyzer.interchange import FORMATS
from tests.conftest import ROOT
from tests.fuzz import coding, reading, tagging
from tests.fuzz.seeds import TEXT, WORDS, codes_of, notes_of
from tests.unit.interchange.awkward import ONE

# What is our own code and quick gets the most cases, what is a library's and slow the least.
QUICK, MIDDLING, SLOW, SLOWEST = 1000, 100, 10, 1


class Target(NamedTuple):
    """A driver, the inputs to begin with, and how many of all cases it gets beside the others."""

    drive: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    share: int


def _of_notes() -> Iterator[tuple[str, Target]]:
    quick = ("txt", "csv", "tsv", "jsonl", "rtf")
    for kind in (*quick, "pdf", "parquet", "xlsx", "docx"):
        share = QUICK if kind in quick else SLOW
        yield f"notes-{kind}", Target(partial(reading.read_file, kind), lambda kind=kind: [notes_of(kind)], share)
    for kind, part in (("docx", "word/document.xml"), ("xlsx", "xl/worksheets/sheet1.xml")):
        seeds = partial(_member, notes_of, kind, part)
        yield f"notes-{kind}-parts", Target(partial(reading.read_office, kind), seeds, SLOW)
    index = b"file,clinician,date\na.txt,C1,03/04/2026\nb/a.txt,,\n"
    yield "notes-index", Target(reading.read_index, lambda: [index], QUICK)
    names = b"../a.txt\nC:\\a.txt\n/etc/passwd"
    yield "notes-zip", Target(reading.read_archive, lambda: [names, notes_of("docx")], QUICK)


def _of_codes() -> Iterator[tuple[str, Target]]:
    for name, file, content in _lines_of_codes():
        yield name, Target(partial(coding.read_codes, file), partial(_json, content), MIDDLING)
    yield "codes-tagged", Target(coding.read_tagged, partial(_json, ONE.analysis.to_dict()), MIDDLING)
    docbin = lambda: list(codes_of("docbin").values())  # noqa: E731
    yield "codes-docbin", Target(partial(coding.read_codes, "d.spacy"), docbin, SLOW)
    project = partial(_member, lambda _: codes_of("qdpx")["out.qdpx"], "", "project.qde", b"")
    yield "codes-qdpx", Target(coding.read_qdpx, project, MIDDLING)
    yield "codes-qdc", Target(coding.read_qdc, lambda: list(codes_of("qdc").values()), MIDDLING)
    of_folders = {"brat-ann": MIDDLING, "brat-notes": MIDDLING, "webanno-tsv": SLOW}
    of_folders |= {"cas-xmi": SLOWEST, "cas-xml": SLOWEST}
    for name, share in of_folders.items():
        kind, _, ending = name.partition("-")
        part = "notes.jsonl" if ending == "notes" else f"*.{ending}"
        read, seeds = partial(coding.read_folder, kind, part), partial(_file_of, kind, part.lstrip("*"))
        yield f"codes-{name}", Target(read, seeds, share)


def _lines_of_codes() -> Iterator[tuple[str, str, Any]]:
    """Codes in JSON: target, file name, content."""
    coded = {
        "note_id": "n1", "text": TEXT, "segments": [[0, 30]], "cues": [], "boilerplate": [],
        "tags": [{"segment": 0, "strategy": "transparency", "status": "delivered", "start": 0, "end": 9}],
    }  # fmt: skip
    value = {"start": 0, "end": 9, "labels": ["transparency"], "choices": []}
    region = {"id": "r", "from_name": "strategy", "value": value}
    task = {"data": {"note_id": "n1", "text": TEXT}, "annotations": [{"completed_by": 1, "result": [region]}]}
    span = {"start": 0, "end": 9, "label": "transparency:planned"}
    entity = {"start_offset": 0, "end_offset": 9, "label": "transparency"}
    labels = {"text": TEXT, "note_id": "n1", "label": [[0, 9, "transparency"]], "entities": [entity]}
    yield "codes-coded", "c.jsonl", coded
    yield "codes-labelstudio", "l.json", [task]
    yield "codes-prodigy", "p.jsonl", {"text": TEXT, "meta": {"note_id": "n1"}, "spans": [span]}
    yield "codes-doccano", "d.jsonl", labels


def _of_projects() -> Iterator[tuple[str, Target]]:
    folder = ROOT / "analyzer" / "data" / "templates" / "project"
    for name in ("codebook", "opportunities", "rules/spiritual_care"):
        part = f"{name}.yml"
        seeds = lambda part=part: [(folder / part).read_bytes()]  # noqa: E731
        yield f"project-{name.rpartition('/')[2]}", Target(partial(coding.read_project, part), seeds, SLOW)


def _of_text() -> Iterator[tuple[str, Target]]:
    awkward = f"S: {WORDS}.\nP: will call Dr. Okafor 555-0142.\n☐ Safe space → offered " * 3
    for name, share in (("segment", QUICK), ("identify", QUICK), ("tag", SLOW)):
        yield f"text-{name}", Target(getattr(tagging, name), lambda: [TEXT.encode(), awkward.encode()], share)


def _of_exports() -> Iterator[tuple[str, Target]]:
    tables = [f"{table}-to-{kind}" for table in EXPORTERS for kind in ("csv", "tsv", "xlsx", "parquet", "jsonl", "sav")]
    for name in (*FORMATS, *tables):
        share = SLOWEST if name == "cas" else SLOW
        yield f"export-{name}", Target(partial(tagging.write, name), lambda: [bytes(range(16)) + TEXT.encode()], share)


def _json(content: Any) -> list[bytes]:
    return [json.dumps(content).encode()]


def _member(made: Callable[[str], bytes], kind: str, part: str, head: bytes = b"\0") -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(made(kind))) as archive:
        return [head + archive.read(part)]


def _file_of(kind: str, ending: str) -> list[bytes]:
    return [content for path, content in codes_of(kind).items() if path.endswith(ending)][:1]


TARGETS: Final = dict([*_of_notes(), *_of_codes(), *_of_projects(), *_of_text(), *_of_exports()])
