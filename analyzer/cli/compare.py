"""``analyzer compare``: over- and under-use, with the uncertainty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from analyzer.cli.reading import Telling, model_of, paths_argument, reading_options
from analyzer.records import Analysis, Remark, Skipped


@click.command("compare")
@paths_argument
@click.option("--by", type=click.Choice(["clinician", "client", "period"]), default="clinician", show_default=True)
@click.option(
    "--reference",
    type=click.Choice(["opportunities", "peers", "past", "targets"]),
    default="opportunities",
    show_default=True,
)
@click.option(
    "--targets", type=click.Path(path_type=Path, exists=True), help="YAML of expected shares, for --reference targets."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
@reading_options
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    by: str,
    reference: str,
    targets: Path | None,
    as_json: bool,
    columns: dict[str, str] | None,
    identifiers: str,
    model: str,
) -> None:
    """Compare what the notes in PATH... document with what a reference leads one to expect.

    The reference is the opportunities in the notes, peers, the past or targets. PATH may also be the JSON Lines that
    'analyzer tag' wrote. Documentation is compared, not practice; nobody is ranked.
    """
    from analyzer.compare import compare, format_table, load_targets

    telling = Telling()
    wanted = load_targets(targets) if targets else None
    results = telling.results(analyses_from(paths, columns=columns, model=model, identifiers=identifiers))
    rows = compare(results, by=by, reference=reference, targets=wanted)  # type: ignore[arg-type]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row.to_dict(), ensure_ascii=False))
    else:
        click.echo(format_table(rows))
    telling.finish(context)


def analyses_from(
    paths: tuple[Path, ...], *, columns: dict[str, str] | None, model: str, identifiers: str
) -> Iterator[Analysis | Skipped | Remark]:
    """Analyses of notes, or those that ``analyzer tag`` wrote, whichever PATH holds."""
    from analyzer.workflow import analyze_paths, read_analyses, wrote_by_tag

    tagged = [path for path in paths if wrote_by_tag(path)]
    notes = [path for path in paths if path not in tagged]
    for path in tagged:
        yield from read_analyses(path)
    if notes:
        yield from analyze_paths(notes, columns=columns, model=model_of(model), identifiers=identifiers)  # type: ignore[arg-type]
