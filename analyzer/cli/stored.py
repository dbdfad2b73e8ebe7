"""``analyzer store save`` and ``analyzer store read``: analyses into a store, and out of it again."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from analyzer.cli.reading import Telling, model_of, paths_argument, reading_options
from analyzer.cli.writing import OutputPath

if TYPE_CHECKING:  # commands import what they need when they run
    from analyzer.records import Analysis
    from analyzer.review.decisions import Decision
    from analyzer.store import Store

# Others may write between two batches; what was kept before a run ends early stays.
_BATCH: Final = 20

place_argument = click.argument("place", metavar="PATH_OR_URL")


def key_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--key-file`` and ``--passphrase`` of a store that keeps note text."""
    command = click.option("--passphrase", is_flag=True, help="The same with a passphrase, which is asked for.")(
        command
    )
    return click.option(
        "--key-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="The key of a store that keeps note text: the words of the notes come too.",
    )(command)


@click.command("save")
@place_argument
@paths_argument
@key_options
@reading_options
@click.pass_context
def save(
    context: click.Context,
    place: str,
    paths: tuple[Path, ...],
    key_file: Path | None,
    passphrase: bool,
    columns: dict[str, str] | None,
    identifiers: str,
    model: str,
    codebook: Path | None,
) -> None:
    """Tag the notes in PATH... and keep what is found; what was kept of a note with the same text is replaced.

    With the key of a store that keeps note text, the (masked) text is kept too, encrypted.
    """
    from analyzer.ingredients import model_at
    from analyzer.store.place import shown
    from analyzer.workflow import analyze_paths, documents

    store, telling = _opened(place, key_file, passphrase), Telling()
    used = model_at(model)
    found = telling.results(
        analyze_paths(paths, columns=columns, model=model_of(model), identifiers=identifiers, codebook=codebook)  # type: ignore[arg-type]
    )
    pairs: Iterator[tuple[Analysis, str | None]] = ((analysis, None) for analysis in found)
    if store.unlocked:
        pairs = ((document.analysis, document.text) for document in documents(found, paths, columns=columns))
    while batch := list(islice(pairs, _BATCH)):
        store.save(batch, model=used.version if used else "rules")
    text = "with" if store.unlocked else "without"
    click.echo(f"{telling.read} analyses are kept in {shown(place)}, {text} the notes' text", err=True)
    telling.finish(context)


@click.command("read")
@place_argument
@click.option("-o", "--output", type=OutputPath(), help="Write to this file instead of standard output.")
@click.option("--notes", is_flag=True, help="The notes that are kept, as 'analyzer tag' reads them; needs the key.")
@click.option("--reviewed", is_flag=True, help="The analyses as reviewed, where they were.")
@key_options
def read(place: str, output: Path | None, notes: bool, reviewed: bool, key_file: Path | None, passphrase: bool) -> None:
    """Write the analyses as JSON Lines that the other commands read; without the key, the notes' words are left out."""
    if notes and reviewed:
        raise click.UsageError("--reviewed is about analyses; leave out --notes")
    store = _opened(place, key_file, passphrase)
    objects = _notes(store) if notes else _analyses(store, reviewed=reviewed)
    _write((json.dumps(one, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n" for one in objects), output)


def _write(lines: Iterable[bytes], output: Path | None) -> None:
    from analyzer.files import whole_file

    if output is None:
        sys.stdout.buffer.writelines(lines)
        return
    with whole_file(output) as file, file.open("wb") as stream:
        stream.writelines(lines)


def _opened(place: str, key_file: Path | None, ask: bool) -> Store:
    from analyzer.store import Key, key_from_file, open_store
    from analyzer.store.sealing import passphrase

    if key_file and ask:
        raise click.UsageError("give --key-file or --passphrase, not both")
    key: Key | None = None
    if key_file:
        key = key_from_file(key_file)
    elif ask:
        key = passphrase(click.prompt("Passphrase", hide_input=True, err=True))
    store = open_store(place, key=key)
    if key and not store.unlocked:
        raise click.UsageError("this store was made to keep no note text; leave out the key")
    return store


def _notes(store: Store) -> Iterator[dict[str, Any]]:
    for analysis, text in store.notes():
        about = {name: getattr(analysis, name) for name in ("note_id", "clinician", "client", "date")}
        yield {**analysis.extra, **about, "text": text}


def _analyses(store: Store, *, reviewed: bool) -> Iterator[dict[str, Any]]:
    from analyzer.review.outcome import reviewed as as_reviewed

    whole = {(a.note_id, a.text_sha256): (a, text) for a, text in (store.notes() if store.unlocked else ())}
    decisions: dict[str, list[Decision]] = {}
    for decision in store.decisions() if reviewed else ():
        decisions.setdefault(decision.note_id, []).append(decision)
    for analysis in store.analyses():
        found, text = whole.get((analysis.note_id, analysis.text_sha256), (analysis, None))
        yield as_reviewed(found, decisions.get(found.note_id, ()), text=text).to_dict()
