"""``analyzer export``: counts and tags as tables, and notes with their tags for other tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from analyzer.cli.compare import analyses_from
from analyzer.cli.reading import Telling, paths_argument, reading_options
from analyzer.cli.writing import OutputPath, manifest_option, outputs
from analyzer.export import EXPORTERS, export, grouping
from analyzer.interchange import FORMATS
from analyzer.profiles import BYS, By
from analyzer.records import Analysis
from analyzer.table_files import check_kind

_OF_TABLES: Final = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl", ".sav")


def _grouping(context: click.Context, _option: click.Parameter, value: By | None) -> By | None:
    """What rows are grouped by; told before anything is read, as not every exporter has something to group."""
    name = context.params.get("name")
    return None if name is None else grouping(name, value)


@click.command("export")
@paths_argument
# Eager, since the other options depend on it.
@click.option("--to", "name", type=click.Choice([*EXPORTERS, *FORMATS]), required=True, is_eager=True)
@click.option(
    "-o",
    "--output",
    type=OutputPath(instead="name a file, as most of what is exported comes with others beside it"),
    required=True,
    help=f"A file (tables: {' '.join(_OF_TABLES)}); "
    f"for {', '.join(name for name, found in FORMATS.items() if found.folder)} a new folder.",
)
@click.option(
    "--with-text",
    is_flag=True,
    help="Include the (masked) text of notes, for 'tags' the words of tags; most tools need it.",
)
@click.option(
    "--notes",
    "note_paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Where the notes are, if PATH is the output of 'analyzer tag' and text is wanted.",
)
@click.option(
    "--by",
    type=click.Choice(BYS),
    callback=_grouping,
    show_default="clinician",
    help="What counts are grouped by; the others have no groups.",
)
@manifest_option
@reading_options
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    name: str,
    output: Path,
    with_text: bool,
    note_paths: tuple[Path, ...],
    by: By | None,
    manifest: bool,
    columns: dict[str, str] | None,
    identifiers: str,
    model: str,
    codebook: Path | None,
) -> None:
    """Write what was found in the notes in PATH... (or what 'analyzer tag' wrote) for other tools."""
    from analyzer.workflow import wrote_by_tag

    telling, found, tagged = Telling(), FORMATS.get(name), any(map(wrote_by_tag, paths))
    _check_ending(name, output)
    _check_text(name, tagged, with_text=with_text, note_paths=note_paths)
    with outputs(context, telling.counts, folder=found is not None and found.is_folder(output)) as places:
        results = telling.results(
            analyses_from(paths, columns=columns, model=model, identifiers=identifiers, codebook=codebook)
        )
        if found is None:
            export(results, name, places["output"], by=by, with_text=with_text)
        else:
            _to_tool(
                name,
                results,
                places["output"],
                with_text=with_text and found.takes_text,
                paths=note_paths or paths,
                columns=columns,
                codebook=codebook,
            )
    telling.finish(context)


def _check_ending(name: str, output: Path) -> None:
    """Raise where the output's name ends as that of another kind of file does; no ending, or one of no kind, is fine.

    A table's ending says what is written, so it must be one of those of tables.
    """
    from analyzer.notes import SUFFIXES

    if name in EXPORTERS:
        check_kind(output)
        return
    ending, tool = output.suffix.lower(), FORMATS[name]
    if ending == tool.ending or ending not in {*_OF_TABLES, *(other.ending for other in FORMATS.values()), *SUFFIXES}:
        return
    a_file = f"a file that ends in {tool.ending}"
    what = [*(["a new folder"] if tool.folder else []), *([a_file] if tool.ending else [])]
    raise click.UsageError(f"-o {output}: {name} is written to {' or '.join(what)}, not to one that ends in {ending}")


def _check_text(name: str, tagged: bool, *, with_text: bool, note_paths: tuple[Path, ...]) -> None:
    """Raise where the text is needed, and was not asked for or isn't there; tell of options that change nothing.

    These are told and no error: they only allow or help to include text, and nothing else is written without them.
    """
    tool = FORMATS.get(name)
    reads_notes = with_text and tool is not None and tool.takes_text
    lacks_notes = tagged and not note_paths
    if tool and tool.needs_text and not with_text:
        where = ", and --notes with the place of the notes" if lacks_notes else ""
        raise click.UsageError(
            f"{name} needs the notes' text, which is left out unless asked for; add --with-text{where}"
        )
    if reads_notes and lacks_notes:
        raise click.UsageError("what 'analyzer tag' wrote has no text of notes: say with --notes where the notes are")
    if with_text and not (tool or EXPORTERS[name]).takes_text:
        click.echo(f"note on --with-text: {name} holds no text, so this changes nothing", err=True)
    if note_paths and not reads_notes:
        why = "without --with-text" if tool and tool.takes_text else f"for {name}"
        click.echo(f"note on --notes: these are not read {why}", err=True)


def _to_tool(
    name: str,
    results: Iterator[Analysis],
    output: Path,
    *,
    with_text: bool,
    paths: tuple[Path, ...],
    columns: dict[str, str] | None,
    codebook: Path | None,
) -> None:
    from analyzer.interchange import writer
    from analyzer.interchange.document import Document
    from analyzer.project import codebook_of
    from analyzer.workflow import documents

    write = writer(name, codebook_of(codebook))
    if with_text:
        write(documents(results, paths, columns=columns), output)
    else:
        write((Document(analysis) for analysis in results), output)
