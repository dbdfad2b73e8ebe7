"""``analyzer train``: coded notes in, a model folder out."""

from __future__ import annotations

from pathlib import Path

import click

_MODELS = Path(__file__).resolve().parents[2] / "models"


@click.command("train")
@click.option(
    "--corpus", type=click.Path(path_type=Path, exists=True), default=_MODELS / "corpus", show_default="models/corpus"
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=_MODELS / "baseline", show_default="models/baseline"
)
@click.option(
    "--gold", type=click.Path(path_type=Path, exists=True), help="Coded notes to measure on; never learned from."
)
@click.option("--seed", default=0, show_default=True)
def command(corpus: Path, output: Path, gold: Path | None, seed: int) -> None:
    """Make the model from the coded notes in --corpus: fit, measure on writers left out, write model, metrics and card.

    The same corpus and seed give the same model. Takes some minutes on two cores.
    """
    from tqdm import tqdm

    from analyzer.evaluate import format_table
    from analyzer.train import STEPS, train

    with tqdm(total=STEPS, unit=" steps", disable=None, leave=False) as bar:

        def progress(step: str) -> None:
            bar.set_description(step)
            bar.update()

        report = train(corpus, output, gold=gold, seed=seed, progress=progress)
    about = "writers that neither the model nor the rules had seen (5-fold cross-validation by writer)"
    click.echo(format_table(report.by_writer, about=about))
    if report.gold is not None and gold is not None:
        click.echo(format_table(report.gold, about=f"{gold.name}, never learned from"))
    click.echo(f"model {report.artifact.version} written to {output}", err=True)
