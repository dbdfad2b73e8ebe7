"""A small study on the disk: notes, and what tagging them by the rules gave."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from analyzer.cli import cli


def analyzer(*arguments: str | Path) -> Result:
    """Run a command of the program."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def make_study(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write the notes into ``folder``/notes and tag them into ``folder``/tags.jsonl; gives ``folder``."""
    write_notes(folder / "notes", texts)
    assert analyzer("tag", folder / "notes", "-o", folder / "tags.jsonl", "--model", "none").exit_code == 0
    return folder


def write_notes(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write the notes into a new folder and give it."""
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
