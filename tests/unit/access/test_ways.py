"""Notes have one way to a page: read through `entry.admitted`, drawn through `entry.shown`. The code is looked at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

VIEWS = sorted((ROOT / "analyzer" / "views").glob("*.py"))
# What reads notes, or gives notes that were read.
_READERS = {"read_notes", "read_uploads", "read_analyses", "analyze", "analyze_paths", "documents"}
_MODULES = ("analyzer.notes", "analyzer.workflow", "analyzer")


def imported(tree: ast.AST) -> set[str]:
    """The readers that a view takes from elsewhere."""
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_MODULES)
        for alias in node.names
        if alias.name in _READERS
    }


def calls(tree: ast.AST, inside: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every call by its name, with the calls and functions that it stands in, the outermost first."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            yield name, inside
            yield from calls(node, (*inside, name))
        elif isinstance(node, ast.FunctionDef):
            yield from calls(node, (*inside, node.name))
        else:
            yield from calls(node, inside)


def around(source: str, name: str) -> list[str]:
    """What is wrong in a view's code."""
    tree, wrong = ast.parse(source), []
    if imported(tree) and name not in ("source.py", "intake.py"):
        wrong.append("reads notes itself")
    for call, inside in calls(tree):
        # What was uploaded is admitted a few lines on, where the list is whole.
        admitted = "entry.admitted" in inside or (name == "intake.py" and "entry.admitted(items" in source)
        if call in _READERS and not admitted and "_samples" not in inside:
            wrong.append(f"{call} outside entry.admitted")
        if call == "_wait_for" and "entry.shown" not in inside:
            wrong.append("draws what was read outside entry.shown")
        makes = call == "Reading" or (call == "Loaded" and inside[-1:] != ("st.session_state.get",))
        if makes and name not in ("source.py", "intake.py", "reading.py", "entry.py"):
            wrong.append(f"makes a {call} of its own")
        if call.endswith("download_button") and name != "entry.py" and "entry.taken" not in source:
            wrong.append("hands a file over without entry.taken")
    if ".loaded" in source and name not in ("source.py", "reading.py"):
        wrong.append("takes what was read around entry.shown")
    return wrong


@pytest.mark.parametrize("file", VIEWS, ids=lambda file: file.name)
def test_a_view_has_no_way_to_notes_around_the_policy(file: Path) -> None:
    assert around(file.read_text(encoding="utf-8"), file.name) == []


@pytest.mark.parametrize(
    "line",
    [
        "from analyzer.notes import read_notes\nlist(read_notes(['x']))",
        "from analyzer.workflow import analyze_paths\nanalyze_paths(['x'])",
        "from analyzer import analyze\nanalyze(['x'])",
        "loaded = Loaded('own', notes)",
        "loaded = st.session_state['own'].loaded",
        "loaded = _wait_for(reading)",
        "st.download_button('all', data)",
    ],
)
def test_a_view_that_went_around_the_policy_would_be_found(line: str) -> None:
    assert around(f"import streamlit as st\n\ndef page() -> None:\n    pass\n\n{line}\n", "new_page.py")


def test_there_are_views_to_look_at() -> None:
    assert len(VIEWS) > 30
