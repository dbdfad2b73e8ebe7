"""Work that ends its process, in a module of its own: processes import it, and should start quickly."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

from analyzer.records import Note


def deadly(_model: str | None, notes: Sequence[Note]) -> list[str]:
    """Work that kills its process at one note, as a system does that is out of memory."""
    for note in notes:
        if note.text == "deadly":
            os.kill(os.getpid(), signal.SIGKILL)
    return [note.note_id for note in notes]
