"""Which words set one group of notes apart from others, by how many notes hold them.

A word that one note repeats counts once (document frequency), so that no single note decides. What is kept grows with
the vocabulary and the groups, not with the notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final, get_args

from analyzer.compare.estimates import q_values
from analyzer.interchange.document import Document
from analyzer.keyness.statistics import chance_of, log_likelihood, log_ratio
from analyzer.keyness.words import Where, words_of
from analyzer.lexicons import read_data
from analyzer.profiles import BYS, NOT_GIVEN, given, group_of
from analyzer.records import Analysis, AnalyzerError, StrategyName, strategies_of

WHERES: Final[tuple[Where, ...]] = get_args(Where)
# Enough names to see how groups are written, where there may be as many as notes.
_GROUPS_TOLD: Final = 12


@dataclass(frozen=True, slots=True)
class KeyWord:
    """One word, or two adjoining ones, and how much more of the group's notes hold it than of the others.

    ``notes`` and ``notes_against`` are numbers of notes that hold it, ``share`` and ``share_against`` these over all
    notes that count. ``log_ratio`` is log2 of the two shares' ratio (1: twice as common; 0 notes count as half a note),
    ``low`` to ``high`` its 95% interval. ``g2`` is the log-likelihood, ``q_value`` its p-value after Benjamini-Hochberg
    over all words tested.
    """

    word: str
    notes: int
    notes_against: int
    share: float
    share_against: float
    log_ratio: float
    low: float
    high: float
    g2: float
    p_value: float
    q_value: float

    def to_dict(self) -> dict[str, Any]:
        """One row of the exported table."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Keyness:
    """The words of one comparison, and how many notes with any word to count each side has.

    ``words``: those commoner in the group first, then those commoner in the others, each by falling ``g2``.
    """

    group: str
    against: str
    notes: int
    notes_against: int
    words: tuple[KeyWord, ...]


@dataclass(slots=True)
class _Side:
    """The running counts of one side: notes that count, and in how many of them each word stands."""

    notes: int = 0
    words: Counter[str] = field(default_factory=Counter)

    def add(self, words: set[str]) -> None:
        if words:
            self.notes += 1
            self.words.update(words)


def key_words(
    documents: Iterable[Document],
    *,
    by: str,
    group: str,
    against: str | None = None,
    where: Where = "all",
    strategy: str | None = None,
    bigrams: bool = False,
    minimum_notes: int | None = None,
) -> Keyness:
    """Compare the words of one group's notes with those of another group, or of all other groups.

    ``by`` is clinician, client, period (a calendar month) or a column of the notes' table. ``where``: words anywhere,
    inside the evidence of a strategy (``strategy``: of this one) whatever its status, or outside of it; only notes with
    any word there count, so ``inside`` compares how something is worded and not how often it is documented. ``bigrams``
    adds pairs of adjoining words. Words in fewer than ``minimum_notes`` notes of both sides together are not tested.

    Notes of nobody in particular are among the others only where ``against`` names them. Raises `AnalyzerError` where
    the choices don't go together, or no note belongs to a group.

    >>> from analyzer.workflow import analyze
    >>> texts = {"C1": "Validated her grief.", "C2": "Explained the form."}
    >>> notes = [{"text": text, "clinician": name} for name, text in texts.items()]
    >>> tagged = [Document(a, n["text"]) for a, n in zip(analyze(notes, model=None), notes)]
    >>> found = key_words(tagged, by="clinician", group="C1", minimum_notes=1)
    >>> [(key.word, key.log_ratio) for key in found.words if key.log_ratio > 0]
    [('grief', 1.0), ('her', 1.0), ('validated', 1.0)]
    """
    least = check_options(group, against, where, strategy, minimum_notes)
    sides = {True: _Side(), False: _Side()}
    groups: Counter[str] = Counter()
    columns: set[str] = set()
    own: dict[str, StrategyName] = {}
    for document in documents:
        columns |= document.analysis.extra.keys()
        own |= {known.id: known for known in document.analysis.own}
        name = _group(document.analysis, by)
        groups[name] += 1
        if name == group or (name == against if against is not None else name != NOT_GIVEN):
            sides[name == group].add(words_of(document, where=where, strategy=strategy, bigrams=bigrams))
    _check_strategy(strategy, own.values())
    if by not in (*BYS, *columns):
        raise AnalyzerError(f"can't group by {by!r}: it is no column of these notes; they have {_names(columns)}")
    if missing := [name for name in (group, against) if name is not None and name not in groups]:
        raise AnalyzerError(f"no note of {missing[0]!r}; the groups by {by} are {_names(groups)}")
    mine, theirs = sides[True], sides[False]
    other = "all others" if against is None else against
    return Keyness(group, other, mine.notes, theirs.notes, tuple(_compared(mine, theirs, least)))


def check_options(group: str, against: str | None, where: str, strategy: str | None, minimum_notes: int | None) -> int:
    """The least number of notes that a word must be in. Raises `AnalyzerError` where the choices don't go together."""
    if where not in WHERES:
        raise AnalyzerError(f"no place {where!r}; choose one of {', '.join(WHERES)}")
    if strategy is not None and where == "all":
        raise AnalyzerError("a strategy says whose evidence is meant: choose inside or outside of it as well")
    if group == against:
        raise AnalyzerError(f"{group!r} can't be compared with itself; name another group")
    least = int(read_data("keyness.yml")["minimum_notes"]) if minimum_notes is None else minimum_notes
    if least < 1:
        raise AnalyzerError(f"a word can't be in at least {least} notes; give 1 or more")
    return least


def _check_strategy(strategy: str | None, own: Iterable[StrategyName]) -> None:
    known = strategies_of(own)
    if strategy is not None and strategy not in known:
        raise AnalyzerError(f"no strategy {strategy!r}; choose one of {', '.join(known)}")


def false_discovery_rate() -> float:
    """The rate that q-values are read against."""
    return float(read_data("keyness.yml")["false_discovery_rate"])


def _compared(mine: _Side, theirs: _Side, least: int) -> list[KeyWord]:
    if not mine.notes or not theirs.notes:
        return []
    both = mine.words.keys() | theirs.words.keys()
    tested = sorted(word for word in both if mine.words[word] + theirs.words[word] >= least)
    tables = [(mine.words[word], mine.notes, theirs.words[word], theirs.notes) for word in tested]
    strengths = [log_likelihood(*table) for table in tables]
    p_values = [chance_of(g2) for g2 in strengths]
    rows = zip(tested, tables, strengths, p_values, q_values(p_values).tolist(), strict=True)
    found = [
        KeyWord(word, a, b, a / of_a, b / of_b, *log_ratio(a, of_a, b, of_b), g2, p, q)
        for word, (a, of_a, b, of_b), g2, p, q in rows
    ]
    return sorted(found, key=lambda key: (key.log_ratio <= 0, -key.g2, key.word))


def _group(analysis: Analysis, by: str) -> str:
    if by in BYS:
        return group_of(analysis, by)
    name = analysis.extra.get(by)
    return str(name) if given(name) else NOT_GIVEN


def _names(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - _GROUPS_TOLD} more" if len(ordered) > _GROUPS_TOLD else ""
    return (", ".join(ordered[:_GROUPS_TOLD]) or "none") + more
