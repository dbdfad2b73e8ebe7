"""The section component: headed parts of a note, under canonical names.

Headings are found by line (``PLAN``, ``**Assessment**``, ``## Response``, ``I -``) and, for the letters of a scheme
that the note really uses (SOAP, DAP, BIRP, GIRP, PIE ...), inside a paragraph. A field ("Meds: sertraline 100", or a
labelled item among the bullets of a list) covers its own line; then the section around it goes on. A note without
headings is one section, ``narrative``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from analyzer.lexicons import read_data
from analyzer.records import DataError, Section

UNHEADED = "narrative"
KINDS = {"client", "clinician", "assessment", "plan", "mixed", "admin", "negated"}

_MARK = r"(?P<mark>#{1,6}[ \t]*|[-•][ \t]+|\*\*|__)*"
_LINE_HEADING = re.compile(
    rf"^[ \t]*{_MARK}(?P<name>[A-Za-z][A-Za-z /&'’()-]{{0,40}}?)(?:\*\*|__)?[ \t]*"
    r"(?P<end>:[ \t]*(?:\*\*|__)?|[ \t][-–—](?:[ \t]|$)|(?<=\*\*)[ \t]|(?:\*\*|__)?[ \t]*$)",
    re.MULTILINE,
)
_INLINE_LETTER = re.compile(r"(?<=[.!?;)] )(?P<name>[A-Z]):(?=\s)")
_INLINE_NAME = re.compile(r"(?<=[.!?;)] )(?P<name>[A-Z][A-Za-z]{3,20}(?: [a-z]{2,12})?):(?=\s)")


@dataclass(frozen=True, slots=True)
class _Heading:
    name: str
    start: int
    field: bool = False


@cache
def _names() -> dict[str, str]:
    """Heading in full, lower case -> canonical section name."""
    return {name: entry["name"] for entry in read_data("lexicons/sections.yml")["sections"] for name in entry["names"]}


@cache
def _letters() -> dict[str, str]:
    return {e["letter"]: e["name"] for e in read_data("lexicons/sections.yml")["sections"] if "letter" in e}


@cache
def _fields() -> set[str]:
    """The sections whose labels are mostly fields of a form."""
    return {e["name"] for e in read_data("lexicons/sections.yml")["sections"] if e.get("field")}


@cache
def section_kinds() -> dict[str, str]:
    """Canonical section name -> whose content it is (see the lexicon's head); raises `DataError` on an unknown kind."""
    kinds = {e["name"]: e["kind"] for e in read_data("lexicons/sections.yml")["sections"]} | {UNHEADED: "mixed"}
    if wrong := sorted(set(kinds.values()) - KINDS):
        raise DataError("lexicons/sections.yml", [f"unknown kind {kind!r}" for kind in wrong])
    return kinds


def find_sections(text: str) -> list[Section]:
    """Sections in order, without gaps between the first heading and the end; a lead before it is ``narrative``."""
    headings = _resumed(sorted(_full_headings(text) + _letter_headings(text), key=lambda h: h.start), text)
    if not headings:
        return [Section(UNHEADED, 0, len(text))] if text else []
    bounds = [h.start for h in headings] + [len(text)]
    sections = [
        Section(h.name, start, end) for h, start, end in zip(headings, bounds, bounds[1:], strict=False) if start < end
    ]
    lead = [Section(UNHEADED, 0, bounds[0])] if text[: bounds[0]].strip() else []
    return lead + sections


def _resumed(headings: list[_Heading], text: str) -> list[_Heading]:
    """The headings, and after each field's line once more the section around it."""
    found, around = [], UNHEADED
    ends = [h.start for h in headings[1:]] + [len(text)]
    for heading, following in zip(headings, ends, strict=False):
        found.append(heading)
        line_end = text.find("\n", heading.start) + 1
        if not heading.field:
            around = heading.name
        elif line_end and text[line_end:following].strip():
            found.append(_Heading(around, line_end))
    return found


def _full_headings(text: str) -> list[_Heading]:
    found: dict[int, _Heading] = {}
    for match in [*_LINE_HEADING.finditer(text), *_INLINE_NAME.finditer(text)]:
        written = " ".join(match["name"].lower().replace("’", "'").split())
        name = _names().get(written)
        if name and len(written) > 1 and _opens_section(match, name, text):
            start = _line_start(text, match.start("name"))
            found[match.start("name")] = _Heading(name, start, _is_field(match, name, text))
    return list(found.values())


def _opens_section(match: re.Match[str], name: str, text: str) -> bool:
    """A heading without colon is marked up or capitalised; a form field ("Duration: 50 min") is no heading."""
    parts = match.groupdict()
    if "end" not in parts:  # inside a paragraph: "Mood: low. Sleep: poor." is no row of headings
        return match["name"].lower() == name or section_kinds()[name] in ("plan", "assessment")
    if name == "administrative" and parts["end"]:
        return text[match.end() : match.end() + 1] in ("", "\n")
    return bool(parts["end"] or parts["mark"] or match["name"][:1].isupper())


def _is_field(match: re.Match[str], name: str, text: str) -> bool:
    """Whether words follow the label on its line, and it is a form's label or one item of a list."""
    parts = match.groupdict()
    listed = (parts.get("mark") or "").strip() in ("-", "•") and section_kinds()[name] != "plan"
    return (name in _fields() or listed) and bool(text[match.end() :].partition("\n")[0].strip())


def _line_start(text: str, position: int) -> int:
    """Where the heading's line begins, if only marks stand before it; else the position itself."""
    start = text.rfind("\n", 0, position) + 1
    return (
        position
        if text[start:position].strip(" \t#*_-•")
        else start + len(text[start:position]) - len(text[start:position].lstrip())
    )


def _letter_headings(text: str) -> list[_Heading]:
    lines = [m for m in _LINE_HEADING.finditer(text) if len(m["name"].strip()) == 1 and m["end"].strip()]
    found = [(m.start("name"), m["name"].upper(), m["end"].strip(" \t*_")) for m in lines if m["name"].isupper()]
    found += [(m.start("name"), m["name"], ":") for m in _INLINE_LETTER.finditer(text)]
    found = sorted(f for f in found if f[1] in _letters())
    used = _scheme_letters([letter for _, letter, _ in found])
    kept = [f for f in found if f[1] in used] or [f for f in found[-1:] if f[1] == "P" and f[2] == ":"]
    return [_Heading(_letter_name(letter, kept, at), _line_start(text, at)) for at, letter, _ in kept]


def _scheme_letters(letters: list[str]) -> set[str]:
    """The letters of the scheme that the note follows: its first and one more in order, or three of it."""
    best: set[str] = set()
    for scheme in read_data("lexicons/sections.yml")["schemes"]:
        present = [letter for letter in dict.fromkeys(letters) if letter in scheme]
        ordered = present == sorted(present, key=scheme.index)
        enough = len(present) >= 3 or (len(present) >= 2 and scheme[0] in present)
        if ordered and enough and len(present) > len(best):
            best = set(present)
    return best


def _letter_name(letter: str, kept: list[tuple[int, str, str]], at: int) -> str:
    """P is the problem where an intervention follows and nothing came before it (PIE), else the plan."""
    before = [k for k in kept if k[0] < at]
    if letter == "P" and not before and any(k[1] in "IE" for k in kept if k[0] > at):
        return "problem"
    return _letters()[letter]


@Language.component("sections", assigns=["doc.spans"], requires=["doc.spans"])
def sections(doc: Doc) -> Doc:
    """Put the sections into ``doc.spans["sections"]``, labelled by canonical name."""
    spans = []
    for section in find_sections(doc.text):
        span = doc.char_span(section.start, section.end, label=section.name, alignment_mode="contract")
        if span is not None:
            spans.append(span)
    doc.spans["sections"] = SpanGroup(doc, name="sections", spans=spans)
    return doc


def section_of(doc: Doc, span: Span) -> str:
    """The canonical name of the section in which a span begins."""
    return sections_of(doc, [span])[0]


def sections_of(doc: Doc, spans: Iterable[Span]) -> list[str]:
    """The canonical names of the sections in which the spans begin."""
    found = list(doc.spans["sections"])
    starts, names = [section.start for section in found], [UNHEADED, *(str(section.label_) for section in found)]
    return [names[bisect_right(starts, span.start)] for span in spans]
