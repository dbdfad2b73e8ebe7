"""What an output was made from, so that it can be made again: the manifest beside it, a JSON object without note text.

It holds the versions and SHA-256 of program, model, codebook and rules, the command with its options, the names and
SHA-256 of the files read and written, counts, the platform and the time. Names are those under the path that was
given, never where it lies on the machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from analyzer.files import moment
from analyzer.ingredients import Ingredient, Platform, model_at, these_rules, this_platform, this_program
from analyzer.notes.entries import Entry, file_entry, folder_entries, left_out, readable
from analyzer.project import codebook_of
from analyzer.records import AnalyzerError, DataError, UnreadableNoteError

IN_FOLDERS: Final = "manifest.json"
BESIDE_FILES: Final = ".manifest.json"
# A manifest may come from anybody; this is room for some 100,000 notes.
_LARGEST: Final = 50_000_000

Option = str | int | float | bool | dict[str, str] | list[str] | None


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
        program=this_program(),
        codebook=Ingredient(book.title, book.version, book.sha256),
        rules=these_rules(),
        model=None if model is None else model_at(model),
        inputs=tuple(inputs),
        platform=this_platform(),
        time=moment().strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def finish(manifest: Manifest, *, outputs: Iterable[Files], counts: Mapping[str, int]) -> Manifest:
    """The manifest with what came of it."""
    return replace(manifest, outputs=tuple(outputs), counts=dict(counts))


def files_read(option: str, path: Path, *, name: str | None = None, but: Iterable[Path] = ()) -> Files:
    """An input: a file, or the files below a folder but those that reading passes over and manifests.

    ``but`` are the outputs of the same run, which may lie in the folder and are none of its inputs.
    """
    hashes = _hashes(path, inputs=True)
    for written in (place.resolve() for place in but if place.resolve().is_relative_to(path.resolve())):
        mine = written.relative_to(path.resolve()).as_posix()
        hashes = {key: value for key, value in hashes.items() if key != mine and not key.startswith(f"{mine}/")}
    return Files(option, name or path.name, hashes, _made(path))


def files_written(option: str, path: Path) -> Files:
    """An output: a file, or all files below a folder but its manifest."""
    return Files(option, path.name, _hashes(path, inputs=False))


def files_given(option: str, files: Iterable[tuple[str, bytes]]) -> Files:
    """Uploaded files by name and bytes, which never touched the disk."""
    return Files(option, "uploads", {readable(name): hashlib.sha256(data).hexdigest() for name, data in files})


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
