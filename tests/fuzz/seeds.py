"""What fuzzing starts from: small sound files of every kind, and pieces that files like them are made of."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

import docx

from analyzer.interchange import FORMATS, writer
from tests.unit.interchange.awkward import ONE
from tests.unit.notes.making import excel, parquet, pdf, saved

# Stands in every seed's note text; an error message or log that holds it repeats a note's words.
WORDS: Final = "quibblesnark"
TEXT: Final = (
    f"Intervention: Validated {WORDS} grief; reviewed limits of confidentiality.\nPlan: will set goals together."
)

# Pieces that tell one format or one reading from another; fuzzers join them into larger wholes.
TOKENS: Final = (
    "\ufeff", "\u202e", "\u2066", "\u0301", "\ud83d", "\ude00", "\u200d", "\u2028", "\x85", "\x0b", "\x0c", "\x00",
    "\r", "\r\n", "\n\n", "\t", "    ", "…", "→", "•", "☐", "[ ]", "[NAME]", ". ", "; ", "Plan:", "P:", "**", "## ",
    "Dr. ", "Cl. ", "Mrs. Okafor ", "on 03/04/2026 ", "555-0142 ", "a@b.org", "'s ", "Validated ", "did not ", "will ",
    '"', '""', ",", ";", "\\u", "\\ud800", "{", "}", "[", "]", ":", "null", "true", "Infinity", "NaN", "-1", "1e999",
    "9" * 30, "note_id", "text", "date", "clinician", "client", "file", "label", "entities", "spans", "meta", "start",
    "end", "segments", "tags", "cues", "strategy", "status", "transparency", "delivered", "start_offset", "end_offset",
    "annotations", "result", "value", "labels", "choices", "from_name", "completed_by", "opportunity", "&#1;", "&lt;",
    "<w:p>", "</w:p>", "<w:t>", "<w:del>", "<row>", "<c r=", "<v>", "<!DOCTYPE a>", "<!ENTITY", "<![CDATA[", "\\par ",
    "\\u8217?", "\\'92", "{\\*", "\\bin9 ", "#Text=", "#T_SP=", "1-1\t0-5\t", "T1\t", "A1\tstatus T1 ", " 0 5\t",
    "obj", "stream", "endstream", "/Kids", "/Filter", "/FlateDecode", "xref", "trailer", "sep=", "- id: ", "&a ", "*a",
    "<<: ", "!!python/object:os.system", "@client", "..4", "|", "~", "?", "!not",
)  # fmt: skip


@cache
def notes_of(kind: str) -> bytes:
    """A sound file of notes; kind is its ending without the dot."""
    row = {"note_id": "n1", "text": TEXT, "clinician": "C1", "client": "K1", "date": "2026-03-04"}
    lines = f'{",".join(row)}\nn1,"{TEXT}",C1,K1,03/04/2026\n'
    if kind == "docx":
        document = docx.Document()
        document.add_paragraph(TEXT, style="List Bullet")
        document.add_table(1, 2).cell(0, 1).text = TEXT
        return saved(document)
    made = {
        "txt": TEXT.encode,
        "csv": lines.encode,
        "tsv": lines.replace(",", "\t").encode,
        "jsonl": (json.dumps(row) + "\n").encode,
        "rtf": ("{\\rtf1\\ansi{\\info{\\author Somebody}}" + TEXT.replace("\n", "\\par\n") + "\\u8217?\\'92}").encode,
    }
    if kind in made:
        return made[kind]()
    if kind == "pdf":
        return pdf(TEXT, TEXT)
    return excel({"notes": [list(row), list(row.values())]}) if kind == "xlsx" else parquet({k: [row[k]] for k in row})


@cache
def codes_of(name: str) -> dict[str, bytes]:
    """The files that one of the program's own exports is made of, by path."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "out" if FORMATS[name].folder else f"out.{name}")
        writer(name)([ONE], path)
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        return {str(file.relative_to(path)) if path.is_dir() else file.name: file.read_bytes() for file in files}
