"""``data/compare.yml`` -> checked thresholds and priors; a user's targets file -> ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analyzer.lexicons import read_data
from analyzer.records import STRATEGIES, DataError

Ranges = dict[str, tuple[float, float]]
_Share = Annotated[float, Field(gt=0, lt=1)]
_FILE = "compare.yml"


class _Part(BaseModel):
    """A frozen part of the file that knows its keys and names its source."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    source: Annotated[str, Field(min_length=1)]


class Minimums(_Part):
    """Below these no pattern is shown."""

    notes: Annotated[int, Field(ge=1)]
    cues: Annotated[int, Field(ge=1)]


class Significance(_Part):
    """How sure a verdict must be."""

    false_discovery_rate: _Share


class OpportunityRule(_Part):
    """The share of cues with a documented response that is expected."""

    expected_share: _Share


class OverUseRule(_Part):
    """The patterns that the codebook calls possible over-use."""

    consecutive_notes: Annotated[int, Field(ge=2)]
    template_notes: Annotated[int, Field(ge=2)]
    template_words: dict[str, tuple[str, ...]]
    crowding_share: _Share
    crowding_notes: Annotated[int, Field(ge=1)]
    objection_words: Annotated[tuple[str, ...], Field(min_length=1)]


class Priors(_Part):
    """Beta(a, b) of a share and Gamma(a, rate b) of a rate, before any note is seen."""

    share: tuple[float, float]
    rate: tuple[float, float]


class PeerRule(_Part):
    """How much of the peers' experience is lent to a group, in units of the denominator."""

    strength_at_most: Annotated[float, Field(gt=0)]


class ClientRule(_Part):
    """How alike one client's occasions are before any note is seen, and how sure that is."""

    correlation: _Share
    rate_variation: Annotated[float, Field(gt=0)]
    standard_deviation: Annotated[float, Field(gt=0)]
    at_most: _Share


class CorrectionRule(_Part):
    """Where the program's errors are read from, and from when on nothing is corrected."""

    blocks: tuple[str, ...]
    least_youden: _Share
    groups: Annotated[int, Field(ge=2)]
    strength_at_most: Annotated[float, Field(ge=1)]


class SelfCheckRule(_Part):
    """The gap looked for and how many uploads are simulated."""

    gap: _Share
    simulations: Annotated[int, Field(ge=1)]
    simulations_beside: Annotated[int, Field(ge=1)]
    slow_questions: Annotated[int, Field(ge=1)]
    fewest: Annotated[int, Field(ge=1)]
    gaps_a_run: Annotated[int, Field(ge=1)]


class FunnelRule(_Part):
    """How groups that differ more than by chance are found."""

    winsorised: Annotated[float, Field(ge=0, lt=0.5)]
    significance: _Share
    samples: Annotated[int, Field(ge=100)]


class TrendRule(_Part):
    """Periods, limits and the moving average of a course over time."""

    months: Annotated[int, Field(ge=1)]
    periods: Annotated[int, Field(ge=3)]
    sparse: Annotated[float, Field(gt=0)]
    sigmas: Annotated[float, Field(gt=0)]
    smoothing: Annotated[float, Field(gt=0, le=1)]
    shuffles: Annotated[int, Field(ge=99)]
    within: _Share
    false_signal_in: dict[Literal["sparse", "dense"], int]


class Settings(BaseModel):
    """Everything in ``compare.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    minimums: Minimums
    significance: Significance
    opportunities: OpportunityRule
    over_use: OverUseRule
    priors: Priors
    peers: PeerRule
    clients: ClientRule
    correction: CorrectionRule
    self_check: SelfCheckRule
    funnel: FunnelRule
    trend: TrendRule


@cache
def load_settings() -> Settings:
    """The shipped thresholds and priors. Raises `DataError` with every fault."""
    try:
        settings = Settings.model_validate(read_data(_FILE))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise DataError(_FILE, faults) from error
    unknown = [name for name in settings.over_use.template_words if name not in STRATEGIES]
    if unknown:
        raise DataError(_FILE, [f"over_use.template_words: {name!r} is no known strategy" for name in unknown])
    return settings


def load_targets(path: Path, *, strategies: Sequence[str] = STRATEGIES) -> Ranges:
    """Expected shares from a YAML file of ``strategy: [low, high]``; ``strategies`` are the ids that there are.

    Raises `DataError` with every fault.
    """
    where = path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
        node, content = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except OSError as error:
        raise DataError(where, [f"cannot be read ({error.strerror}); check that the file is there"]) from error
    except UnicodeDecodeError as error:
        raise DataError(where, ["is not UTF-8 text; save it as UTF-8"]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise DataError(where, [f"not valid YAML: {error}"]) from error
    # YAML itself would silently keep the last of two lines for one strategy.
    keys = [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    twice = sorted({str(key) for key in keys if keys.count(key) > 1})
    problems = [f"{key}: stands twice; keep one line" for key in twice]
    return check_targets(where, content, problems=problems, strategies=strategies)


def check_targets(
    where: str, content: Any, *, problems: list[str] | None = None, strategies: Sequence[str] = STRATEGIES
) -> Ranges:
    """Ranges in codebook order from a mapping of strategy to low and high. Raises `DataError` with every fault."""
    if not isinstance(content, Mapping) or not content:
        raise DataError(where, ["must be a mapping with lines such as 'transparency: [0.5, 0.9]'"])
    problems = list(problems or [])
    for name, bounds in content.items():
        if name not in strategies:
            problems.append(f"{name!r} is no known strategy; the ids are {', '.join(strategies)}")
        elif not _is_range(bounds):
            problems.append(f"{name}: must be [low, high], two numbers of 0 to 1 with low <= high")
    if problems:
        raise DataError(where, problems)
    return {name: (float(content[name][0]), float(content[name][1])) for name in strategies if name in content}


def _is_range(bounds: Any) -> bool:
    if not isinstance(bounds, (list, tuple)) or len(bounds) != 2:
        return False
    if any(isinstance(b, bool) or not isinstance(b, (int, float)) for b in bounds):
        return False
    return 0 <= bounds[0] <= bounds[1] <= 1
