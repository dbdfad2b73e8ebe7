"""A note's text as HTML with its evidence marked: every character of the note is escaped, offsets are the record's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from analyzer.charts import strategy_colours
from analyzer.codebook import load_codebook, names_of
from analyzer.lexicons import read_data
from analyzer.records import Analysis, StrategyName, Tag


@dataclass(frozen=True, slots=True)
class _Layer:
    start: int
    end: int
    css: str
    title: str
    chip: str = ""


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


def note_html(text: str, analysis: Analysis, *, strategies: Sequence[str] | None = None) -> str:
    """The note with its tags, opportunities and template lines marked; ``strategies`` limits the tags shown.

    ``text`` is the (masked) text that the analysis speaks of: ``len(text) == analysis.n_chars``.
    """
    tags = [tag for tag in analysis.tags if strategies is None or tag.strategy in strategies]
    layers = [
        _Layer(b.start, b.end, "sna-template", f"Template text ({_words(b.reason)}): never taken as evidence")
        for b in analysis.boilerplate
    ]
    layers += [
        _Layer(o.start, o.end, "sna-cue", f"Opportunity: {load_codebook().response_title(o.response).lower()}")
        for o in analysis.opportunities
    ]
    layers += [_tag_layer(tag, names_of(analysis.own)) for tag in tags]
    cuts = sorted({0, len(text), *(layer.start for layer in layers), *(layer.end for layer in layers)})
    pieces = [_piece(text, start, end, layers) for start, end in zip(cuts, cuts[1:], strict=False)]
    return f'<div class="sna-note" dir="auto">{"".join(pieces)}</div>'


def _words(identifier: str) -> str:
    return identifier.replace("_", " ")


def _tag_layer(tag: Tag, names: Mapping[str, StrategyName]) -> _Layer:
    book = load_codebook()
    status = book.status_title(tag.status).lower()
    because = f' because of "{tag.cue}"' if tag.cue else ""
    again = ", worded alike in other notes" if tag.repeated else ""
    title = f"{names[tag.strategy].title}: {status}{because} ({tag.source} {tag.reason}, {_confidence(tag)}{again})"
    chip = f"{names[tag.strategy].code} {status}"
    return _Layer(tag.start, tag.end, f"sna-s-{tag.strategy} sna-t-{tag.status}", title, chip)


def _piece(text: str, start: int, end: int, layers: Sequence[_Layer]) -> str:
    over = [layer for layer in layers if layer.start <= start and end <= layer.end]
    body = escape(text[start:end])
    if over:
        css = " ".join(layer.css for layer in over)
        title = escape(" · ".join(layer.title for layer in over), quote=True)
        body = (
            f'<mark class="{css}" title="{title}">{body}</mark>'
            if any(x.chip for x in over)
            else f'<span class="{css}" title="{title}">{body}</span>'
        )
    chips = [layer for layer in layers if layer.chip and layer.end == end]
    return body + "".join(
        f'<span class="sna-chip sna-c-{layer.css.split()[0].removeprefix("sna-s-")}">{escape(layer.chip)}</span>'
        for layer in chips
    )


def evidence_html(tags: Sequence[Tag], own: Iterable[StrategyName] = ()) -> str:
    """The tags as a list: code, status, the words, and what they stand on."""
    book, names = load_codebook(), names_of(own)
    items = [
        f'<li><span class="sna-chip sna-c-{tag.strategy}">{escape(names[tag.strategy].code)}</span> '
        f"<b>{escape(names[tag.strategy].title)}</b>: "
        f'<span class="sna-t-{tag.status}">{escape(book.status_title(tag.status).lower())}</span><br>'
        f"“{escape(tag.text)}”<br><small>{escape(_grounds(tag))}</small></li>"
        for tag in tags
    ]
    return f'<ul class="sna-evidence">{"".join(items)}</ul>'


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
    book = load_codebook()
    present = [s for s in names_of(analysis.own).values() if any(tag.strategy == s.id for tag in analysis.tags)]
    statuses = sorted({tag.status for tag in analysis.tags})
    items = [
        f'<span><span class="sna-chip sna-c-{s.id}">{escape(s.code)}</span> {escape(s.title)}</span>' for s in present
    ]
    items += [f'<span><span class="sna-t-{s}">{escape(book.status_title(s).lower())}</span></span>' for s in statuses]
    items.append('<span><span class="sna-cue">opportunity</span></span>')
    items.append('<span><span class="sna-template">template line</span></span>')
    return f'<div class="sna-key">{"".join(items)}</div>'
