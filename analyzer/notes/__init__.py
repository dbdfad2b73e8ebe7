"""Files become Notes: text, Word, PDF and rich-text files, tables, JSON Lines, Parquet, folders and .zip archives."""

from analyzer.notes.limits import MAX_CHARS
from analyzer.notes.reading import SUFFIXES, read_notes, read_uploads

__all__ = ["MAX_CHARS", "SUFFIXES", "read_notes", "read_uploads"]
