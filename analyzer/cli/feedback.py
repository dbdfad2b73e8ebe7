"""``analyzer feedback``: one page for a clinician about their own notes, or an agenda for their supervisor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.compare import analyses_from
from analyzer.cli.reading import Telling, paths_argument, reading_options
from analyzer.cli.writing import OutputPath, manifest_option, outputs
from analyzer.profiles import NOT_GIVEN, given
from analyzer.records import AnalyzerError, DataError

if TYPE_CHECKING:
    from analyzer.compare.error_rates import ErrorRates


@click.command("feedback")
@paths_argument
@click.option("--clinician", metavar="NAME", required=True, help="Whose notes: a name as the notes give it.")
@click.option(
    "--for",
    "reader",
    type=click.Choice(["clinician", "supervisor"]),
    default="clinician",
    show_default=True,
    help="A page for the clinician, or an agenda for their next supervision.",
)
@click.option(
    "-o",
    "--output",
    type=OutputPath(instead="name a page (.html .pdf .docx), or leave -o out for plain text"),
    metavar="FILE",
    help="Write a page to print (.html .pdf .docx), not plain text.",
)
@manifest_option
@reading_options
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    clinician: str,
    reader: str,
    output: Path | None,
    manifest: bool,
    columns: dict[str, str] | None,
    identifiers: str,
    model: str,
    codebook: Path | None,
) -> None:
    """One page on what a clinician's notes in PATH... document: strengths first, with quotes.

    Then the one place to look, one thing to try, and what the page cannot say. PATH may also be the JSON Lines that
    'analyzer tag' wrote. Documentation is described, not practice; nobody is ranked.
    """
    from analyzer.feedback import ENDINGS, agenda_for, feedback_for, file_of, plain_text
    from analyzer.project import codebook_of

    ending = next((known for known in ENDINGS if output and output.suffix.lower() == f".{known}"), None)
    if output is not None and ending is None:
        known = ", ".join(f".{known}" for known in ENDINGS)
        raise AnalyzerError(f"{output}: end the page's name in {known}, or leave -o out for plain text")
    telling = Telling()
    with outputs(context, telling.counts) as places:
        results = telling.results(
            analyses_from(paths, columns=columns, model=model, identifiers=identifiers, codebook=codebook)
        )
        make = agenda_for if reader == "supervisor" else feedback_for
        document = make(
            results,
            clinician,
            texts=_texts(paths, columns, clinician),
            rates=measured_errors(model),
            codebook=codebook_of(codebook),
        )
        if ending is None:
            click.echo(plain_text(document), nl=False)
        else:
            places["output"].write_bytes(file_of(document, ending))
    if output is not None:
        click.echo(f"{output} quotes notes: keep it where you keep them", err=True)
    telling.finish(context)


def measured_errors(model: str) -> dict[str, ErrorRates]:
    """How often the model was seen to err, by strategy; empty where that isn't known."""
    from analyzer.artifact import SHIPPED
    from analyzer.compare.error_rates import error_rates

    try:
        return {} if model == "none" else error_rates(SHIPPED.get(model, Path(model)))
    except DataError:
        return {}


def _texts(paths: Sequence[Path], columns: dict[str, str] | None, clinician: str) -> dict[str, str]:
    """The texts of one clinician's notes by note id; what 'analyzer tag' wrote has none. Quoting masks them."""
    from analyzer.notes import read_notes
    from analyzer.records import Note
    from analyzer.workflow import wrote_by_tag

    notes = [path for path in paths if not wrote_by_tag(path)]
    read = read_notes(notes, columns=columns) if notes else ()
    own = (n for n in read if isinstance(n, Note) and (n.clinician if given(n.clinician) else NOT_GIVEN) == clinician)
    return {note.note_id: note.text for note in own}
