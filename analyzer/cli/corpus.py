"""``analyzer corpus``: checks on coded notes."""

from __future__ import annotations

from pathlib import Path

import click

_CORPUS = Path(__file__).resolve().parents[2] / "models" / "corpus"


@click.group("corpus")
def command() -> None:
    """Check coded notes before they are trained on."""


@command.command("check")
@click.argument("corpus", type=click.Path(path_type=Path, exists=True), default=_CORPUS)
@click.option(
    "--gold", type=click.Path(path_type=Path, exists=True), multiple=True, help="No segment may stand in these."
)
@click.pass_context
def check(context: click.Context, corpus: Path, gold: tuple[Path, ...]) -> None:
    """Check offsets, duplicates inside the corpus and near-duplicates of gold segments; exit 1 where one is found."""
    from analyzer.corpus import check_corpus, read_coded

    notes = read_coded(corpus)
    problems = check_corpus(notes, [note for path in gold for note in read_coded(path)])
    for problem in problems:
        click.echo(problem)
    segments = sum(len(note.segments) for note in notes)
    click.echo(f"{len(notes)} notes, {segments} segments, {len(problems)} problem(s)", err=True)
    context.exit(1 if problems else 0)
