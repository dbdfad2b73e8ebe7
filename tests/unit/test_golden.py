"""Sample notes read by the rules alone, against golden files.

``UPDATE_GOLDEN=1 pytest tests/unit/test_golden.py`` remakes them.
"""

from __future__ import annotations

import json
import os

import pytest
from spacy.language import Language

from analyzer.notes import read_notes
from analyzer.records import Analysis, Note
from analyzer.tagging import tag_notes
from tests.conftest import ROOT

GOLDEN = ROOT / "tests" / "golden"
NOTES = ["C01-K01-04", "C02-K05-04", "C03-K07-02", "C04-K11-01"]
SAMPLES = {n.note_id: n for n in read_notes([ROOT / "sample_notes"]) if isinstance(n, Note)}


def told(analysis: Analysis) -> dict[str, list[str]]:
    """The analysis in lines that a reader can check against the note."""
    return {
        "sections": [s.name for s in analysis.sections],
        "tags": [f"{t.strategy} | {t.status} | {t.text} | {t.cue or ''} | {t.reason}" for t in analysis.tags],
        "opportunities": [f"{o.response} | {', '.join(o.strategies)} | {o.text}" for o in analysis.opportunities],
        "boilerplate": [b.reason for b in analysis.boilerplate],
    }


@pytest.mark.parametrize("note_id", NOTES)
def test_sample_note_reads_as_before(rules_only: Language, note_id: str) -> None:
    (analysis,) = tag_notes([SAMPLES[note_id]], rules_only)
    assert isinstance(analysis, Analysis)
    path = GOLDEN / f"{note_id}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(json.dumps(told(analysis), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert told(analysis) == json.loads(path.read_text(encoding="utf-8"))
