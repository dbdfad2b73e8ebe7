"""A Feedback or an Agenda as one printable HTML page, and the same as plain text for the terminal.

The wording stands in ``data/templates``, once: the text is read off the page. Jinja escapes everything that comes from
notes; the page has no scripts and loads nothing.
"""

from __future__ import annotations

import textwrap
from functools import cache
from typing import TYPE_CHECKING

from analyzer.compare.settings import load_settings
from analyzer.feedback.agenda import Agenda, Kind
from analyzer.feedback.blocks import Block, blocks_of
from analyzer.feedback.feedback import Feedback
from analyzer.feedback.focus import Focus
from analyzer.feedback.wording import load_wording, number_of, one_line

if TYPE_CHECKING:
    from jinja2 import Environment

_WIDTH = 78
_KINDS: dict[Kind, str] = {
    "under_used": "possible under-use in what is documented",
    "over_used": "possible over-use in what is documented",
    "open": "moments that are no pattern",
}
# What stands before a block of text, and how far its other lines are indented.
_FIRST = {"h1": "", "h2": "", "h3": "", "p": "", "li": "- ", "cite": "    — "}
_UNDERLINED = {"h1": "=", "h2": "-"}


def html_page(document: Feedback | Agenda) -> str:
    """The document as a whole HTML page, for the screen and for A4 or US letter paper."""
    name = "feedback_supervisor.html" if isinstance(document, Agenda) else "feedback_clinician.html"
    template = _environment().get_template(name)
    return template.render(it=document, words=load_wording(), least=load_settings().minimums, kinds=_KINDS)


def plain_text(document: Feedback | Agenda) -> str:
    """The document as text of at most 78 columns, ending in a line break."""
    lines = [line for block in blocks_of(html_page(document)) for line in _lines(block)]
    return "\n".join(lines).strip("\n") + "\n"


def _lines(block: Block) -> list[str]:
    """One block as lines; what is for paper only has none."""
    if block.kind == "paper":
        return []
    first = "  " if block.quoted and block.kind == "p" else _FIRST[block.kind]
    lines = textwrap.wrap(block.text, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
    if block.kind in _UNDERLINED:
        lines.append(_UNDERLINED[block.kind] * max(map(len, lines), default=0))
    return ["", *lines] if block.kind.startswith("h") else lines


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("analyzer", "data/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"one_line": one_line, "number_of": number_of, "dots": _dots}
    return environment


def _dots(focus: Focus) -> str:
    """One sign a moment, filled where a response is documented; empty where there are too many to take in."""
    total = focus.documented + focus.open
    return "●" * focus.documented + "○" * focus.open if total <= load_wording().choosing.most_dots else ""
