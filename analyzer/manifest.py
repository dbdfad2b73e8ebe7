"""What an output was made from, so that it can be made again: the manifest beside it, a JSON object without note text.

It holds the versions and SHA-256 of program, model, codebook and rules, the command with its options, the names and
SHA-256 of the files read and written, counts, the platform and the time. Names are those under the path that was
given, never where it lies on the machine.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from analyzer.artifact import SHIPPED
from analyzer.files import moment
from analyzer.notes.entries import Entry, file_entry, folder_entries, left_out, readable
from analyzer.project import codebook_of
from analyzer.records import AnalyzerError, DataError, UnreadableNoteError
from analyzer.version import __version__

NAME: Final = "session-note-analyzer"
IN_FOLDERS: Final = "manifest.json"
BESIDE_FILES: Final = ".manifest.json"
RULES_ALONE: Final = "none"
_HERE: Final = Path(__file__).parent
# What a model reads notes with; its card and metrics decide nothing.
_MODEL_FILES: Final = ("model.skops", "vocabularies.json", "meta.json", "encoder.onnx", "tokenizer.json")
# Other versions of these can give other figures or other bytes.
_PACKAGES: Final = (
    "dkpro-cassis", "numpy", "onnxruntime", "openpyxl", "pandas", "presidio-analyzer", "pyarrow", "pyreadstat",
    "scikit-learn", "scipy", "skops", "spacy", "tokenizers", "torch", "transformers",
)  # fmt: skip
# A manifest may come from anybody; this is room for some 100,000 notes.
_LARGEST: Final = 50_000_000

Option = str | int | float | bool | dict[str, str] | list[str] | None


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


@dataclass(frozen=True, slots=True)
class Files:
    """What stands at one path of a command's ``option``: SHA-256 by name under the path, None where it can't be read.

    ``made_by`` is the manifest that stood beside an input which this program had made.
    """

    option: str
    name: str
    sha256: Mapping[str, str | None]
    made_by: Manifest | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """One run of a command.

    ``manifest`` is the format's version, ``time`` when the run began (ISO 8601, UTC). ``model`` is None for the rules
    alone, and where the notes had been tagged before; the option ``model`` is then left out.
    """

    manifest: Literal[1]
    command: str
    options: Mapping[str, Option]
    program: Ingredient
    codebook: Ingredient
    rules: Ingredient
    model: Ingredient | None
    inputs: tuple[Files, ...]
    platform: Platform
    time: str
    counts: Mapping[str, int] = field(default_factory=dict)
    outputs: tuple[Files, ...] = ()

    def to_json(self) -> str:
        """The text of the file; `read_manifest` reads it back unchanged."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=True) + "\n"


def begin(
    command: str,
    *,
    options: Mapping[str, Option],
    inputs: Iterable[Files] = (),
    model: str | None = None,
    codebook: Path | None = None,
) -> Manifest:
    """A manifest of what is about to run; ``model`` as in ``--model``, None where no model takes part.

    ``codebook`` is a project's folder, whose files are among the inputs.
    """
    book = codebook_of(codebook)
    return Manifest(
        manifest=1,
        command=command,
        options=dict(options),
        program=Ingredient(NAME, __version__, _digest(_texts(_HERE.rglob("*.py"), _HERE))),
        codebook=Ingredient(book.title, book.version, book.sha256),
        rules=Ingredient("rules, word lists and settings", __version__, _digest(_texts(_rule_files(), _HERE))),
        model=None if model is None else model_at(model),
        inputs=tuple(inputs),
        platform=this_platform(),
        time=moment().strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def finish(manifest: Manifest, *, outputs: Iterable[Files], counts: Mapping[str, int]) -> Manifest:
    """The manifest with what came of it."""
    return replace(manifest, outputs=tuple(outputs), counts=dict(counts))


def files_read(option: str, path: Path, *, name: str | None = None) -> Files:
    """An input: a file, or the files below a folder but those that reading passes over and manifests."""
    return Files(option, name or path.name, _hashes(path, inputs=True), _made(path))


def files_written(option: str, path: Path) -> Files:
    """An output: a file, or all files below a folder but its manifest."""
    return Files(option, path.name, _hashes(path, inputs=False))


def files_given(option: str, files: Iterable[tuple[str, bytes]]) -> Files:
    """Uploaded files by name and bytes, which never touched the disk."""
    return Files(option, "uploads", {readable(name): hashlib.sha256(data).hexdigest() for name, data in files})


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


def manifest_of(output: Path) -> Path:
    """Where the manifest of an output stands: in a folder, or beside a file."""
    return output / IN_FOLDERS if output.is_dir() else output.with_name(output.name + BESIDE_FILES)


def read_manifest(path: Path) -> Manifest:
    """Raises `AnalyzerError` where the file can't be read, `DataError` with what is wrong where it is no manifest."""
    try:
        if path.stat().st_size > _LARGEST:
            raise DataError(str(path), ["is too large for a manifest"])
        manifest = TypeAdapter(Manifest).validate_json(path.read_bytes())
    except OSError as error:
        raise AnalyzerError(f"{path}: can't be read ({error.strerror}); give a manifest file") from error
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        problems = [f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}" for fault in found]
        raise DataError(str(path), problems) from error
    if unsafe := [f"{name!r} leads out of its folder" for name in _unsafe(manifest)]:
        raise DataError(str(path), unsafe)
    return manifest


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
    for path in (_HERE / "data").rglob("*"):
        if path.suffix in (".yml", ".cfg") and path.name != "codebook.yml":
            yield path


def _texts(paths: Iterable[Path], root: Path) -> dict[str, bytes]:
    # Git may give text files the line ends of the system.
    return {path.relative_to(root).as_posix(): path.read_bytes().replace(b"\r\n", b"\n") for path in paths}


def _digest(files: Mapping[str, bytes]) -> str:
    """One SHA-256 for several files: that of the lines that ``sha256sum`` would write, sorted by name."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _hashes(path: Path, *, inputs: bool) -> dict[str, str | None]:
    entries = folder_entries(path) if path.is_dir() else [file_entry(path, readable(path.name))]
    kept = {e.key: e for e in entries if not (path.is_dir() and _passed_over(e.key, inputs=inputs))}
    return {key: _sha256(kept[key]) for key in sorted(kept)}


def _passed_over(key: str, *, inputs: bool) -> bool:
    return key == IN_FOLDERS or (inputs and (left_out(key) or key.endswith(BESIDE_FILES)))


def _sha256(entry: Entry) -> str | None:
    if entry.problem:
        return None
    try:
        return hashlib.sha256(entry.load()).hexdigest()
    except (OSError, UnreadableNoteError):
        return None


def _made(path: Path) -> Manifest | None:
    """The manifest beside an input, if it speaks of these bytes."""
    try:
        manifest = read_manifest(manifest_of(path))
    except AnalyzerError:
        return None
    found = _hashes(path, inputs=False)
    return manifest if any(found == files.sha256 for files in manifest.outputs) else None


def _unsafe(manifest: Manifest) -> Iterator[str]:
    """Names that would lead out of the folder that they are looked for or written in."""
    for files in manifest.outputs:
        if files.name in ("", ".", "..") or {"/", "\\", ":"} & set(files.name):
            yield files.name
    for name in (*(files.name for files in manifest.inputs), *([manifest.model.name] if manifest.model else [])):
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or {"\\", ":"} & set(name):
            yield name
