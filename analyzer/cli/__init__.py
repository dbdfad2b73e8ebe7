"""The command line. Commands import what they need when they run, so that ``--help`` answers at once.

Exit codes: 0 every note was read; 3 some were skipped (each named on standard error); 2 a wrong call; 1 the program
failed.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from analyzer.records import AnalyzerError
from analyzer.version import __version__

# command -> (module, one line for the overview, so that --help needs no import of the command)
_COMMANDS = {
    "tag": ("analyzer.cli.tag", "Tag notes; one JSON object a note."),
    "scan": ("analyzer.cli.scan", "List possible identifiers in notes, without their words."),
    "compare": ("analyzer.cli.compare", "Over- and under-use of the strategies, with the uncertainty."),
    "feedback": ("analyzer.cli.feedback", "A page on one clinician's notes, or an agenda for supervision."),
    "keyness": ("analyzer.cli.keyness", "Which words set one group of notes apart."),
    "export": ("analyzer.cli.export", "Write counts, tags or notes with their tags for other tools."),
    "agreement": ("analyzer.cli.agreement", "How far two or more coders agree, human or program."),
    "evaluate": ("analyzer.cli.evaluate", "Score the tagger against human codes."),
    "store": ("analyzer.cli.store", "Keep analyses and reviews in a database of your choice."),
    "reproduce": ("analyzer.cli.reproduce", "Make an output again from its manifest; are the bytes the same?"),
    "methods": ("analyzer.cli.methods", "A methods paragraph with references, from a manifest."),
    "train": ("analyzer.cli.train", "Make the model from coded notes."),
    "corpus": ("analyzer.cli.corpus", "Check coded notes before they are trained on."),
    "codebook": ("analyzer.cli.codebook", "Show the eleven strategies, or one in full."),
    "init-codebook": ("analyzer.cli.init_codebook", "Make a project folder for strategies of your own."),
    "check-rules": ("analyzer.cli.check_rules", "Check a project folder: formats, and rules against their sentences."),
    "app": ("analyzer.cli.app", "Open the dashboard in the browser."),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: Any = import_module(_COMMANDS[cmd_name][0])
        return _with_version(command.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


def _with_version(command: click.Command) -> click.Command:
    """The command with ``--version``, as every command has it."""
    if not any(parameter.name == "version" for parameter in command.params):
        command = click.version_option(__version__, prog_name="analyzer")(command)
    return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="analyzer")
def cli() -> None:
    """Read de-identified session notes and show the evidence of eleven trust-building strategies.

    A note tells what was documented, not what was done. Nothing leaves this machine.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every error that a user can mend ends with its sentence, not with a trace."""
    try:
        code = cli.main(arguments, prog_name="analyzer", standalone_mode=False)
    except click.Abort:
        click.echo("analyzer: stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except AnalyzerError as error:
        click.echo(f"analyzer: {error}", err=True)
        sys.exit(1 if _had_begun(error) else 2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # the last line of defence: a message may hold note text, so only its kind is told
        where = _innermost(error)
        click.echo(
            f"analyzer: the program failed ({type(error).__name__} in {where}); nothing was sent anywhere", err=True
        )
        sys.exit(1)
    # Without standalone mode click returns what Context.exit was given.
    sys.exit(code if isinstance(code, int) else 0)


def _had_begun(error: AnalyzerError) -> bool:
    from analyzer.files import UnfinishedError

    return isinstance(error, UnfinishedError)


def _innermost(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}, line {trace.tb_lineno}"
