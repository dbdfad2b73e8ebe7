"""What is told of the agreement: frozen, and None wherever there is nothing to measure (never NaN)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from analyzer.evaluate.estimates import Estimate

Level = Literal["segment", "note"]
Question = Literal["strategy", "amount", "status", "mean"]

LEVELS: Final[tuple[Level, ...]] = ("segment", "note")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two coders on the ``units`` that both rated.

    ``prevalence_index`` |a - d| / n and ``bias_index`` |b - c| / n of the 2 x 2 table, in [0, 1]: kappa is low by
    itself where the first is high, and high by itself where the second is (Byrt, Bishop & Carlin 1993,
    doi:10.1016/0895-4356(93)90018-V). None where the answer is not yes or no.
    """

    first: str
    second: str
    units: int
    percent: Estimate
    cohen_kappa: Estimate
    prevalence_index: float | None
    bias_index: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """The agreement of all coders on one question.

    ``name`` is the strategy (``strategy`` was it documented as delivered, yes or no; ``amount`` in how many segments),
    ``status`` (which, where two coders or more give the strategy), or ``mean`` (over the measurable strategies).
    ``units`` were rated by two coders or more; ``prevalence`` is the share of these ratings that say yes. Where nobody
    ever says yes the question is not ``measurable`` and nothing else is told. ``percent`` is the share of pairs of
    coders that agree (weighted for amounts), ``gwet_ac`` is AC1, for amounts AC2 with linear weights.
    """

    level: Level
    question: Question
    name: str
    units: int
    prevalence: float | None
    measurable: bool
    percent: Estimate
    fleiss_kappa: Estimate
    gwet_ac: Estimate
    krippendorff_alpha: Estimate
    cohen_kappa: Estimate
    prevalence_index: float | None
    bias_index: float | None
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """All questions, and what they were asked of. ``left_out``: notes that one coder alone coded."""

    coders: tuple[str, ...]
    notes: int
    segments: int
    left_out: int
    lines: tuple[Line, ...]
    seed: int
    rounds: int
    gamma: Estimate | None = None

    def line(self, name: str, *, level: Level = "segment", question: Question = "strategy") -> Line:
        """One question's line. Raises `KeyError` where there is none."""
        for line in self.lines:
            if (line.name, line.level, line.question) == (name, level, question):
                return line
        raise KeyError((name, level, question))

    def to_dict(self) -> dict[str, Any]:
        """The figures as they go to JSON."""
        return asdict(self)
