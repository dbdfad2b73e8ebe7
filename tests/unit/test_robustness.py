"""The same act is read alike whoever the client is, and rewriting keeps codes on their words."""

from __future__ import annotations

from analyzer.corpus import check_corpus, read_coded
from tests.benchmarks.robustness import changed, noises, pairs, rewritten
from tests.conftest import ROOT


def test_there_are_enough_pairs_of_each_kind() -> None:
    some = list(pairs())
    assert len(some) >= 300
    assert all(a != b for a, b in some)


def test_another_word_for_who_the_client_is_changes_few_decisions() -> None:
    _, different, decisions = changed(list(pairs())[::4])
    assert decisions > 50
    assert different / decisions <= 0.02


def test_rewritten_notes_keep_their_codes_on_the_same_words() -> None:
    note = next(n for n in read_coded(ROOT / "models" / "corpus") if len(n.tags) > 3)
    for rewrite in noises().values():
        new = rewritten(note, rewrite)
        assert not check_corpus([new])
        assert len(new.tags) == len(note.tags)
    assert rewritten(note, noises()["as written"]) == note
    assert rewritten(note, noises()["lower case"]).text == note.text.lower()
