"""``analyzer scan``: where identifiers may stand, without repeating them."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from analyzer.cli.reading import SKIPPED, columns_option, paths_argument

if TYPE_CHECKING:
    from analyzer.records import Identifier, Note, Remark, Skipped

# As far ahead as tagging reads: the two find the same.
_AHEAD: Final = 2_000


@click.command("scan")
@paths_argument
@columns_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object an identifier.")
@click.pass_context
def command(context: click.Context, paths: tuple[Path, ...], columns: dict[str, str] | None, as_json: bool) -> None:
    """List possible identifiers in the notes in PATH...: note, kind and offsets, never the words themselves.

    What is caught in one note is searched in all. File names and note ids are looked at too: they stand in every
    output. No program finds all: read notes once more before you share them.
    """
    from analyzer.identifiers import kinds_in_name
    from analyzer.notes import read_notes
    from analyzer.records import Note

    found = notes = skipped = 0
    told: set[str] = set()
    for item, identifiers in _searched(read_notes(paths, columns=columns)):
        if not isinstance(item, Note):
            skipped += _tell(item)
            continue
        notes += 1
        for name in dict.fromkeys(Path(name).stem for name in (item.source, item.note_id)):
            if name not in told and (kinds := kinds_in_name(name)):
                # The name itself is not repeated: it may be what must not be shown.
                click.echo(f"note {notes}: its file name or id seems to hold {', '.join(kinds)}: rename it", err=True)
            told.add(name)
        for identifier in identifiers:
            found += 1
            row = {"note_id": item.note_id, "source": item.source, "kind": identifier.kind}
            row |= {"start": identifier.start, "end": identifier.end}  # type: ignore[dict-item]
            text = f"{item.note_id}\t{identifier.kind}\t{identifier.start}-{identifier.end}"
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else text)
    click.echo(f"{found} possible identifier(s) in {notes} note(s)", err=True)
    if skipped:
        context.exit(SKIPPED)


def _tell(item: Skipped | Remark) -> bool:
    """Say what was pointed out while reading, and whether something was left out."""
    from analyzer.records import Skipped

    left_out = isinstance(item, Skipped)
    what = item.reason if isinstance(item, Skipped) else item.message
    click.echo(f"{'skipped ' if left_out else ''}{item.source}: {what}", err=True)
    return left_out


def _searched(
    items: Iterable[Note | Skipped | Remark],
) -> Iterator[tuple[Note | Skipped | Remark, tuple[Identifier, ...]]]:
    from analyzer.identifiers import Caught, find_identifiers
    from analyzer.records import Note

    caught = Caught()
    waiting: deque[tuple[Note, tuple[Identifier, ...]]] = deque()

    def first() -> tuple[Note, tuple[Identifier, ...]]:
        note, some = waiting.popleft()
        return note, caught.also_in(note.text, some)

    for item in items:
        if not isinstance(item, Note):
            yield item, ()
            continue
        some = find_identifiers(item.text)
        caught.learn(item.text, some)
        waiting.append((item, some))
        if len(waiting) > _AHEAD:
            yield first()
    while waiting:
        yield first()
