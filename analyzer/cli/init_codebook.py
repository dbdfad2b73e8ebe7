"""``analyzer init-codebook``: a commented example of a project folder, to change into one's own."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from analyzer.records import AnalyzerError


@click.command("init-codebook")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> None:
    """Make DIR with a working example of an own strategy: codebook.yml, rules, opportunities, examples and README.md.

    Nothing is written over: DIR must be new or empty.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise AnalyzerError(f"{folder}: holds files already, and nothing is written over; name a new folder")
        _copy(files("analyzer") / "data" / "templates" / "project", folder)
    except OSError as error:
        raise AnalyzerError(f"{folder}: can't be written ({error.strerror}); choose another place") from error
    click.echo(f"{folder} made; read its README.md, then: analyzer check-rules {folder}", err=True)


def _copy(part: Traversable, to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    for entry in part.iterdir():
        if entry.is_dir():
            _copy(entry, to / entry.name)
        else:
            (to / entry.name).write_bytes(entry.read_bytes())
