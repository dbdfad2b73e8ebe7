"""The program's own reading errors carried through: shares as a careful coder would likely have counted them.

A share that an imperfect reader counts is set right by what is known of the reader (Rogan & Gladen 1978, Estimating
prevalence from the results of a screening test, doi:10.1093/oxfordjournals.aje.a112510), with the interval of Lang &
Reiczigel 2014 (doi:10.1016/j.prevetmed.2013.09.015), which carries the sampling of the notes and the uncertainty of
sensitivity and specificity. It is in closed form, so the same counts give the same figures on every run; drawing the
three shares from Beta posteriors instead held the truth less often where a group has few occasions.

What it doesn't carry: opportunities that were overlooked or seen where there is none, and notes that are harder to
read than the coded ones. Rates over 1,000 words are not corrected: tags have no true negatives to count.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path
from typing import Any, Final

from scipy.special import ndtri

from analyzer.compare.model import Comparison, Denominator
from analyzer.records import STRATEGIES, DataError

# Preferred first: notes coded twice and kept out of training, then notes by writers whom the model had not read.
BLOCKS: Final = ("gold", "writers_left_out")
# Sensitivity + specificity - 1 (Youden 1950) below which nothing is corrected: the interval's width grows by its
# inverse, so at 1/4 sixteen notes read by the program say no more than one read by a person.
LEAST_YOUDEN: Final = 0.25
# How alike one client's occasions are (intraclass correlation). A starting value, not yet measured on session notes:
# in studies of professional practice it ran from 0 to 0.4, higher for what professionals do than for outcomes
# (Campbell, Fayers & Grimshaw 2005, doi:10.1191/1740774505cn071oa); of how clients fare, therapists account for about
# 5% (Johns et al. 2019, doi:10.1016/j.cpr.2018.08.004).
CORRELATION: Final = 0.05

_COUNTS = ("true_positives", "false_negatives", "false_positives", "true_negatives")
_Z = float(ndtri(0.975))
_NOT_MEASURED = (
    "the program's errors are not measured for this figure (rates over 1,000 words are not corrected); choose "
    "opportunities or notes as the denominator"
)


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """How the program's yes or no agreed with human codes, in numbers of notes or opportunities.

    ``block`` is the part of ``metrics.json`` that the counts come from.
    """

    true_positives: int
    false_negatives: int
    false_positives: int
    true_negatives: int
    block: str = "gold"

    @property
    def positives(self) -> int:
        """How often the human codes say yes."""
        return self.true_positives + self.false_negatives

    @property
    def negatives(self) -> int:
        """How often the human codes say no."""
        return self.true_negatives + self.false_positives

    @property
    def sensitivity(self) -> float | None:
        """The share of the human yes that the program found, None where there is none."""
        return self.true_positives / self.positives if self.positives else None

    @property
    def specificity(self) -> float | None:
        """The share of the human no that the program left alone, None where there is none."""
        return self.true_negatives / self.negatives if self.negatives else None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A corrected share in [0, 1] with its 95% interval; all None where none can be given, for the ``reason``."""

    estimate: float | None
    low: float | None
    high: float | None
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def error_rates(
    model_folder: Path, *, denominator: Denominator = "opportunity", block: str | None = None
) -> dict[str, ErrorRates]:
    """Strategy -> the model's errors, as measured in its ``metrics.json``; empty for rates over 1,000 words.

    By note: whether a note documents the strategy, each strategy for itself. By opportunity: whether a response is
    documented, for all strategies together, since few are measured; opportunities that either side calls engaged,
    planned only or suppressed are left out, as in the comparison. ``block`` is the part to read, by default the first
    of `BLOCKS` that is there. Raises `DataError` where the file or a figure is missing.
    """
    if denominator == "1000 words":
        return {}
    name, figures = _block(model_folder, block)
    try:
        if denominator == "note":
            return {s["name"]: _of_notes(s, name) for s in figures["notes"]["strategies"] if s["name"] in STRATEGIES}
        return dict.fromkeys(STRATEGIES, _of_responses(figures["cues"]["response_table"], name))
    except (KeyError, TypeError, ValueError) as error:
        problem = f"metrics.json: the part {name!r} lacks or garbles {error}; make the model anew with 'analyzer train'"
        raise DataError(str(model_folder), [problem]) from error


def corrected(count: int, exposure: float, rates: ErrorRates | None, *, clients: int | None = None) -> Corrected:
    """The share that a careful coder would likely have counted, where the program counted ``count`` of ``exposure``.

    With ``clients``, how many clients the occasions belong to, the interval widens by Kish's design effect (1965,
    Survey sampling) at `CORRELATION`. ``rates`` of None says that the denominator has none.
    """
    reason = _hindrance(exposure, rates)
    if rates is None or reason:
        return Corrected(None, None, None, reason)
    sensitivity, specificity = rates.sensitivity or 0.0, rates.specificity or 0.0
    estimate = _clip((count / exposure + specificity - 1) / (sensitivity + specificity - 1))
    alike = 1.0 if not clients else 1 + max(exposure / clients - 1, 0) * CORRELATION
    low, high = _interval(count / alike, exposure / alike, rates)
    return Corrected(estimate, min(low, estimate), max(high, estimate))


def correct(comparison: Comparison, rates: Mapping[str, ErrorRates], *, clients: int | None = None) -> Corrected:
    """The corrected share of one comparison; ``rates`` as `error_rates` gives them for its denominator."""
    exposure = comparison.opportunities if comparison.denominator == "opportunity" else comparison.notes
    wanted = None if comparison.denominator == "1000 words" else rates.get(comparison.strategy)
    return corrected(comparison.count, exposure, wanted, clients=clients)


def explain(rates: ErrorRates | None = None) -> str:
    """One plain sentence for the people who read corrected figures."""
    measured = ""
    if rates is not None:
        measured = f" ({rates.true_positives} of {rates.positives} yes, {rates.true_negatives} of {rates.negatives} no)"
    return (
        "A corrected share is the best guess of what a careful coder would have counted in the same notes, from how "
        f"often the program agreed with the codes of test notes{measured}; its interval is wider because it carries "
        "the program's errors as well as the small number of notes, and rates over 1,000 words are not corrected."
    )


def _block(folder: Path, wanted: str | None) -> tuple[str, Mapping[str, Any]]:
    try:
        metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    except OSError as error:
        raise DataError(str(folder), ["metrics.json can't be read; make a model with 'analyzer train'"]) from error
    except ValueError as error:
        raise DataError(str(folder), [f"metrics.json is no JSON: {error}"]) from error
    there = [name for name in ((wanted,) if wanted else BLOCKS) if isinstance(metrics, dict) and metrics.get(name)]
    if not there:
        raise DataError(str(folder), [f"metrics.json has no part {' or '.join((wanted,) if wanted else BLOCKS)}"])
    return there[0], metrics[there[0]]


def _of_notes(scores: Mapping[str, Any], block: str) -> ErrorRates:
    tp, fn, fp, tn = (int(scores[name]) for name in _COUNTS)
    return ErrorRates(tp, fn, fp, tn, block)


def _of_responses(table: Mapping[str, Mapping[str, int]], block: str) -> ErrorRates:
    """From the table coders -> program -> opportunities."""
    yes, no = table["responded"], table["no_documented_response"]
    return ErrorRates(
        int(yes["responded"]),
        int(yes["no_documented_response"]),
        int(no["responded"]),
        int(no["no_documented_response"]),
        block,
    )


def _hindrance(exposure: float, rates: ErrorRates | None) -> str | None:
    """Why no correction can be given, None where it can."""
    if rates is None:
        return _NOT_MEASURED
    if exposure <= 0:
        return "there is nothing to correct: no occasion was counted"
    if rates.sensitivity is None or rates.specificity is None:
        return "the program's errors are not known: the test notes hold none with it, or none without it"
    youden = rates.sensitivity + rates.specificity - 1
    if youden <= 0:
        return "on the test notes the program read this no better than chance, so nothing can be corrected"
    (tp, n), (tn, m) = _agreed(rates)
    # While chance can't be ruled out, the divisor may be zero and the interval has no end (Fieller 1954).
    least = tp / n + tn / m - 1 - _Z * sqrt(_variance(tp, n) + _variance(tn, m))
    if youden < LEAST_YOUDEN or least <= 0:
        return "on the test notes the program read this too unreliably for a useful correction"
    return None


def _interval(count: float, exposure: float, rates: ErrorRates) -> tuple[float, float]:
    """Lang & Reiczigel's: a normal interval after adding two successes and two failures, or thereabouts, to each."""
    seen, n = count + _Z**2 / 2, exposure + _Z**2
    (tp, n_yes), (tn, n_no) = _agreed(rates)
    youden = tp / n_yes + tn / n_no - 1
    share = (seen / n + tn / n_no - 1) / youden
    yes, no = _variance(tp, n_yes), _variance(tn, n_no)
    half = _Z * sqrt(_variance(seen, n) + share**2 * yes + (1 - share) ** 2 * no) / youden
    middle = share + 2 * _Z**2 * (share * yes - (1 - share) * no)
    return _clip(middle - half), _clip(middle + half)


def _agreed(rates: ErrorRates) -> tuple[tuple[float, float], tuple[float, float]]:
    """Agreed yes and all yes, agreed no and all no, with one agreement and one disagreement added to each."""
    return (rates.true_positives + 1, rates.positives + 2), (rates.true_negatives + 1, rates.negatives + 2)


def _variance(part: float, whole: float) -> float:
    return part / whole * (1 - part / whole) / whole


def _clip(share: float) -> float:
    return min(max(share, 0.0), 1.0)
