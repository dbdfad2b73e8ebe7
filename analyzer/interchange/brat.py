"""brat: a folder of .txt and .ann pairs, annotation.conf, and notes.jsonl that says which note each pair is.

Offsets are code points, as brat's server counts; its browser side counts UTF-16 code units, so what is annotated by
hand after an emoji may be drawn and stored beside its place (brat issue 1115). Tags are text-bound annotations with the
attribute ``status``, opportunities have ``response`` and one attribute for each strategy that they call for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Final

from analyzer.files import whole_folder
from analyzer.interchange.document import Document, text_of
from analyzer.interchange.files import file_name, json_of, new_file
from analyzer.records import RESPONSES, STATUSES, STRATEGIES, Analysis, Opportunity, Tag

CUE: Final = "opportunity"
# Besides LF, what brat's reading of .ann files takes for the end of a line (Python's str.splitlines).
_LINE_ENDS: Final = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def write(documents: Iterable[Document], path: Path) -> None:
    """Fill the new or empty folder ``path``.

    A .txt holds the note's text, with spaces for line ends that brat can't keep (inside a tag, and rare kinds), so that
    offsets hold. Raises `AnalyzerError` where a document has no text, or the folder holds something or can't be made.
    """
    taken: set[str] = set()
    strategies = dict.fromkeys(STRATEGIES)
    with whole_folder(path) as folder, new_file(folder / "notes.jsonl") as index:
        for document in documents:
            analysis = document.analysis
            text = _with_whole_spans(text_of(document, "brat"), (*analysis.tags, *analysis.opportunities))
            name = file_name(analysis.note_id, taken)
            for ending, content in ((".txt", text), (".ann", "".join(_annotations(analysis, text)))):
                with new_file(folder / (name + ending)) as file:
                    file.write(content)
            index.write(json_of({"file": f"{name}.txt", "note_id": analysis.note_id}) + "\n")
            strategies |= dict.fromkeys(tag.strategy for tag in analysis.tags)
            strategies |= dict.fromkeys(name for cue in analysis.opportunities for name in cue.strategies)
        with new_file(folder / "annotation.conf") as file:
            file.write(_configuration(tuple(strategies)))


def _with_whole_spans(text: str, found: Sequence[Tag | Opportunity]) -> str:
    """The text with no line end inside a span: a line of .ann repeats the span's words, which brat compares."""
    characters = list(_LINE_ENDS.sub(" ", text))
    for place in found:
        for index in range(place.start, place.end):
            if characters[index] == "\n":
                characters[index] = " "
    return "".join(characters)


def _annotations(analysis: Analysis, text: str) -> Iterator[str]:
    """The lines of one .ann file: T text-bound annotations, A their attributes, # what found them."""
    attributes = count(1)
    for number, tag in enumerate(analysis.tags, 1):
        yield f"T{number}\t{tag.strategy} {tag.start} {tag.end}\t{text[tag.start : tag.end]}\n"
        yield f"A{next(attributes)}\tstatus T{number} {tag.status}\n"
        # After the colon stand words of the note, which may hold anything.
        reason = tag.reason.partition(":")[0]
        yield f"#{number}\tAnnotatorNotes T{number}\tconfidence {tag.confidence}, found by {tag.source}: {reason}\n"
    for number, cue in enumerate(analysis.opportunities, len(analysis.tags) + 1):
        yield f"T{number}\t{CUE} {cue.start} {cue.end}\t{text[cue.start : cue.end]}\n"
        yield f"A{next(attributes)}\tresponse T{number} {cue.response}\n"
        for strategy in dict.fromkeys(cue.strategies):
            yield f"A{next(attributes)}\tcalls_for_{strategy} T{number}\n"


def _configuration(strategies: Sequence[str]) -> str:
    """annotation.conf: the types and attributes that brat offers."""
    return "\n".join(
        (
            "[entities]",
            *strategies,
            CUE,
            "\n[relations]\n\n[events]\n\n[attributes]",
            f"status\tArg:{'|'.join(strategies)}, Value:{'|'.join(STATUSES)}",
            f"response\tArg:{CUE}, Value:{'|'.join(RESPONSES)}",
            *(f"calls_for_{strategy}\tArg:{CUE}" for strategy in strategies),
            "",
        )
    )
