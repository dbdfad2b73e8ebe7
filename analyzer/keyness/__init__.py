"""Which words set one group of notes apart from others: counting, figures, and both in readable form."""

from analyzer.keyness.comparing import Keyness, KeyWord, key_words
from analyzer.keyness.statistics import log_likelihood, log_ratio
from analyzer.keyness.table import format_table, rows_of, write_keyness

__all__ = ["KeyWord", "Keyness", "format_table", "key_words", "log_likelihood", "log_ratio", "rows_of", "write_keyness"]
