"""``analyzer store log``: who saw, took away or purged which note, out of the log that a team's file names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:  # commands import what they need when they run
    from analyzer.access import Entry

_HEADINGS: Final = ("when (UTC)", "who", "role", "did", "what", "page", "notes")
_NOTES_SHOWN: Final = 3
_WIDEST: Final = 60


def _day(_context: click.Context, _option: click.Parameter, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no day; give it as YYYY-MM-DD") from error


@click.command("log")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--who", metavar="NAME", help="Only lines on this person, by the name that they sign in with.")
@click.option("--note", "notes", multiple=True, metavar="ID", help="Only lines on this note; may be given again.")
@click.option("--since", metavar="YYYY-MM-DD", callback=_day, help="Only lines from this day on (UTC).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line of the log.")
def log(file: Path, who: str | None, notes: tuple[str, ...], since: date | None, as_json: bool) -> None:
    """Show who saw which note. FILE is a team's file (.yml), or its log; the log holds no text.

    Lines come as they were written. Where one was changed or is missing, those before it are shown and the place is
    told.
    """
    from analyzer.access import entries, load_team
    from analyzer.records import DataError

    place = load_team(file).audit if file.suffix.lower() in (".yml", ".yaml") else file
    read, broken = [], None
    try:
        for entry in entries(place):
            read.append(entry)
    except DataError as error:
        broken = error
    found = [entry for entry in read if _is_asked_for(entry, who, notes, since)]
    for line in map(_json_line, found) if as_json else _table(found, notes):
        click.echo(line)
    if broken is not None:
        raise broken
    whole = f"none changed and none missing before the last. Last seal: {read[-1].seal}" if read else "the log is empty"
    click.echo(f"{len(found)} of {len(read)} lines; {whole}", err=True)


def _is_asked_for(entry: Entry, who: str | None, notes: tuple[str, ...], since: date | None) -> bool:
    return (
        (who is None or entry.who.casefold() == who.strip().casefold())
        and (not notes or not set(notes).isdisjoint(entry.notes))
        # Moments of ISO 8601 in the same zone sort as texts.
        and (since is None or entry.at >= since.isoformat())
    )


def _json_line(entry: Entry) -> str:
    return json.dumps(asdict(entry), sort_keys=True)


def _table(found: Sequence[Entry], notes: tuple[str, ...]) -> list[str]:
    """The lines with a heading, columns as wide as they need; none for no line."""
    rows = [_HEADINGS, *(_row(entry, notes) for entry in found)]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return lines if found else []


def _row(entry: Entry, notes: tuple[str, ...]) -> tuple[str, ...]:
    """One line's cells; of many notes the first, or those asked for."""
    named = [note for note in entry.notes if not notes or note in notes]
    more = len(entry.notes) - len(named[:_NOTES_SHOWN])
    shown = ", ".join(map(_one_line, named[:_NOTES_SHOWN])) + (f" and {more} more" if more else "")
    when = entry.at[:19].replace("T", " ")
    return (when, *map(_one_line, (entry.who, entry.role, entry.did, entry.what, entry.page)), shown)


def _one_line(text: str) -> str:
    """What a terminal shows as it stands: ids may hold line ends and control characters."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"
