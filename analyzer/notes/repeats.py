"""The same id, or the same text, a second time: nothing is dropped, all is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from analyzer.notes.limits import shown
from analyzer.notes.rows import Item
from analyzer.records import Note, Remark, sha256_of


def tell_repeats(items: Iterable[Item]) -> Iterator[Item]:
    """Pass items on; a note whose id was there before becomes ``id#2``, and each repetition is followed by a Remark."""
    ids: dict[str, str] = {}  # id -> digest of the text it first came with
    texts: dict[str, str] = {}  # digest -> id that it first came under
    for item in items:
        if not isinstance(item, Note):
            yield item
            continue
        digest = sha256_of(item.text)
        note = replace(item, note_id=_free(item.note_id, ids)) if item.note_id in ids else item
        yield note
        if note is not item:
            same = "the same text" if ids[item.note_id] == digest else "another text"
            yield Remark(
                item.source, f"note id {shown(item.note_id)} again, with {same}: kept as {shown(note.note_id)}"
            )
        elif digest in texts:
            both = f"{shown(texts[digest])} and {shown(note.note_id)}"
            yield Remark(item.source, f"notes {both} have the same text: both are kept")
        ids[note.note_id] = digest
        texts.setdefault(digest, note.note_id)


def _free(note_id: str, taken: dict[str, str]) -> str:
    number = 2
    while f"{note_id}#{number}" in taken:
        number += 1
    return f"{note_id}#{number}"
