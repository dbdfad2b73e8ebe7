"""Session-note analyzer: evidence of eleven trust-building strategies in de-identified session notes.

The names below are stable: a later version keeps them or says so in its change log first. `analyze` is the flow of
``analyzer tag`` in Python and gives one `Analysis` a note; from there `profile` counts, and these modules go on:

- `analyzer.compare`: over- and under-use against occasions, peers, the past or targets, with the uncertainty
- `analyzer.keyness`: which words set one group of notes apart
- `analyzer.charts`: charts with the table and the sentence that say the same
- `analyzer.export` and `analyzer.interchange`: tables and notes for other tools
- `analyzer.evaluate`: the program scored against human codes
- `analyzer.agreement`: agreement of two or more coders, and how many notes a study of it needs

>>> import analyzer
>>> (note,) = analyzer.analyze(["Validated her grief."], model=None)
>>> [(tag.strategy, tag.status, tag.text) for tag in note.tags]
[('active_listening_empathy', 'delivered', 'Validated her grief')]
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from analyzer.version import __version__

if TYPE_CHECKING:  # what type checkers see of the lazy names below
    from analyzer import agreement, charts, compare, evaluate, export, interchange, keyness
    from analyzer.interchange.document import Document
    from analyzer.notes import read_notes
    from analyzer.pipeline import load
    from analyzer.profiles import Profile, profile
    from analyzer.records import Analysis, AnalyzerError, DataError, Note, Opportunity, Remark, Skipped, Tag
    from analyzer.workflow import analyze, analyze_paths, documents, read_analyses

__all__ = [
    "Analysis",
    "AnalyzerError",
    "DataError",
    "Document",
    "Note",
    "Opportunity",
    "Profile",
    "Remark",
    "Skipped",
    "Tag",
    "__version__",
    "agreement",
    "analyze",
    "analyze_paths",
    "charts",
    "compare",
    "documents",
    "evaluate",
    "export",
    "interchange",
    "keyness",
    "load",
    "profile",
    "read_analyses",
    "read_notes",
]

# Imported at first use: "analyzer --help" must not wait for spaCy.
_LAZY = {
    **dict.fromkeys(("analyze", "analyze_paths", "documents", "read_analyses"), "analyzer.workflow"),
    **dict.fromkeys(("Profile", "profile"), "analyzer.profiles"),
    **dict.fromkeys(("Analysis", "AnalyzerError", "DataError", "Note", "Opportunity"), "analyzer.records"),
    **dict.fromkeys(("Remark", "Skipped", "Tag"), "analyzer.records"),
    "Document": "analyzer.interchange.document",
    "load": "analyzer.pipeline",
    "read_notes": "analyzer.notes",
}
_MODULES = ("agreement", "charts", "compare", "evaluate", "export", "interchange", "keyness")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"analyzer.{name}")
    if name in _LAZY:
        globals()[name] = getattr(import_module(_LAZY[name]), name)
        return globals()[name]
    raise AttributeError(f"module 'analyzer' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
