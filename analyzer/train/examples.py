"""Coded notes as the encoder's lessons: word pieces with labels, varied anew each time they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from analyzer.encoder import LABELS, Piece, split_pieces
from analyzer.lexicons import read_data
from analyzer.records import RESPONSES, STATUSES, STRATEGIES, CodedNote

CUE = LABELS.index("opportunity")
_TEMPLATE = LABELS.index("boilerplate")


@dataclass(slots=True)
class Lesson:
    """One segment: its first piece, what it shows, and where.

    ``labels`` and ``scored``: (`LABELS`,), what two coders contest is not scored. ``evidence``: label index -> (word
    pieces,) whether each belongs to the coded words. ``statuses``: strategy index -> status index; ``response``: an
    index or None.
    """

    piece: Piece
    labels: np.ndarray
    scored: np.ndarray
    evidence: dict[int, np.ndarray]
    statuses: dict[int, int]
    response: int | None


def lessons(note: CodedNote, tokenizer: Any, *, vary: Random | None = None) -> list[Lesson]:
    """The note's segments in order. With ``vary`` some notes get slips of the pen and other words for persons."""
    text = note.text if vary is None else _slips(note.text, vary)
    pieces = split_pieces([text[start:end] for start, end in note.segments], tokenizer)
    firsts = {piece.segment: piece for piece in reversed(pieces)}
    if vary is not None:
        renamed = _renaming(tokenizer, vary)
        for i, p in firsts.items():
            firsts[i] = Piece(i, tuple(renamed.get(piece_id, piece_id) for piece_id in p.ids), p.offsets)
    made = [
        Lesson(firsts[i], np.zeros(len(LABELS), np.float32), np.ones(len(LABELS), np.float32), {}, {}, None)
        for i in range(len(note.segments))
    ]
    _mark_tags(note, made)
    _mark_cues(note, made)
    for i in note.boilerplate:
        made[i].labels[_TEMPLATE] = 1
    return made


def _mark_tags(note: CodedNote, made: list[Lesson]) -> None:
    for tag in note.tags:
        lesson, k = made[tag.segment], STRATEGIES.index(tag.strategy)
        _mark(note, lesson, k, tag.start, tag.end)
        if k not in lesson.statuses or tag.status == "delivered":
            lesson.statuses[k] = STATUSES.index(tag.status)
    for tag in note.contested:
        k = STRATEGIES.index(tag.strategy)
        made[tag.segment].scored[k] = made[tag.segment].labels[k]


def _mark_cues(note: CodedNote, made: list[Lesson]) -> None:
    for cue in note.cues:
        for k in (CUE, *(CUE + 1 + STRATEGIES.index(s) for s in cue.strategies)):
            _mark(note, made[cue.segment], k, cue.start, cue.end)
        if not cue.response_contested:
            made[cue.segment].response = RESPONSES.index(cue.response)
    for cue in note.contested_cues:
        if not made[cue.segment].labels[CUE]:
            made[cue.segment].scored[CUE : CUE + 1 + len(STRATEGIES)] = 0


def _mark(note: CodedNote, lesson: Lesson, label: int, start: int, end: int) -> None:
    lesson.labels[label] = 1
    begin = note.segments[lesson.piece.segment][0]
    within = np.array([a < end - begin and b > start - begin for a, b in lesson.piece.offsets])
    if within.any():
        lesson.evidence[label] = lesson.evidence.get(label, False) | within


def _slips(text: str, draw: Random) -> str:
    """One note in three with letters swapped and marks left out, every offset kept."""
    if draw.random() > 1 / 3:
        return text
    rates = read_data("training.yml")["slips"]
    letters = list(text)
    for i in range(len(letters) - 1):
        if letters[i].isalpha() and letters[i + 1].isalpha() and draw.random() < rates["swapped_letters"]:
            letters[i], letters[i + 1] = letters[i + 1], letters[i]
        elif letters[i] in ",;:." and letters[i + 1] == " " and draw.random() < rates["lost_marks"]:
            letters[i] = " "
    return "".join(letters)


def _renaming(tokenizer: Any, draw: Random) -> dict[int, int]:
    """Word pieces -> word pieces: identities and names of the parties exchanged within their group.

    What the network learns about a strategy should not hang on who the client is (counterfactual augmentation: Kaushik
    et al. 2020, arXiv:1909.12434).
    """
    renamed: dict[int, int] = {}
    for group in read_data("training.yml")["exchanged"]:
        if draw.random() < 1 / 2:
            ids = [tokenizer.token_to_id(word) for word in group]
            renamed.update(zip(ids, draw.sample(ids, len(ids)), strict=True))
    return renamed


def chunks(notes: Iterable[Sequence[Lesson]], size: int, draw: Random) -> Iterator[list[Lesson]]:
    """Neighbouring lessons of at most ``size`` word pieces, cut elsewhere in a note each time.

    One in six is a sentence or two, since a line pasted by itself must be read as well.
    """

    def drawn() -> int:
        return size // 8 if draw.random() < 1 / 6 else size

    for note in notes:
        chunk: list[Lesson] = []
        used, limit = 0, min(draw.randint(size // 4, size), drawn())
        for lesson in note:
            need = len(lesson.piece.ids) + 1
            if chunk and used + need > limit:
                yield chunk
                chunk, used, limit = [], 0, drawn()
            chunk.append(lesson)
            used += need
        if chunk:
            yield chunk
