"""``analyzer export``: counts and tags as tables, and notes with their tags for other tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from analyzer.cli.compare import analyses_from
from analyzer.cli.reading import Telling, paths_argument, reading_options
from analyzer.cli.writing import manifest_option, outputs
from analyzer.records import Analysis

_TABLES = ("counts", "counts-wide", "tags")
_TOOLS = ("omop", "qdc", "qdpx", "labelstudio", "doccano", "prodigy", "brat", "webanno", "cas", "docbin")


@click.command("export")
@paths_argument
@click.option("--to", "name", type=click.Choice([*_TABLES, *_TOOLS]), required=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="A file (tables: .csv .tsv .xlsx .parquet .jsonl .sav); for omop, brat, webanno and cas a new folder.",
)
@click.option("--with-text", is_flag=True, help="Include the (masked) text of notes or words of tags.")
@click.option(
    "--notes",
    "note_paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Where the notes are, if PATH is the output of 'analyzer tag' and text is wanted.",
)
@click.option(
    "--by",
    type=click.Choice(["clinician", "client", "period", "note"]),
    default="clinician",
    show_default=True,
    help="What counts are grouped by.",
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
    by: str,
    manifest: bool,
    columns: dict[str, str] | None,
    identifiers: str,
    model: str,
    codebook: Path | None,
) -> None:
    """Write what was found in the notes in PATH... (or what 'analyzer tag' wrote) for other tools."""
    from analyzer.interchange import FORMATS
    from analyzer.workflow import wrote_by_tag

    telling = Telling()
    text_wanted = with_text and name in FORMATS and name != "qdc"
    if name in FORMATS and FORMATS[name].needs_text and not with_text:
        raise click.UsageError(f"{name} needs the notes' text, which is left out unless asked for; add --with-text")
    if text_wanted and not note_paths and any(map(wrote_by_tag, paths)):
        raise click.UsageError("what 'analyzer tag' wrote has no text of notes: say with --notes where the notes are")
    with outputs(context, telling.counts, folder=name in FORMATS and FORMATS[name].is_folder(output)) as places:
        results = telling.results(
            analyses_from(paths, columns=columns, model=model, identifiers=identifiers, codebook=codebook)
        )
        if name in _TABLES:
            from analyzer.export import export

            export(results, name, places["output"], by=by, with_text=with_text)  # type: ignore[arg-type]
        else:
            _to_tool(
                name,
                results,
                places["output"],
                with_text=text_wanted,
                paths=note_paths or paths,
                columns=columns,
                codebook=codebook,
            )
    telling.finish(context)


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
