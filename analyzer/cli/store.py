"""``analyzer store``: make a store, keep analyses in it, see what it holds, back it up, put it back, remove from it.

`stored` has the commands that put analyses in and take them out, `seen` the one that shows who saw which note.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli import seen, stored

if TYPE_CHECKING:  # commands import what they need when they run
    from analyzer.store import Key


@click.group("store")
def command() -> None:
    """Keep analyses and reviews in a database at a place of your choice.

    A place is a file (SQLite) or a postgresql:// URL. Note text is not stored unless you choose so when making the
    store; then it is encrypted with a key that you hold. Without the key nobody can read it, and nobody can replace it.
    """


@command.command("init")
@stored.place_argument
@click.option("--key-file", type=click.Path(path_type=Path), help="Store note text too; the new key is written here.")
@click.option("--passphrase", is_flag=True, help="Store note text too, with a passphrase that is asked for.")
@click.option("--retention-days", type=click.IntRange(min=1), help="Remove note text after so many days.")
def init(place: str, key_file: Path | None, passphrase: bool, retention_days: int | None) -> None:
    """Make a store at PATH_OR_URL."""
    from analyzer.store import create_store, new_key_file
    from analyzer.store.place import shown
    from analyzer.store.sealing import passphrase as key_of

    if key_file and passphrase:
        raise click.UsageError("give --key-file or --passphrase, not both")
    if retention_days and not (key_file or passphrase):
        raise click.UsageError("--retention-days is about note text; add --key-file or --passphrase to store it")
    key: Key | None = None
    if key_file:
        key = new_key_file(key_file)
    elif passphrase:
        key = key_of(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True))
    try:
        create_store(place, key=key, retention_days=retention_days)
    except Exception:
        if key_file:  # a key of nothing would only puzzle
            key_file.unlink()
        raise
    click.echo(
        f"made a store at {shown(place)}; note text is {'encrypted and kept' if key else 'not stored'}", err=True
    )
    if key:
        click.echo("keep the key apart from the store: without it the text is lost", err=True)


@command.command("info")
@stored.place_argument
def info(place: str) -> None:
    """Show what the store holds, in numbers."""
    from analyzer.store import open_store

    found = open_store(place).info()
    chosen = found.settings
    days = f", removed after {chosen.retention_days} days" if chosen.retention_days else ""
    holder = "a passphrase" if chosen.passphrase else "a key file"
    rows = {
        "place": found.place,
        "tables": found.revision,
        "note text": f"encrypted with {holder}{days}" if chosen.text else "not stored",
        "analyses": found.analyses,
        "texts": found.texts,
        "decisions": found.decisions,
        "reviewers": found.reviewers,
        "oldest analysis": f"{found.oldest:%Y-%m-%d}" if found.oldest else "none",
    }
    for name, value in rows.items():
        click.echo(f"{name:<16} {value}")


@command.command("backup")
@stored.place_argument
@click.argument("file", type=click.Path(path_type=Path))
def backup(place: str, file: Path) -> None:
    """Copy the store to FILE, also while it is in use; encrypted text stays encrypted."""
    from analyzer.store import backup

    backup(place, file)
    click.echo(f"copied to {file}; what you purge later is still in it", err=True)


@command.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@stored.place_argument
@click.option("--replace", is_flag=True, help="Put it in the place of the store that is there.")
def restore(file: Path, place: str, replace: bool) -> None:
    """Put the backup in FILE back to PATH_OR_URL."""
    from analyzer.store import restore
    from analyzer.store.place import shown

    restore(file, place, replace=replace)
    click.echo(f"restored to {shown(place)}", err=True)


@command.command("purge")
@stored.place_argument
@click.option("--texts", is_flag=True, help="All note text; analyses and reviews stay.")
@click.option("--note", "notes", multiple=True, metavar="ID", help="All about this note; may be given again.")
@click.option("--older-than", type=click.IntRange(min=0), metavar="DAYS", help="All that was stored before that.")
@click.option("--everything", is_flag=True, help="All but the settings.")
@click.option("--team", type=click.Path(path_type=Path), help="A team's file: its log then tells of this.")
def purge(
    place: str, texts: bool, notes: tuple[str, ...], older_than: int | None, everything: bool, team: Path | None
) -> None:
    """Remove for good; without an option, the note text whose days are over.

    The file is rewritten, so that no byte of it stays. Backups made before still hold it: remove these as well. A
    server keeps it in its own log until that is recycled, and in its archives and replicas.
    """
    from analyzer.store import open_store
    from analyzer.store.place import file_of

    store = open_store(place)
    if team is not None:
        _log_purge(team, texts=texts, notes=notes, older_than=older_than, everything=everything)
    removed = store.purge(texts=texts, note_ids=notes, older_than_days=older_than, everything=everything)
    elsewhere = "backups made before" if file_of(place) else "backups, and the server's log, archives and replicas,"
    click.echo(
        f"removed: {removed.analyses} analyses, {removed.texts} texts, {removed.decisions} decisions; "
        f"{elsewhere} may still hold them",
        err=True,
    )


def _log_purge(team: Path, *, texts: bool, notes: tuple[str, ...], older_than: int | None, everything: bool) -> None:
    """Say so in the team's log, beforehand: what can't be logged is not removed."""
    from getpass import getuser

    from analyzer.access import load_team, record

    chosen = {
        "everything": everything,
        "all texts": texts,
        f"what is older than {older_than} days": older_than is not None,
        "these notes": notes,
    }
    what = ", ".join(name for name, given in chosen.items() if given) or "texts whose days are over"
    audit = load_team(team).audit
    record(audit, who=getuser(), role="on the server", page="store purge", did="purged", what=what, notes=notes)


for _added in (stored.save, stored.read, seen.log):
    command.add_command(_added)
