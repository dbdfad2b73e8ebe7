"""``analyzer reproduce``: an output made again from its manifest, and what differs."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import click

from analyzer.records import AnalyzerError

if TYPE_CHECKING:  # commands import what they need when they run
    from analyzer.manifest import Files, Manifest

DIFFERENT: Final = 3
_OF_A_SESSION: Final = (
    "The notes were those of a dashboard session: the manifest has the SHA-256 of each text, no file. Run the command "
    "on your files and compare the outputs."
)


@click.command("reproduce")
@click.argument("manifest_path", metavar="MANIFEST", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--inputs",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Where the files or the model are, if not beside the manifest or in the current folder; may be repeated.",
)
@click.pass_context
def command(context: click.Context, manifest_path: Path, inputs: tuple[Path, ...]) -> None:
    """Make the output that MANIFEST speaks of again, in a temporary folder, and say whether the bytes are the same.

    Says as well what else differs: the program, the model, the codebook, the rules, the platform, the files read. Exit
    code 0 where the bytes are the same, 3 where they are not or something is missing.
    """
    from analyzer.manifest import read_manifest

    manifest = read_manifest(manifest_path)
    again = _reproducible(manifest.command)
    beside = _around(manifest_path)
    bases = [*inputs, beside, Path.cwd()]
    written = [beside / files.name for files in manifest.outputs]
    places, problems = _find_inputs(manifest, again, bases, written)
    model = _find_model(manifest, bases)
    if model is None and manifest.model is not None:
        problems.append(_not_here(f"The model {manifest.model.name}"))
    else:
        all_here = zip(manifest.inputs, places, strict=True) if len(places) == len(manifest.inputs) else ()
        codebook = next((place for files, place in all_here if files.option == "codebook"), None)
        for sentence in _ingredients(manifest, model, codebook):
            click.echo(sentence)
    for sentence in _outputs_now(manifest, beside):
        click.echo(sentence)
    if not problems:
        problems = _run_again(manifest, again, places, model, beside)
    for sentence in problems:
        click.echo(sentence)
    if problems:
        context.exit(DIFFERENT)
    click.echo(f"The bytes are the same: {', '.join(files.name for files in manifest.outputs)}.")


def _reproducible(name: str) -> click.Command:
    """A command that writes manifests; no other is run because a file says so."""
    from analyzer.cli import cli

    if name.startswith("dashboard"):
        raise AnalyzerError(
            "this was made in the dashboard from reviews or chosen columns, as no command does; make it there again"
        )
    found = cli.get_command(click.Context(cli), name)
    if found is None or not any(parameter.name == "manifest" for parameter in found.params):
        raise AnalyzerError(f"the manifest's command {name!r} is none that can be run again; is it of this program?")
    return found


def _around(manifest_path: Path) -> Path:
    """The folder in which the output is that the manifest speaks of."""
    from analyzer.manifest import IN_FOLDERS

    folder = manifest_path.resolve().parent
    return folder.parent if manifest_path.name == IN_FOLDERS else folder


def _not_here(what: str) -> str:
    return f"{what} is not here: say with --inputs in which folder it lies."


def _find_inputs(
    manifest: Manifest, again: click.Command, bases: list[Path], written: list[Path]
) -> tuple[list[Path], list[str]]:
    """Where each input lies, and what is missing or has changed; what the run has ``written`` is no input."""
    from analyzer.changes import file_changes
    from analyzer.manifest import files_read

    places: list[Path] = []
    problems: list[str] = []
    options = {parameter.name for parameter in again.params}
    for then in manifest.inputs:
        if then.option not in options:
            problems.append(_OF_A_SESSION)
            continue
        found = _candidates(then.name, [*bases, *_default_place(then, again)])
        read = [files_read(then.option, place, name=then.name, but=written) for place in found]
        same = next((i for i, now in enumerate(read) if now.sha256 == then.sha256), 0)
        if not found:
            problems.append(_not_here(then.name))
            continue
        places.append(found[same])
        problems += file_changes(then, read[same])
    return places, problems


def _candidates(name: str, bases: list[Path]) -> list[Path]:
    """Places that an input of this name may lie at."""
    last = PurePosixPath(name).name
    found = [place for base in bases for place in (base / name, base / last)]
    found += [base for base in bases if base.name == last]
    return [place for place in dict.fromkeys(found) if place.exists()]


def _default_place(then: Files, again: click.Command) -> Iterator[Path]:
    """The folder of an option's own default, such as the corpus that training reads."""
    for parameter in again.params:
        if parameter.name == then.option and isinstance(parameter.default, Path):
            yield parameter.default.parent


def _find_model(manifest: Manifest, bases: list[Path]) -> str | None:
    """What to give as --model; None where no model takes part or its folder is not here."""
    from analyzer.artifact import SHIPPED
    from analyzer.ingredients import RULES_ALONE

    name = manifest.options.get("model")
    if not isinstance(name, str):
        return None
    if name == RULES_ALONE or name in SHIPPED:
        return name
    return next((str(place) for place in _candidates(name, bases)), None)


def _ingredients(manifest: Manifest, model: str | None, codebook: Path | None) -> Iterator[str]:
    from analyzer.changes import ingredient_changes
    from analyzer.manifest import begin

    return ingredient_changes(manifest, begin(manifest.command, options={}, model=model, codebook=codebook))


def _outputs_now(manifest: Manifest, beside: Path) -> Iterator[str]:
    """Outputs beside the manifest that are others than it speaks of."""
    from analyzer.manifest import files_written

    for then in manifest.outputs:
        here = beside / then.name
        if here.exists() and files_written(then.option, here).sha256 != then.sha256:
            yield f"{then.name} is not, or no longer, what the manifest speaks of."


def _run_again(
    manifest: Manifest, again: click.Command, places: list[Path], model: str | None, beside: Path
) -> list[str]:
    """Run the command into a temporary folder; what its outputs have that the manifest's had not."""
    from analyzer.changes import file_changes
    from analyzer.manifest import files_written

    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="analyzer-") as folder:
        made = {then.option: Path(folder) / then.name for then in manifest.outputs}
        try:
            arguments = _arguments(manifest, again, places, model, made)
            with _then(manifest.time), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                again.main(arguments, prog_name="analyzer", standalone_mode=False)
        except (click.ClickException, AnalyzerError) as error:
            return [f"'analyzer {manifest.command}' could not be run again: {error}".replace(folder, "the new folder")]
        for then in manifest.outputs:
            found = list(file_changes(then, files_written(then.option, made[then.option])))
            problems += [sentence + _from_line(then, made[then.option], beside) for sentence in found]
    return problems


def _arguments(
    manifest: Manifest, again: click.Command, places: list[Path], model: str | None, made: dict[str, Path]
) -> list[str]:
    """The command line, with each option spelled out."""
    given: dict[str, list[Any]] = {name: [value] for name, value in manifest.options.items()}
    if model is not None:
        given["model"] = [model]
    for then, place in zip(manifest.inputs, places, strict=True):
        given.setdefault(then.option, []).append(place)
    given |= {option: [path] for option, path in made.items()}
    known = {str(parameter.name): parameter for parameter in again.params}
    if unknown := sorted(given.keys() - (known.keys() - {"manifest"})):
        raise AnalyzerError(f"this version has no {', '.join(unknown)}")
    arguments, paths = ["--no-manifest"], []
    for name, values in given.items():
        parameter = known[name]
        if isinstance(parameter, click.Argument):
            paths = [str(value) for value in values]
        else:
            arguments += [part for value in values for part in _option(parameter, value)]
    return [*arguments, "--", *paths]


def _option(parameter: click.Parameter, value: Any) -> list[str]:
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return [parameter.opts[-1]] if value else parameter.secondary_opts[:1]
    if isinstance(value, dict):
        value = ",".join(f"{key}={part}" for key, part in value.items())
    return [f"{parameter.opts[-1]}={value}"]


@contextmanager
def _then(time: str) -> Iterator[None]:
    """What is written notes the moment of the first run."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(datetime.fromisoformat(time).timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def _from_line(then: Files, made: Path, beside: Path) -> str:
    """Where in a text file the difference begins, if the first output is still here."""
    from analyzer.changes import first_difference
    from analyzer.manifest import files_written

    before = beside / then.name
    if not (before.is_file() and made.is_file() and files_written(then.option, before).sha256 == then.sha256):
        return ""
    line = first_difference(before, made)
    return "" if line is None else f" The first difference is in line {line}."
