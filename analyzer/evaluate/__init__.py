"""How well the program agrees with human codes: figures, the disagreements one by one, and both in readable form."""

from analyzer.evaluate.disagreements import disagreements, write_disagreements
from analyzer.evaluate.estimates import Estimate
from analyzer.evaluate.scoring import Evaluation, evaluate
from analyzer.evaluate.table import format_table

__all__ = ["Estimate", "Evaluation", "disagreements", "evaluate", "format_table", "write_disagreements"]
