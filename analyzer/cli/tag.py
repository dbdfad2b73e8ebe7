"""``analyzer tag``: notes in, JSON Lines out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.cli.reading import Telling, model_of, paths_argument, reading_options
from analyzer.cli.writing import OutputPath, manifest_of_call, manifest_option, outputs

if TYPE_CHECKING:  # "analyzer tag --help" answers at once
    from analyzer.records import Analysis


@click.command("tag")
@paths_argument
@click.option("-o", "--output", type=OutputPath(), help="Write to this file instead of standard output.")
@click.option("--resume", is_flag=True, help="Go on where an earlier run with the same -o was stopped.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="So many processes read side by side, with the same output; each needs memory for the model.",
)
@click.option(
    "--engine",
    type=click.Choice(["spark"]),
    help="Read Parquet tables of notes on Apache Spark instead; -o is then a new folder of Parquet tables.",
)
@manifest_option
@reading_options
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    output: Path | None,
    resume: bool,
    workers: int,
    engine: str | None,
    manifest: bool,
    columns: dict[str, str] | None,
    identifiers: str,
    model: str,
    codebook: Path | None,
) -> None:
    """Tag the notes in PATH... (.txt .md .docx .pdf .rtf .csv .tsv .xlsx .jsonl .parquet, folders and .zip of these).

    Writes one JSON object a note: its tags with words, offsets, status and reason, its opportunities, template lines
    and possible identifiers. Offsets are code points into the text as read.
    """
    if resume and output is None:
        raise click.UsageError("--resume needs the -o of the run that was stopped.")
    telling = Telling()
    how: dict[str, Any] = {
        "columns": columns,
        "model": model_of(model),
        "identifiers": identifiers,
        "codebook": codebook,
    }
    if engine is not None:
        from analyzer.cli.engine import tag_on_spark

        if output is None or resume or workers > 1:
            raise click.UsageError("--engine needs -o, and goes without --resume and --workers: Spark does their work.")
        tag_on_spark(context, telling, paths, how)
        telling.finish(context)
        return
    how["workers"] = workers
    if output is None:
        _to_standard_output(_lines(telling, paths, how))
    else:
        with outputs(context, telling.counts, unfinished=True) as places:
            _to_file(context, places["output"], telling, paths, how)
    telling.finish(context)


def _to_file(
    context: click.Context, file: Path, telling: Telling, paths: tuple[Path, ...], how: dict[str, Any]
) -> None:
    from analyzer.checkpoints import begin, done, take_up

    named: Path = context.params["output"]
    before = 0
    is_part = file != named.resolve()  # no device or pipe
    if is_part and context.params["resume"]:
        before = take_up(file, _made_of(context), named=named)
    elif is_part:
        begin(file, _made_of(context))
    how["done"] = done(file) if before else ()
    with _telling_what_is_kept(telling, named if is_part else None), file.open("ab" if is_part else "wb") as stream:
        for line in islice(_lines(telling, paths, how), before, None):
            stream.write(line)
            stream.flush()
        if is_part:
            os.fsync(stream.fileno())


def _lines(telling: Telling, paths: tuple[Path, ...], how: dict[str, Any]) -> Iterator[bytes]:
    from analyzer.workflow import analyze_paths

    return map(_line, telling.results(analyze_paths(paths, **how)))


def _line(analysis: Analysis) -> bytes:
    return json.dumps(analysis.to_dict(), ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def _to_standard_output(lines: Iterator[bytes]) -> None:
    from analyzer.files import UnfinishedError

    stream = sys.stdout.buffer
    for line in lines:
        try:
            stream.write(line)
            stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            # What is left in the stream's buffer would be told again as the program ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            raise UnfinishedError(f"standard output: could not be written ({error.strerror}); give -o") from error


def _made_of(context: click.Context) -> dict[str, str]:
    """What decides the output, by SHA-256, in the words that a user knows it by."""
    from analyzer.checkpoints import digest
    from analyzer.identifiers.finding import MODEL_VARIABLE

    begun = manifest_of_call(context)
    options = {name: value for name, value in begun.options.items() if name != "model"}
    program = [asdict(part) for part in (begun.program, begun.rules)]
    notes, project = ([asdict(f) for f in begun.inputs if (f.option == "codebook") is own] for own in (False, True))
    return {
        "notes": digest(notes),
        "codebook": digest([asdict(begun.codebook), project]),
        "model": digest(asdict(begun.model) if begun.model else None),
        "options": digest([options, os.environ.get(MODEL_VARIABLE)]),
        "program": digest([program, dict(begun.platform.packages)]),
    }


@contextmanager
def _telling_what_is_kept(telling: Telling, output: Path | None) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if output is not None and telling.read:
            click.echo(f"{output}: the first {telling.read} note(s) are kept; --resume goes on with them", err=True)
        raise
