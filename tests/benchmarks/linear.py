"""CPU seconds by a text's length, 1 KB to 10 MB, for all that reads text: time must be linear whatever the text is.

    python -m tests.benchmarks.linear [--most 10000000] [--parts segmenter ...] [--shapes blanks ...]

Ordinary notes are measured up to 10 MB; shapes that regular expressions are slow on up to 1 MB, the longest note that
is read. Exit status 1 where a part takes more than `STEEPEST` times as long for ten times the text.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from analyzer.components.ruler import SegmentRuler, cue_patterns, ruler_patterns
from analyzer.components.sections import find_sections
from analyzer.components.segmenter import find_segments
from analyzer.cue_rules import load_cue_rules
from analyzer.identifiers import Caught, find_identifiers
from analyzer.notes import read_notes
from analyzer.notes.limits import MAX_CHARS
from analyzer.pipeline import load
from analyzer.records import STRATEGIES, Note
from analyzer.repetition import Repetition
from analyzer.rules import load_rules
from analyzer.tagging import tag_notes
from tests.conftest import ROOT

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
# Ten times the text may take so many times as long (caches and memory are slower for more of it; a square takes 100).
STEEPEST: Final = 25.0
# Below this, a time says nothing; above the other, a larger size is not tried.
LEAST_SECONDS, MOST_SECONDS = 0.02, 120.0

# What is repeated to make a long text. Without full stops the whole is one sentence; without spaces, one word.
SHAPES: Final[Mapping[str, str]] = {
    "blanks": " ", "blanks-and-word": " " * 500 + "x", "tabs": "\t", "lines": "\n", "blank-lines": "  \n",
    "letters": "a", "capitals": "A", "figures": "1", "spaced-figures": "1 ", "dotted-figures": "1.",
    "dashed-figures": "1-", "stops": ".", "spaced-stops": ". ", "questions": "?!", "quotes": '"',
    "closed-quotes": '.”"', "brackets": "(", "squares": "[", "placeholders": "[NAME] ",
    "named-placeholders": "[NAME] Okafor ", "dashes": "-", "long-dashes": " - ", "bullets": "• ", "arrows": "→",
    "spaced-arrows": " -> ", "stars": "* ", "bold": "**", "hashes": "# ", "headings": "Plan: ",
    "heading-lines": "Plan: x\n", "fields": "Meds: x\n", "long-fields": "Meds: x ", "letter-headings": "x. P: ",
    "names": "Okafor ", "unspaced-names": "Okafor", "hyphens": "Okafor-", "apostrophes": "o'", "titles": "Dr. ",
    "at-signs": "@", "addresses": "a@", "domains": "a.b", "links": "http://a.", "slashes": "a/", "boxes": "☐ ",
    "box-lines": "[ ] Safe space offered\n", "joined-marks": "a\u0301", "marks": "\u0301", "emoji": "👩🏽‍⚕️",
    "bidi": "\u202e", "zeros": "\x00", "odd-ends": "a\u2028", "negations": "did not ", "plans": "will ",
    "lower-case": "cl said she was ok and ", "listed": "Abe and ", "underscores": "_", "colons": "a: ",
    "semicolons": "x; ", "commas": "a, ", "clauses": "if client ",
}  # fmt: skip


@cache
def ordinary() -> str:
    """The sample notes in a row."""
    return "\n\n".join(note.text for note in read_notes([ROOT / "sample_notes"]) if isinstance(note, Note))


def text_of(shape: str, size: int) -> str:
    """So many characters of one shape; ``hits`` is a row of sentences that rules find, without stops."""
    if shape == "ordinary":
        piece = ordinary()
    elif shape == "hits":
        piece = " ".join(hit.rstrip(".") for rule in load_rules() for hit in rule.hits) + " "
    else:
        piece = SHAPES[shape]
    return (piece * (size // len(piece) + 1))[:size]


Part = Callable[[str], Callable[[], object]]


@cache
def parts() -> dict[str, Part]:
    """All that reads text. Each is given the text and returns what is measured, so that its needs are made before."""
    nlp = load(model=None)
    found: dict[str, Part] = {
        "segmenter": lambda text: partial(find_segments, text),
        "sections": lambda text: partial(find_sections, text),
        "identifiers": lambda text: partial(find_identifiers, text),
        "caught": _caught,
        "repetition": lambda text: partial(Repetition().find, "a", "b", text),
        "tokenizer": lambda text: partial(nlp.make_doc, text),
    }
    for name, component in nlp.pipeline:
        found[name] = partial(_component, nlp, name, component)
    for strategy in STRATEGIES:
        rules = [rule for rule in load_rules() if rule.strategy == strategy]
        found[f"{strategy}.yml"] = partial(_rules, nlp, ruler_patterns(rules))
    found["opportunities.yml"] = partial(_rules, nlp, cue_patterns(load_cue_rules()))
    found["pipeline"] = lambda text: lambda: list(tag_notes([Note("n", text, "n.txt", "C", "K")], nlp))
    return found


def _caught(text: str) -> Callable[[], object]:
    caught = Caught()
    caught.learn(text, find_identifiers(text))
    return lambda: list(caught.find(text))


def _component(nlp: Language, name: str, component: Callable[[Doc], Doc], text: str) -> Callable[[], object]:
    doc = _doc(nlp, text, until=name)
    return lambda: component(doc)


def _rules(nlp: Language, patterns: list[dict], text: str) -> Callable[[], object]:
    ruler = SegmentRuler(nlp, "measured", spans_key="measured")
    ruler.add_patterns(patterns)
    doc = _doc(nlp, text, until="strategy_rules")
    return lambda: ruler(doc)


def _doc(nlp: Language, text: str, *, until: str) -> Doc:
    doc = nlp.make_doc(text)
    for name, component in nlp.pipeline:
        if name == until:
            break
        doc = component(doc)
    return doc


def cpu_seconds(part: Part, shape: str, size: int) -> float:
    """CPU seconds that a part takes for a text, what it needs not counted."""
    work = part(text_of(shape, size))
    start = time.process_time()
    work()
    return time.process_time() - start


def growth(part: Part, shape: str, sizes: tuple[int, ...]) -> Iterator[tuple[int, float]]:
    """Size and seconds, until one takes too long."""
    seconds = 0.0
    for size in sizes:
        if seconds > MOST_SECONDS / 10:
            return
        seconds = cpu_seconds(part, shape, size)
        yield size, seconds


def steepest(times: list[tuple[int, float]]) -> float:
    """How many times as long ten times the text takes, at worst."""
    pairs = zip(times, times[1:], strict=False)
    return max(((b / a) * 10 / (m / n) for (n, a), (m, b) in pairs if a >= LEAST_SECONDS), default=0.0)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.linear", description=__doc__)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="characters")
    parser.add_argument("--parts", nargs="*", default=list(parts()))
    parser.add_argument("--shapes", nargs="*", default=["ordinary", "hits", *SHAPES])
    options = parser.parse_args()
    steep = 0
    for name in options.parts:
        for shape in options.shapes:
            most = min(options.most, SIZES[-1] if shape == "ordinary" else MAX_CHARS)
            times = list(growth(parts()[name], shape, tuple(size for size in SIZES if size <= most)))
            worst = steepest(times)
            steep += worst > STEEPEST
            row = " ".join(f"{seconds:9.3f}" for _, seconds in times)
            print(f"{name:34} {shape:20} {row}  {worst:6.1f}{'  STEEP' * (worst > STEEPEST)}", flush=True)
    return int(steep > 0)


if __name__ == "__main__":
    sys.exit(main())
