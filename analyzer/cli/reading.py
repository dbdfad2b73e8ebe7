"""What commands that read notes share: their options, and telling on standard error what was skipped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from analyzer.records import Analysis, Remark, Skipped

SKIPPED = 3


def paths_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """``PATH...``: files, folders or .zip archives."""
    return click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))(command)


def columns_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--columns``: other headings of a table."""
    return click.option(
        "--columns",
        metavar="NAME=HEADING,...",
        callback=_parse_columns,
        help="Other headings of a table's columns: note_id, text, clinician, client, date.",
    )(command)


def codebook_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--codebook``: a project folder with strategies of its own."""
    return click.option(
        "--codebook",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="A project folder whose strategies are added to the eleven ('analyzer init-codebook' makes one).",
    )(command)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--columns``, ``--identifiers``, ``--model`` and ``--codebook``."""
    command = codebook_option(command)
    command = click.option(
        "--identifiers",
        type=click.Choice(["mask", "refuse", "ignore"]),
        default="mask",
        show_default=True,
        help="What to do with possible identifiers: mask them, refuse the note, or don't look.",
    )(command)
    command = click.option(
        "--model",
        default="default",
        show_default=True,
        metavar="NAME",
        help="'fast' for the model without the encoder, 'none' for the rules alone, or a model folder.",
    )(command)
    return columns_option(command)


def model_of(value: str) -> str | None:
    """The ``--model`` option's value as `analyzer.load` takes it."""
    return None if value == "none" else value


def _parse_columns(_context: click.Context, _option: click.Parameter, value: str | None) -> dict[str, str] | None:
    if value is None:
        return None
    pairs = [pair.partition("=") for pair in value.split(",")]
    known = {"note_id", "text", "clinician", "client", "date", "file"}
    if wrong := [name for name, _, heading in pairs if name.strip() not in known or not heading.strip()]:
        raise click.BadParameter(f"{', '.join(wrong)}: give NAME=HEADING with NAME one of {', '.join(sorted(known))}")
    return {name.strip(): heading.strip() for name, _, heading in pairs}


@dataclass(slots=True)
class Telling:
    """Passes results on and tells on standard error what was skipped or remarked; quiet progress off a terminal."""

    skipped: int = 0
    read: int = 0
    tags: int = 0

    def results(self, items: Iterable[Analysis | Skipped | Remark]) -> Iterator[Analysis]:
        """Only the analyses; the rest is told."""
        from tqdm import tqdm

        with tqdm(unit=" notes", disable=None, desc="reading", leave=False) as bar:
            for item in items:
                if isinstance(item, Analysis):
                    self.read += 1
                    self.tags += len(item.tags)
                    bar.update()
                    yield item
                elif isinstance(item, Skipped):
                    self.skipped += 1
                    bar.write(f"skipped {item.source}: {item.reason}", file=sys.stderr)
                else:
                    bar.write(f"note on {item.source}: {item.message}", file=sys.stderr)

    def counts(self) -> dict[str, int]:
        """What a manifest tells of the run."""
        return {"notes": self.read, "skipped": self.skipped, "tags": self.tags}

    def finish(self, context: click.Context) -> None:
        """Exit with 3 where something was skipped."""
        if self.skipped:
            click.echo(f"{self.read} note(s) read, {self.skipped} skipped", err=True)
            context.exit(SKIPPED)
