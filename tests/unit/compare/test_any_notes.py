"""What holds whatever the notes are."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analyzer.compare import compare, format_table, sentence
from analyzer.compare.model import REFERENCES
from analyzer.records import STRATEGIES, Analysis
from tests.unit.compare.judged import ACCUSING
from tests.unit.test_profiles import TR, note, notes


@given(
    st.lists(st.tuples(notes, st.integers(1, 7)), max_size=10),
    st.sampled_from(REFERENCES),
    st.sampled_from(["clinician", "client", "period", "note"]),
    st.sampled_from([None, "opportunity", "note", "1000 words"]),
)
def test_no_notes_whatever_give_nan_or_an_estimate_outside_its_interval(
    weighted: list, reference: str, by: str, denominator: str | None
) -> None:
    analyses = [analysis for analysis, times in weighted for _ in range(times)]
    denominator = "opportunity" if reference == "opportunities" else denominator
    denominator = None if (reference, denominator) == ("targets", "1000 words") else denominator
    targets = dict.fromkeys(STRATEGIES, (0.3, 0.6))
    rows = compare(analyses, reference=reference, by=by, denominator=denominator, targets=targets)  # type: ignore[arg-type]
    assert [(r.group, STRATEGIES.index(r.strategy)) for r in rows] == sorted(
        {(r.group, i) for r in rows for i in range(len(STRATEGIES))}
    )
    for r in rows:
        json.dumps(r.to_dict(), allow_nan=False)
        figures = (r.estimate, r.low, r.high)
        assert all(f is None for f in figures) or all(f is not None and math.isfinite(f) for f in figures)
        if r.estimate is not None and r.low is not None and r.high is not None:
            assert r.low80 is not None and r.high80 is not None
            assert 0 <= r.low <= r.low80 <= r.estimate <= r.high80 <= r.high
        assert r.design_effect >= 1
        assert (r.probability is None) == (r.q_value is None)
        assert all(p is None or 0 <= p <= 1 for p in (r.probability, r.q_value))
        if r.verdict == "not_enough_notes":
            assert r.probability is None
        said = sentence(r)
        assert said.endswith(".") and "\n" not in said and "nan" not in said.lower().replace("finan", "")
        assert not ACCUSING.search(said)
    assert not ACCUSING.search(format_table(rows))


@given(st.lists(notes, max_size=10), st.randoms(use_true_random=False))
def test_the_order_in_which_notes_are_read_changes_nothing(analyses: list[Analysis], random: Any) -> None:
    shuffled = list(analyses)
    random.shuffle(shuffled)
    for reference in ("opportunities", "peers", "past"):
        assert compare(shuffled, reference=reference) == compare(analyses, reference=reference)


def test_one_note_gives_eleven_rows_that_claim_nothing() -> None:
    for reference in ("opportunities", "peers", "past"):
        rows = compare([note("n", (TR, "delivered"))], reference=reference)
        assert [r.strategy for r in rows] == list(STRATEGIES)
        assert {r.verdict for r in rows} == {"not_enough_notes"}


def test_no_notes_give_no_rows() -> None:
    assert compare([]) == []
    assert format_table([]) == "No notes to compare."
