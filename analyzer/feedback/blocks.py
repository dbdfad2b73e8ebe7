"""A page's HTML read as blocks of text: the words stand in the templates once, other formats are made of these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final, Literal, get_args

Kind = Literal["h1", "h2", "h3", "p", "li", "cite", "paper"]
_KINDS: Final = frozenset(get_args(Kind))
_STRONG: Final = frozenset({"ask", "try"})


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text: ``strong`` is what the reader is asked or invited to try, ``marked`` the words quoted."""

    text: str
    strong: bool = False
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, source of a quote, or line to write on (*paper*); white space is single."""

    kind: Kind
    runs: tuple[Run, ...]
    quoted: bool = False
    small: bool = False

    @property
    def text(self) -> str:
        """The whole block's text."""
        return "".join(run.text for run in self.runs)


def blocks_of(html: str) -> list[Block]:
    """The blocks of a page made by `html_page`, in order; nothing outside them counts."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.blocks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._open: tuple[str, Kind, set[str]] | None = None
        self._runs: list[Run] = []
        self._inside: list[tuple[str, bool, bool]] = []
        self._quoting = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins, or a quotation, or words inside a block that look different."""
        classes = set((dict(attrs).get("class") or "").split())
        kind = "paper" if tag == "div" and "paper" in classes else tag
        if kind in _KINDS:
            self._open, self._runs, self._inside = (tag, kind, classes), [], []  # type: ignore[assignment]
        elif self._open:
            self._inside.append((tag, bool(classes & _STRONG), tag == "mark"))
        self._quoting = self._quoting or tag == "blockquote"

    def handle_data(self, data: str) -> None:
        """Text counts inside blocks alone."""
        if self._open:
            strong = bool(self._open[2] & _STRONG) or any(strong for _, strong, _ in self._inside)
            self._runs.append(Run(data, strong, any(marked for *_, marked in self._inside)))

    def handle_endtag(self, tag: str) -> None:
        """A block ends, or a quotation, or words that look different."""
        if self._open and tag == self._open[0]:
            _, kind, classes = self._open
            small = "small" in classes or kind == "cite"
            self.blocks.append(Block(kind, tuple(_single_spaced(self._runs)), self._quoting, small))
            self._open = None
        elif self._open and self._inside and tag == self._inside[-1][0]:
            self._inside.pop()
        elif tag == "blockquote":
            self._quoting = False


def _single_spaced(runs: Iterable[Run]) -> list[Run]:
    """The runs with all white space single, none at the ends; runs alike and side by side become one."""
    found: list[Run] = []
    text = ""
    for run in runs:
        words = run.text.split()
        inner = " ".join(words)
        before = " " if run.text[:1].isspace() and text and not text.endswith(" ") else ""
        after = " " if words and run.text[-1:].isspace() else ""
        new = before + inner + after
        text += new
        if found and new and (found[-1].strong, found[-1].marked) == (run.strong, run.marked):
            found[-1] = Run(found[-1].text + new, run.strong, run.marked)
        elif new:
            found.append(Run(new, run.strong, run.marked))
    if found:
        found[-1] = Run(found[-1].text.rstrip(), found[-1].strong, found[-1].marked)
    return [run for run in found if run.text]
