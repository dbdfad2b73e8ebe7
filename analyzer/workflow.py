"""The whole flow in a dozen lines: files become Notes, Notes become Analyses. The file to read first.

Counting and comparing go on from the Analyses: `analyzer.profiles`, `analyzer.compare`, `analyzer.export`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.records import Analysis, AnalyzerError, DataError, Note, Remark, Skipped, sha256_of

# The table of analyses in the folder that `analyzer tag --engine` fills.
OF_ENGINE = "analyses"

if TYPE_CHECKING:  # notes that were tagged before are compared without waiting for spaCy
    from analyzer.identifiers import Gate
    from analyzer.interchange.document import Document
    from analyzer.tagging import Hands


def analyze(
    notes: Iterable[Note | str | Mapping[str, str | None]],
    *,
    model: str | Path | None = "default",
    identifiers: Gate = "mask",
    codebook: str | Path | None = None,
) -> Iterator[Analysis | Skipped]:
    """Tag notes, in order and as they come.

    A note may also be a plain text (they are numbered) or a mapping of note_id, text, clinician, client, date; what
    else the mapping holds is carried along. Raises `AnalyzerError` for anything else.

    ``model`` and ``codebook`` are as for `analyzer.load`, ``identifiers`` one of mask, refuse, ignore.

    >>> first = next(analyze(["Reviewed limits of confidentiality with client."]))
    >>> [(tag.strategy, tag.status) for tag in first.tags]
    [('transparency', 'delivered')]
    """
    from analyzer.pipeline import load
    from analyzer.tagging import tag_notes

    nlp = load(model, codebook=codebook)
    return tag_notes(map(_as_note, enumerate(notes, 1)), nlp, identifiers=identifiers)


def analyze_paths(
    paths: Sequence[Path],
    *,
    columns: Mapping[str, str] | None = None,
    model: str | Path | None = "default",
    identifiers: Gate = "mask",
    codebook: str | Path | None = None,
    workers: int = 1,
    done: Iterable[Analysis] = (),
) -> Iterator[Analysis | Skipped | Remark]:
    """Read files and folders and tag what they hold; what can't be read comes as `Skipped`, hints as `Remark`.

    File names and note ids that seem to hold an identifier are pointed out last: they stand in every output.

    ``paths`` and ``columns`` are as for `read_notes`, ``model``, ``identifiers`` and ``codebook`` as for `analyze`.
    ``workers`` processes read side by side, with the same result; ``done`` are analyses of the first of these notes
    that an earlier run made, and are passed on (`analyzer.tagging.tag_by`). Raises `AnalyzerError` at once for a path
    that isn't there.

    >>> found = list(analyze_paths([Path("sample_notes/C01")], model=None))
    >>> len([item for item in found if isinstance(item, Analysis)])
    13
    """
    from analyzer.notes import read_notes

    # A path that isn't there is told before the pipeline is loaded, which takes seconds.
    reading = read_notes(paths, columns=columns)
    return _tagged(reading, model, identifiers, codebook, workers, done)


def _tagged(
    reading: Iterator[Note | Skipped | Remark],
    model: str | Path | None,
    identifiers: Gate,
    codebook: str | Path | None,
    workers: int,
    done: Iterable[Analysis],
) -> Iterator[Analysis | Skipped | Remark]:
    from analyzer.identifiers import NamesHeld
    from analyzer.pipeline import shipped_model_is_missing
    from analyzer.tagging import tag_by

    waiting: list[Skipped | Remark] = []
    if model == "default" and shipped_model_is_missing():
        waiting.append(
            Remark("models/accurate", "is not installed: notes are read by the rules alone; 'make model' makes it")
        )

    names = NamesHeld()

    def notes() -> Iterator[Note]:
        for item in reading:
            if isinstance(item, Note):
                if identifiers != "ignore":
                    names.look_at(Path(item.source).stem, Path(item.note_id).stem)
                yield item
            else:
                waiting.append(item)

    with _hands(model, codebook, workers, waiting.append) as hands:
        for result in tag_by(hands, notes(), identifiers=identifiers, done=done):
            yield from waiting
            waiting.clear()
            yield result
    yield from waiting
    yield from (Remark("file names and note ids", message) for message in names.told())


@contextmanager
def _hands(
    model: str | Path | None, codebook: str | Path | None, workers: int, tell: Callable[[Remark], None]
) -> Iterator[Hands]:
    """Who reads the notes: this process, or several."""
    from analyzer.pipeline import load
    from analyzer.tagging import OwnHands
    from analyzer.workers import Crew

    if workers == 1:
        yield OwnHands(load(model, codebook=codebook))
    else:
        with Crew(model, workers, tell, codebook=codebook) as crew:
            yield crew


def documents(
    analyses: Iterable[Analysis],
    paths: Sequence[Path],
    *,
    columns: Mapping[str, str] | None = None,
) -> Iterator[Document]:
    """Analyses beside the text of their notes, read again from ``paths`` and masked where identifiers were found.

    ``columns`` is as for `read_notes`. Notes are read on only until the one that is asked for, so texts are held only
    where the order differs. Raises `DataError` for a note that is not there, comes twice or has another text.

    >>> paths = [Path("sample_notes/C01")]
    >>> tagged = [item for item in analyze_paths(paths, model=None) if isinstance(item, Analysis)]
    >>> first = next(documents(tagged, paths))
    >>> tag = first.analysis.tags[0]
    >>> first.text[tag.start : tag.end] == tag.text
    True
    """
    from analyzer.identifiers import mask
    from analyzer.interchange.document import Document
    from analyzer.notes import read_notes

    reading = (note for note in read_notes(paths, columns=columns) if isinstance(note, Note))
    ahead: dict[str, str] = {}
    for analysis in analyses:
        while analysis.note_id not in ahead and (note := next(reading, None)) is not None:
            ahead[note.note_id] = note.text
        text = ahead.pop(analysis.note_id, None)
        if text is None or sha256_of(text) != analysis.text_sha256:
            absent, changed = "is not among the notes, or came before", "has another text than the one that was tagged"
            what = absent if text is None else changed
            raise DataError(f"note {analysis.note_id[:80]!r}", [f"{what}; give the same notes, or tag them again"])
        yield Document(analysis, mask(text, analysis.identifiers))


def _as_note(numbered: tuple[int, Note | str | Mapping[str, str | None]]) -> Note:
    number, note = numbered
    where = f"note {number}"
    if isinstance(note, Note):
        return note
    if isinstance(note, str):
        note = {"text": note}
    if not isinstance(note, Mapping) or not isinstance(note.get("text"), str):
        raise AnalyzerError(
            f"{where} is a {type(note).__name__} without a text: give a Note, a str or a mapping with 'text'"
        )
    about = {key: note.get(key) for key in ("clinician", "client", "date")}
    extra = {key: str(value) for key, value in note.items() if key not in ("note_id", "text", *about)}
    return Note(
        note_id=str(note.get("note_id") or f"note-{number}"), text=str(note["text"]), source=where, extra=extra, **about
    )


def wrote_by_tag(path: Path) -> bool:
    """Whether this is what ``analyzer tag`` wrote: JSON Lines, or the folder of ``--engine``."""
    if path.is_dir():
        return any((path / OF_ENGINE).glob("*.parquet"))
    if path.suffix.lower() != ".jsonl" or not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        return '"text_sha256"' in file.readline(100_000)


def read_analyses(
    *paths: Path, beside: Iterable[Analysis | Skipped | Remark] = ()
) -> Iterator[Analysis | Skipped | Remark]:
    """The analyses in what ``analyzer tag`` wrote, one by one and each note once; a broken line comes as `Skipped`.

    After them come those ``beside`` them, such as of notes that are tagged just now. `analyzer.doubles.EachOnce` says
    how a note that was read before is left out and told.

    >>> import json, tempfile
    >>> (tagged,) = analyze(["Validated her grief."], model=None)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "tags.jsonl"
    ...     _ = path.write_text(json.dumps(tagged.to_dict()), encoding="utf-8")
    ...     [(item.note_id, len(item.tags)) for item in read_analyses(path)]
    [('note-1', 1)]
    """
    from analyzer.doubles import EachOnce

    once = EachOnce()
    for path in paths:
        yield from once.of(path.name, _of_tag(path))
    yield from once.of("notes not tagged before", beside)


def _of_tag(path: Path) -> Iterator[Analysis | Skipped]:
    if path.is_dir():
        yield from _of_engine(path / OF_ENGINE)
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield Analysis.from_json(line)
            except DataError:
                yield Skipped(
                    f"{path.name} line {number}", "is not a line written by 'analyzer tag'; tag the notes again"
                )


def _of_engine(folder: Path) -> Iterator[Analysis | Skipped]:
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    for file in sorted(folder.glob("*.parquet")):
        for batch in pq.ParquetFile(file).iter_batches(1024, columns=["analysis", "problem"]):
            for line, problem in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                yield Analysis.from_json(line.encode()) if line else Skipped(file.name, problem)
