"""What decides what comes out: the program, its rules, the model and the platform, by name, version and SHA-256."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from analyzer.artifact import SHIPPED
from analyzer.notes.entries import readable
from analyzer.version import __version__

NAME: Final = "session-note-analyzer"
RULES_ALONE: Final = "none"
_HERE: Final = Path(__file__).parent
# What a model reads notes with; its card and metrics decide nothing.
_MODEL_FILES: Final = ("model.skops", "vocabularies.json", "meta.json", "encoder.onnx", "tokenizer.json")
# Other versions of these can give other figures or other bytes.
_PACKAGES: Final = (
    "dkpro-cassis", "numpy", "onnxruntime", "openpyxl", "pandas", "presidio-analyzer", "pyarrow", "pyreadstat",
    "scikit-learn", "scipy", "skops", "spacy", "tokenizers", "torch", "transformers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A part of the program that decides what comes out, by name, version and SHA-256."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Platform:
    """The machine, and the packages that matter with their versions."""

    python: str
    system: str
    machine: str
    packages: Mapping[str, str]


def this_program() -> Ingredient:
    """The program's own code."""
    return Ingredient(NAME, __version__, _digest(_texts(_HERE.rglob("*.py"), _HERE)))


def these_rules() -> Ingredient:
    """What notes are read and compared with, but the codebook."""
    return Ingredient("rules, word lists and settings", __version__, _digest(_texts(_rule_files(), _HERE)))


def model_at(name: str) -> Ingredient | None:
    """The model of ``--model``; None for the rules alone."""
    folder = SHIPPED.get(name, Path(name))
    if name == RULES_ALONE or not (folder / "meta.json").is_file():
        return None
    found = {part: (folder / part).read_bytes() for part in _MODEL_FILES if (folder / part).is_file()}
    settings = json.loads(found["meta.json"])
    return Ingredient(model_name(name), str(settings.get("version")), _digest(found))


def model_name(given: str) -> str:
    """What ``--model`` was given, without where a folder lies."""
    return given if given == RULES_ALONE or given in SHIPPED else names_of([Path(given)])[0]


def this_platform() -> Platform:
    """What this process runs on."""
    return Platform(
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()}",
        machine=platform.machine(),
        packages=dict(_installed()),
    )


def _installed() -> Iterator[tuple[str, str]]:
    for name in _PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _rule_files() -> Iterator[Path]:
    """What notes are read and compared with: all data but the codebook, which is named by itself, and templates."""
    data = _HERE / "data"
    for path in data.rglob("*"):
        told = path.relative_to(data).parts
        if path.suffix in (".yml", ".cfg", ".txt") and told[0] != "templates" and told != ("codebook.yml",):
            yield path


def _texts(paths: Iterable[Path], root: Path) -> dict[str, bytes]:
    # Git may give text files the line ends of the system.
    return {path.relative_to(root).as_posix(): path.read_bytes().replace(b"\r\n", b"\n") for path in paths}


def _digest(files: Mapping[str, bytes]) -> str:
    """One SHA-256 for several files: that of the lines that ``sha256sum`` would write, sorted by name."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def names_of(paths: Sequence[Path]) -> list[str]:
    """What to call paths without telling where they lie: as given where relative, else by their last parts.

    >>> names_of([Path("notes/C01"), Path("/home/somebody/study/C02.csv")])
    ['notes/C01', 'C02.csv']
    """
    whole = [path.resolve() for path in paths]
    told = [
        full.name if path.is_absolute() or ".." in path.parts else path.as_posix()
        for path, full in zip(paths, whole, strict=True)
    ]
    if len(set(told)) < len(set(whole)):
        told = ["/".join(full.parts[-2:]) for full in whole]
    return [readable(name) for name in told]
