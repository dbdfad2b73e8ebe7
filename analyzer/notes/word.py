"""Word files: what stands on the page, in document order, as lines of text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from analyzer.notes.unread import beside_word

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Struck out by change tracking, or never shown as text.
_NOT_TEXT: Final = {"del", "moveFrom", "pPr", "rPr", "tblPr", "tcPr", "trPr", "sdtPr", "instrText", "delText", "rt"}
_SIGNS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_word(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a .docx file and what to point out about it.

    Paragraphs and table cells each are a line; list items begin with ``- ``. Text in content controls, text boxes and
    tracked insertions is read. Tracked deletions, comments, page headers and the like are not: the remarks say what is
    there (`analyzer.notes.unread`). python-docx parses with entities left unresolved, so a file can't make it read
    others or grow.
    """
    import docx

    document = docx.Document(io.BytesIO(data))
    styles = _styles(document.styles.element)
    lines = list(_lines(document.element.body, styles=styles, in_table=False))
    return "\n".join(lines), beside_word(document)


@dataclass(frozen=True, slots=True)
class _Styles:
    """Ids of paragraph styles that make list items, and of headings (numbered headings are no list items)."""

    lists: frozenset[str]
    headings: frozenset[str]


def _styles(element: Any) -> _Styles:
    styles = {style.get(f"{_W}styleId"): style for style in element.iter(f"{_W}style")}
    lists, headings = set(), set()
    for name in styles:
        seen: list[Any] = []
        above = styles.get(name)
        while above is not None and above not in seen:
            seen.append(above)
            parent = above.find(f"{_W}basedOn")
            above = styles.get(parent.get(f"{_W}val")) if parent is not None else None
        if any(style.find(f"{_W}pPr/{_W}outlineLvl") is not None for style in seen):
            headings.add(name)
        if any(style.find(f"{_W}pPr/{_W}numPr") is not None for style in seen):
            lists.add(name)
    return _Styles(frozenset(lists - headings), frozenset(headings))


def _lines(element: Any, *, styles: _Styles, in_table: bool) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name == "p":
            text = _inline(child)
            if text.strip() or not in_table:
                yield f"- {text}" if text.strip() and _is_list_item(child, styles) else text
        elif name == "AlternateContent":
            yield from _lines(_shown_alternative(child), styles=styles, in_table=in_table)
        elif name not in _NOT_TEXT:
            yield from _lines(child, styles=styles, in_table=in_table or name == "tbl")


def _inline(element: Any) -> str:
    pieces: list[str] = []
    for child in element:
        name = _name(child)
        if name in _NOT_TEXT:
            continue
        if name == "t":
            pieces.append(child.text or "")
        elif name in _SIGNS:
            pieces.append(_SIGNS[name])
        elif name == "p":  # in a text box
            pieces.append(f"\n{_inline(child)}")
        else:
            pieces.append(_inline(_shown_alternative(child) if name == "AlternateContent" else child))
    return "".join(pieces)


def _is_list_item(paragraph: Any, styles: _Styles) -> bool:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    style_id = style.get(f"{_W}val") if style is not None else None
    number = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}numId")
    if style_id in styles.headings:
        return False
    return number.get(f"{_W}val") != "0" if number is not None else style_id in styles.lists


def _shown_alternative(element: Any) -> Any:
    """The same content is stored for new and for old programs: only one of the two is to be read."""
    return next(iter(element), element)


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "comment"
