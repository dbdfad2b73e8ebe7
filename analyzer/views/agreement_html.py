"""A disagreement as HTML, one coder's reading of the segment. Every character is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def reading_html(text: str, strategy: str, marks: Sequence[tuple[int, int, str]]) -> str:
    """The segment's text with what a coder marked of the strategy: (start, end, status) in the text, in order."""
    parts: list[str] = []
    at = 0
    for start, end, status in marks:
        # Two codes on the same words are told apart in the list of statuses, not by marks within marks.
        start = max(start, at)
        if start >= end:
            continue
        css = escape(f"sna-s-{strategy} sna-t-{status}", quote=True)
        parts.append(f'{escape(text[at:start])}<mark class="{css}">{escape(text[start:end])}</mark>')
        at = end
    return f'<div class="sna-note" dir="auto">{"".join(parts)}{escape(text[at:])}</div>'
