"""Agreement of two or more coders, human or program: coefficients with intervals, disagreements, study planning."""

from analyzer.agreement.coders import Coder, read_coders
from analyzer.agreement.listing import Disagreement, disagreements, write_disagreements
from analyzer.agreement.measuring import Agreement, agreement
from analyzer.agreement.planning import Plan, plan
from analyzer.agreement.results import LEVELS, Line, Pair
from analyzer.agreement.table import format_agreement

__all__ = [
    "LEVELS",
    "Agreement",
    "Coder",
    "Disagreement",
    "Line",
    "Pair",
    "Plan",
    "agreement",
    "disagreements",
    "format_agreement",
    "plan",
    "read_coders",
    "write_disagreements",
]
