"""``analyzer export``: counts and tags as tables."""

from __future__ import annotations

from pathlib import Path

import click

from analyzer.cli.compare import analyses_from
from analyzer.cli.reading import Telling, paths_argument, reading_options


@click.command("export")
@paths_argument
@click.option("--to", "name", type=click.Choice(["counts", "counts-wide", "tags"]), required=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="A .csv .tsv .xlsx .parquet or .jsonl file."
)
@click.option("--with-text", is_flag=True, help="Include the (masked) words of each tag.")
@reading_options
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    name: str,
    output: Path,
    with_text: bool,
    columns: dict[str, str] | None,
    identifiers: str,
    model: str,
) -> None:
    """Write counts or tags of the notes in PATH... (or of what 'analyzer tag' wrote) as a table for other tools."""
    from analyzer.export import check_writable, export

    telling = Telling()
    check_writable(output)
    results = telling.results(analyses_from(paths, columns=columns, model=model, identifiers=identifiers))
    export(results, name, output, with_text=with_text)
    telling.finish(context)
