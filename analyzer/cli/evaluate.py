"""``analyzer evaluate``: the tagger against human codes."""

from __future__ import annotations

import json
from pathlib import Path

import click

from analyzer.cli.reading import codebook_option, model_of
from analyzer.cli.writing import OutputPath, manifest_option, outputs


@click.command("evaluate")
@click.argument("gold", type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="The same figures as one JSON object.")
@click.option(
    "-o",
    "--output",
    type=OutputPath(instead="name a file, or leave -o out and give --json"),
    metavar="FILE.json",
    help="Write the figures here as JSON, too.",
)
@click.option(
    "--errors", type=OutputPath(instead="name a file"), help="Write the disagreements here, to read (.jsonl or .csv)."
)
@click.option("--model", default="default", show_default=True, metavar="NAME", help="'fast', 'none' or a model folder.")
@codebook_option
@click.option("--seed", default=0, show_default=True, help="Seed of the bootstrap.")
@manifest_option
@click.pass_context
def command(
    context: click.Context,
    gold: Path,
    as_json: bool,
    output: Path | None,
    errors: Path | None,
    model: str,
    codebook: Path | None,
    seed: int,
    manifest: bool,
) -> None:
    """Score the pipeline against the human codes in GOLD (JSON Lines, the format of models/corpus/README.md).

    Precision, recall, F1 and Cohen's kappa by strategy over segments and notes, status, evidence, opportunities and
    responses, with 95% bootstrap intervals.
    """
    from tqdm import tqdm

    from analyzer.corpus import read_coded
    from analyzer.evaluate import disagreements, evaluate, format_table, write_disagreements
    from analyzer.pipeline import load
    from analyzer.project import codebook_of
    from analyzer.tagging import analyses_of

    coded = read_coded(gold, strategies=codebook_of(codebook).ids)
    counts = {"notes": len(coded), "segments": sum(len(note.segments) for note in coded)}
    with outputs(context, lambda: counts) as places:
        bar = tqdm(coded, unit=" notes", desc="reading", disable=None, leave=False)
        analyses = analyses_of(bar, load(model_of(model), codebook=codebook))
        evaluation = evaluate(coded, analyses, seed=seed)
        figures = json.dumps(evaluation.to_dict(), indent=1)
        if output is not None:
            places["output"].write_text(figures + "\n", encoding="utf-8", newline="\n")
        if errors is not None:
            write_disagreements(disagreements(coded, analyses), places["errors"])
    about = f"{gold.name}: {counts['notes']} coded notes, {counts['segments']} segments; model {model}"
    click.echo(figures if as_json else format_table(evaluation, about=about))
    if errors is not None:
        click.echo(f"disagreements written to {errors}", err=True)
