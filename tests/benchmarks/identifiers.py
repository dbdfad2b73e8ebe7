"""How much the identifier gate finds and how often it is wrong: ``python -m tests.benchmarks.identifiers [--misses]``.

On the test set in ``tests/identifiers`` (its README says how it is counted), the half for tuning and the half held out
apart; false alarms also on the sample notes and, where it is there, on gold_dev. ``--misses`` lists what was missed or
wrongly found in the half for tuning.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.identifiers import find_in_upload
from analyzer.notes import read_notes
from analyzer.records import Identifier, Note
from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "identifiers"
GOLD = ROOT.parent / "shared" / "gold_dev" / "gold_dev.jsonl"
GROUPS = {
    "names": {"NAME", "NICKNAME"},
    "contact": {"ADDRESS", "POSTCODE", "PHONE", "EMAIL", "URL", "HANDLE", "IP"},
    "numbers": {"SSN", "NATIONAL_ID", "RECORD", "ACCOUNT", "VEHICLE", "DEVICE", "AGE_OVER_89", "DATE"},
    "groups": {"ORG", "COMMUNITY", "PLACE"},
}
_MARK = re.compile(r"\[\[([A-Z_0-9]+):(.+?)\]\]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the test set without its marks, and where they were."""

    id: str
    text: str
    marks: tuple[Identifier, ...]
    upload: str
    culture: str = ""

    @property
    def held_out(self) -> bool:
        """Whether the line is of the half that nobody tunes on."""
        return int(self.id[1:]) % 2 == 1


@dataclass(slots=True)
class Counts:
    """What was marked, found and wrongly found."""

    marked: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    whole: int = 0
    words: int = 0
    alarms: int = 0

    def recall(self, kinds: Iterable[str]) -> float:
        """The share of the marks of these kinds that were found."""
        return sum(self.found[k] for k in kinds) / max(1, sum(self.marked[k] for k in kinds))


def parse(marked: str) -> tuple[str, tuple[Identifier, ...]]:
    """The text of a marked sentence, and where its identifiers stand."""
    text, marks, at = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        marks.append(Identifier(match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        at = match.end()
    return text + marked[at:], tuple(marks)


def read_set(folder: Path = FOLDER) -> Iterator[Line]:
    """Every line of every file of the test set."""
    for path in sorted(folder.glob("*.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            yield Line(row["id"], *parse(row["text"]), row.get("upload", row["id"]), row.get("culture", ""))


def is_found(text: str, mark: Identifier, found: Iterable[Identifier]) -> bool:
    """Whether every letter and figure of the mark is inside a finding."""
    covered = {i for one in found for i in range(max(one.start, mark.start), min(one.end, mark.end))}
    return all(i in covered or not text[i].isalnum() for i in range(mark.start, mark.end))


def measure(lines: Iterable[Line], *, told: list[str] | None = None) -> Counts:
    """Count over lines, upload by upload; what is missed or wrong is written to ``told``."""
    counts, uploads = Counts(), {}  # type: ignore[var-annotated]
    for line in lines:
        uploads.setdefault(line.upload, []).append(line)
    for upload in uploads.values():
        for line, found in zip(upload, find_in_upload([one.text for one in upload]), strict=True):
            _count(counts, line, found, told)
    return counts


def _count(counts: Counts, line: Line, found: tuple[Identifier, ...], told: list[str] | None) -> None:
    good = {mark for mark in line.marks if is_found(line.text, mark, found)}
    wrong = [f for f in found if not any(f.start < m.end and m.start < f.end for m in line.marks)]
    counts.marked.update(m.kind for m in line.marks)
    counts.found.update(m.kind for m in good)
    counts.lines += bool(line.marks)
    counts.whole += bool(line.marks) and len(good) == len(line.marks)
    counts.words += len(line.text.split())
    counts.alarms += len(wrong)
    if told is not None:
        told += [
            f"{line.id} missed {m.kind} <{line.text[m.start : m.end]}> in: {line.text}"
            for m in line.marks
            if m not in good
        ]
        told += [f"{line.id} alarm {w.kind} <{line.text[w.start : w.end]}> in: {line.text}" for w in wrong]


def alarms(texts: list[str], *, told: list[str] | None = None) -> float:
    """Findings per 1,000 words of de-identified notes."""
    found = find_in_upload(texts)
    if told is not None:
        told += [
            f"{w.kind} <{t[w.start : w.end]}> in: {t[max(0, w.start - 40) : w.end + 30]!r}"
            for t, some in zip(texts, found, strict=True)
            for w in some
        ]
    return 1000 * sum(map(len, found)) / sum(len(text.split()) for text in texts)


def de_identified() -> dict[str, list[str]]:
    """Notes that hold no identifiers, by name."""
    notes = {"sample notes": [n.text for n in read_notes([ROOT / "sample_notes"]) if isinstance(n, Note)]}
    if GOLD.exists():
        notes["gold_dev"] = [json.loads(line)["text"] for line in GOLD.read_text(encoding="utf-8").split("\n") if line]
    return notes


def main(*, misses: bool) -> None:
    """Print the table."""
    lines = list(read_set())
    told: list[str] = []
    halves = {
        "tuning": measure([one for one in lines if not one.held_out], told=told),
        "held out": measure([one for one in lines if one.held_out]),
    }
    if misses:
        for texts in de_identified().values():
            alarms(texts, told=told)
        print("\n".join(told))
    print(f"| | {' | '.join(halves)} |\n| --- | {' | '.join('---' for _ in halves)} |")
    rows = {
        **GROUPS,
        "**all**": set().union(*GROUPS.values()),
        **{f"- {k}": {k} for g in GROUPS.values() for k in sorted(g)},
    }
    for name, kinds in rows.items():
        cells = (f"{c.recall(kinds):.3f} of {sum(c.marked[k] for k in kinds)}" for c in halves.values())
        print(f"| {name} | {' | '.join(cells)} |")
    print(f"| no miss | {' | '.join(f'{c.whole / max(1, c.lines):.3f} of {c.lines}' for c in halves.values())} |")
    rates = (f"{1000 * c.alarms / max(1, c.words):.1f}" for c in halves.values())
    print(f"| false alarms per 1,000 words | {' | '.join(rates)} |")
    for name, texts in de_identified().items():
        print(f"\n{name}: {alarms(texts):.2f} findings per 1,000 words")


if __name__ == "__main__":
    main(misses="--misses" in sys.argv)
