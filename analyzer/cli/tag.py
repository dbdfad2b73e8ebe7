"""``analyzer tag``: notes in, JSON Lines out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from analyzer.cli.reading import Telling, model_of, paths_argument, reading_options
from analyzer.cli.writing import manifest_option, outputs


@click.command("tag")
@paths_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of standard output.")
@manifest_option
@reading_options
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    output: Path | None,
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
    from analyzer.workflow import analyze_paths

    telling = Telling()
    with outputs(context, telling.counts) as places:
        results = telling.results(
            analyze_paths(
                paths,
                columns=columns,
                model=model_of(model),
                identifiers=identifiers,  # type: ignore[arg-type]
                codebook=codebook,
            )
        )
        lines = (json.dumps(analysis.to_dict(), ensure_ascii=False) for analysis in results)
        if output is None:
            stream = sys.stdout.buffer
            for line in lines:
                stream.write(line.encode("utf-8", "surrogatepass") + b"\n")
                stream.flush()
        else:
            with places["output"].open("wb") as file:
                for line in lines:
                    file.write(line.encode("utf-8", "surrogatepass") + b"\n")
    telling.finish(context)
