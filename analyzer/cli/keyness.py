"""``analyzer keyness``: which words set one group of notes apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.compare import analyses_from
from analyzer.cli.reading import Telling, paths_argument, reading_options
from analyzer.cli.writing import OutputPath, manifest_option, outputs

if TYPE_CHECKING:  # commands import what they need when they run
    from analyzer.keyness import Keyness


@click.command("keyness")
@paths_argument
@click.option(
    "--by",
    default="clinician",
    show_default=True,
    metavar="clinician|client|period|COLUMN",
    help="What groups notes: period is a calendar month, COLUMN any other column of their table.",
)
@click.option("--group", required=True, help="The group whose words are looked for.")
@click.option("--against", help="The group to compare with; all other groups if left out.")
@click.option(
    "--where",
    type=click.Choice(["all", "inside", "outside"]),
    default="all",
    show_default=True,
    help="Words anywhere, inside the evidence of strategies, or outside of it.",
)
@click.option("--strategy", metavar="ID", help="The strategy whose evidence --where speaks of.")
@click.option("--bigrams", is_flag=True, help="Pairs of adjoining words as well.")
@click.option("--minimum-notes", type=click.IntRange(min=1), help="Test words in at least so many notes.  [default: 5]")
@click.option("--top", type=click.IntRange(min=1), default=25, show_default=True, help="Words shown on either side.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a word tested.")
@click.option(
    "-o",
    "--output",
    type=OutputPath(instead="name a file, or leave -o out and give --json for all words tested"),
    help="Write all words tested to a file (.csv .tsv .xlsx .parquet .jsonl .sav) and its data dictionary beside it.",
)
@click.option(
    "--notes",
    "note_paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Where the notes are, if PATH is the output of 'analyzer tag'.",
)
@manifest_option
@reading_options
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    by: str,
    group: str,
    against: str | None,
    where: str,
    strategy: str | None,
    bigrams: bool,
    minimum_notes: int | None,
    top: int,
    as_json: bool,
    output: Path | None,
    note_paths: tuple[Path, ...],
    manifest: bool,
    columns: dict[str, str] | None,
    identifiers: str,
    model: str,
    codebook: Path | None,
) -> None:
    """Show which words are commoner, or rarer, in one group's notes than in others', by notes that hold them.

    PATH may also be the JSON Lines that 'analyzer tag' wrote, with the notes given by --notes. Words are compared, not
    practice; nobody is ranked.
    """
    from analyzer.keyness import key_words, write_keyness
    from analyzer.keyness.comparing import check_options
    from analyzer.project import codebook_of
    from analyzer.workflow import documents, wrote_by_tag

    check_options(group, against, where, strategy, minimum_notes)
    if (
        strategy is not None
        and strategy not in (known := codebook_of(codebook).ids)
        and not all(map(wrote_by_tag, paths))
    ):
        raise click.BadParameter(f"no strategy {strategy!r}; choose one of {', '.join(known)}", param_hint="--strategy")
    telling = Telling()
    with outputs(context, telling.counts) as places:
        results = telling.results(
            analyses_from(paths, columns=columns, model=model, identifiers=identifiers, codebook=codebook)
        )
        found = key_words(
            documents(results, note_paths or paths, columns=columns),
            by=by,
            group=group,
            against=against,
            where=where,  # type: ignore[arg-type]
            strategy=strategy,
            bigrams=bigrams,
            minimum_notes=minimum_notes,
        )
        if output is not None:
            write_keyness(found, places["output"])
    if output is None:
        _show(found, top=top, as_json=as_json)
    telling.finish(context)


def _show(found: Keyness, *, top: int, as_json: bool) -> None:
    from analyzer.keyness import format_table, rows_of

    if not as_json:
        click.echo(format_table(found, top=top))
        return
    for row in rows_of(found):
        click.echo(json.dumps(row, ensure_ascii=False))
