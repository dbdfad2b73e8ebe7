"""What a command has to wait for before it does anything: modules, not seconds, which differ by machine."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

_SLOW = (
    "pandas",
    "scipy",
    "sklearn",
    "skops",
    "presidio_analyzer",
    "transformers",
    "onnxruntime",
    "streamlit",
    "altair",
)
_TAG = """
from analyzer.pipeline import load
from analyzer.tagging import tag_notes
from analyzer.records import Note
(found,) = tag_notes([Note("n", "Validated her grief.", "n.txt")], load(None))
assert [tag.strategy for tag in found.tags] == ["active_listening_empathy"]
"""


def imported_by(code: str) -> set[str]:
    """The top-level modules that a fresh Python has after the code."""
    code += "\nimport sys\nprint(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import analyzer",
        "from analyzer.cli import cli\ncli.main(['-h'], standalone_mode=False)",
        "from analyzer.cli import cli\ncli.main(['export', '-h'], standalone_mode=False)",
    ],
)
def test_help_answers_before_any_library_of_language_or_numbers_is_loaded(code):
    assert imported_by(code).isdisjoint({*_SLOW, "numpy", "spacy", "torch", "yaml"})


def test_the_first_note_by_rules_alone_waits_for_spacy_and_for_nothing_that_only_models_need():
    modules = imported_by(_TAG)
    assert "spacy" in modules
    assert modules.isdisjoint(_SLOW)
