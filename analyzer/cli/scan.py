"""``analyzer scan``: where identifiers may stand, without repeating them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from analyzer.cli.reading import SKIPPED, columns_option, paths_argument


@click.command("scan")
@paths_argument
@columns_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object an identifier.")
@click.pass_context
def command(context: click.Context, paths: tuple[Path, ...], columns: dict[str, str] | None, as_json: bool) -> None:
    """List possible identifiers in the notes in PATH...: note, kind and offsets, never the words themselves.

    A first version: names without a title and small communities are not found. Read notes once more before you share
    them.
    """
    from analyzer.identifiers import find_identifiers
    from analyzer.notes import read_notes
    from analyzer.records import Note, Skipped

    found = notes = skipped = 0
    for item in read_notes(paths, columns=columns):
        if isinstance(item, Skipped):
            skipped += 1
            click.echo(f"skipped {item.source}: {item.reason}", err=True)
        if not isinstance(item, Note):
            continue
        notes += 1
        for identifier in find_identifiers(item.text):
            found += 1
            row = {"note_id": item.note_id, "source": item.source, "kind": identifier.kind}
            row |= {"start": identifier.start, "end": identifier.end}  # type: ignore[dict-item]
            text = f"{item.note_id}\t{identifier.kind}\t{identifier.start}-{identifier.end}"
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else text)
    click.echo(f"{found} possible identifier(s) in {notes} note(s)", err=True)
    if skipped:
        context.exit(SKIPPED)
