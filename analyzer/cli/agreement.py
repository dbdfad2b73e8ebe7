"""``analyzer agreement``: how far coders agree, human or program."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.reading import codebook_option, columns_option
from analyzer.cli.writing import OutputPath, manifest_option, outputs

if TYPE_CHECKING:  # commands import what they need when they run
    from analyzer.agreement import Disagreement


@click.command("agreement")
@click.argument("codes", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--notes",
    "note_paths",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Where the notes are: what 'analyzer tag' wrote has no text, and codes of other notes are told.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="All figures (and, with --list, disagreements) as one JSON object."
)
@click.option("--list", "listed", is_flag=True, help="List the disagreements side by side.")
@click.option(
    "-o",
    "--output",
    type=OutputPath(instead="name a file, or leave -o out and give --list"),
    metavar="FILE",
    help="Write the disagreements here (.csv .tsv .xlsx .jsonl .parquet).",
)
@click.option("--with-text", is_flag=True, help="Show the segments' (masked) words with the disagreements.")
@click.option(
    "--gamma",
    is_flag=True,
    help="Also gamma, span by span: some 20 s to begin, then a third of a second a note (needs pygamma-agreement).",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the bootstrap.")
@click.option("--rounds", type=click.IntRange(min=1), help="Samples of the bootstrap, if not the usual number.")
@click.option("--plan", "planned", is_flag=True, help="Instead: how many units a reliability study needs.")
@click.option("--kappa", type=float, default=0.8, show_default=True, help="With --plan: the kappa to expect.")
@click.option("--prevalence", type=float, default=0.1, show_default=True, help="With --plan: share of units coded so.")
@click.option("--width", type=float, default=0.1, show_default=True, help="With --plan: width of the 95% interval.")
@columns_option
@codebook_option
@manifest_option
@click.pass_context
def command(
    context: click.Context,
    codes: tuple[Path, ...],
    note_paths: tuple[Path, ...],
    as_json: bool,
    listed: bool,
    output: Path | None,
    with_text: bool,
    gamma: bool,
    seed: int,
    rounds: int | None,
    planned: bool,
    kappa: float,
    prevalence: float,
    width: float,
    columns: dict[str, str] | None,
    codebook: Path | None,
    manifest: bool,
) -> None:
    """Agreement of the coders in CODES...: coded notes, 'analyzer tag' output, Label Studio, .qdpx, doccano, Prodigy,
    brat, WebAnno, CAS or DocBin. A file that doesn't say who coded stands for one coder of its name.

    Percent agreement, Cohen's and Fleiss' kappa, Gwet's AC1 and AC2 and Krippendorff's alpha by strategy, amount and
    status, over segments and notes, with 95% bootstrap intervals over notes, prevalence and bias.
    """
    from analyzer.agreement import agreement, disagreements, format_agreement, plan, read_coders, write_disagreements
    from analyzer.project import codebook_of

    if planned:
        advice = plan(kappa=kappa, prevalence=prevalence, width=width)
        click.echo(json.dumps(asdict(advice)) if as_json else advice.sentence)
        return
    if not codes:
        raise click.UsageError("name the codes of two coders or more, or ask for --plan")
    counts: dict[str, int] = {}
    with outputs(context, lambda: counts) as places:
        texts = _texts(note_paths, columns) if note_paths else None
        coders, remarks = read_coders(codes, texts=texts, codebook=codebook_of(codebook))
        for remark in remarks:
            click.echo(f"left out: {remark}", err=True)
        found = agreement(coders, seed=seed, rounds=rounds, gamma=gamma)
        rows = disagreements(coders, with_text=with_text) if listed or output is not None else []
        counts |= {"notes": found.notes, "segments": found.segments, "disagreements": len(rows)}
        if output is not None:
            write_disagreements(rows, found.coders, places["output"], with_text=with_text)
    if as_json:
        listing = {"disagreements": [asdict(row) for row in rows]} if listed else {}
        click.echo(json.dumps(found.to_dict() | listing, indent=1, allow_nan=False))
    else:
        click.echo(format_agreement(found), nl=False)
        if listed:
            click.echo("\n".join(["", "Disagreements", *map(_told, rows)]))
    if output is not None:
        click.echo(f"{len(rows)} disagreement(s) written to {output}", err=True)


def _texts(paths: tuple[Path, ...], columns: dict[str, str] | None) -> dict[str, str]:
    from analyzer.notes import read_notes
    from analyzer.records import Note

    return {note.note_id: note.text for note in read_notes(paths, columns=columns) if isinstance(note, Note)}


def _told(row: Disagreement) -> str:
    said = "; ".join(f"{who}: {what or 'no answer'}" for who, what in row.said)
    words = f' "{" ".join(row.text.split())}"' if row.text else ""
    return f"  {row.note_id} {row.start}:{row.end} {row.strategy}: {said}{words}"
