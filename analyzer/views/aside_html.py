"""An opportunity as a remark in the note's margin: what called for what, and what answered it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from analyzer.records import Opportunity, StrategyName, Tag
from analyzer.views.model import codebook

_FIRST_CHARS = 90


def aside_html(
    found: Opportunity, text: str, numbered: Sequence[tuple[int, Tag]], names: Mapping[str, StrategyName]
) -> str:
    """The remark; ``numbered`` are the tags shown in the note, so that one that answers can be led to."""
    book = codebook()
    titles = ", ".join(names[strategy].title.lower() for strategy in found.strategies)
    css = "sna-aside sna-open" if found.response == "no_documented_response" else "sna-aside"
    return (
        f'<span class="{css}" role="note"><b>Opportunity: {escape(book.response_title(found.response).lower())}</b><br>'
        f"“{escape(_short(found.text))}” calls for {escape(titles)}{_answer(found, text, numbered, names)}</span>"
    )


def _answer(
    found: Opportunity, text: str, numbered: Sequence[tuple[int, Tag]], names: Mapping[str, StrategyName]
) -> str:
    if found.answer is None:
        return ""
    start, end = found.answer
    words = f"“{escape(_short(text[start:end]))}”"
    for number, tag in numbered:
        if tag.start < end and start < tag.end:
            code = names[tag.strategy].code
            return f'<br>Answered by <a href="#sna-tag-{number + 1}">{escape(code)}</a>: {words}'
    return f"<br>Answered by {words}"


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= _FIRST_CHARS else f"{plain[:_FIRST_CHARS]}…"
