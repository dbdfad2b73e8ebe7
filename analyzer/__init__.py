"""Session-note analyzer: evidence of eleven trust-building strategies in de-identified session notes.

``analyzer.analyze(notes)`` is the flow of ``analyzer tag`` in Python; ``analyzer.load()`` returns the spaCy pipeline.
"""

from importlib import import_module
from typing import Any

from analyzer.version import __version__

__all__ = ["Analysis", "Note", "__version__", "analyze", "load", "read_notes"]

# Imported at first use: "analyzer --help" must not wait for spaCy.
_LAZY = {
    "analyze": "analyzer.workflow",
    "load": "analyzer.pipeline",
    "read_notes": "analyzer.notes",
    "Note": "analyzer.records",
    "Analysis": "analyzer.records",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'analyzer' has no attribute {name!r}")
