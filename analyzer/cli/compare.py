"""``analyzer compare``: over- and under-use, with the uncertainty."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.reading import Telling, model_of, paths_argument, reading_options
from analyzer.records import Analysis, Remark, Skipped

if TYPE_CHECKING:  # commands import what they need when they run
    from analyzer.compare import Comparison
    from analyzer.compare.correction import Corrected, ErrorRates
    from analyzer.compare.model import Denominator
    from analyzer.profiles import By, Profile


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
@click.option("--corrected", is_flag=True, help="Beside each share, what it comes to after the program's own errors.")
@click.option("--power", is_flag=True, help="How often notes of these sizes would mislead, by simulation.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
@reading_options
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    by: str,
    reference: str,
    targets: Path | None,
    denominator: Denominator,
    corrected: bool,
    power: bool,
    as_json: bool,
    columns: dict[str, str] | None,
    identifiers: str,
    model: str,
    codebook: Path | None,
) -> None:
    """Compare what the notes in PATH... document with what a reference leads one to expect.

    The reference is the opportunities in the notes, peers, the past or targets. PATH may also be the JSON Lines that
    'analyzer tag' wrote. Documentation is compared, not practice; nobody is ranked.
    """
    from analyzer.compare import compare, load_targets
    from analyzer.project import codebook_of

    telling = Telling()
    wanted = load_targets(targets, strategies=codebook_of(codebook).ids) if targets else None
    results = telling.results(
        analyses_from(paths, columns=columns, model=model, identifiers=identifiers, codebook=codebook)
    )
    groups = _Groups(by, watching=corrected or power)  # type: ignore[arg-type]
    rows = compare(
        groups.watch(results),
        by=by,  # type: ignore[arg-type]
        reference=reference,  # type: ignore[arg-type]
        denominator=denominator,
        targets=wanted,
    )
    rates = _rates(model, denominator) if corrected or power else {}
    if power:
        from analyzer.compare.power import format_power, group_sizes, power_check

        sizes = group_sizes(groups.profiles(), denominator=denominator)
        check = power_check(
            sizes,
            reference=reference,  # type: ignore[arg-type]
            denominator=denominator,
            targets=wanted,
            rates=rates,
        )
        click.echo(json.dumps(check.to_dict(), ensure_ascii=False) if as_json else format_power(check))
    else:
        _show(rows, _corrections(rows, rates, groups) if corrected else None, as_json=as_json)
    telling.finish(context)


class _Groups:
    """Counts the groups' notes and clients while they are compared."""

    def __init__(self, by: By, *, watching: bool) -> None:
        from analyzer.profiles import Tally

        self.by = by
        self.watching = watching
        self.tallies: dict[str, Tally] = {}

    def watch(self, analyses: Iterator[Analysis]) -> Iterator[Analysis]:
        """Pass the notes on unchanged."""
        from analyzer.profiles import Tally, group_of

        for analysis in analyses:
            if self.watching:
                self.tallies.setdefault(group_of(analysis, self.by), Tally()).add(analysis)
            yield analysis

    def profiles(self) -> list[Profile]:
        """The groups by name."""
        return [self.tallies[group].profile(group, self.by) for group in sorted(self.tallies)]


def _rates(model: str, denominator: Denominator) -> dict[str, ErrorRates]:
    """The measured errors of the model that read the notes; notes tagged before are taken for the default's."""
    from analyzer.artifact import SHIPPED
    from analyzer.compare.correction import error_rates

    if model == "none":
        raise click.UsageError("the errors of the rules alone were not measured; leave out --model none")
    return error_rates(SHIPPED.get(model, Path(model)), denominator=denominator)


def _corrections(rows: Sequence[Comparison], rates: dict[str, ErrorRates], groups: _Groups) -> list[Corrected]:
    from analyzer.compare.correction import correct

    clients = {profile.group: profile.clients for profile in groups.profiles()}
    return [correct(row, rates, clients=clients[row.group]) for row in rows]


def _show(rows: Sequence[Comparison], corrections: list[Corrected] | None, *, as_json: bool) -> None:
    from analyzer.compare import format_table
    from analyzer.compare.correction import explain

    if as_json:
        for i, row in enumerate(rows):
            more = corrections[i].to_dict() if corrections else {}
            click.echo(json.dumps(row.to_dict() | {f"corrected_{k}": v for k, v in more.items()}, ensure_ascii=False))
        return
    click.echo(format_table(rows, corrections))
    if corrections:
        click.echo(explain())


def analyses_from(
    paths: tuple[Path, ...],
    *,
    columns: dict[str, str] | None,
    model: str,
    identifiers: str,
    codebook: Path | None = None,
) -> Iterator[Analysis | Skipped | Remark]:
    """Analyses of notes, or those that ``analyzer tag`` wrote, whichever PATH holds."""
    from analyzer.workflow import analyze_paths, read_analyses, wrote_by_tag

    tagged = [path for path in paths if wrote_by_tag(path)]
    notes = [path for path in paths if path not in tagged]
    for path in tagged:
        yield from read_analyses(path)
    if notes:
        yield from analyze_paths(
            notes,
            columns=columns,
            model=model_of(model),
            identifiers=identifiers,  # type: ignore[arg-type]
            codebook=codebook,
        )
