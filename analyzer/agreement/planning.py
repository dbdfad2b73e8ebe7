"""How many units a reliability study needs for a kappa that is known well enough."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analyzer.lexicons import read_data
from analyzer.records import AnalyzerError


@dataclass(frozen=True, slots=True)
class Plan:
    """Independent ``units`` for two coders, and the advice as a sentence."""

    kappa: float
    prevalence: float
    width: float
    units: int
    sentence: str


def plan(*, kappa: float, prevalence: float, width: float) -> Plan:
    """Units that two coders should code for a 95% interval of kappa of this full width.

    ``kappa`` as expected in (0, 1), ``prevalence`` the share of units with the code in (0, 1), ``width`` in (0, 1).
    The large-sample variance of kappa of two coders with the same prevalence is that of Bloch & Kraemer 1989
    (doi:10.2307/2531484), which Donner & Eliasziw 1992 (doi:10.1002/sim.4780111109) plan by. Raises `AnalyzerError`.
    """
    for name, value in (("kappa", kappa), ("prevalence", prevalence), ("width", width)):
        if not 0 < value < 1:
            raise AnalyzerError(f"--{name} {value:g}: must lie between 0 and 1")
    from scipy.stats import norm

    settings = read_data("agreement.yml")["plan"]
    z = norm.ppf((1 + settings["confidence_level"]) / 2)
    spread = (1 - kappa) * (1 - 2 * kappa) + kappa * (2 - kappa) / (2 * prevalence * (1 - prevalence))
    units = math.ceil((2 * z / width) ** 2 * (1 - kappa) * spread)
    sentence = settings["sentence"].format(
        kappa=kappa,
        share=prevalence,
        width=width,
        low=kappa - width / 2,
        high=min(kappa + width / 2, 1),
        units=units,
        positive=round(units * prevalence),
    )
    return Plan(kappa, prevalence, width, units, sentence)
