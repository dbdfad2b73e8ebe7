"""The one place to look at first: moments without a documented response, how many, how sure; and the own trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.compare import Comparison
from analyzer.compare.model import Corrected
from analyzer.compare.settings import load_settings
from analyzer.compare.words import name_of
from analyzer.feedback.material import Material, clients_in
from analyzer.feedback.quotes import Quote, Quotes, moments_first
from analyzer.feedback.wording import advice_of, clients_of, number_of, one_line, open_question


@dataclass(frozen=True, slots=True)
class Focus:
    """Moments that call for one strategy: ``documented`` with a response, ``open`` without a documented one.

    ``engaged`` were taken up without an act that counts, ``planned`` only planned; neither is counted. ``low`` and
    ``high`` are the 95% interval of documented / (documented + open), ``probability`` that of a share below
    ``expected``; None where not enough notes. ``corrected``: the share after the program's own errors. ``clients``:
    whose notes the open moments are in, in words.
    """

    strategy: str
    title: str
    documented: int
    open: int
    engaged: int
    planned: int
    low: float | None
    high: float | None
    expected: float | None
    probability: float | None
    corrected: Corrected | None
    clients: str
    quotes: tuple[Quote, ...]
    also_in: tuple[str, ...]
    lead: str
    question: str

    @property
    def said(self) -> str:
        """How many moments there are and how many have a documented response."""
        moments = number_of(self.documented + self.open, "moment")
        return (
            f"These notes hold {moments} that may call for it. A response is documented for {self.documented} of them, "
            f"by this strategy or by another that fits, and for {self.open} none is documented."
        )

    @property
    def left_out(self) -> str:
        """The moments that aren't counted, empty where there are none."""
        if not self.engaged and not self.planned:
            return ""
        return f"Left out of the count: {self.engaged} taken up in the session, {self.planned} planned for later."

    @property
    def sure(self) -> str:
        """How sure the share is, in one sentence."""
        if self.low is None or self.high is None:
            return "There are too few such moments for a share."
        share = self.documented / max(1, self.documented + self.open)
        said = f"A response is documented at {share:.0%} of them (95% interval {self.low:.0%} to {self.high:.0%})"
        if self.probability is None or self.expected is None:
            return f"{said}; that is too few moments for a verdict."
        return f"{said}; the probability that the share is below {self.expected:.0%} is {_chance(self.probability)}."

    @property
    def set_right(self) -> str:
        """What the share comes to after the program's own errors, in one sentence; empty where that isn't known."""
        c = self.corrected
        if c is None or c.estimate is None:
            return ""
        interval = "" if c.low is None or c.high is None else f" (95% interval {c.low:.0%} to {c.high:.0%})"
        return (
            "A program counted this and misreads some notes; going by its errors on test notes, a careful reader would "
            f"have counted about {c.estimate:.0%}{interval}."
        )


def under_used(material: Material) -> list[str]:
    """The strategies with that verdict: most open moments first, then the highest probability."""
    found = [s for s in material.codebook.ids if material.verdict(s) == "under_used"]
    return sorted(found, key=lambda s: (-_open(material, s), -(material.rows[s].probability or 0.0)))


def most_open(material: Material) -> list[str]:
    """The strategies with enough open moments to speak of, most of them first."""
    least = load_settings().minimums.cues
    often = [s for s in material.codebook.ids if _open(material, s) >= least]
    return sorted(often, key=lambda s: -_open(material, s))


def _open(material: Material, strategy: str) -> int:
    return material.counts.of(strategy).no_documented_response


def focus_on(material: Material, strategy: str, quotes: Quotes, *, most: int = 1) -> Focus:
    """The open moments of one strategy, with up to ``most`` quotes."""
    moments = list(material.open_moments(strategy))
    taken = quotes.take(moments_first(moments), most)
    shown = {q.note_id for _, q in taken}
    others = dict.fromkeys(one_line(a.note_id) for a, _ in moments)
    counts, row, entry = material.counts.of(strategy), material.rows[strategy], material.codebook.strategy(strategy)
    return Focus(
        strategy=strategy,
        title=entry.title,
        documented=counts.responded,
        open=counts.no_documented_response,
        engaged=counts.engaged,
        planned=counts.planned_only,
        low=row.low,
        high=row.high,
        expected=row.expected,
        probability=row.probability,
        corrected=material.corrected(strategy),
        clients=clients_of(clients_in(a for a, _ in moments)),
        quotes=tuple(q for _, q in taken),
        also_in=tuple(note_id for note_id in others if note_id not in shown),
        lead=advice_of(entry).lead,
        question=open_question(entry),
    )


def trend(material: Material, strategy: str | None) -> str:
    """The earlier half of the dated notes against the later half, in one sentence.

    It speaks of ``strategy`` where both halves hold enough moments for it, else of the strategies that changed, else
    of the one with the most moments.
    """
    rows = [row for row in material.past.values() if row.verdict != "not_enough_notes" and row.estimate is not None]
    if not rows:
        return "There are not enough dated notes yet to set an earlier half against a later half."
    chosen = [row for row in rows if row.strategy == strategy] or _changed(rows) or [_largest(rows)]
    return "The later half of the dated notes against the earlier half: " + "; ".join(map(_change, chosen)) + "."


def _changed(rows: Sequence[Comparison]) -> list[Comparison]:
    """At most one that rose and one that fell, the surest of each."""
    surest = sorted(rows, key=lambda row: -(row.probability or 0.0))
    risen = [row for row in surest if row.verdict == "over_used"]
    fallen = [row for row in surest if row.verdict == "under_used"]
    return [*risen[:1], *fallen[:1]]


def _largest(rows: Sequence[Comparison]) -> Comparison:
    return max(rows, key=lambda row: row.opportunities)


def _change(row: Comparison) -> str:
    before = "" if row.expected is None else f", before that at {row.expected:.0%}"
    sure = "" if row.low is None or row.high is None else f"; 95% interval {row.low:.0%} to {row.high:.0%}"
    said = {
        "over_used": f"more than before (probability {_chance(row.probability)})",
        "under_used": f"less than before (probability {_chance(row.probability)})",
    }.get(row.verdict, "no change" if row.estimate == row.expected else "a difference of this size can be chance")
    return (
        f"{name_of(row).title.lower()} has a documented response at {row.count} of "
        f"{number_of(row.opportunities, 'moment')} ({row.estimate or 0.0:.0%}{sure}){before}: {said}"
    )


def _chance(probability: float | None) -> str:
    """A probability with two places; 1.00 would claim certainty."""
    if probability is None:
        return "unknown size"
    return "over 0.99" if probability > 0.99 else f"{probability:.2f}"
