"""How often the program's reading agreed with human codes, as the model's ``metrics.json`` says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.compare.model import Denominator
from analyzer.compare.settings import load_settings
from analyzer.records import STRATEGIES, DataError

_COUNTS = ("true_positives", "false_negatives", "false_positives", "true_negatives")


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


def error_rates(
    model_folder: Path, *, denominator: Denominator = "opportunity", block: str | None = None
) -> dict[str, ErrorRates]:
    """Strategy -> the model's errors, as measured in its ``metrics.json``; empty for rates over 1,000 words.

    By note: whether a note documents the strategy, each strategy for itself. By opportunity: whether a response is
    documented, for all strategies together, since few are measured; opportunities that either side calls engaged,
    planned only or suppressed are left out, as in the comparison. ``block`` is the part to read, by default the first
    of those in ``data/compare.yml`` that is there. Raises `DataError` where the file or a figure is missing.
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


def _block(folder: Path, wanted: str | None) -> tuple[str, Mapping[str, Any]]:
    try:
        metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    except OSError as error:
        raise DataError(str(folder), ["metrics.json can't be read; make a model with 'analyzer train'"]) from error
    except ValueError as error:
        raise DataError(str(folder), [f"metrics.json is no JSON: {error}"]) from error
    parts = (wanted,) if wanted else load_settings().correction.blocks
    there = [name for name in parts if isinstance(metrics, dict) and metrics.get(name)]
    if not there:
        raise DataError(str(folder), [f"metrics.json has no part {' or '.join(parts)}"])
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
