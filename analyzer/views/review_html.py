"""The segment under review as HTML: in its context, and what was said of it. Every character is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from analyzer.codebook import Codebook
from analyzer.records import Tag
from analyzer.review.decisions import Decision
from analyzer.review.queue import Item
from analyzer.views.span_html import evidence_html

_AROUND = 3
_SAID = {"accept": "accepted", "reject": "rejected", "change_status": "status changed", "add": "added"}


def context_html(
    text: str, segments: Sequence[tuple[int, int]], segment: tuple[int, int], tag: Tag | None = None
) -> str:
    """The segment between its neighbours (three on each side, paler), the tag's words marked in it."""
    place = segments.index(segment)
    begin = segments[max(0, place - _AROUND)][0]
    end = segments[min(len(segments) - 1, place + _AROUND)][1]
    start, stop = segment
    inside = escape(text[start:stop])
    if tag is not None:
        a, b = max(start, tag.start), min(stop, tag.end)
        css = f"sna-s-{tag.strategy} sna-t-{tag.status}"
        inside = f'{escape(text[start:a])}<mark class="{css}">{escape(text[a:b])}</mark>{escape(text[b:stop])}'
    return (
        f'<div class="sna-note" dir="auto"><span class="sna-around">{escape(text[begin:start])}</span>'
        f'<span class="sna-under-review">{inside}</span>'
        f'<span class="sna-around">{escape(text[stop:end])}</span></div>'
    )


def proposals_html(item: Item, decisions: Sequence[Decision], current: Tag | None, book: Codebook) -> str:
    """The tags of the segment, the one to decide first, and what was decided on the others."""
    parts = []
    if current is not None:
        parts.append(evidence_html([current], book.own_names))
    waiting = [tag for tag in item.tags if tag is not current and not _decided(tag, decisions)]
    if waiting:
        names = ", ".join(f"{book.title_of(t.strategy)} ({book.status_title(t.status).lower()})" for t in waiting)
        parts.append(f"<p>Then: {escape(names)}</p>")
    parts += [
        f"<p>A rule reads {escape(book.title_of(s).lower())} here; the model does not.</p>" for s in item.by_rules_alone
    ]
    parts += [f"<p>{escape(_in_words(d, book))}</p>" for d in decisions]
    return "".join(parts) or "<p>Nothing: no strategy was found in this segment.</p>"


def _decided(tag: Tag, decisions: Sequence[Decision]) -> bool:
    return any(d.said is not None and (d.strategy, d.said.status) == (tag.strategy, tag.status) for d in decisions)


def _in_words(decision: Decision, book: Codebook) -> str:
    if decision.strategy is None:
        return f"Nothing more here, says {decision.who}."
    status = f", {book.status_title(decision.status or '').lower()}" if decision.verdict != "reject" else ""
    return f"{book.title_of(decision.strategy)}{status}: {_SAID[decision.verdict]} by {decision.who}."
