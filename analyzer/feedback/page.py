"""A Feedback or an Agenda as one printable HTML page, and the same as plain text for the terminal.

The wording stands in ``data/templates``, once: the text is read off the page. Jinja escapes everything that comes from
notes; the page has no scripts and loads nothing.
"""

from __future__ import annotations

import textwrap
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from analyzer.compare.settings import load_settings
from analyzer.feedback.agenda import Agenda, Kind
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
_BLOCKS = {"h1": "", "h2": "", "h3": "", "p": "", "li": "- ", "cite": "    — "}
_UNDERLINED = {"h1": "=", "h2": "-"}


def html_page(document: Feedback | Agenda) -> str:
    """The document as a whole HTML page, for the screen and for A4 or US letter paper."""
    name = "feedback_supervisor.html" if isinstance(document, Agenda) else "feedback_clinician.html"
    template = _environment().get_template(name)
    return template.render(it=document, words=load_wording(), least=load_settings().minimums, kinds=_KINDS)


def plain_text(document: Feedback | Agenda) -> str:
    """The document as text of at most 78 columns, ending in a line break."""
    reader = _TextReader()
    reader.feed(html_page(document))
    reader.close()
    return "\n".join(reader.lines).strip("\n") + "\n"


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


class _TextReader(HTMLParser):
    """Reads our own pages as lines of text: headings, paragraphs, list items, quotes and their sources."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._block = ""
        self._words: list[str] = []
        self._quoting = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins, or a quotation."""
        if tag in _BLOCKS:
            self._block, self._words = tag, []
        self._quoting = self._quoting or tag == "blockquote"

    def handle_data(self, data: str) -> None:
        """Text counts inside blocks alone: what is for paper only stands in none."""
        if self._block:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """A block ends, or a quotation."""
        if tag == self._block:
            self._write(tag, " ".join("".join(self._words).split()))
            self._block = ""
        elif tag == "blockquote":
            self._quoting = False

    def _write(self, tag: str, text: str) -> None:
        first = "  " if self._quoting and tag == "p" else _BLOCKS[tag]
        lines = textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
        if tag.startswith("h"):
            self.lines.append("")
        self.lines += lines
        if tag in _UNDERLINED:
            self.lines.append(_UNDERLINED[tag] * max(map(len, lines), default=0))
