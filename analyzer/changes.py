"""What differs between a manifest and what is here now, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from analyzer.ingredients import Ingredient, Platform
from analyzer.manifest import Files, Manifest

_SHOWN = 20


def ingredient_changes(then: Manifest, now: Manifest) -> Iterator[str]:
    """Other versions of the program, the codebook, the rules, the model or the platform."""
    for what, before, after in (
        ("program", then.program, now.program),
        ("codebook", then.codebook, now.codebook),
        ("rules", then.rules, now.rules),
        ("model", then.model, now.model),
    ):
        if before != after:
            yield _ingredient(what, before, after)
    if changed := list(_platform(then.platform, now.platform)):
        yield f"The platform is another: {', '.join(changed)}."


def file_changes(then: Files, now: Files) -> Iterator[str]:
    """Files of an input or an output that are missing, changed or new; many are counted, not listed."""
    told = list(_files(then.sha256, now.sha256))
    single = list(then.sha256) == [PurePosixPath(then.name).name]
    yield from (f"{then.name if single else f'{then.name}/{name}'} {what}." for name, what in told[:_SHOWN])
    if len(told) > _SHOWN:
        yield f"{then.name}: {len(told) - _SHOWN} more files differ."


def first_difference(before: Path, after: Path) -> int | None:
    """The first line in which two text files differ, counted from 1; None where they are no text."""
    with before.open("rb") as old, after.open("rb") as new:
        for number, (a, b) in enumerate(zip_longest(old, new), 1):
            if b"\0" in (a or b"") + (b or b""):
                return None
            if a != b:
                return number
    return None


def _ingredient(what: str, before: Ingredient | None, after: Ingredient | None) -> str:
    if before is None or after is None or before.version != after.version:
        return f"{what.capitalize()}: {_named(after)} here; the output was made with {_named(before)}."
    return f"{what.capitalize()}: the version is the same, {after.version}, but the content is another."


def _named(ingredient: Ingredient | None) -> str:
    return "none" if ingredient is None else f"version {ingredient.version}"


def _platform(then: Platform, now: Platform) -> Iterator[str]:
    for what in ("python", "system", "machine"):
        before, after = getattr(then, what), getattr(now, what)
        if before != after:
            yield f"{what} {after} (was {before})"
    for name in sorted({*then.packages, *now.packages}):
        before, after = then.packages.get(name, "not installed"), now.packages.get(name, "not installed")
        if before != after:
            yield f"{name} {after} (was {before})"


def _files(then: Mapping[str, str | None], now: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    for name in sorted({*then, *now}):
        if name not in now:
            yield name, "is missing"
        elif name not in then:
            yield name, "was not there"
        elif then[name] != now[name]:
            yield name, "has changed"
