"""What a reviewer decides, and what the note then counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analyzer.profiles import profile
from analyzer.records import Analysis, AnalyzerError, Opportunity, Tag
from analyzer.review.decisions import Decision, decide, finished
from analyzer.review.outcome import reviewed
from tests.unit.review.making import FEAR, FORM, LIMITS, TEXT, analysis, segment

_DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


def decided(found: Tag, verdict: Any, *, day: int = 0, who: str = "RR", **more: Any) -> Decision:
    return decide(
        analysis(), segment=segment(found.text), verdict=verdict, who=who, tag=found, at=_DAY + timedelta(day), **more
    )


def counts(note: Analysis) -> dict[tuple[str, str], int]:
    (one,) = profile([note])
    return {(s.strategy, status): n for s in one.strategies for status, n in s.by_status.items() if n}


def test_without_a_decision_the_note_stays_as_the_program_tagged_it() -> None:
    assert reviewed(analysis(), []) == analysis()


def test_a_rejected_tag_no_longer_counts() -> None:
    after = reviewed(analysis(), [decided(FEAR, "reject")])
    assert counts(after) == {("transparency", "delivered"): 1, ("consistency_reliability", "planned"): 1}


def test_an_accepted_tag_says_who_accepted_it() -> None:
    (tag, *others) = reviewed(analysis(), [decided(FEAR, "accept")]).tags
    assert (tag.source, tag.reason, tag.text) == ("review", "accept by RR", FEAR.text)
    assert others == [LIMITS, FORM]


def test_a_changed_status_counts_under_the_new_one() -> None:
    after = reviewed(analysis(), [decided(LIMITS, "change_status", status="historical")])
    assert counts(after)["transparency", "historical"] == 1
    assert ("transparency", "delivered") not in counts(after)


def test_an_added_tag_counts_and_carries_its_words() -> None:
    place = TEXT.index("Client nodded")
    made = decide(
        analysis(),
        segment=segment("Client nodded"),
        verdict="add",
        who="RR",
        strategy="safe_space",
        status="delivered",
        span=(place, place + len("Client nodded")),
    )
    after = reviewed(analysis(), [made], text=TEXT)
    assert [(t.strategy, t.text, t.section) for t in after.tags if t.source == "review"] == [
        ("safe_space", "Client nodded", "narrative")
    ]
    assert counts(after)["safe_space", "delivered"] == 1


def test_the_last_word_counts_whoever_spoke() -> None:
    words = [decided(FEAR, "reject", day=1), decided(FEAR, "accept", day=2, who="SS")]
    for order in (words, words[::-1]):
        assert counts(reviewed(analysis(), order))["active_listening_empathy", "delivered"] == 1


def test_decisions_on_another_wording_of_the_note_are_left_alone() -> None:
    from dataclasses import replace

    other = replace(analysis(), text_sha256="f" * 64)
    assert reviewed(other, [decided(FEAR, "reject")]) == other


def test_planned_beside_done_in_one_sentence_are_decided_apart() -> None:
    from dataclasses import replace

    both = analysis(LIMITS, replace(LIMITS, status="planned"))
    after = reviewed(both, [decided(LIMITS, "reject")])
    assert counts(after) == {("transparency", "planned"): 1}


@pytest.mark.parametrize(
    ("verdict", "more", "response"),
    [
        ("accept", {}, "responded"),
        ("reject", {}, "no_documented_response"),
        ("change_status", {"status": "planned"}, "planned_only"),
        ("change_status", {"status": "negated"}, "no_documented_response"),
    ],
)
def test_an_opportunity_loses_an_answer_that_is_not_documented_as_done(
    verdict: str, more: dict[str, str], response: str
) -> None:
    cue = Opportunity(0, 27, TEXT[:27], (FEAR.strategy,), "responded", (FEAR.start, FEAR.end))
    after = reviewed(analysis(opportunities=(cue,)), [decided(FEAR, verdict, **more)])
    assert after.opportunities[0].response == response


def test_a_segment_is_finished_when_all_its_tags_are_decided() -> None:
    place = segment(FEAR.text)
    assert not finished(analysis(), place, [])
    assert finished(analysis(), place, [decided(FEAR, "reject")])


def test_an_empty_segment_is_finished_when_somebody_says_it_holds_nothing() -> None:
    place = segment("Client nodded")
    nothing = decide(analysis(), segment=place, verdict="accept", who="RR")
    added = decide(analysis(), segment=place, verdict="add", who="RR", strategy="safe_space", status="delivered")
    assert not finished(analysis(), place, [added])
    assert finished(analysis(), place, [added, nothing])


def test_a_decision_holds_no_word_of_the_note() -> None:
    made = repr(decided(FORM, "accept"))
    assert "form" not in made.lower().replace("platform", "")
    assert "words-0.1" in made
    assert "fear" not in made


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"verdict": "accept", "who": "  "}, "who decides"),
        ({"verdict": "change_status", "tag": FEAR}, "status"),
        ({"verdict": "change_status", "tag": FEAR, "status": "delivered"}, "accept it instead"),
        ({"verdict": "add", "strategy": "kindness", "status": "delivered"}, "strategies of the codebook"),
        ({"verdict": "reject"}, "which tag"),
        ({"verdict": "add", "strategy": "safe_space", "status": "delivered", "span": (900, 950)}, "outside"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_with_a_reason(parts: dict[str, Any], told: str) -> None:
    with pytest.raises(AnalyzerError, match=told):
        decide(analysis(), **{"segment": segment("Validated"), "who": "RR", **parts})
