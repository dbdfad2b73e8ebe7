"""The self-check before anyone is flagged: simulated chances of a false flag and of missing a real gap.

Uploads of the same sizes are drawn again and again and put before the comparison's own questions, correction for their
number and verdicts. Clients differ within a group (beta-binomial; Ridout, Demétrio & Firth 1999, Estimating intraclass
correlation for binary data, doi:10.1111/j.0006-341X.1999.00137.x), and the program misreads as often as was measured,
with the uncertainty of that. The codebook's patterns of over-use are counted, not tested, so they are not simulated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.compare.comparing import _verdict
from analyzer.compare.correction import CORRELATION, ErrorRates
from analyzer.compare.estimates import Belief, Numbers, q_values
from analyzer.compare.model import Denominator, Reference, Verdict
from analyzer.compare.questions import Measure, Question, measure
from analyzer.compare.references import _among_peers, _belief
from analyzer.compare.settings import Ranges, Settings, check_targets, load_settings
from analyzer.profiles import NOT_GIVEN, Profile
from analyzer.records import STRATEGIES, AnalyzerError

Counts = NDArray[np.int64]

# The two references whose probabilities take a millisecond each: fewer simulations, but not fewer than FEWEST.
_SLOW: Final = ("peers", "past")
_SLOW_QUESTIONS: Final = 5000
_FEWEST: Final = 20
# How many groups a simulation gives a real gap, one at a time and in turn.
_GAPS: Final = 10
