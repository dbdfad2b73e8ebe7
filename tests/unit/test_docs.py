"""What is documented is true: docstring examples run, and the README's Python runs."""

from __future__ import annotations

import doctest
import re
from importlib import import_module

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("name", ["analyzer.pipeline", "analyzer.workflow"])
def test_docstring_examples(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


def test_the_readmes_python_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_every_command_of_the_readme_exists() -> None:
    from analyzer.cli import cli

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`analyzer (\w+)", text))
    assert named <= set(cli.list_commands(None))  # type: ignore[arg-type]
