"""WebAnno TSV: read back by the rules of INCEpTION's own reader, notes and tags are what they were."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings

from analyzer.interchange import webanno
from analyzer.interchange.document import Document
from analyzer.records import AnalyzerError, DataError
from tests.unit.interchange.awkward import CODED, EMPTY, MANY, ONE, TEXT, document, documents, tag, whole

HEADER = "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Strategy|strategy|status\n\n\n"
_RESERVED = re.compile(r"\\(->|[\\\[\]|_;tn*])")
_CONTROL = re.compile(r"\\(.)", re.DOTALL)


@dataclass
class Read:
    """What a file holds: the text, each tag with its place, each line's name with its words."""

    text: str
    tags: list[tuple[int, int, str, str]] = field(default_factory=list)
    lines: dict[str, str] = field(default_factory=dict)


def unescaped(value: str) -> str:
    return _RESERVED.sub(lambda found: {"t": "\t", "n": "\n"}.get(found[1], found[1]), value)


def unescaped_text(line: str) -> str:
    names = {"t": "\t", "f": "\f", "r": "\r", "b": "\b"}
    return _CONTROL.sub(lambda found: names.get(found[1], found[1]), line)


def code_points(text: str, units: int) -> int:
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le"))


def read(path: Path) -> Read:
    """As Tsv3XDeserializer does: sentences make the text, gaps become spaces, numbered values go on over lines."""
    content = path.read_bytes().decode("utf-8")
    assert content.startswith(HEADER.rstrip("\n") + "\n\n")
    text = b""  # UTF-16, since offsets count its units
    spans: list[list[int]] = []
    values: list[tuple[str, str]] = []
    numbered: dict[str, int] = {}
    lines = {}
    for block in content.removeprefix(HEADER.removesuffix("\n")).split("\n\n"):
        pending = ""
        for line in block.strip("\n").split("\n") if block.strip("\n") else ():
            if line.startswith("#Text="):
                pending += unescaped_text(line.removeprefix("#Text=")) + "\n"
                continue
            name, place, word, strategies, statuses, nothing = line.split("\t")
            assert nothing == ""
            start, end = (int(offset) for offset in place.split("-"))
            if pending:
                if len(text) // 2 > start:
                    assert len(text) // 2 == start + 1 and text.endswith(b"\n\0")
                    text = text[:-2]
                text += b" \0" * (start - len(text) // 2) + pending.encode("utf-16-le")
                pending = ""
            assert text[2 * start : 2 * end].decode("utf-16-le") == unescaped(word)
            lines[name] = unescaped(word)
            if strategies == "_":
                continue
            stacked = [re.split(r"(?<!\\)\|", cell) for cell in (strategies, statuses)]
            for strategy, status in zip(*stacked, strict=True):
                mark = re.search(r"(?<!\\)\[(\d+)\]$", strategy)
                if mark and mark[1] in numbered:
                    spans[numbered[mark[1]]][1] = end
                    continue
                if mark:
                    numbered[mark[1]] = len(spans)
                spans.append([start, end])
                values.append(tuple(unescaped(re.sub(r"\[\d+\]$", "", v)) for v in (strategy, status)))  # type: ignore[arg-type]
    decoded = text.decode("utf-16-le")
    tags = [(*(code_points(decoded, unit) for unit in span), *value) for span, value in zip(spans, values, strict=True)]
    return Read(decoded.removesuffix("\n"), tags, lines)  # type: ignore[arg-type]


def trimmed(found: Document) -> list[tuple[int, int, str, str]]:
    """The document's tags without white space at their ends, for which the format has no place."""
    text, tags = found.text or "", []
    for t in found.analysis.tags:
        words = text[t.start : t.end]
        start = t.start + len(words) - len(words.lstrip())
        tags.append((start, start + len(words.strip()), t.strategy, str(t.status)))
    return sorted(tags)


def one(tmp_path: Path, found: Document) -> Read:
    webanno.write(iter([found]), tmp_path / "note.tsv")
    return read(tmp_path / "note.tsv")


def test_a_note_comes_back_with_its_text_and_tags(tmp_path: Path) -> None:
    back = one(tmp_path, ONE)
    assert back.text == TEXT
    assert sorted(back.tags) == trimmed(ONE)
    assert [TEXT[start:end] for start, end, *_ in sorted(back.tags)] == [t.text for t in CODED]


def test_the_file_looks_as_the_guide_says(tmp_path: Path) -> None:
    text = "Set goals. 🙂 Un_heard."
    found = document(text=text, tags=(tag(text, "Set", "transparency"), tag(text, "heard", "safe_space", "planned")))
    webanno.write(iter([found]), tmp_path / "n.tsv")
    assert (tmp_path / "n.tsv").read_text(encoding="utf-8") == HEADER + (
        "#Text=Set goals. \n"
        "1-1\t0-3\tSet\ttransparency\tdelivered\t\n"
        "1-2\t4-9\tgoals\t_\t_\t\n"
        "1-3\t9-10\t.\t_\t_\t\n"
        "\n"
        "#Text=🙂 Un_heard.\n"
        "2-1\t11-13\t🙂\t_\t_\t\n"
        "2-2\t14-22\tUn\\_heard\t_\t_\t\n"
        "2-2.1\t17-22\theard\tsafe\\_space\tplanned\t\n"
        "2-3\t22-23\t.\t_\t_\t\n"
    )


def test_tags_that_share_words_or_begin_inside_them_are_told_apart(tmp_path: Path) -> None:
    text = "Th reflected grief and set limits."
    found = document(
        text=text,
        tags=(
            tag(text, "reflected grief and", "active_listening_empathy"),
            tag(text, "flected gri", "safe_space", "negated"),
            tag(text, "reflected", "transparency", "planned"),
            tag(text, "fl", "transparency", "historical"),
            tag(text, "flect", "trauma_informed"),
        ),
    )
    back = one(tmp_path, found)
    assert sorted(back.tags) == trimmed(found)
    assert [(name, word) for name, word in back.lines.items() if name.startswith("1-2.")] == [
        ("1-2.1", "fl"),
        ("1-2.2", "flect"),
        ("1-2.3", "flected"),
    ]


def test_bullets_and_blank_lines_stay_with_their_sentences(tmp_path: Path) -> None:
    text = "Plan:\n\n- Set goals [x] -> review; *soon*\n• Call|text her\\him_\n----\nDone\tnow."
    back = one(tmp_path, document(text=text))
    assert back.text == text
    assert {name: word for name, word in back.lines.items() if name.endswith("-1")}["2-1"] == "-"


def test_sentences_are_the_projects_own_segments(tmp_path: Path) -> None:
    text = "Met w/ Dr. Kay at 3 p.m. today. Client calm; no SI."
    starts = [words[0][0] for words in webanno.sentences(text)]
    assert [text[start:][:6] for start in starts] == ["Met w/", "Client", "no SI."]


def test_a_folder_has_a_file_for_each_note_and_says_which(tmp_path: Path) -> None:
    webanno.write(iter(MANY), tmp_path / "notes")
    rows = [json.loads(line) for line in (tmp_path / "notes" / "files.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["note_id"] for row in rows] == [whole(found.analysis.note_id) for found in MANY]
    names = [row["file"] for row in rows]
    assert len({name.casefold() for name in names}) == len(MANY)
    assert {path.name for path in (tmp_path / "notes").iterdir()} == {*names, "files.jsonl"}
    for name, found in zip(names, MANY, strict=True):
        if found is EMPTY:
            assert (tmp_path / "notes" / name).read_text(encoding="utf-8") == HEADER.removesuffix("\n")
        else:
            assert sorted(read(tmp_path / "notes" / name).tags) == trimmed(found)


@settings(max_examples=60)
@given(documents().filter(lambda found: all(t.text.strip() for t in found.analysis.tags)))
def test_any_note_comes_back(tmp_path_factory: pytest.TempPathFactory, found: Document) -> None:
    text = found.text or ""
    back = one(tmp_path_factory.mktemp("webanno"), found)
    if text.strip():
        # Only white space at the very beginning is not kept as it was.
        assert back.text == " " * (len(text) - len(text.lstrip())) + text.lstrip()
    assert sorted(back.tags) == trimmed(found)


def test_a_tag_on_white_space_alone_is_named(tmp_path: Path) -> None:
    text = "Set  goals."
    with pytest.raises(DataError, match="tag 3:5 covers no word"):
        one(tmp_path, document(text=text, tags=(tag(text, "  ", "safe_space"),)))
    assert list(tmp_path.iterdir()) == []


def test_one_file_holds_one_note(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError, match="holds one note; name a folder"):
        webanno.write(iter([ONE, ONE]), tmp_path / "n.tsv")
    with pytest.raises(AnalyzerError, match="no note to write"):
        webanno.write(iter([]), tmp_path / "n.tsv")
    assert list(tmp_path.iterdir()) == []


def test_without_text_there_is_nothing_to_annotate(tmp_path: Path) -> None:
    for place in ("n.tsv", "folder"):
        with pytest.raises(AnalyzerError, match="WebAnno needs the notes' text.*--with-text"):
            webanno.write(iter([Document(ONE.analysis)]), tmp_path / place)
    assert list(tmp_path.iterdir()) == []
