"""WebAnno TSV 3.3 for INCEpTION and WebAnno: a folder with a .tsv a note, or one .tsv for one note.

Tags are spans of the layer ``webanno.custom.Strategy`` with the features strategy and status, which a project needs
before files are imported; TypeSystem.xml of the export ``cas`` holds it for INCEpTION's Layers, Import. Offsets are
UTF-16 code units. Sentences reach up to the next one, so that the text between them isn't lost; white space at the very
beginning of a note is read back as spaces. Source: INCEpTION user's guide, "WebAnno TSV 3.3 File format", and the
program's own reader and writer (inception-io-webanno-tsv), which decide where the guide is silent.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, TypeAlias

from analyzer.components.segmenter import find_segments
from analyzer.files import whole_file, whole_folder
from analyzer.interchange.document import Document, shown, text_of, utf16
from analyzer.interchange.files import file_name, json_of
from analyzer.records import AnalyzerError, DataError, Tag

LAYER: Final = "webanno.custom.Strategy"
_HEADER: Final = f"#FORMAT=WebAnno TSV 3.3\n#T_SP={LAYER}|strategy|status\n\n"
_RESERVED: Final = re.compile(r"->|[\\\[\]|_;\t\n*]")
_READABLE: Final = {"\t": "\\t", "\f": "\\f", "\r": "\\r", "\b": "\\b", "\\": "\\\\"}
# As the program's writer does (Escaping.escapeText): other control characters get a backslash, vertical tabs nothing.
_IN_TEXT: Final = str.maketrans({chr(code): "\\" + chr(code) for code in range(32) if not 8 <= code <= 13} | _READABLE)

Span: TypeAlias = tuple[int, int]


def write(documents: Iterable[Document], path: Path) -> None:
    """Fill the new or empty folder ``path``; files.jsonl there says which note each file is. Or one note, to a .tsv.

    Raises `AnalyzerError` where a document has no text, the place can't be written or a .tsv would hold several notes,
    `DataError` where a tag covers no word.
    """
    if path.suffix.lower() == ".tsv":
        _write_one(documents, path)
        return
    taken: set[str] = set()
    with whole_folder(path) as folder, (folder / "files.jsonl").open("w", encoding="utf-8", newline="\n") as index:
        for document in documents:
            note_id = document.analysis.note_id
            name = file_name(note_id, taken) + ".tsv"
            (folder / name).write_text(_tsv(document), encoding="utf-8", newline="\n")
            index.write(json_of({"file": name, "note_id": note_id}) + "\n")


def sentences(text: str) -> list[list[Span]]:
    """The words of each sentence, in the project's own segments and tokens; white space is in none of them."""
    from analyzer.interchange.docbin import note_language

    words = [(token.idx, token.idx + len(token)) for token in note_language().make_doc(text) if not token.is_space]
    ends = [end for _, end in find_segments(text)]
    # A bullet before a segment belongs to it, and what follows the last segment to that one.
    last = max(len(ends) - 1, 0)
    return [list(group) for _, group in groupby(words, key=lambda word: min(bisect_right(ends, word[0]), last))]


def _write_one(documents: Iterable[Document], path: Path) -> None:
    with whole_file(path) as part:
        written = 0
        for document in documents:
            written += 1
            if written > 1:
                raise AnalyzerError(f"{path}: a WebAnno TSV file holds one note; name a folder instead")
            part.write_text(_tsv(document), encoding="utf-8", newline="\n")
        if not written:
            raise AnalyzerError(f"{path}: there is no note to write; name a folder instead")


def _tsv(document: Document) -> str:
    text = text_of(document, "WebAnno")
    spoken = sentences(text)
    words = [word for sentence in spoken for word in sentence]
    rows = _Rows(text, words, document)
    lines = [_HEADER]
    first = 0
    for number, sentence in enumerate(spoken, 1):
        after = first + len(sentence)
        end = words[after][0] if after < len(words) else len(text)
        lines.append("\n")
        lines += [f"#Text={line.translate(_IN_TEXT)}\n" for line in text[sentence[0][0] : end].split("\n")]
        for place in range(first, after):
            lines += rows.of(place, f"{number}-{place - first + 1}")
        first = after
    return "".join(lines)


class _Rows:
    """The lines of words, and of the parts of words that tags begin or end in."""

    def __init__(self, text: str, words: Sequence[Span], document: Document) -> None:
        self._text = text
        self._words = words
        self._units = utf16(text)
        self._tags = document.analysis.tags
        self._covered: list[dict[Span, list[int]]] = [{} for _ in words]
        self._several: set[int] = set()
        for number, tag in enumerate(self._tags):
            parts = list(_parts(tag, words))
            if not parts:
                problem = f"tag {tag.start}:{tag.end} covers no word, and WebAnno has no place for it"
                raise DataError(f"note {shown(document.analysis.note_id)}", [problem])
            for place, part in parts:
                self._covered[place].setdefault(part, []).append(number)
            if len(parts) > 1:
                self._several.add(number)
        stacks = (stack for parts in self._covered for stack in parts.values() if len(stack) > 1)
        # Only tags that share a line or go over several lines carry a number.
        marked = sorted(self._several.union(*stacks))
        self._marks = {number: f"[{mark}]" for mark, number in enumerate(marked, 1)}

    def of(self, place: int, name: str) -> Iterator[str]:
        """The line of one word, then those of its parts."""
        word, covered = self._words[place], self._covered[place]
        yield self._line(name, word, covered.get(word, ()))
        for number, part in enumerate(sorted(covered.keys() - {word}), 1):
            yield self._line(f"{name}.{number}", part, covered[part])

    def _line(self, name: str, span: Span, tags: Sequence[int]) -> str:
        start, end = span
        cells = [name, f"{self._units(start)}-{self._units(end)}", _escaped(self._text[start:end])]
        for feature in ("strategy", "status"):
            values = (_escaped(getattr(self._tags[tag], feature)) + self._marks.get(tag, "") for tag in tags)
            cells.append("|".join(values) or "_")
        # The program ends each line with a separator, too.
        return "\t".join(cells) + "\t\n"


def _parts(tag: Tag, words: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    """The words that a tag covers, by place, and how much of each; white space at its ends is left out."""
    first = bisect_right(words, tag.start, key=lambda word: word[1])
    after = bisect_left(words, tag.end, key=lambda word: word[0])
    for place in range(first, after):
        start, end = words[place]
        yield place, (max(start, tag.start), min(end, tag.end))


def _escaped(value: str) -> str:
    return _RESERVED.sub(lambda match: "\\" + {"\t": "t", "\n": "n"}.get(match[0], match[0]), value)
