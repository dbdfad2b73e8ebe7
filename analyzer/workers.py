"""Several processes that read notes side by side: ``analyzer tag --workers``.

Each loads the model once and gets notes, never Docs; what it gives back comes in the order of the notes. The processes
are loky's (through joblib), which tells when one ends in mid-work. Then its notes are read again by a process alone,
and a note that ends this one too is left out.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analyzer.records import AnalyzerError, Note, Remark, Skipped

if TYPE_CHECKING:  # a process starts quickly, and loads what it needs with its first notes
    from spacy.language import Language

    from analyzer.tagging import Prepared

# Batches under way for each process, so that none waits for the next.
_UNDER_WAY: Final = 2
# So many notes lost before the first was read: then it is not the notes.
_NONE_READ: Final = 3
_LOOK_AGAIN: Final = 1.0  # seconds

# What the pipeline is loaded from: the model and the project folder.
_Made = tuple[str | None, str | None]
_Work = Callable[[_Made, Sequence[Any]], Sequence[Any] | str]
# A batch, and the pool and the future that it was given to; an empty batch needs none.
_Task = tuple[Sequence[Any], Any, "Future[Any] | None"]


class Crew:
    """`analyzer.tagging.Hands` of ``workers`` processes; ``tell`` is called when one ended before its time.

    Use as a context manager: the processes end with it.
    """

    def __init__(
        self,
        model: str | Path | None,
        workers: int,
        tell: Callable[[Remark], None],
        *,
        codebook: str | Path | None = None,
    ) -> None:
        self._made: _Made = (str(model) if model else None, str(codebook) if codebook else None)
        self._workers = workers
        self._tell = tell
        self._pool: Any = None
        self._alone: Any = None
        self._read = self._lost = 0

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in (self._pool, self._alone):
            if pool is not None:
                pool.shutdown(wait=True, kill_workers=True)

    def find(self, batches: Iterable[Sequence[Note]]) -> Iterator[Sequence[Any]]:
        """As `Hands` says."""
        return self._each(_find, batches)

    def read(self, batches: Iterable[Sequence[Prepared]]) -> Iterator[Sequence[Any]]:
        """As `Hands` says."""
        return self._each(_read, batches)

    def _each(self, work: _Work, batches: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        waiting: deque[_Task] = deque()
        for batch in batches:
            waiting.append(self._begin(work, batch))
            if len(waiting) > _UNDER_WAY * self._workers:
                yield self._finish(work, *waiting.popleft())
        while waiting:
            yield self._finish(work, *waiting.popleft())

    def _begin(self, work: _Work, batch: Sequence[Any]) -> _Task:
        if not batch:
            return batch, None, None
        if self._pool is None:
            self._pool = _processes(self._workers)
        try:
            return batch, self._pool, self._pool.submit(work, self._made, batch)
        except BrokenExecutor as error:
            self._replace(error)
            return self._begin(work, batch)

    def _finish(self, work: _Work, batch: Sequence[Any], pool: Any, future: Future[Any] | None) -> Sequence[Any]:
        if future is None:
            return []
        try:
            return self._of(future)
        except BrokenExecutor as error:
            # All that was under way is gone with one process; it is told once.
            if pool is self._pool:
                self._replace(error)
            return self._again(work, batch)

    def _again(self, work: _Work, batch: Sequence[Any]) -> list[Any]:
        """A batch by a process alone, note by note where that ends as well."""
        if self._alone is None:
            self._alone = _processes(1)
        try:
            return list(self._of(self._alone.submit(work, self._made, batch)))
        except BrokenExecutor as error:
            self._alone.shutdown(wait=True, kill_workers=True)
            self._alone = None
            if len(batch) == 1:
                return [self._lose(batch[0], error)]
            return [result for item in batch for result in self._again(work, [item])]

    def _of(self, future: Future[Any]) -> Sequence[Any]:
        results = future.result()
        if isinstance(results, str):
            raise AnalyzerError(results)
        self._read += len(results)
        return results

    def _lose(self, item: Note | Prepared, error: BrokenExecutor) -> Skipped:
        from analyzer.tagging import skipped

        self._lost += 1
        if not self._read and self._lost >= _NONE_READ:
            raise AnalyzerError(
                f"the processes of --workers end before they read a note ({_signal(error)}); give fewer"
            )
        note = item if isinstance(item, Note) else item.note
        return skipped(
            note, f"the process that read it ended ({_signal(error)}); it may take too much memory: split it"
        )

    def _replace(self, error: BrokenExecutor) -> None:
        self._pool.shutdown(wait=True, kill_workers=True)
        self._pool = None
        message = f"a process ended in mid-work ({_signal(error)}), maybe for want of memory; its notes are read again"
        self._tell(Remark("--workers", message))


def _processes(count: int) -> Any:
    from joblib.externals.loky import ProcessPoolExecutor

    # One thread each: the processes share the cores already.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return ProcessPoolExecutor(max_workers=count, initializer=_end_with, initargs=(os.getpid(),), env=threads)


def _signal(error: BrokenExecutor) -> str:
    """How the process ended, out of loky's sentence: ``SIGKILL(-9)``."""
    _, found, rest = str(error).partition("exit codes of the workers are {")
    return rest.partition("}")[0] if found else "for an unknown reason"


def _end_with(parent: int) -> None:
    """Let this process end soon after its parent, which may be killed without a chance to say so."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_AGAIN)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@cache
def _loaded(made: _Made) -> Language:
    from analyzer.pipeline import load

    model, codebook = made
    return load(model, codebook=codebook)


def _find(_made: _Made, notes: Sequence[Note]) -> Sequence[Any] | str:
    from analyzer.tagging import find_in

    # A user's error goes back as its sentence, since not every exception survives pickling.
    try:
        return find_in(notes)
    except AnalyzerError as error:
        return str(error)


def _read(made: _Made, batch: Sequence[Prepared]) -> Sequence[Any] | str:
    from analyzer.tagging import read_with

    try:
        return read_with(_loaded(made), batch)
    except AnalyzerError as error:
        return str(error)
