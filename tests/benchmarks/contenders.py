"""One program reads notes, as `tests.benchmarks.side_by_side` asks in a process and an environment of its own.

    python contenders.py NAME NOTES.jsonl PHRASES.json

Prints the version, the CPU seconds of the reading alone and the peak memory in MB. Nothing of the analyzer is imported
for the others, whose environments have none of it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

_FIRST: Final = 20
Reader = Callable[[Sequence[str]], Iterable[object]]


def spacy_blank(phrases: Sequence[str]) -> Reader:
    """Words and sentences, nothing else: the floor."""
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return nlp.pipe


def analyzer(phrases: Sequence[str], *, model: str | None, gate: Any = "mask") -> Reader:
    """Our pipeline by the name of its model; None is the rules alone."""
    from analyzer.pipeline import load
    from analyzer.records import Note
    from analyzer.tagging import tag_notes

    nlp = load(model)
    return lambda texts: tag_notes((Note(str(i), t, "notes") for i, t in enumerate(texts)), nlp, identifiers=gate)


def medspacy(phrases: Sequence[str]) -> Reader:
    """Sentences, sections, our rules' phrases as targets, and ConText on what was found."""
    import medspacy
    from medspacy.target_matcher import TargetRule

    nlp = medspacy.load(
        enable=["medspacy_pyrush", "medspacy_target_matcher", "medspacy_sectionizer", "medspacy_context"]
    )
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(phrase, "STRATEGY") for phrase in phrases])
    return nlp.pipe


def edsnlp(phrases: Sequence[str]) -> Reader:
    """Sentences, the same phrases as terms, and its qualifiers (whose cues are French; the work is the same)."""
    import edsnlp

    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.sentences")
    nlp.add_pipe("eds.matcher", config={"terms": {"strategy": list(phrases)}, "attr": "LOWER"})
    for name in ("eds.negation", "eds.hypothesis", "eds.history", "eds.family"):
        nlp.add_pipe(name)
    return lambda texts: nlp.pipe(list(texts))


# name -> (how it is made, the package that tells its version)
CONTENDERS: Final[dict[str, tuple[Callable[[Sequence[str]], Reader], str]]] = {
    "spacy-blank": (spacy_blank, "spacy"),
    "rules": (partial(analyzer, model=None), "spacy"),
    "fast": (partial(analyzer, model="fast"), "spacy"),
    "accurate": (partial(analyzer, model="default"), "spacy"),
    "accurate-without-gate": (partial(analyzer, model="default", gate="ignore"), "spacy"),
    "medspacy": (medspacy, "medspacy"),
    "edsnlp": (edsnlp, "edsnlp"),
}


def main(name: str, notes: str, phrases: str) -> None:
    """Read the notes and print what it took."""
    make, package = CONTENDERS[name]
    texts = [json.loads(line) for line in Path(notes).read_text(encoding="utf-8").splitlines()]
    reader = make(json.loads(Path(phrases).read_text(encoding="utf-8")))
    # What a program makes or loads at first use is start-up, not reading.
    sum(1 for _ in reader(texts[:_FIRST]))
    start = time.process_time()
    read = sum(1 for _ in reader(texts))
    if read != len(texts):
        raise SystemExit(f"{name}: {read} of {len(texts)} notes were read")
    took = time.process_time() - start
    print(json.dumps({"reading": took, "peak": _peak(), "version": f"{package} {version(package)}"}))


def _peak() -> float:
    """Peak resident MB of this program; the kernel's usage counters begin with the peak of whoever started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
