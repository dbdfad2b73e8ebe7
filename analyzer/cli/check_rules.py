"""``analyzer check-rules``: a project folder's files, before they are used."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("check-rules")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.pass_context
def command(context: click.Context, folder: Path) -> None:
    """Check the project folder DIR: its codebook, its examples, and every rule against its own hits and misses.

    Every fault is told at once; exit 1 where there is one.
    """
    from analyzer.rule_checks import check_project

    checked = check_project(folder)
    for problem in checked.problems:
        click.echo(problem)
    counts = f"{len(checked.strategies)} strategies, {checked.rules} rules on {checked.sentences} sentences"
    click.echo(f"{counts}, {checked.examples} examples: {len(checked.problems)} problem(s)", err=True)
    context.exit(1 if checked.problems else 0)
