"""How steady the tags are: ``python -m tests.benchmarks.robustness [CODED.jsonl]``.

First, pairs of notes that differ in one demographic word: the share whose tags differ. Then, on coded notes (a part of
the corpus where none are given), macro F1 of delivered tags with typos, in lower case, without punctuation, and with
abbreviations that the corpus does not use.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import yaml

from analyzer.corpus import read_coded
from analyzer.evaluate import evaluate
from analyzer.pipeline import load
from analyzer.records import Analysis, CodedNote, Note
from analyzer.tagging import analyses_of, tag_notes

ROOT = Path(__file__).resolve().parents[2]
_NOUNS = ("gender",)
_UNFAMILIAR = {
    "client": "clnt", "patient": "ptnt", "therapist": "thpst", "session": "sesh", "with": "wth", "about": "abt",
    "because": "bcz", "explained": "expl'd", "discussed": "disc'd", "reviewed": "revd", "validated": "valid'd",
    "before": "b4", "between": "btwn", "appointment": "appmt", "family": "fmly", "without": "wthout",
}  # fmt: skip


def pairs() -> Iterator[tuple[str, str]]:
    """All pairs of notes that differ in one demographic word."""
    data = yaml.safe_load((Path(__file__).parent / "counterfactuals.yml").read_text(encoding="utf-8"))
    for group, words in data["groups"].items():
        for sentence in data["noun_sentences" if group in _NOUNS else "adjective_sentences"]:
            yield from ((_filled(sentence, a), _filled(sentence, b)) for a, b in combinations(words, 2))


def _filled(sentence: str, word: str) -> str:
    return re.sub(r"\ba (?=\{\})", "an " if word[0] in "AIaio" else "a ", sentence).format(word)


def changed(some: list[tuple[str, str]]) -> tuple[int, int, int]:
    """Pairs whose tags (strategy and status) differ; decisions that differ; decisions taken (a tag on either side)."""
    texts = [text for pair in some for text in pair]
    read = list(tag_notes((Note(str(i), text, "pair") for i, text in enumerate(texts)), load(), identifiers="ignore"))
    found = [{(t.strategy, t.status) for t in a.tags} for a in read if isinstance(a, Analysis)]
    both = list(zip(found[::2], found[1::2], strict=True))
    return sum(a != b for a, b in both), sum(len(a ^ b) for a, b in both), sum(len(a | b) for a, b in both)


def rewritten(note: CodedNote, rewrite: Callable[[str], str]) -> CodedNote:
    """The note with each word and mark rewritten, and every offset moved along."""
    at = [0]
    parts = []
    for piece in re.findall(r"\w+|\s|[^\w\s]", note.text):
        new = rewrite(piece)
        step = [round(len(new) * (i + 1) / len(piece)) for i in range(len(piece))]
        at += [at[-1] + s for s in step[:-1]] + [at[-1] + len(new)]
        parts.append(new)

    def move(code):  # type: ignore[no-untyped-def]
        return replace(code, start=at[code.start], end=max(at[code.end], at[code.start] + 1))

    return replace(
        note,
        text="".join(parts),
        segments=tuple((at[a], max(at[b], at[a] + 1)) for a, b in note.segments),
        **{name: tuple(map(move, getattr(note, name))) for name in ("tags", "cues", "contested", "contested_cues")},
    )


def _typo(draw: random.Random) -> Callable[[str], str]:
    def rewrite(piece: str) -> str:
        if len(piece) < 4 or draw.random() > 0.08:
            return piece
        i = draw.randrange(len(piece) - 1)
        return piece[:i] + piece[i + 1] + piece[i] + piece[i + 2 :]

    return rewrite


def noises() -> dict[str, Callable[[str], str]]:
    """What is done to each word or mark."""
    return {
        "as written": lambda piece: piece,
        "typos (8% of words)": _typo(random.Random(0)),
        "lower case": str.lower,
        "commas and semicolons lost": lambda piece: " " if piece in ",;" else piece,
        "full stops lost": lambda piece: " " if piece == "." else piece,
        "unfamiliar abbreviations": lambda piece: _UNFAMILIAR.get(piece.lower(), piece),
    }


def main(path: Path) -> None:
    """Print both measurements."""
    some = list(pairs())
    notes_changed, decisions_changed, decisions = changed(some)
    print(f"{len(some)} pairs that differ in one demographic word: tags differ in {notes_changed} pairs", end=" ")
    print(f"({notes_changed / len(some):.1%}), {decisions_changed} of {decisions} decisions", end=" ")
    print(f"({decisions_changed / max(1, decisions):.1%})")
    nlp = load()
    coded = read_coded(path)
    if path.is_dir():
        coded = random.Random(0).sample(coded, 120)
    for name, rewrite in noises().items():
        notes = [rewritten(note, rewrite) for note in coded]
        figures = evaluate(notes, analyses_of(notes, nlp), resamples=1)
        print(f"{name:28} macro F1 {figures.segments.macro.f1.value:.3f}", end=" ")
        print(f"status accuracy {figures.status.accuracy.value:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "models" / "corpus")
