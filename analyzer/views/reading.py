"""Notes are read in a thread of their own, so that a page shows itself at once and can tell how far it is."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spacy.language import Language

from analyzer.identifiers import mask
from analyzer.records import Analysis, AnalyzerError, Note, Remark, Skipped
from analyzer.tagging import tag_notes
from analyzer.views.turns import in_turns


@dataclass(frozen=True, slots=True)
class ReadNote:
    """A note's (masked) text beside what was found in it."""

    text: str
    analysis: Analysis


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a session looks at: ``origin`` is "sample", "own" or "none"."""

    origin: str
    notes: tuple[ReadNote, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def analyses(self) -> list[Analysis]:
        """The analyses alone, in order."""
        return [note.analysis for note in self.notes]


class Reading:
    """A run over some notes; it begins at once, and ends when all are read, when stopped, or when nobody holds it.

    The thread knows its Reading only weakly: where a session ends and drops it, the thread ends with its batch.
    """

    def __init__(self, origin: str, items: Sequence[Note | Skipped | Remark], nlp: Callable[[], Language]) -> None:
        notes = [item for item in items if isinstance(item, Note)]
        self.origin = origin
        self.total = len(notes)
        self.error: str | None = None
        self.stopped = False
        self._read: list[ReadNote] = []
        self._skipped = [item for item in items if isinstance(item, Skipped)]
        self._unreadable = len(self._skipped)
        self._remarks = tuple(item for item in items if isinstance(item, Remark))
        self._ended = threading.Event()
        self._began = time.monotonic()
        self._loaded: Loaded | None = None
        threading.Thread(target=_work, args=(weakref.ref(self), notes, nlp()), daemon=True).start()

    @property
    def done(self) -> int:
        """How many notes were read or refused."""
        return len(self._read) + len(self._skipped) - self._unreadable

    @property
    def running(self) -> bool:
        """Whether notes are still to come."""
        return not (self.stopped or self._ended.is_set())

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take at the pace so far; None before the first note."""
        done = self.done
        return (time.monotonic() - self._began) / done * (self.total - done) if done else None

    @property
    def loaded(self) -> Loaded:
        """What was read; the same record each time once the run is over."""
        if self._loaded is not None:
            return self._loaded
        found = Loaded(self.origin, tuple(self._read), tuple(self._skipped), self._remarks)
        if not self.running:
            self._loaded = found
        return found

    def stop(self) -> None:
        """Read no further; what was read is kept."""
        self.stopped = True

    def wait(self, seconds: float) -> None:
        """Wait for the end, at most so long."""
        self._ended.wait(seconds)

    def take(self, note: Note, result: Analysis | Skipped) -> None:
        """Keep one result (called by the thread)."""
        if isinstance(result, Analysis):
            self._read.append(ReadNote(mask(note.text, result.identifiers), result))
        else:
            self._skipped.append(result)

    def end(self, error: str | None = None) -> None:
        """No more is to come (called by the thread)."""
        self.error = error
        self._ended.set()


def _work(whose: weakref.ref[Reading], notes: list[Note], nlp: Language) -> None:
    error = None
    try:
        for note, result in zip(notes, in_turns(tag_notes(notes, nlp)), strict=True):
            reading = whose()
            if reading is None or reading.stopped:
                return
            reading.take(note, result)
            del reading
    except AnalyzerError as problem:
        error = str(problem)
    except Exception as problem:  # the words of another error may be a note's
        error = f"Reading ended at an error of the program ({type(problem).__name__}); what was read so far is kept."
    finally:
        if (reading := whose()) is not None:
            reading.end(error)
