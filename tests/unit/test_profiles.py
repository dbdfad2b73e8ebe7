"""Counting: what the notes of a clinician, client, month or note document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.profiles import NOT_GIVEN, Profile, Tally, profile
from analyzer.records import (
    RESPONSES,
    STATUSES,
    STRATEGIES,
    Analysis,
    AnalyzerError,
    Boilerplate,
    Opportunity,
    Response,
    Status,
    Tag,
)

AL, TR, HC = "active_listening_empathy", "transparency", "historical_context"


def note(
    note_id: str = "n1",
    *tags: tuple[str, Status],
    cues: Iterable[tuple[tuple[str, ...], Response]] = (),
    clinician: str | None = "C1",
    client: str | None = "K1",
    date: str | None = "2026-03-05",
    words: int = 100,
    templates: tuple[str, ...] = (),
) -> Analysis:
    """A note as found by the tagger, with the tags and cues (strategies, response) given."""
    return Analysis(
        note_id=note_id,
        source="test",
        clinician=clinician,
        client=client,
        date=date,
        text_sha256="0" * 64,
        n_chars=500,
        n_words=words,
        n_segments=5,
        sections=(),
        tags=tuple(Tag(s, status, 0, 4, "text", 0.9, "rule", "r1", "plan") for s, status in tags),
        opportunities=tuple(Opportunity(0, 4, "text", strategies, response) for strategies, response in cues),
        boilerplate=tuple(Boilerplate(0, 4, reason) for reason in templates),
        identifiers=(),
    )


_names = st.sampled_from([None, "", "A", "B", "=1+1", "Ünal\nX"])
notes = st.builds(
    note,
    st.sampled_from(["n1", "n2", "n3", "n4", "n5"]),
    clinician=_names,
    client=_names,
    date=st.sampled_from([None, "last week", "2026-02-30", "2026-03-05", "2026-03-06", "2026-04-01", "2026-05-09"]),
    words=st.sampled_from([0, 1, 250]),
    cues=st.lists(
        st.tuples(st.lists(st.sampled_from(STRATEGIES), min_size=1, max_size=3).map(tuple), st.sampled_from(RESPONSES)),
        max_size=5,
    ),
    templates=st.lists(st.sampled_from(["attestation-safe", "checkbox"]), max_size=2).map(tuple),
).flatmap(
    lambda bare: st.lists(st.tuples(st.sampled_from(STRATEGIES), st.sampled_from(STATUSES)), max_size=6).map(
        lambda tags: _with_tags(bare, tags)
    )
)


def _with_tags(bare: Analysis, tags: list[tuple[str, Status]]) -> Analysis:
    return Analysis.from_dict({**bare.to_dict(), "tags": note("t", *tags).to_dict()["tags"]})


def only(profiles: list[Profile]) -> Profile:
    (one,) = profiles
    return one


def test_two_notes_counted_by_hand() -> None:
    found = only(
        profile(
            [
                note("n1", (AL, "delivered"), (AL, "delivered"), (TR, "planned"), words=120),
                note("n2", (AL, "negated"), cues=[((AL, TR), "responded"), ((TR,), "engaged")], client="K2", words=80),
            ]
        )
    )
    assert (found.group, found.notes, found.words, found.clients) == ("C1", 2, 200, 2)
    listening, transparency = found.of(AL), found.of(TR)
    assert (listening.notes_used, listening.delivered, listening.by_status["negated"]) == (1, 2, 1)
    assert (listening.opportunities, listening.responded) == (1, 1)
    assert (transparency.notes_used, transparency.delivered, transparency.by_status["planned"]) == (0, 0, 1)
    assert (transparency.opportunities, transparency.responded, transparency.engaged) == (2, 1, 1)
    assert (listening.note_ids, transparency.note_ids, found.of(HC).note_ids) == (("n1", "n2"), ("n1", "n2"), ())


def test_a_planned_strategy_is_not_used_and_a_suppressed_cue_is_still_counted_as_a_cue() -> None:
    found = only(profile([note("n1", (TR, "planned"), cues=[((TR,), "suppressed")])])).of(TR)
    assert (found.notes_used, found.opportunities, found.suppressed, found.responded) == (0, 1, 1, 0)


def test_a_cue_that_names_a_strategy_twice_is_one_cue() -> None:
    assert only(profile([note(cues=[((TR, TR), "responded")])])).of(TR).opportunities == 1


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("clinician", [NOT_GIVEN, "C1"]),
        ("client", [NOT_GIVEN, "K1", "K2"]),
        ("period", [NOT_GIVEN, "2026-03", "2026-04"]),
        ("note", ["n1", "n2", "n3", "n4"]),
    ],
)
def test_groups_and_where_notes_without_a_name_or_date_go(by: str, groups: list[str]) -> None:
    analyses = [
        note("n4", clinician=None, date=None),
        note("n1", date="2026-04-30", client=""),
        note("n2", date="5 March 2026", client="K2"),
        note("n3", date="2026-03-31"),
    ]
    assert [p.group for p in profile(analyses, by=by)] == groups  # type: ignore[arg-type]


def test_no_notes_give_no_profiles() -> None:
    assert profile([]) == []


def test_an_unknown_grouping_is_named_with_those_there_are() -> None:
    with pytest.raises(AnalyzerError, match="'agency'.*clinician, client, period, note"):
        profile([], by="agency")  # type: ignore[arg-type]


def test_notes_are_read_one_at_a_time_and_not_kept() -> None:
    alive: list[int] = []

    class Watched(str):
        def __del__(self) -> None:
            alive.append(-1)

    def stream() -> Iterator[Analysis]:
        for number in range(50):
            # The note being counted and the one being made: never more.
            assert len(alive) >= number - 2
            yield Analysis.from_dict({**note(f"n{number}").to_dict(), "source": Watched("file")})

    assert only(profile(stream())).notes == 50


@given(st.lists(notes, max_size=12), st.sampled_from(["clinician", "client", "period", "note"]))
def test_counts_add_up(analyses: list[Analysis], by: str) -> None:
    profiles = profile(analyses, by=by)  # type: ignore[arg-type]
    assert [p.group for p in profiles] == sorted({p.group for p in profiles})
    assert sum(p.notes for p in profiles) == len(analyses)
    assert sum(p.words for p in profiles) == sum(a.n_words for a in analyses)
    for index, strategy in enumerate(STRATEGIES):
        counts = [p.strategies[index] for p in profiles]
        assert {c.strategy for c in counts} <= {strategy}
        assert sum(sum(c.by_status.values()) for c in counts) == sum(
            t.strategy == strategy for a in analyses for t in a.counted
        )
        for p, c in zip(profiles, counts, strict=True):
            assert c.opportunities == sum(getattr(c, response) for response in RESPONSES)
            assert c.notes_used <= min(p.notes, c.delivered, len(c.note_ids))


@given(st.lists(notes, max_size=8), st.integers(0, 8))
def test_counting_in_two_parts_gives_the_same_as_counting_at_once(analyses: list[Analysis], cut: int) -> None:
    whole, first, second = Tally(), Tally(), Tally()
    for analysis in analyses:
        whole.add(analysis)
    for part, some in ((first, analyses[:cut]), (second, analyses[cut:])):
        for analysis in some:
            part.add(analysis)
    first.absorb(second)
    assert first.profile("all", "clinician") == whole.profile("all", "clinician")
