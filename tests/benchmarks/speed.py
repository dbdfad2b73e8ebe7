"""Notes per CPU second, whole pipeline and by component, on the sample notes repeated: ``make benchmark``."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import spacy

from analyzer.identifiers import find_identifiers
from analyzer.notes import read_notes
from analyzer.pipeline import load
from analyzer.records import Note
from analyzer.tagging import tag_notes
from tests.conftest import ROOT


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process that the work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print the table."""
    notes = [n for n in read_notes([ROOT / "sample_notes"]) if isinstance(n, Note)] * 6
    texts = [n.text for n in notes]
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    nlp, rules = load(), load(model=None)
    list(tag_notes(notes[:5], nlp))
    figures = {
        "spaCy blank with sentencizer": lambda: list(blank.pipe(texts)),
        "identifiers alone": lambda: [find_identifiers(text) for text in texts],
        "rules alone, identifiers masked": lambda: list(tag_notes(notes, rules)),
        "rules and model, identifiers not looked for": lambda: list(tag_notes(notes, nlp, identifiers="ignore")),
        "rules and model, identifiers masked": lambda: list(tag_notes(notes, nlp)),
    }
    print(f"{len(notes)} notes, {sum(map(len, texts)) / len(texts):.0f} characters each")
    for name, work in figures.items():
        print(f"{name:46} {len(notes) / cpu_seconds(work):8.1f} notes per CPU second")
    doc = nlp.make_doc("\n".join(texts[:20]))
    for name, component in nlp.pipeline:
        print(f"  {name:20} {1000 * cpu_seconds(lambda c=component: c(doc)) / 20:8.2f} ms per note")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
