"""Invented output of ``analyzer tag`` of any size: analyses of notes that nobody wrote, for measuring speed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec

from analyzer.records import (
    RESPONSES,
    STATUSES,
    STRATEGIES,
    Analysis,
    Boilerplate,
    Opportunity,
    Section,
    Tag,
    sha256_of,
)

# As often as in the sample notes, rounded; tags and opportunities a note as in long notes.
_STATUSES = (76, 10, 3, 3, 7, 1)
_RESPONSES = (72, 1, 1, 25, 1)
_TAGS, _OPPORTUNITIES, _CLIENTS = 12, 4, 25
_SECTIONS = ("subjective", "objective", "assessment", "plan")
_WORDS = ("said", "back", "what", "was", "heard", "asked", "whether", "right", "before", "next", "step", "plan")


def tagged(*, clinicians: int, notes: int, seed: int = 5) -> Iterator[Analysis]:
    """``notes`` analyses, clinician by clinician and each one's by date; the same for the same seed."""
    chance = random.Random(seed)
    for number in range(notes):
        clinician, of_clinician = number * clinicians // notes, number % (notes // clinicians or 1)
        client = chance.randrange(_CLIENTS)
        length = chance.randrange(1500, 4000)
        yield Analysis(
            note_id=f"C{clinician:03}-K{client:02}-{number:05}",
            source=f"C{clinician:03}/{number:05}.txt",
            clinician=f"C{clinician:03}",
            client=f"C{clinician:03}-K{client:02}",
            date=(date(2023, 1, 2) + timedelta(days=of_clinician * 3)).isoformat(),
            text_sha256=sha256_of(str(number)),
            n_chars=length,
            n_words=length // 6,
            n_segments=length // 60,
            sections=tuple(Section(s, i * length // 4, (i + 1) * length // 4) for i, s in enumerate(_SECTIONS)),
            tags=tuple(_tag(chance, length) for _ in range(chance.randrange(_TAGS - 6, _TAGS + 7))),
            opportunities=tuple(_opportunity(chance, length) for _ in range(chance.randrange(2 * _OPPORTUNITIES + 1))),
            boilerplate=(Boilerplate(0, 40, "copied_forward"),) if chance.random() < 0.3 else (),
            identifiers=(),
        )


def write(path: Path, analyses: Iterator[Analysis]) -> None:
    """One line each, as ``analyzer tag`` writes them."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(msgspec.to_builtins(a), ensure_ascii=False) + "\n" for a in analyses)


def _tag(chance: random.Random, length: int) -> Tag:
    start, words = chance.randrange(length - 100), _words(chance)
    strategy = chance.choice(STRATEGIES)
    (status,) = chance.choices(STATUSES, _STATUSES)
    confidence, section = round(chance.uniform(0.5, 1), 4), _SECTIONS[start * 4 // length]
    return Tag(strategy, status, start, start + len(words), words, confidence, "rule+model", "al.said_back", section)


def _opportunity(chance: random.Random, length: int) -> Opportunity:
    start, words = chance.randrange(length - 100), _words(chance)
    strategies = tuple(chance.sample(STRATEGIES, chance.randrange(1, 4)))
    (response,) = chance.choices(RESPONSES, _RESPONSES)
    answer = (start + 50, start + 90) if response == "responded" else None
    return Opportunity(start, start + len(words), words, strategies, response, answer)


def _words(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randrange(4, 18)))
