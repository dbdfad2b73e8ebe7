"""What commands that write files share: outputs appear whole, each with a manifest that `analyzer reproduce` reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:  # commands import what they need when they run
    from analyzer.manifest import Manifest

# The options that name outputs. What a command keeps for itself (--keep of train) is no output, and what only says how
# the work is done decides nothing.
OUTPUTS: Final = ("output", "errors")
_SCRATCH: Final = ("keep", "resume", "workers")
# The commands that look up the errors of the model that is named, whoever tagged the notes.
_READS_ERRORS: Final = ("compare", "feedback")
_BEGUN: Final = "analyzer.begun"


class OutputPath(click.Path):
    """Where to write. ``-`` is standard output, as if nothing were named; or, with ``instead``, an error saying that.

    A file of the name - is ``./-``.
    """

    def __init__(self, *, instead: str | None = None) -> None:
        super().__init__(path_type=Path)
        self._instead = instead

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; None for standard output."""
        if value != "-":
            return super().convert(value, param, ctx)
        if self._instead is not None:
            self.fail(f"this is not written to standard output; {self._instead}", param, ctx)
        return None


def manifest_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--no-manifest``."""
    return click.option(
        "--manifest/--no-manifest",
        default=True,
        help="Write FILE.manifest.json beside each output (default), or don't: what 'analyzer reproduce' needs.",
    )(command)


@contextmanager
def outputs(
    context: click.Context,
    counts: Callable[[], Mapping[str, int]],
    *,
    folder: bool = False,
    unfinished: bool = False,
    replacing: frozenset[str] = frozenset(),
) -> Iterator[dict[str, Path]]:
    """Where to write what the options in `OUTPUTS` name, by option; moved there with its manifest if all goes well.

    ``folder``: ``-o`` is a folder, in which only files of the names in ``replacing`` give way; ``unfinished``: what was
    written stays where the run ends early (`unfinished_file`). ``counts`` is asked in the end.

    Raises `AnalyzerError` before any work where an output can't be written.
    """
    from analyzer.files import check_writable, unfinished_file, whole_file, whole_folder
    from analyzer.manifest import BESIDE_FILES, IN_FOLDERS

    one_file = unfinished_file if unfinished else whole_file
    begun: Manifest | None = None
    named = {name: path for name in OUTPUTS if (path := context.params.get(name)) is not None}
    _check_apart(context, named)
    with ExitStack() as stack:
        places = {}
        for option, path in named.items():
            is_folder = folder and option == "output"
            whole = whole_folder(path, replacing=replacing | {IN_FOLDERS}) if is_folder else one_file(path)
            places[option] = stack.enter_context(whole)
            if not is_folder and context.params["manifest"] and (not path.exists() or path.is_file()):
                check_writable(path.with_name(path.name + BESIDE_FILES))
        # Devices and pipes are written to directly, and nothing can stand beside them.
        kept = {option: place for option, place in places.items() if place != named[option].resolve()}
        if kept and context.params["manifest"]:
            begun = manifest_of_call(context)
        yield places
        if begun is not None:
            _add_manifests(begun, kept, counts())


def _check_apart(context: click.Context, named: Mapping[str, Path]) -> None:
    """No output may take the place of a file that is read."""
    read = {path.resolve() for _, path in _paths_read(context)}
    for option, path in named.items():
        if path.resolve() in read and path.is_file():
            raise click.UsageError(f"--{option} {path} is a file that is read; write to another name")


def _paths_read(context: click.Context) -> Iterator[tuple[str, Path]]:
    """The paths of a call that are inputs, by option."""
    for parameter in context.command.params:
        name = str(parameter.name)
        value = context.params.get(name)
        if value is not None and isinstance(parameter.type, click.Path) and name not in (*OUTPUTS, *_SCRATCH):
            yield from ((name, path) for path in (value if isinstance(value, tuple) else [value]))


def _add_manifests(begun: Manifest, places: Mapping[str, Path], counts: Mapping[str, int]) -> None:
    from analyzer.manifest import files_written, finish, manifest_of

    made = finish(begun, outputs=[files_written(*place) for place in places.items()], counts=counts)
    for place in places.values():
        manifest_of(place).write_text(made.to_json(), encoding="utf-8", newline="\n")


def manifest_of_call(context: click.Context) -> Manifest:
    """The manifest of a command as it begins, made once: reading all inputs takes time."""
    if _BEGUN not in context.meta:
        context.meta[_BEGUN] = _begin(context)
    return context.meta[_BEGUN]


def _begin(context: click.Context) -> Manifest:
    """The manifest of a command by its parameters: paths are inputs, all others options."""
    from analyzer.ingredients import model_name, names_of
    from analyzer.manifest import begin, files_read

    read = list(_paths_read(context))
    options: dict[str, Any] = {
        str(parameter.name): value
        for parameter in context.command.params
        if not isinstance(parameter.type, click.Path)
        and parameter.name not in (*OUTPUTS, *_SCRATCH, "manifest", "version")
        and (value := context.params.get(str(parameter.name))) is not None
    }
    names = names_of([path for _, path in read])
    written = [path for option in OUTPUTS if (path := context.params.get(option)) is not None]
    found = [files_read(option, path, name=name, but=written) for (option, path), name in zip(read, names, strict=True)]
    given = options.pop("model", None)
    model = _model(context, given, [path for option, path in read if option == "paths"])
    if model is not None:
        options["model"] = model_name(model)
    codebook = context.params.get("codebook")
    return begin(str(context.command.name), options=options, inputs=found, model=model, codebook=codebook)


def _model(context: click.Context, given: str | None, paths: list[Path]) -> str | None:
    """The model that takes part; none does where all was tagged before, unless its errors are looked up."""
    from analyzer.workflow import wrote_by_tag

    if given != "default" and context.command.name in _READS_ERRORS:
        return given
    return None if paths and all(map(wrote_by_tag, paths)) else given
