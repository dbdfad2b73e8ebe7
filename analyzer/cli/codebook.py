"""``analyzer codebook``: the strategies, as they are tagged."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from analyzer.cli.reading import codebook_option
from analyzer.codebook import Codebook, Strategy
from analyzer.project import codebook_of

_WIDTH = 100


@click.command("codebook")
@click.argument("strategy", required=False)
@codebook_option
def command(strategy: str | None, codebook: Path | None) -> None:
    """Show the eleven strategies (and a project's own), or STRATEGY in full: definition, boundaries, examples."""
    book = codebook_of(codebook)
    known = [s.id for s in book.strategies]
    if strategy is not None and strategy not in known:
        raise click.BadParameter(f"unknown strategy {strategy!r}; one of {', '.join(known)}", param_hint="STRATEGY")
    click.echo("\n".join(_page(book.strategy(strategy)) if strategy else _overview(book)))


def _overview(book: Codebook) -> Iterator[str]:
    yield f"{book.title}, version {book.version}"
    for strategy in book.strategies:
        yield f"\n{strategy.code}  {strategy.id}  ({strategy.title})"
        yield from _text(strategy.definition, indent="    ")
    yield "\nOne in full: analyzer codebook transparency"


def _page(strategy: Strategy) -> Iterator[str]:
    yield f"{strategy.title}  [{strategy.code}, {strategy.id}, {strategy.kind}]\n"
    yield from _text(strategy.definition)
    yield from _items("Counts", strategy.include)
    yield from _items("Does not count", [f"{e.what} -> {e.instead}" for e in strategy.exclude])
    yield "\nBoundary"
    yield from _text(strategy.boundary, indent="  ")
    yield from _items("Examples", [e.text for e in strategy.examples.positive])
    yield from _items("Looks like it, but", [f"{e.text} ({e.why})" for e in strategy.examples.negative])
    yield from _items("Opportunities", strategy.opportunity_cues)
    yield "\nFeedback"
    yield from _text(strategy.feedback, indent="  ")
    yield from _items("Sources", strategy.sources)


def _items(heading: str, texts: tuple[str, ...] | list[str]) -> Iterator[str]:
    yield f"\n{heading}"
    for text in texts:
        yield from _text(text, indent="  - ", rest="    ")


def _text(text: str, *, indent: str = "", rest: str | None = None) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent if rest is None else rest)
