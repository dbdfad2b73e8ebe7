"""One strategy of the codebook as HTML. Every character is escaped: a codebook may be the user's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from analyzer.codebook import Codebook, Strategy
from analyzer.views.codebook_lookup import Neighbour

_STYLE = (
    "<style>.sna-book h3{font-size:1rem;margin:1.1rem 0 .2rem;padding:0}"
    ".sna-book ul{margin:0;padding-left:1.1rem}.sna-book li{margin:.2rem 0;overflow-wrap:anywhere}"
    ".sna-book ul.sna-plain{list-style:none;padding-left:0}"
    ".sna-book p{margin:0;max-width:48rem}.sna-book small{opacity:.8}</style>"
)


def what_counts(strategy: Strategy) -> str:
    """Definition, what counts and what does not, and where the strategy ends."""
    excluded = (f"{escape(e.what)} <small>→ {escape(e.instead)}</small>" for e in strategy.exclude)
    return _block(
        _part("Definition", f"<p>{escape(strategy.definition)}</p>"),
        _part("Counts", _items(map(escape, strategy.include))),
        _part("Does not count", _items(excluded)),
        _part("Boundary", f"<p>{escape(strategy.boundary)}</p>"),
    )


def examples(book: Codebook, strategy: Strategy) -> str:
    """Sentences that count, sentences that do not and why, and what calls for the strategy."""
    shown = (
        f"✓ {escape(e.text)}" + (f" <small>also {escape(_titles(book, e.also))}</small>" if e.also else "")
        for e in strategy.examples.positive
    )
    against = (f"✗ {escape(e.text)} <small>{escape(e.why)}</small>" for e in strategy.examples.negative)
    return _block(
        _part("Examples", _items(shown, css="sna-plain")),
        _part("Looks like it, but", _items(against, css="sna-plain")),
        _part("What calls for it", _items(map(escape, strategy.opportunity_cues))),
    )


def borders(book: Codebook, strategy: Strategy, found: Sequence[Neighbour]) -> str:
    """The near neighbours: what is theirs and not this strategy's, and what is this strategy's and not theirs."""
    theirs = [f"{escape(n.what)} <small>→</small> {_bold(book, n.instead)}" for n in found if n.of == strategy.id]
    own = [
        f"{escape(n.what)} <small>rather than</small> {_bold(book, n.of)}" for n in found if n.instead == strategy.id
    ]
    parts = [_part("Near neighbours: what goes to them", _items(theirs))] if theirs else []
    parts += [_part("Near neighbours: what belongs here", _items(own))] if own else []
    return _block(*parts) if parts else ""


def _titles(book: Codebook, ids: Iterable[str]) -> str:
    return ", ".join(book.title_of(strategy).lower() for strategy in ids)


def _bold(book: Codebook, strategy: str) -> str:
    return f"<b>{escape(book.title_of(strategy))}</b>"


def _block(*parts: str) -> str:
    return f'{_STYLE}<div class="sna-book" dir="auto">{"".join(parts)}</div>'


def _part(heading: str, body: str) -> str:
    return f"<h3>{escape(heading)}</h3>{body}"


def _items(items: Iterable[str], *, css: str = "") -> str:
    return f"<ul class='{css}'>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
