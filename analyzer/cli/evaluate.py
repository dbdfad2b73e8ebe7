"""``analyzer evaluate``: the tagger against human codes."""

from __future__ import annotations

import json
from pathlib import Path

import click

from analyzer.cli.reading import codebook_option, model_of


@click.command("evaluate")
@click.argument("gold", type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="The same figures as one JSON object.")
@click.option(
    "--errors", type=click.Path(path_type=Path), help="Write the disagreements here, to read (.jsonl or .csv)."
)
@click.option("--model", default="default", show_default=True, metavar="NAME", help="'fast', 'none' or a model folder.")
@codebook_option
@click.option("--seed", default=0, show_default=True, help="Seed of the bootstrap.")
def command(gold: Path, as_json: bool, errors: Path | None, model: str, codebook: Path | None, seed: int) -> None:
    """Score the pipeline against the human codes in GOLD (JSON Lines, the format of models/corpus/README.md).

    Precision, recall, F1 and Cohen's kappa by strategy over segments and notes, status, evidence, opportunities and
    responses, with 95% bootstrap intervals.
    """
    from tqdm import tqdm

    from analyzer.corpus import read_coded
    from analyzer.evaluate import disagreements, evaluate, format_table, write_disagreements
    from analyzer.export import check_writable
    from analyzer.pipeline import load
    from analyzer.project import codebook_of
    from analyzer.tagging import analyses_of

    if errors is not None:
        check_writable(errors)
    coded = read_coded(gold, strategies=codebook_of(codebook).ids)
    nlp = load(model_of(model), codebook=codebook)
    analyses = analyses_of(tqdm(coded, unit=" notes", desc="reading", disable=None, leave=False), nlp)
    evaluation = evaluate(coded, analyses, seed=seed)
    if as_json:
        click.echo(json.dumps(evaluation.to_dict(), indent=1))
    else:
        about = f"{gold.name}: {len(coded)} coded notes, {sum(len(n.segments) for n in coded)} segments; model {model}"
        click.echo(format_table(evaluation, about=about))
    if errors is not None:
        write_disagreements(disagreements(coded, analyses), errors)
        click.echo(f"disagreements written to {errors}", err=True)
