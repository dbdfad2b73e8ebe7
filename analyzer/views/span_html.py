"""A note's text as HTML with its evidence marked: every character of the note is escaped, offsets are the record's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from analyzer.charts import strategy_colours
from analyzer.codebook import names_of
from analyzer.lexicons import read_data
from analyzer.records import Analysis, Opportunity, StrategyName, Tag
from analyzer.views.aside_html import aside_html
from analyzer.views.model import codebook

_LINES_BELOW = 3


@dataclass(frozen=True, slots=True)
class _Layer:
    """A stretch that is marked; ``after`` is the HTML that follows its last word."""

    start: int
    end: int
    css: str
    title: str
    after: str = ""
    colour: str = ""


def style_sheet(own: Iterable[StrategyName] = ()) -> str:
    """The CSS of the marks: templates/note.css, and the colours and line styles of palette.yml, also for ``own``."""
    palette = read_data("palette.yml")
    rules = [(files("analyzer") / "data" / "templates" / "note.css").read_text(encoding="utf-8")]
    for strategy, colour in strategy_colours(names_of(own)).items():
        rules.append(f".sna-s-{strategy}{{background:{colour['mark']}}}")
        rules.append(f".sna-c-{strategy}{{background:{colour['line']}}}")
    for status, line in palette["statuses"].items():
        rules.append(
            f".sna-t-{status}{{text-decoration:underline;text-decoration-style:{line['line']};"
            f"text-decoration-thickness:{line['width']};text-underline-offset:.25em}}"
        )
    return "<style>" + "".join(rules) + "</style>"


def note_html(
    text: str,
    analysis: Analysis,
    *,
    strategies: Sequence[str] | None = None,
    beside: bool = False,
    chosen: int | None = None,
) -> str:
    """The note with its tags, opportunities and template lines marked; ``strategies`` limits the tags shown.

    ``text`` is the (masked) text that the analysis speaks of: ``len(text) == analysis.n_chars``. ``beside``: the
    opportunities stand in the margin with what answered them, and a tag's label leads to its entry in
    `evidence_list_html`. ``chosen`` is the number of the tag (from 0) to point out.
    """
    names = names_of(analysis.own)
    numbered = [(n, tag) for n, tag in enumerate(analysis.tags) if strategies is None or tag.strategy in strategies]
    layers = [
        _Layer(
            b.start,
            b.end,
            "sna-template",
            f"Template text ({_words(b.reason)}): never taken as evidence",
            f'<span class="sna-why">template: {escape(_words(b.reason))}</span>',
        )
        for b in analysis.boilerplate
    ]
    layers += [_cue_layer(o, text, numbered, names, beside=beside) for o in analysis.opportunities]
    layers += [_tag_layer(n, tag, names, linked=beside, chosen=n == chosen) for n, tag in numbered]
    cuts = sorted({0, len(text), *(layer.start for layer in layers), *(layer.end for layer in layers)})
    pieces = [_piece(text, start, end, layers) for start, end in zip(cuts, cuts[1:], strict=False)]
    css = "sna-note sna-beside" if beside and analysis.opportunities else "sna-note"
    return f'<div class="{css}" dir="auto">{"".join(pieces)}</div>'


def _words(identifier: str) -> str:
    return identifier.replace("_", " ")


def _cue_layer(
    found: Opportunity,
    text: str,
    numbered: Sequence[tuple[int, Tag]],
    names: Mapping[str, StrategyName],
    *,
    beside: bool,
) -> _Layer:
    title = f"Opportunity: {codebook().response_title(found.response).lower()}"
    after = aside_html(found, text, numbered, names) if beside else ""
    return _Layer(found.start, found.end, "sna-cue", title, after)


def _tag_layer(number: int, tag: Tag, names: Mapping[str, StrategyName], *, linked: bool, chosen: bool) -> _Layer:
    book = codebook()
    status = book.status_title(tag.status).lower()
    because = f' because of "{tag.cue}"' if tag.cue else ""
    again = ", worded alike in other notes" if tag.repeated else ""
    title = f"{names[tag.strategy].title}: {status}{because} ({tag.source} {tag.reason}, {_confidence(tag)}{again})"
    css = f"sna-chip sna-c-{tag.strategy}{' sna-chosen' if chosen else ''}"
    label = f"{names[tag.strategy].code} {escape(status)}"
    chip = (
        f'<a class="{css}" id="sna-mark-{number + 1}" href="#sna-tag-{number + 1}">{label}</a>'
        if linked
        else f'<span class="{css}">{label}</span>'
    )
    mark = f"sna-s-{tag.strategy} sna-t-{tag.status}{' sna-chosen' if chosen else ''}"
    return _Layer(tag.start, tag.end, mark, title, chip, strategy_colours(names)[tag.strategy]["mark"])


def _piece(text: str, start: int, end: int, layers: Sequence[_Layer]) -> str:
    over = [layer for layer in layers if layer.start <= start and end <= layer.end]
    body = escape(text[start:end])
    tags = [layer for layer in over if layer.colour]
    if over:
        title = escape(" · ".join(layer.title for layer in over), quote=True)
        plain = " ".join(layer.css for layer in over if not layer.colour)
        if tags:
            css = f"{plain} {tags[0].css}".strip()
            body = f'<mark class="{css}" title="{title}"{_bands(tags)}>{_lines(body, tags)}</mark>'
        else:
            body = f'<span class="{plain}" title="{title}">{body}</span>'
    return body + "".join(layer.after for layer in layers if layer.end == end)


def _lines(body: str, tags: Sequence[_Layer]) -> str:
    """Each further strategy on the same words draws its own status line, below those before."""
    for depth, layer in enumerate(tags[1:], 1):
        css = f"{layer.css.split()[1]} sna-below-{min(depth, _LINES_BELOW)}"
        body = f'<span class="{css}">{body}</span>'
    return body


def _bands(tags: Sequence[_Layer]) -> str:
    """Several strategies on the same words share the height in bands of their colours."""
    if len(tags) < 2:
        return ""
    share = 100 / len(tags)
    bands = [f"{layer.colour} {n * share:.0f}% {(n + 1) * share:.0f}%" for n, layer in enumerate(tags)]
    return f' style="background:linear-gradient({",".join(bands)})"'


def evidence_html(tags: Sequence[Tag], own: Iterable[StrategyName] = ()) -> str:
    """The tags as a list: code, status, the words, and what they stand on."""
    book, names = codebook(), names_of(own)
    items = [
        f'<li><span class="sna-chip sna-c-{tag.strategy}">{escape(names[tag.strategy].code)}</span> '
        f"<b>{escape(names[tag.strategy].title)}</b>: "
        f'<span class="sna-t-{tag.status}">{escape(book.status_title(tag.status).lower())}</span><br>'
        f"“{escape(tag.text)}”<br><small>{escape(_grounds(tag))}</small></li>"
        for tag in tags
    ]
    return f'<ul class="sna-evidence">{"".join(items)}</ul>'


def evidence_list_html(analysis: Analysis, *, strategies: Sequence[str], chosen: int | None = None) -> str:
    """The tags as a list that opens: definition, why the status, what found it; the ``chosen`` one (from 0) is open."""
    names = names_of(analysis.own)
    items = [
        _entry(number, tag, names, chosen=number == chosen)
        for number, tag in enumerate(analysis.tags)
        if tag.strategy in strategies
    ]
    return f'<ul class="sna-evidence">{"".join(items)}</ul>'


def _entry(number: int, tag: Tag, names: Mapping[str, StrategyName], *, chosen: bool) -> str:
    book = codebook()
    status = next((entry for entry in book.statuses if entry.id == tag.status), None)
    facts = [
        ("What the strategy is", book.strategy(tag.strategy).definition if tag.strategy in book.ids else ""),
        ("Why this status", f"“{tag.cue}”" if tag.cue else "nothing speaks against its having been done"),
        ("What that status asks", status.test if status else ""),
        ("What found it, and how sure it is", _grounds(tag)),
    ]
    listed = "".join(f"<dt>{escape(what)}</dt><dd>{escape(said)}</dd>" for what, said in facts if said)
    css = ' class="sna-chosen"' if chosen else ""
    return (
        f'<li id="sna-tag-{number + 1}"{css}><details{" open" if chosen else ""}><summary>'
        f'<span class="sna-chip sna-c-{tag.strategy}">{escape(names[tag.strategy].code)}</span> '
        f"<b>{number + 1}. {escape(names[tag.strategy].title)}</b>: "
        f'<span class="sna-t-{tag.status}">{escape(book.status_title(tag.status).lower())}</span><br>'
        f"“{escape(tag.text)}”</summary><dl>{listed}</dl></details>"
        f'<a href="#sna-mark-{number + 1}">in the note</a></li>'
    )


def _grounds(tag: Tag) -> str:
    because = f"status because of “{tag.cue}”; " if tag.cue else ""
    how = {"rule": "rule", "model": "model", "rule+model": "rule and model", "review": "review"}[tag.source]
    again = ", worded alike in other notes" if tag.repeated else ""
    return f"{because}found by {how} ({tag.reason}), {_confidence(tag)}, section {tag.section}{again}"


def _confidence(tag: Tag) -> str:
    """How sure the model is that the strategy is there; rules alone were not measured."""
    return "confidence not measured" if tag.source in ("rule", "review") else f"confidence {tag.confidence:.0%}"


def legend_html(analysis: Analysis) -> str:
    """What the marks in this note mean: the strategies present, and the line style of each status."""
    book = codebook()
    present = [s for s in names_of(analysis.own).values() if any(tag.strategy == s.id for tag in analysis.tags)]
    statuses = sorted({tag.status for tag in analysis.tags})
    items = [
        f'<span><span class="sna-chip sna-c-{s.id}">{escape(s.code)}</span> {escape(s.title)}</span>' for s in present
    ]
    items += [f'<span><span class="sna-t-{s}">{escape(book.status_title(s).lower())}</span></span>' for s in statuses]
    items.append('<span><span class="sna-cue">opportunity</span></span>')
    items.append('<span><span class="sna-template">template line</span></span>')
    return f'<div class="sna-key">{"".join(items)}</div>'
