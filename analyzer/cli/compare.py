"""``analyzer compare``: over- and under-use, with the uncertainty."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.reading import Telling, model_of, paths_argument, reading_options
from analyzer.cli.writing import OutputPath, manifest_option, outputs
from analyzer.records import Analysis, Remark, Skipped

if TYPE_CHECKING:  # commands import what they need when they run
    from analyzer.compare import Comparison
    from analyzer.compare.counting import Counts
    from analyzer.compare.error_rates import ErrorRates
    from analyzer.compare.model import Denominator, Reference
    from analyzer.compare.power import PowerCheck
    from analyzer.profiles import By

Targets = dict[str, tuple[float, float]]


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
@click.option(
    "--denominator",
    type=click.Choice(["opportunity", "note", "1000 words"]),
    default="opportunity",
    show_default=True,
    help="What estimates are counted over.",
)
@click.option(
    "--corrected",
    is_flag=True,
    help="Judge shares corrected for the program's own errors, the counted ones beside them.",
)
@click.option("--power", is_flag=True, help="In full how often notes of these sizes would mislead, by simulation.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
@click.option(
    "-o",
    "--output",
    type=OutputPath(),
    help="Write what would be printed to a file, what is said of all rows on standard error.",
)
@manifest_option
@reading_options
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    by: By,
    reference: Reference,
    targets: Path | None,
    denominator: Denominator,
    corrected: bool,
    power: bool,
    as_json: bool,
    output: Path | None,
    manifest: bool,
    columns: dict[str, str] | None,
    identifiers: str,
    model: str,
    codebook: Path | None,
) -> None:
    """Compare what the notes in PATH... document with what a reference leads one to expect.

    The reference is the opportunities in the notes, peers, the past or targets. PATH may also be the JSON Lines that
    'analyzer tag' wrote. Documentation is compared, not practice; nobody is ranked.
    """
    from analyzer.compare import format_table, load_targets
    from analyzer.compare.comparing import check_choices, judge
    from analyzer.compare.counting import count
    from analyzer.compare.power_words import format_power
    from analyzer.project import codebook_of

    wanted = load_targets(targets, strategies=codebook_of(codebook).ids) if targets else None
    rates = _rates(model, denominator, needed=corrected)
    judged = rates if corrected else None
    check_choices(by, reference, denominator, wanted, judged)
    telling = Telling()
    with outputs(context, telling.counts) as places:
        results = telling.results(
            analyses_from(paths, columns=columns, model=model, identifiers=identifiers, codebook=codebook)
        )
        counts = count(results, by=by, reference=reference)
        check = _self_check(counts, reference, denominator, wanted, rates, corrected=corrected, full=power)
        said: list[str] = []
        if check and power:
            shown = json.dumps(check.to_dict(), ensure_ascii=False) if as_json else format_power(check)
        else:
            rows = judge(counts, reference=reference, denominator=denominator, targets=wanted, rates=judged)
            shown = _json_lines(rows) if as_json else format_table(rows)
            said = _said(rows, counts, check)
        if said and not as_json:
            shown, said = "\n".join([shown, "", *said]), []
        if output is None:
            click.echo(shown, nl=bool(shown))
        else:
            places["output"].write_text(f"{shown}\n" if shown else "", encoding="utf-8", newline="\n")
    for line in said:
        click.echo(line, err=True)
    telling.finish(context)


def _rates(model: str, denominator: Denominator, *, needed: bool) -> dict[str, ErrorRates]:
    """The measured errors of the model that read the notes; notes tagged before are taken for the default's.

    Where they aren't ``needed``, a model whose errors aren't known leaves the self-check without them.
    """
    from analyzer.artifact import SHIPPED
    from analyzer.compare.error_rates import error_rates
    from analyzer.records import DataError

    if needed and model == "none":
        raise click.UsageError("the errors of the rules alone were not measured; leave out --model none or --corrected")
    try:
        return {} if model == "none" else error_rates(SHIPPED.get(model, Path(model)), denominator=denominator)
    except DataError:
        if needed:
            raise
        return {}


def _self_check(
    counts: Counts,
    reference: Reference,
    denominator: Denominator,
    targets: Targets | None,
    rates: dict[str, ErrorRates],
    *,
    corrected: bool,
    full: bool,
) -> PowerCheck | None:
    """The chances of being misled by notes of these sizes; None for rates over 1,000 words, which aren't simulated."""
    from analyzer.compare.power import group_sizes, power_check
    from analyzer.compare.settings import load_settings

    if denominator == "1000 words" and not full:
        return None
    rule = load_settings().self_check
    return power_check(
        group_sizes(counts, denominator=denominator),
        reference=reference,
        denominator=denominator,
        targets=targets,
        rates=rates,
        corrected=corrected,
        correlation=counts.alikeness(denominator).value,
        simulations=rule.simulations if full else rule.simulations_beside,
    )


def _json_lines(rows: Sequence[Comparison]) -> str:
    return "\n".join(json.dumps(row.to_dict(), ensure_ascii=False) for row in rows)


def _said(rows: Sequence[Comparison], counts: Counts, check: PowerCheck | None) -> list[str]:
    """What is said of all rows: below the table, or on standard error beside JSON."""
    from analyzer.compare.correction import explain
    from analyzer.compare.over_use import over_use_lines
    from analyzer.compare.power_words import brief
    from analyzer.compare.words import about_clients

    if not rows:
        return []
    return [
        *over_use_lines(counts.patterns),
        *([explain()] if any(row.corrected for row in rows) else []),
        about_clients(rows, counts.alikeness(rows[0].denominator)),
        brief(check) if check else "Self-check: rates over 1,000 words are not simulated.",
    ]


def analyses_from(
    paths: tuple[Path, ...],
    *,
    columns: dict[str, str] | None,
    model: str,
    identifiers: str,
    codebook: Path | None = None,
) -> Iterator[Analysis | Skipped | Remark]:
    """Analyses of notes, or those that ``analyzer tag`` wrote, whichever PATH holds; each note once."""
    from analyzer.workflow import analyze_paths, read_analyses, wrote_by_tag

    tagged = [path for path in paths if wrote_by_tag(path)]
    if tagged and (model != "default" or identifiers != "mask"):
        click.echo("note on --model and --identifiers: what 'analyzer tag' wrote stays as it is", err=True)
    found: Iterable[Analysis | Skipped | Remark] = ()
    if notes := [path for path in paths if path not in tagged]:
        # Called before anything is read, so that a path that isn't there is told at once.
        found = analyze_paths(
            notes,
            columns=columns,
            model=model_of(model),
            identifiers=identifiers,  # type: ignore[arg-type]
            codebook=codebook,
        )
    return read_analyses(*tagged, beside=found)
