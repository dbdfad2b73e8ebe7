"""Notes -> Comparisons: over- and under-use against a reference, with the uncertainty, in figures and in words."""

from analyzer.compare.comparing import compare
from analyzer.compare.model import Comparison
from analyzer.compare.settings import load_targets
from analyzer.compare.words import VERDICTS, format_table, sentence

__all__ = ["VERDICTS", "Comparison", "compare", "format_table", "load_targets", "sentence"]
