"""``analyzer methods``: a paragraph for a paper, from a manifest."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("methods")
@click.argument("manifest_path", metavar="MANIFEST", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--model", metavar="FOLDER", help="Where the model is that was used, if it is your own and lies elsewhere by now."
)
def command(manifest_path: Path, model: str | None) -> None:
    """Print a paragraph on methods for a paper, with references, from the MANIFEST beside an output.

    It tells versions, how the notes were tagged, how far the model agrees with coded notes, and the statistics used.
    """
    from analyzer.manifest import read_manifest
    from analyzer.methods import methods

    click.echo(methods(read_manifest(manifest_path), model=model), nl=False)
