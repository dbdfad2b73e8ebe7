"""The training command: read, measure on unseen writers, choose thresholds, fit on all, write the model folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from joblib import Parallel, delayed

from analyzer.artifact import Artifact, save_artifact
from analyzer.corpus import read_coded
from analyzer.evaluate import Evaluation, evaluate
from analyzer.lexicons import read_data
from analyzer.pipeline import load
from analyzer.records import Analysis, CodedNote, DataError
from analyzer.tagging import analyses_of
from analyzer.train.candidates import Candidate, compare_candidates, learning_curve
from analyzer.train.card import Measured, write_card
from analyzer.train.folds import cross_validate, fit, misleads, writer_of
from analyzer.train.material import Material, prepare
from analyzer.version import __version__

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What training made and how it did: on writers that neither model nor rules had seen, and on a gold file."""

    artifact: Artifact
    by_writer: Evaluation
    gold: Evaluation | None


def train(
    corpus: Path,
    out: Path,
    *,
    reviewed: Path | None = None,
    gold: Path | None = None,
    seed: int = 0,
    encoder: bool = True,
    keep: Path | None = None,
    progress: Progress = lambda *_: None,
) -> TrainingReport:
    """Train on every coded note of ``corpus`` and write the model, its metrics and its card to ``out``.

    With ``encoder`` a network is fine-tuned (needs requirements-train.txt; about two hours on two cores); without, the
    estimators read words themselves (minutes). Networks are kept in ``keep``, where one is given, so that training cut
    short goes on. Thresholds come from cross-validation grouped by writer; ``gold`` is only measured, never learned
    from. ``reviewed`` are notes to learn from beside the corpus (`analyzer.review.reviewed_corpus`). ``progress`` is
    told what is being done and the share done. The same corpus and seed give the same model on the same machine. Raises
    `DataError` where the corpus is broken or has fewer than two writers.
    """
    notes = _notes(corpus, reviewed)
    if len({writer_of(note) for note in notes}) < 2:
        raise DataError(str(corpus), ["needs notes by at least two writers, to measure on writers not seen"])
    progress(f"reading {len(notes)} notes with the rules", 0)
    material = list(prepare(notes, load(model=None)))
    network = None
    if encoder:
        from analyzer.train.readings import OF_ALL, Networks, with_readings

        networks = Networks(seed=seed, keep=keep)
        material = with_readings(material, networks, progress)
        network = networks.fit(notes, OF_ALL, lambda share: progress("fine-tuning on all notes", (1 + share) / 2))
    progress("measuring on writers left out", 0.99)
    # Docs are large to hand over, and the ways to find a strategy need none.
    rows = [replace(m, doc=None) for m in material]  # type: ignore[arg-type]
    beside = Parallel(n_jobs=2, return_as="generator")([delayed(_ways)(rows, seed)])
    thresholds, cue_threshold, held_out = cross_validate(material, seed)
    ((candidates, curve),) = beside
    name = "encoder" if encoder else "words"
    version = f"{name}-{__version__}-{_fingerprint(notes, seed)}"
    artifact = replace(fit(material, seed, version, thresholds, cue_threshold), encoder=network)
    save_artifact(artifact, out)
    return _measured(out, artifact, notes, held_out, candidates, curve, gold, seed)


def _notes(corpus: Path, reviewed: Path | None) -> list[CodedNote]:
    """The corpus and the reviewed notes. Raises `DataError` where a note stands in both."""
    notes = read_coded(corpus)
    more = read_coded(reviewed) if reviewed else []
    known = {note.note_id for note in notes}
    if twice := [f"note {note.note_id!r}: stands in the corpus already" for note in more if note.note_id in known]:
        raise DataError(str(reviewed), twice)
    return notes + more


def _ways(rows: Sequence[Material], seed: int) -> tuple[list[Candidate], list[tuple[int, float]]]:
    return compare_candidates(rows, seed), learning_curve(rows, seed)


def _measured(
    out: Path,
    artifact: Artifact,
    notes: Sequence[CodedNote],
    held_out: Mapping[str, Analysis],
    candidates: Sequence[Candidate],
    curve: Sequence[tuple[int, float]],
    gold: Path | None,
    seed: int,
) -> TrainingReport:
    """Measure the model just written, and write its metrics and its card beside it."""
    fresh = [note for note in notes if not misleads(note)] or notes
    by_writer = evaluate(fresh, held_out, seed=seed)
    coded = read_coded(gold) if gold else []
    on_gold = evaluate(coded, analyses_of(coded, load(out)), seed=seed) if gold else None
    metrics = {"writers_left_out": by_writer.to_dict(), "gold": on_gold.to_dict() if on_gold else None}
    (out / "metrics.json").write_text(json.dumps(metrics, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    by_voice = _grouped(notes, held_out, seed, _voice)
    by_format = _grouped(notes, held_out, seed, lambda note: _format(held_out[note.note_id]))
    measured = Measured(artifact, by_writer, on_gold, by_voice, by_format, candidates, curve)
    write_card(out / "README.md", measured=measured, notes=notes, seed=seed)
    return TrainingReport(artifact, by_writer, on_gold)


def _grouped(
    notes: Sequence[CodedNote], held_out: Mapping[str, Analysis], seed: int, by: Callable[[CodedNote], str]
) -> dict[str, Evaluation]:
    groups: dict[str, list[CodedNote]] = {}
    for note in notes:
        groups.setdefault(by(note), []).append(note)
    return {name: evaluate(groups[name], held_out, seed=seed) for name in sorted(groups)}


def _voice(note: CodedNote) -> str:
    return f"{writer_of(note)}: {note.voice}"


def _format(analysis: Analysis) -> str:
    """The scheme whose first two headings the note has (codebook section 8)."""
    names = {section.name for section in analysis.sections}
    for scheme, heads in read_data("training.yml")["formats"].items():
        if names.issuperset(heads):
            return str(scheme)
    return "other headings" if names - {"narrative"} else "narrative"


def _fingerprint(notes: Sequence[CodedNote], seed: int) -> str:
    text = "".join(f"{n.note_id}{n.text}{n.tags}{n.cues}" for n in notes) + str(seed)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
