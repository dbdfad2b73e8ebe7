"""The nouns of the program: one frozen record each, and the errors that a user can meet.

Offsets everywhere are code points, half-open, into the note's text as read (UTF-8, line ends turned into LF, nothing
else changed), so ``text[start:end]`` is always the words that a record speaks of.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Final, Literal, get_args

import msgspec

Status = Literal["delivered", "planned", "negated", "hypothetical", "other_agent", "historical"]
Response = Literal["responded", "engaged", "planned_only", "no_documented_response", "suppressed"]
Source = Literal["rule", "model", "rule+model", "review"]

STATUSES: Final[tuple[Status, ...]] = get_args(Status)
RESPONSES: Final[tuple[Response, ...]] = get_args(Response)
STRATEGIES: Final[tuple[str, ...]] = (
    "historical_context",
    "cultural_competence",
    "active_listening_empathy",
    "transparency",
    "collaborative_decision_making",
    "trauma_informed",
    "consistency_reliability",
    "safe_space",
    "advocacy_social_justice",
    "cultural_humility",
    "intersectionality",
)
_STRATEGIES: Final = frozenset(STRATEGIES)
# In an error's message, a value from a file, which may be a note's words.
_VALUE: Final = re.compile("'.*'", re.DOTALL)


Kind = Literal["content", "process"]


@dataclass(frozen=True, slots=True)
class StrategyName:
    """What to call a strategy and how it is counted: ``kind`` content needs a topic, process is a way of working."""

    id: str
    code: str
    title: str
    kind: Kind


def strategies_of(own: Iterable[StrategyName]) -> tuple[str, ...]:
    """The eleven ids and, after them, those that a project adds."""
    return tuple(dict.fromkeys((*STRATEGIES, *(strategy.id for strategy in own))))


class AnalyzerError(Exception):
    """Anything that a user can mend: the message says what, where and what to do, and never repeats note text."""


class UnreadableNoteError(AnalyzerError):
    """A file or row that can't be read as a note; the others go on (exit code 3)."""


class DataError(AnalyzerError):
    """A data file of ours or the user's (codebook, rules, model, targets, codes) that breaks its format.

    ``problems`` holds every fault found, one line each, so that all are mended in one go.
    """

    def __init__(self, where: str, problems: list[str]) -> None:
        self.where = where
        self.problems = problems
        super().__init__(f"{where}: {len(problems)} problem(s)\n" + "\n".join(f"  - {p}" for p in problems))


@dataclass(frozen=True, slots=True)
class Note:
    """One session note as read. ``date`` is ISO 8601 (YYYY-MM-DD) where it could be understood, else as written."""

    note_id: str
    text: str
    source: str
    clinician: str | None = None
    client: str | None = None
    date: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, row or archive member that could not be read, and the reason in one sentence (never note text)."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something pointed out while reading although nothing is lost (a repeated id, the same note twice, a guess)."""

    source: str
    message: str


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a note; ``name`` is canonical (``plan``), the span includes the heading."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """Evidence of one strategy.

    ``confidence`` is the probability in [0, 1] that the strategy is there, whatever its status. ``reason`` is the rule
    id, or the model version and after a colon the words that moved the model most, or (source *review*) who reviewed
    it; ``cue`` the words that decided the status (None: nothing spoke against *delivered*). ``repeated``: the words
    also stand in other notes of the author.
    """

    strategy: str
    status: Status
    start: int
    end: int
    text: str
    confidence: float
    source: Source
    reason: str
    section: str
    cue: str | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A moment in the client's content that calls for a strategy, and how the note shows it was met.

    ``answer`` is the span of the tag or segment that answers it, None where nothing documented does.
    """

    start: int
    end: int
    text: str
    strategies: tuple[str, ...]
    response: Response
    answer: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """A template line: it only claims a strategy, so it is never evidence. ``reason`` is a rule id."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """A stretch that looks like a personal identifier. The words themselves are not kept."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything found in one note: one line of ``analyzer tag``'s output.

    ``own`` are the strategies that a project's codebook adds to the eleven or words anew, so that whoever counts and
    compares needs no codebook; it stands in the output only where there are any.
    """

    note_id: str
    source: str
    clinician: str | None
    client: str | None
    date: str | None
    text_sha256: str
    n_chars: int
    n_words: int
    n_segments: int
    sections: tuple[Section, ...]
    tags: tuple[Tag, ...]
    opportunities: tuple[Opportunity, ...]
    boilerplate: tuple[Boilerplate, ...]
    identifiers: tuple[Identifier, ...]
    extra: Mapping[str, str] = field(default_factory=dict)
    own: tuple[StrategyName, ...] = ()

    @property
    def counted(self) -> tuple[Tag, ...]:
        """The tags that count: those in template text, such as a block copied forward, do not."""
        tags = self.tags
        for block in self.boilerplate:
            tags = tuple([tag for tag in tags if tag.start < block.start or tag.end > block.end])
        return tags

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the output contract; `from_dict` reads it back unchanged."""
        return {key: value for key, value in asdict(self).items() if key != "own" or value}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Analysis:
        """Read what `to_dict` wrote; fields of other versions are passed over.

        Raises `DataError` naming the first missing or wrong field.
        """
        try:
            return _known(msgspec.convert(data, cls))
        except ValueError as error:
            note_id = data.get("note_id", "?") if isinstance(data, Mapping) else "?"
            raise DataError(f"analysis of note {note_id!r}", [_not_of_tag(error)]) from error

    @classmethod
    def from_json(cls, line: bytes) -> Analysis:
        """Read one line of ``analyzer tag``'s output, in UTF-8. Raises `DataError` as `from_dict` does."""
        try:
            return _known(_decoder().decode(line))
        except ValueError:
            # Lone surrogates, which Python's own reader takes, or a broken line: then this one says what is wrong.
            try:
                data = json.loads(line.decode("utf-8", "surrogatepass"))
            except ValueError as error:
                raise DataError("analysis", [_not_of_tag(error)]) from error
            return cls.from_dict(data)


@cache
def _decoder() -> msgspec.json.Decoder[Analysis]:
    return msgspec.json.Decoder(Analysis)


def _known(analysis: Analysis) -> Analysis:
    named = {tag.strategy for tag in analysis.tags}.union(*(o.strategies for o in analysis.opportunities))
    if not named <= _STRATEGIES and not named <= set(strategies_of(analysis.own)):
        raise ValueError("a strategy that the codebook does not hold")
    return analysis


def _not_of_tag(error: ValueError) -> str:
    return f"not a line written by 'analyzer tag' ({_VALUE.sub('…', str(error))})"


@dataclass(frozen=True, slots=True)
class CodedTag:
    """A human's tag: the segment's index, what and with which status, and the evidence's offsets."""

    segment: int
    strategy: str
    status: Status
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CodedCue:
    """A human's opportunity cue. A contested response is not scored."""

    segment: int
    start: int
    end: int
    strategies: tuple[str, ...]
    response: Response
    response_contested: bool = False


@dataclass(frozen=True, slots=True)
class CodedNote:
    """A note with human codes, in the format of models/corpus/README.md; contested codes are not scored."""

    note_id: str
    text: str
    segments: tuple[tuple[int, int], ...]
    tags: tuple[CodedTag, ...]
    cues: tuple[CodedCue, ...]
    boilerplate: tuple[int, ...]
    contested: tuple[CodedTag, ...] = ()
    contested_cues: tuple[CodedCue, ...] = ()
    writer: str | None = None
    voice: str | None = None
    coders: int = 1


def sha256_of(text: str) -> str:
    """SHA-256 of the text in UTF-8 (lone surrogates kept), as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
