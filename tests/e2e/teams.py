"""An invented team: four notes of three clinicians, somebody of each role, and what each may see of which note."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Final

# Whose note holds which words: one outside its evidence, one inside.
WORDS: Final = {
    "n-ana": ("C01", "kestrel", "marmot"),
    "n-ben": ("C02", "walnut", "lantern"),
    "n-cleo": ("C03", "harbour", "teapot"),
    "n-lost": ("", "gravel", "compass"),
}
_TEXT: Final = "Walked past the {}; the weather was mild. Validated her grief about the {}. Next visit in a week."
_PEOPLE: Final = """\
audit: audit.jsonl
notes: notes.csv
reviews: reviews.db
teams: {north: [C01, C02], south: [C03]}
people:
  ana@clinic.example: {role: clinician, clinician: C01}
  sam@clinic.example: {role: supervisor, team: north}
  rae@clinic.example: {role: researcher}
  adi@clinic.example: {role: administrator}
claims: {role: groups, clinician: clinician_id, names: {therapists: clinician}}
"""
# What was promised, written down a second time, beside analyzer/data/access.yml: whose words somebody sees.
OUTSIDE: Final = {outside for _, outside, _ in WORDS.values()}
INSIDE: Final = {inside for *_, inside in WORDS.values()}
SEES: Final = {
    "ana@clinic.example": {"kestrel", "marmot"},
    "sam@clinic.example": {"kestrel", "marmot", "walnut", "lantern"},
    "rae@clinic.example": INSIDE,
    "adi@clinic.example": set(),
    "stranger@clinic.example": set(),
    None: set(),
}
ROLE: Final = {
    "ana@clinic.example": "clinician",
    "sam@clinic.example": "supervisor",
    "rae@clinic.example": "researcher",
    "adi@clinic.example": "administrator",
}


def made_in(folder: Path) -> Path:
    """The team's file, beside its notes."""
    with (folder / "notes.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["note_id", "clinician", "client", "date", "text"])
        for n, (note_id, (who, *words)) in enumerate(WORDS.items(), 1):
            rows.writerow([note_id, who, f"K{n}-private", f"2026-03-0{n}", _TEXT.format(*words)])
    (folder / "team.yml").write_text(_PEOPLE, encoding="utf-8")
    return folder / "team.yml"


def claims_of(who: str | None) -> dict[str, object]:
    """What the sign-in service says of somebody; nobody is signed in for None."""
    if who is None:
        return {"is_logged_in": False}
    return {"is_logged_in": True, "email": who, "iat": time.time()}
