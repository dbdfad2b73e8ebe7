"""What is documented is true: docstring examples run, and the README's Python runs."""

from __future__ import annotations

import doctest
import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import analyzer
from tests.conftest import ROOT
from tests.reference import make

EXAMPLES = [
    "analyzer",
    "analyzer.ingredients",
    "analyzer.interchange.document",
    "analyzer.keyness.comparing",
    "analyzer.keyness.statistics",
    "analyzer.notes.reading",
    "analyzer.pipeline",
    "analyzer.profiles",
    "analyzer.workflow",
]
MODULES = [name for name in analyzer.__all__ if inspect.ismodule(getattr(analyzer, name))]


def documented() -> list[tuple[str, Any]]:
    """Every public function and class of `analyzer` and of the modules that it names."""
    modules = [analyzer, *(getattr(analyzer, name) for name in MODULES)]
    return [
        (f"{module.__name__}.{name}", found)
        for module in modules
        for name, found in inspect.getmembers(module, lambda o: inspect.isfunction(o) or inspect.isclass(o))
        if (name in module.__all__ if hasattr(module, "__all__") else found.__module__ == module.__name__)
        and not name.startswith("_")
    ]


@pytest.mark.parametrize("name", EXAMPLES)
def test_docstring_examples(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testmod(import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(("name", "found"), documented(), ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_public_says_what_it_does_and_what_each_option_means(name: str, found: Any) -> None:
    text = inspect.getdoc(found) or ""
    assert len(text) > 15
    # A dataclass without a docstring gets its signature for one.
    assert not text.startswith(f"{found.__name__}(")
    if inspect.isfunction(found):
        options = [p.name for p in inspect.signature(found).parameters.values() if p.kind is p.KEYWORD_ONLY]
        assert [option for option in options if not re.search(rf"\b{option}\b", text)] == []


def test_functions_at_the_top_have_an_example() -> None:
    functions = [getattr(analyzer, n) for n in analyzer.__all__ if inspect.isfunction(getattr(analyzer, n))]
    assert functions
    assert [f.__name__ for f in functions if ">>>" not in (inspect.getdoc(f) or "")] == []


def test_names_at_the_top_stay() -> None:
    stable = (
        "analyze analyze_paths load read_notes read_analyses documents profile Note Analysis Tag Opportunity Profile"
    )
    modules = "compare keyness export interchange evaluate charts agreement"
    assert set(f"{stable} {modules}".split()) <= set(analyzer.__all__)


def test_type_checkers_see_the_types() -> None:
    assert (Path(analyzer.__file__).parent / "py.typed").exists()


def test_the_reference_is_made_from_the_docstrings(tmp_path: Path) -> None:
    pytest.importorskip("pdoc", reason="pdoc is not installed: pip install -e '.[dev]'")
    make(tmp_path)
    page = (tmp_path / "analyzer.html").read_text(encoding="utf-8")
    assert all(f'id="{name}"' in page for name in ("analyze", "load", "profile", "Analysis.counted"))
    assert "Tag notes, in order and as they come" in page
    assert {path.stem for path in (tmp_path / "analyzer").iterdir()} == set(MODULES)


def test_the_readmes_python_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_every_command_of_the_readme_exists() -> None:
    from analyzer.cli import cli

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`analyzer ([\w-]+)", text))
    assert named <= set(cli.list_commands(None))  # type: ignore[arg-type]
