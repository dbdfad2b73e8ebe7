"""Who may see what: every role at every line of access.yml, and what of a note reaches them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from analyzer.access import ALONE, Kind, Person, admitted, permits, role_title, within
from analyzer.access.policy import rights
from analyzer.identifiers import MASK
from analyzer.records import Analysis, Note, Remark, Skipped, Tag
from analyzer.tagging import tag_notes

ANA = Person("ana", "clinician", "C01", None, frozenset({"C01"}))
SAM = Person("sam", "supervisor", None, "north", frozenset({"C01", "C02"}))
RAE = Person("rae", "researcher")
ADI = Person("adi", "administrator")
EVERYBODY = [ALONE, ANA, SAM, RAE, ADI]
_TEXT = "Walked past the kestrel. Validated her grief about the marmot. Next visit in a week."


@pytest.fixture(scope="module")
def read(rules_only: Language) -> Analysis:
    (found,) = tag_notes(
        [Note("n-1", _TEXT, "Jane.txt", clinician="C01", client="K1", date="2026-03-01", extra={"room": "12"})],
        rules_only,
    )
    assert isinstance(found, Analysis)
    return found


# The promise itself, not read from access.yml: whose notes each role sees.
@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (ALONE, {"C01", "C02", "C03", None}),
        (ANA, {"C01"}),
        (SAM, {"C01", "C02"}),
        (RAE, {"C01", "C02", "C03", None}),
        (ADI, set()),
        (Person("new", "clinician"), set()),
        (Person("new", "supervisor"), set()),
    ],
)
def test_each_role_sees_the_notes_that_it_was_promised(who: Person, sees: set[str | None]) -> None:
    assert {owner for owner in ("C01", "C02", "C03", None) if permits(who, "note", owner)} == sees


def test_a_researcher_sees_snippets_and_an_administrator_no_word() -> None:
    assert not permits(RAE, "words", "whole") and permits(RAE, "words", "snippets")
    assert not permits(ADI, "words", "whole") and not permits(ADI, "words", "snippets")
    assert not permits(RAE, "unit", "note")
    assert not permits(RAE, "uploads") and not permits(ADI, "uploads")


def test_every_role_may_do_what_its_lines_say_and_nothing_else() -> None:
    lists = {"page": "pages", "unit": "units", "export": "exports"}
    for kind, field in lists.items():
        every = {name for role in rights().values() for name in getattr(role, field)}
        for who, name in product(EVERYBODY, [*every, "", "made up", None]):
            assert permits(who, kind, name) == (name in getattr(rights()[who.role], field)), (who.role, kind, name)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [kind for kind in get_args(Kind) if kind not in ("uploads", "words")])
def test_what_has_no_name_is_not_permitted_to_anybody_whose_role_says_names(kind: Kind) -> None:
    assert not permits(ANA, kind, None)
    assert not permits(ADI, kind, None)


def test_every_role_has_a_title_and_a_page() -> None:
    for who in EVERYBODY:
        assert role_title(who)
        assert rights()[who.role].pages


def note(note_id: str, clinician: str | None) -> Note:
    return Note(note_id, "words", f"{note_id}.txt", clinician=clinician)


def test_of_the_teams_notes_those_of_others_are_not_read_and_not_named() -> None:
    items = [
        note("a", "C01"),
        note("b", "C02"),
        note("c", None),
        Skipped("b-broken.txt", "no text"),
        Remark("b", "told"),
    ]
    kept = admitted(items, ANA, uploaded=False)
    assert [item.note_id for item in kept if isinstance(item, Note)] == ["a"]
    assert [item.message for item in kept if isinstance(item, Remark)] == [
        "1 could not be read; tell who keeps the folder"
    ]
    assert not [item for item in kept if isinstance(item, Skipped)]


def test_of_uploaded_notes_those_of_others_are_named_and_ones_own_need_no_id() -> None:
    kept = admitted([note("a", None), note("b", "C02"), Skipped("c", "no text")], ANA, uploaded=True)
    assert [(item.note_id, item.clinician) for item in kept if isinstance(item, Note)] == [("a", "C01")]
    assert [item.source for item in kept if isinstance(item, Skipped)] == ["b.txt", "c"]


def test_a_supervisor_reads_no_upload_that_does_not_say_whose_it_is() -> None:
    kept = admitted([note("a", None), note("b", "C02")], SAM, uploaded=True)
    assert [item.note_id for item in kept if isinstance(item, Note)] == ["b"]


def test_one_user_sees_every_note_as_it_is(read: Analysis) -> None:
    (seen,) = within([(_TEXT, read)], ALONE)
    assert (seen.text, seen.analysis, seen.of) == (_TEXT, read, "n-1")


def test_nobody_sees_a_note_that_is_not_theirs(read: Analysis) -> None:
    other = replace(read, clinician="C03")
    for who in (ANA, SAM, ADI):
        assert within([(_TEXT, other)], who) == []


def test_a_researcher_sees_the_evidence_and_no_name(read: Analysis) -> None:
    (seen,) = within([(_TEXT, read)], RAE)
    assert "Validated her grief about the marmot" in seen.text
    assert "kestrel" not in seen.text and "visit" not in seen.text
    assert len(seen.text) == len(_TEXT)
    told = repr(seen.analysis)
    for hidden in ("n-1", "Jane", "C01", "K1", "room", "kestrel"):
        assert hidden not in told
    assert (seen.analysis.clinician, seen.analysis.client, seen.of) == ("Clinician 1", "Client 1", "n-1")


def test_why_a_tag_is_there_names_no_words_outside_it(read: Analysis) -> None:
    tag = replace(read.tags[0], reason="model 1: kestrel walked", cue="past the kestrel")
    (seen,) = within([(_TEXT, replace(read, tags=(tag,)))], RAE)
    assert seen.analysis.tags[0].reason == "model 1"
    assert seen.analysis.tags[0].cue is None


def test_numbers_stay_the_same_whatever_order_notes_come_in(read: Analysis) -> None:
    notes = [
        (_TEXT, replace(read, note_id=f"n{n}", clinician=f"C0{n}", text_sha256=f"{(7 * n) % 5}")) for n in range(5)
    ]
    first, second = within(notes, RAE), within(notes[::-1], RAE)
    assert first == second
    assert [seen.of for seen in first] != [f"n{n}" for n in range(5)]


@given(data=st.data(), text=st.text(min_size=1, max_size=40))
def test_of_whatever_note_a_snippet_holds_no_character_outside_evidence(data: st.DataObject, text: str) -> None:
    place = st.integers(0, len(text))
    spans = [sorted(pair) for pair in data.draw(st.lists(st.tuples(place, place), max_size=3))]
    tags = tuple(
        Tag("transparency", "delivered", start, end, text[start:end], 1.0, "rule", "tr.x", "plan")
        for start, end in spans
    )
    analysis = Analysis("n", "s", None, None, None, "0" * 64, len(text), 1, 1, (), tags, (), (), ())
    (seen,) = within([(text, analysis)], RAE)
    inside = {at for start, end in spans for at in range(start, end)}
    assert len(seen.text) == len(text)
    for at, (shown, was) in enumerate(zip(seen.text, text, strict=True)):
        assert shown == was if at in inside else shown in {MASK, "\r", "\n"}
