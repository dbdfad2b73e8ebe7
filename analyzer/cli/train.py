"""``analyzer train``: coded notes in, a model folder out."""

from __future__ import annotations

from pathlib import Path

import click

from analyzer.cli.reading import codebook_option
from analyzer.cli.writing import OutputPath, manifest_option, outputs

_MODELS = Path(__file__).resolve().parents[2] / "models"
# What a model folder holds; one that holds anything else is no model folder and is kept.
_PARTS = frozenset(
    ("model.skops", "vocabularies.json", "meta.json", "encoder.onnx", "tokenizer.json", "metrics.json", "README.md")
)


@click.command("train")
@click.option(
    "--corpus", type=click.Path(path_type=Path, exists=True), default=_MODELS / "corpus", show_default="models/corpus"
)
@click.option(
    "--with",
    "reviewed",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Also learn from notes reviewed in the dashboard: the file that its page Review exports.",
)
@click.option(
    "-o",
    "--output",
    type=OutputPath(instead="name a folder"),
    show_default="models/accurate, with --fast models/fast, with --codebook DIR/model",
)
@click.option(
    "--gold", type=click.Path(path_type=Path, exists=True), help="Coded notes to measure on; never learned from."
)
@click.option("--fast", is_flag=True, help="Words, rules and a linear model alone, without the encoder: some minutes.")
@click.option(
    "--keep", type=click.Path(path_type=Path, file_okay=False), help="Keep networks here, so that training can go on."
)
@click.option("--seed", default=0, show_default=True)
@codebook_option
@manifest_option
@click.pass_context
def command(
    context: click.Context,
    corpus: Path,
    reviewed: Path | None,
    output: Path | None,
    gold: Path | None,
    fast: bool,
    keep: Path | None,
    seed: int,
    codebook: Path | None,
    manifest: bool,
) -> None:
    """Make the model from the coded notes in --corpus: fit, measure on writers left out, write model, metrics and card.

    The same corpus and seed give the same model on the same machine. Fine-tuning the encoder takes about two hours on
    two cores and needs requirements-train.txt.

    With --codebook, heads for the project's own strategies are made from its examples.jsonl and the notes of --with, in
    a minute or two; the shipped model is not changed, and --corpus only lends notes that are without them.
    """
    if codebook is not None:
        if gold or fast or keep:
            raise click.UsageError("--codebook goes with --corpus, --with, --seed and -o alone")
        _own(context, codebook, corpus, reviewed, seed)
        return
    from tqdm import tqdm

    from analyzer.evaluate import format_table
    from analyzer.train import train

    output = context.params["output"] = output or _MODELS / ("fast" if fast else "accurate")
    counts: dict[str, int] = {}
    with (
        outputs(context, lambda: counts, folder=True, replacing=_PARTS) as places,
        tqdm(total=1.0, disable=None, leave=False, bar_format="{l_bar}{bar}| {elapsed}<{remaining}") as bar,
    ):

        def progress(step: str, done: float) -> None:
            bar.set_description(step, refresh=False)
            bar.update(done - bar.n)

        report = train(
            corpus,
            places["output"],
            reviewed=reviewed,
            gold=gold,
            seed=seed,
            encoder=not fast,
            keep=keep,
            progress=progress,
        )
        counts |= {"notes": report.artifact.meta["notes"], "segments": report.artifact.meta["segments"]}
    about = "writers that neither the model nor the rules had seen (cross-validation by writer)"
    click.echo(format_table(report.by_writer, about=about))
    if report.gold is not None and gold is not None:
        click.echo(format_table(report.gold, about=f"{gold.name}, never learned from"))
    click.echo(f"model {report.artifact.version} written to {output}", err=True)


def _own(context: click.Context, folder: Path, corpus: Path, reviewed: Path | None, seed: int) -> None:
    """Heads for a project's own strategies."""
    from tqdm import tqdm

    from analyzer.evaluate.table import figure_text
    from analyzer.own_model import MODEL
    from analyzer.train.own import train_own

    output = context.params["output"] = context.params["output"] or folder / MODEL
    counts: dict[str, int] = {}
    with (
        outputs(context, lambda: counts, folder=True, replacing=_PARTS) as places,
        tqdm(total=1.0, disable=None, leave=False, bar_format="{l_bar}{bar}| {elapsed}<{remaining}") as bar,
    ):

        def progress(step: str, done: float) -> None:
            bar.set_description(step, refresh=False)
            bar.update(done - bar.n)

        report = train_own(folder, corpus, places["output"], reviewed=reviewed, seed=seed, progress=progress)
        counts |= {"notes": report.notes, "segments": report.segments}
    for (strategy, way), found in report.figures.items():
        figures = [f"{name} {figure_text(getattr(found, name))}" for name in ("precision", "recall", "f1")]
        click.echo(f"{strategy} ({way}): {', '.join(figures)}, on notes left out")
    for strategy, number in report.too_few.items():
        click.echo(f"{strategy}: {number} coded example(s) are too few to train on; its rules alone tag it", err=True)
    click.echo(f"model {report.model.version} written to {output}", err=True)
