"""Examples of a project's own strategies -> heads for them; the shipped model and its heads stay as they are.

A few dozen examples can't teach an encoder, but over the vectors of one that has read many notes a linear head needs no
more (linear probing: Alain & Bengio 2016, arXiv:1610.01644). The corpus, which nobody coded for these strategies, lends
notes taken to be without them, but for segments that their rules match (learning from positive and unlabelled examples:
Elkan & Noto 2008, doi:10.1145/1401890.1401920).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold
from spacy.language import Language

from analyzer.artifact import load_shipped
from analyzer.components.features import SegmentRow, segment_rows, segment_table
from analyzer.corpus import read_coded
from analyzer.encoder import Encoder
from analyzer.evaluate.estimates import Scores, count, draw_weights, scores
from analyzer.examples import EXAMPLES, read_examples
from analyzer.lexicons import read_data
from analyzer.own_model import OwnModel, Way, own_table, save_own_model
from analyzer.pipeline import MODEL_COMPONENTS, OWN_COMPONENT, load, shipped_model_is_missing
from analyzer.project import load_project
from analyzer.records import CodedNote, DataError
from analyzer.train.estimators import fit_own
from analyzer.train.folds import best_thresholds
from analyzer.train.own_card import write_own_card
from analyzer.version import __version__


@dataclass(frozen=True, slots=True)
class OwnReport:
    """What training made: ``figures`` by strategy and way, and the strategies left out for too few examples.

    ``notes`` and ``segments`` were read, examples and lent notes together.
    """

    model: OwnModel
    figures: dict[tuple[str, Way], Scores]
    too_few: dict[str, int]
    notes: int
    segments: int


@dataclass(frozen=True, slots=True)
class _Read:
    """One note's segments: rows, places and, with an encoder, vectors (segments, 384)."""

    note: CodedNote
    rows: list[SegmentRow]
    places: list[tuple[int, int]]
    vectors: np.ndarray | None
    lent: bool


@dataclass(frozen=True, slots=True)
class _Lesson:
    """All segments that one strategy is learned from: table, whether it is there, and which note each is of."""

    table: pd.DataFrame
    labels: np.ndarray
    notes: np.ndarray


def train_own(
    folder: Path,
    corpus: Path,
    output: Path,
    *,
    reviewed: Path | None = None,
    seed: int = 0,
    progress: Callable[[str, float], None] = lambda *_: None,
) -> OwnReport:
    """Write into ``output`` heads for the strategies that the project in ``folder`` adds, and how good they are.

    A strategy with too few examples gets none. ``reviewed`` are coded notes to learn from beside the project's examples
    (`analyzer.review.reviewed_corpus`). Thresholds and figures come from cross-validation by note. Raises `DataError`
    where the project or its examples are broken, or no strategy has examples enough: it says how many there are.
    """
    project = load_project(folder)
    examples = _examples(folder, reviewed, project.codebook.ids)
    settings = read_data("training.yml")["own"]
    there = {s: _coded(examples, s) for s in project.added}
    enough = [strategy for strategy, number in there.items() if number >= settings["examples"]]
    if not enough:
        raise DataError(str(folder / EXAMPLES), _too_few(there, settings["examples"]))
    notes = sorted(read_coded(corpus), key=lambda note: note.note_id)
    lent = Random(seed).sample(notes, min(len(notes), settings["corpus_notes"]))
    encoder = None if shipped_model_is_missing() else load_shipped()
    nlp = load(model=None, codebook=folder)
    network = encoder.encoder if encoder else None
    progress(f"reading {len(examples)} examples and {len(lent)} notes of the corpus", 0.1)
    reader = _Reader(nlp, network, lent, Random(seed))
    read = [*reader.read(examples, lent=False), *reader.read(lent, lent=True)]
    ways: tuple[Way, ...] = ("words", "encoder") if network else ("words",)
    heads, limits, figures = {}, {}, {}
    for step, (strategy, way) in enumerate(pairs := [(s, w) for s in enough for w in ways]):
        progress(f"{strategy}, {way}", 0.4 + 0.6 * step / len(pairs))
        lesson = _lesson(read, strategy, way)
        limits[strategy, way], figures[strategy, way] = _cross_validated(lesson, strategy, way, settings["folds"], seed)
        heads[strategy, way] = fit_own(lesson.table, lesson.labels, seed=seed)
    meta = {"seed": seed, "examples": {strategy: there[strategy] for strategy in enough}, "corpus_notes": len(lent)}
    model = OwnModel(_version(examples, seed), heads, limits, encoder.version if encoder else None, meta)
    save_own_model(model, output)
    write_own_card(output, project, model, figures)
    too_few = {s: n for s, n in there.items() if s not in enough}
    return OwnReport(model, figures, too_few, len(read), sum(len(each.places) for each in read))


def _examples(folder: Path, reviewed: Path | None, strategies: Sequence[str]) -> list[CodedNote]:
    """The project's examples and the reviewed notes; who has these needs no file of examples."""
    own = read_examples(folder, strategies) if reviewed is None or (folder / EXAMPLES).exists() else []
    return [*own, *(read_coded(reviewed, strategies=strategies) if reviewed else [])]


def _coded(examples: Iterable[CodedNote], strategy: str) -> int:
    """Segments that are coded with the strategy, whatever its status."""
    return sum(len({tag.segment for tag in note.tags if tag.strategy == strategy}) for note in examples)


def _too_few(there: dict[str, int], needed: int) -> list[str]:
    if not there:
        return ["the codebook adds no strategy to the eleven, so there is nothing to train"]
    return [f"strategy {s}: {number} coded example(s), {needed} are needed; code more" for s, number in there.items()]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads notes with the rules and the encoder.

    A sentence alone is read in the place of a segment of a lent note: among neighbours a segment's vector is another,
    and a head must not learn to tell sentences alone from notes.
    """

    nlp: Language
    encoder: Encoder | None
    lent: Sequence[CodedNote]
    draw: Random

    def read(self, notes: Sequence[CodedNote], *, lent: bool) -> Iterator[_Read]:
        """The notes in order."""
        with self.nlp.select_pipes(disable=[*MODEL_COMPONENTS, OWN_COMPONENT]):
            for note, doc in zip(notes, self.nlp.pipe(note.text for note in notes), strict=True):
                segments = list(doc.spans["segments"])
                places = [(segment.start_char, segment.end_char) for segment in segments]
                alone = note.segments == ((0, len(note.text)),)
                vectors = self._vectors([segment.text for segment in segments], alone=alone)
                yield _Read(note, segment_rows(doc), places, vectors, lent)

    def _vectors(self, texts: list[str], *, alone: bool) -> np.ndarray | None:
        if self.encoder is None or not texts:
            return None
        before: list[str] = []
        after: list[str] = []
        if alone:
            around = self.draw.choice(self.lent)
            neighbours = [around.text[start:end] for start, end in around.segments]
            at = self.draw.randrange(len(neighbours))
            before, after = neighbours[:at], neighbours[at + 1 :]
        vectors = self.encoder.read([*before, *texts, *after], vectors=True).vectors
        assert vectors is not None
        return vectors[len(before) : len(before) + len(texts)]


def _lesson(read: Sequence[_Read], strategy: str, way: Way) -> _Lesson:
    rows: list[SegmentRow] = []
    labels, notes, vectors = [], [], []
    for number, each in enumerate(read):
        tags = [tag for tag in each.note.tags if tag.strategy == strategy]
        doubtful = {each.note.segments[tag.segment] for tag in each.note.contested if tag.strategy == strategy}
        for i, (start, end) in enumerate(each.places):
            matched = strategy in each.rows[i][-1].split()
            if (each.lent and matched) or any(start < e and s < end for s, e in doubtful):
                continue
            rows.append(each.rows[i])
            labels.append(any(start < tag.end and tag.start < end for tag in tags))
            notes.append(number)
            vectors.append(each.vectors[i] if each.vectors is not None else None)
    table = own_table(segment_table(rows), np.array(vectors, np.float32) if way == "encoder" else None)
    return _Lesson(table, np.array(labels, dtype=np.int8), np.array(notes))


def _cross_validated(lesson: _Lesson, strategy: str, way: Way, folds: int, seed: int) -> tuple[float, Scores]:
    """The threshold of the best F1 on notes held out, and the figures there with it."""
    likely = np.zeros(len(lesson.labels))
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    for learn, held in splitter.split(lesson.table, lesson.labels, lesson.notes):
        head = fit_own(lesson.table.iloc[learn], lesson.labels[learn], seed=seed)
        likely[held] = head.predict_proba(lesson.table.iloc[held])[:, 1]
    (limit,) = best_thresholds(likely[:, None], lesson.labels[:, None])
    human, system = lesson.labels[:, None] == 1, likely[:, None] >= limit
    each = [lesson.notes == number for number in np.unique(lesson.notes)]
    counts = np.stack([count(human[own], system[own], np.ones_like(human[own]))[0] for own in each])
    return limit, scores(f"{strategy}.{way}", counts, draw_weights(len(each), seed=seed, resamples=1000))


def _version(examples: Sequence[CodedNote], seed: int) -> str:
    text = "".join(f"{n.text}{n.tags}" for n in examples) + str(seed)
    return f"own-{__version__}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
