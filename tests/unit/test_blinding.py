"""The reader is blind to who somebody is; the note as written is not touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import analyzer
from analyzer.blinding import blind
from analyzer.lexicons import stand_ins, stand_ins_beside_person


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Validated the Haitian client's grief.", "Validated the Puerto Rican client's grief."),
        ("Client is a Black queer woman.", "Client is a Korean lesbian trans man."),
        ("pt, a deaf Sikh, spoke first", "pt, a wheelchair-using Southern Baptist, spoke first"),
        ("the white parent left", "the Cree parent left"),
        ("The straight man laughed", "The bisexual woman laughed"),
    ],
)
def test_people_who_differ_in_who_they_are_are_read_alike(one: str, other: str) -> None:
    assert blind(one).text == blind(other).text


@pytest.mark.parametrize(
    "text",
    [
        "Told her straight what the letter says.",
        "White noise machine at the door, black tea, blind spot in the plan.",
        "Slept four hours. Appetite poor.",
        "Hearing about the move upset him.",
    ],
)
def test_the_same_words_in_another_sense_stay(text: str) -> None:
    assert blind(text).text == text


@given(
    st.lists(
        st.sampled_from(["Haitian", "grief", "a Black man", "é\U0001f600", ", ", "trans woman", "told"]), max_size=9
    )
)
def test_offsets_lead_back_to_the_words_as_written(words: list[str]) -> None:
    text = " ".join(words)
    blinded = blind(text)
    assert blinded.as_written(0, len(blinded.text)) == (0, len(text))
    for i, letter in enumerate(blinded.text):
        start, end = blinded.as_written(i, i + 1)
        assert 0 <= start < end <= len(text)
        assert end - start > 1 or text[start] == letter


def test_each_word_stands_in_one_group_and_groups_stand_for_themselves() -> None:
    always, beside = stand_ins(), stand_ins_beside_person()
    assert not set(always) & set(beside)
    assert all(word == word.lower() for word in (*always, *beside))
    assert all(always[stand_in] == stand_in for stand_in in always.values())


def test_rules_find_the_same_whoever_it_is() -> None:
    nlp = analyzer.load(model=None)
    for one, other in [("Yoruba", "Finnish"), ("Hindu", "Mormon"), ("Deaf", "autistic")]:
        docs = [nlp(f"Asked how grief is shown in {who} families; named that I am not {who}.") for who in (one, other)]
        found = [[(s.label_, s._.status) for s in doc.spans["strategies"]] for doc in docs]
        assert found[0] == found[1] != []


def test_what_is_shown_is_the_note_as_written() -> None:
    (note,) = analyzer.analyze(["Validated the Haitian client's grief."])
    assert [tag.text for tag in note.tags] == ["Validated the Haitian client's grief"]  # type: ignore[union-attr]
