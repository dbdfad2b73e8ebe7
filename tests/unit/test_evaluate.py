"""The figures are those that a person works out by hand, hold what must always hold, and agree with scikit-learn."""

from __future__ import annotations

import csv
import json
import math
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score

from analyzer.evaluate import disagreements, evaluate, format_table, write_disagreements
from analyzer.evaluate.places import covered
from analyzer.records import (
    STATUSES,
    STRATEGIES,
    Analysis,
    Boilerplate,
    CodedCue,
    CodedNote,
    CodedTag,
    DataError,
    Opportunity,
    Tag,
)

SENTENCE = "alpha beta gamma delta."
LENGTH = len(SENTENCE) + 1
TR, SS, AL = "transparency", "safe_space", "active_listening_empathy"

Code = tuple[int, str, str]


def span(segment: int) -> tuple[int, int]:
    return segment * LENGTH, segment * LENGTH + len(SENTENCE)


def coded(
    codes: Sequence[Code] = (),
    *,
    note_id: str = "n",
    n: int = 4,
    contested: Sequence[Code] = (),
    cues: Sequence[CodedCue] = (),
    contested_cues: Sequence[CodedCue] = (),
    boilerplate: tuple[int, ...] = (),
) -> CodedNote:
    """A note of ``n`` equal sentences with human codes that cover whole sentences."""
    tags, doubtful = (tuple(CodedTag(s, what, how, *span(s)) for s, what, how in c) for c in (codes, contested))
    text = " ".join([SENTENCE] * n)
    segments = tuple(span(s) for s in range(n))
    return CodedNote(note_id, text, segments, tags, tuple(cues), boilerplate, doubtful, tuple(contested_cues))


def found(
    codes: Sequence[Code] = (),
    *,
    note_id: str = "n",
    n: int = 4,
    tags: Sequence[Tag] = (),
    opportunities: Sequence[Opportunity] = (),
    boilerplate: tuple[int, ...] = (),
) -> Analysis:
    """What the program found in that note."""
    whole = tuple(Tag(what, how, *span(s), SENTENCE, 0.9, "rule", f"{what}-1", "") for s, what, how in codes)
    return Analysis(
        note_id, "memory", None, None, None, "", n * LENGTH - 1, 4 * n, n, (), (*whole, *tags), tuple(opportunities),
        tuple(Boilerplate(*span(s), "template") for s in boilerplate), (),
    )  # fmt: skip


def cue(segment: int, *strategies: str, response: str = "responded", contested: bool = False) -> CodedCue:
    return CodedCue(segment, *span(segment), strategies, response, contested)


def opportunity(segment: int, *strategies: str, response: str = "responded") -> Opportunity:
    return Opportunity(*span(segment), SENTENCE, strategies, response)


def delivered(strategy: str, *segments: int) -> list[Code]:
    return [(segment, strategy, "delivered") for segment in segments]


def evaluate_one(note: CodedNote, analysis: Analysis, **options: int):
    return evaluate([note], {note.note_id: analysis}, resamples=options.pop("resamples", 20), **options)


def of(level, strategy: str):
    return level.strategies[STRATEGIES.index(strategy)]


def test_one_hit_one_miss_and_one_false_alarm_in_four_sentences() -> None:
    result = evaluate_one(coded(delivered(TR, 0, 1)), found(delivered(TR, 1, 2)))
    scores = of(result.segments, TR)
    counts = (scores.true_positives, scores.false_positives, scores.false_negatives, scores.true_negatives)
    assert counts == (1, 1, 1, 1)
    assert (scores.precision.value, scores.recall.value, scores.f1.value, scores.kappa.value) == (0.5, 0.5, 0.5, 0.0)
    assert scores.support == 2
    assert result.false_per_1000_segments.value == 250
    assert of(result.notes, TR).f1.value == 1.0


def test_macro_is_the_mean_over_strategies_that_occur_and_micro_pools_them() -> None:
    result = evaluate_one(coded(delivered(TR, 0, 1) + delivered(SS, 2)), found(delivered(TR, 0, 1) + delivered(AL, 3)))
    assert result.segments.macro.n_strategies == 3
    assert result.segments.macro.f1.value == pytest.approx((1 + 0 + 0) / 3)
    assert result.segments.macro.precision.value == pytest.approx((1 + 0 + 0) / 3)
    assert result.segments.micro.f1.value == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))
    assert of(result.segments, "intersectionality").f1.value is None


def test_a_tag_counts_where_it_has_more_than_half_of_itself_or_of_the_sentence() -> None:
    segments = ((0, 10), (10, 14), (14, 40))
    assert covered(segments, 0, 10) == [0]
    assert covered(segments, 8, 16) == [1], "the short sentence lies wholly inside, the others hold a quarter each"
    assert covered(segments, 0, 15) == [0, 1]
    assert covered(segments, 5, 10) == [0], "all of the tag lies in half of the sentence"
    assert covered(((0, 10), (10, 20)), 5, 15) == [], "half is not more than half"


def test_the_sentence_that_the_coder_named_counts_even_where_the_evidence_is_elsewhere() -> None:
    note = CodedNote("n", " ".join([SENTENCE] * 2), (span(0), span(1)),
                     (CodedTag(0, TR, "delivered", span(0)[1] - 1, span(1)[1]),), (), ())  # fmt: skip
    result = evaluate_one(note, found(delivered(TR, 0, 1), n=2))
    assert of(result.segments, TR).true_positives == 2


def test_codes_of_one_coder_alone_are_neither_right_nor_wrong() -> None:
    note = coded(delivered(TR, 0), contested=delivered(SS, 1) + delivered(TR, 1))
    result = evaluate_one(note, found(delivered(TR, 0, 1) + delivered(SS, 1)))
    assert result.segments.micro.false_positives == 0
    assert result.notes.micro.false_positives == 0
    assert of(result.segments, SS).true_negatives == 3
    assert of(result.notes, SS).true_negatives == 0, "whether the note used it is open"
    assert of(result.notes, TR).true_positives == 1, "that the note used it is certain"
    assert disagreements([note], {"n": found(delivered(TR, 0, 1) + delivered(SS, 1))}) == []


def test_status_is_scored_where_both_sides_tag_and_equal_statuses_are_matched_first() -> None:
    human = [(0, TR, "delivered"), (0, TR, "planned"), (1, SS, "negated"), (2, AL, "historical"), (3, AL, "planned")]
    system = [(0, TR, "planned"), (0, TR, "delivered"), (1, SS, "delivered"), (2, AL, "other_agent")]
    status = evaluate_one(coded(human), found(system)).status
    assert status.n == 4
    assert status.accuracy.value == 2 / 4
    assert status.delivered_accuracy.value == 3 / 4
    assert status.table["negated"]["delivered"] == 1
    assert status.table["planned"] == {s: int(s == "planned") for s in STATUSES}
    # delivered: F1 2/3; planned: 1; negated and historical: 0; other_agent isn't in the human codes.
    assert status.macro_f1.value == pytest.approx((2 / 3 + 1 + 0 + 0) / 4)


def test_evidence_is_compared_by_the_words_both_spans_touch() -> None:
    note = CodedNote("n", SENTENCE, (span(0),), (CodedTag(0, TR, "delivered", 0, 10),), (), ())
    ours = Tag(TR, "delivered", 6, 22, SENTENCE[6:22], 0.9, "rule", "r", "")
    evidence = evaluate_one(note, found(n=1, tags=[ours])).evidence
    assert evidence.n == 1
    assert evidence.token_f1.value == pytest.approx(2 * 1 / (2 + 3))
    assert evidence.same_span.value == 0.0


def test_opportunities_by_sentence_strategies_in_common_and_response() -> None:
    note = coded(
        cues=[cue(0, TR, SS), cue(1, AL, response="suppressed"), cue(2, AL, contested=True), cue(4, TR)],
        contested_cues=[cue(3, TR)],
        n=6,
    )
    ours = found(
        opportunities=[opportunity(0, TR), opportunity(1, SS), opportunity(2, AL, response="engaged"),
                       opportunity(3, TR), opportunity(5, TR)], n=6,
    )  # fmt: skip
    cues = evaluate_one(note, ours).cues
    assert (cues.segments.precision.value, cues.segments.recall.value) == (3 / 4, 3 / 4)
    assert (cues.n_matched, cues.n_responses) == (3, 2)
    assert cues.strategy_overlap.value == pytest.approx((1 / 2 + 0 + 1) / 3)
    assert cues.any_strategy.value == pytest.approx(2 / 3)
    assert cues.response_accuracy.value == 1 / 2
    assert cues.response_table["suppressed"]["responded"] == 1


def test_an_opportunity_belongs_to_the_sentence_it_overlaps_most() -> None:
    ours = Opportunity(span(1)[0] - 8, span(1)[1] - 10, "", (TR,), "responded")
    assert evaluate_one(coded(cues=[cue(1, TR)]), found(opportunities=[ours])).cues.segments.f1.value == 1.0


def test_template_lines_are_scored_by_sentence() -> None:
    scores = evaluate_one(coded(boilerplate=(0, 1)), found(boilerplate=(1,))).boilerplate
    assert (scores.precision.value, scores.recall.value) == (1.0, 0.5)


def test_a_confusion_is_a_missed_strategy_where_another_was_wrongly_given() -> None:
    note = coded(delivered(TR, 0, 1, 2) + delivered(SS, 2))
    result = evaluate_one(note, found(delivered(SS, 0, 1, 2)))
    assert [(c.human, c.system, c.segments) for c in result.confusions] == [(TR, SS, 2)]


def test_tags_that_cover_no_sentence_are_counted_openly() -> None:
    gap = Tag(TR, "delivered", span(0)[1], span(1)[0], " ", 0.9, "rule", "r", "")
    result = evaluate_one(coded(), found(tags=[gap]))
    assert (result.unplaced_tags, result.segments.micro.false_positives) == (1, 0)
    assert "1 delivered tag(s) of ours cover no segment" in format_table(result, about="x")


def test_intervals_come_from_drawing_whole_notes() -> None:
    notes = [coded(delivered(TR, 0), note_id=i) for i in ("right", "wrong")]
    analyses = {"right": found(delivered(TR, 0), note_id="right"), "wrong": found(note_id="wrong")}
    recall = of(evaluate(notes, analyses).segments, TR).recall
    assert (recall.value, recall.low, recall.high) == (0.5, 0.0, 1.0)
    alike = {i: found(delivered(TR, 0, 1), note_id=i) for i in analyses}
    precision = of(evaluate(notes, alike).segments, TR).precision
    assert (precision.value, precision.low, precision.high) == (0.5, 0.5, 0.5)
    assert evaluate(notes, analyses, seed=3) == evaluate(notes, analyses, seed=3)
    without = of(evaluate(notes, analyses, resamples=0).segments, TR).recall
    assert (without.value, without.low, without.high) == (0.5, None, None)


def test_missing_and_foreign_analyses_are_all_named() -> None:
    notes = [coded(note_id="a"), coded(note_id="b"), coded(note_id="c")]
    with pytest.raises(DataError) as error:
        evaluate(notes, {"b": found(note_id="b", n=9), "c": found(delivered("kindness", 0), note_id="c")})
    assert [problem.split(":")[0] for problem in error.value.problems] == ["note 'a'", "note 'b'", "note 'c'"]
    with pytest.raises(DataError, match="no coded notes"):
        evaluate([], {})


def test_every_disagreement_is_one_row_with_its_kind() -> None:
    human = [(0, TR, "delivered"), (1, TR, "delivered"), (2, SS, "planned")]
    note = coded(human, cues=[cue(0, TR), cue(1, AL)])
    ours = found(
        [(1, TR, "planned"), (2, SS, "delivered"), (3, AL, "delivered")],
        opportunities=[opportunity(0, TR, response="engaged"), opportunity(3, SS)],
    )
    rows = disagreements([note], {"n": ours})
    told = [(row["segment"], row["kind"], row["strategy"], row["human"], row["system"]) for row in rows]
    assert told == [
        (0, "missed", TR, "delivered", ""),
        (0, "response", TR, "responded", "engaged"),
        (1, "status", TR, "delivered", "planned"),
        (1, "cue_missed", AL, "responded", ""),
        (2, "status", SS, "planned", "delivered"),
        (3, "false", AL, "", "delivered"),
        (3, "cue_false", SS, "", "responded"),
    ]
    assert {row["text"] for row in rows} == {SENTENCE}
    assert rows[-2]["reason"] == f"{AL}-1"


def test_disagreements_are_written_as_json_lines_or_as_a_harmless_csv(tmp_path: Path) -> None:
    rows = disagreements([coded(delivered(TR, 0))], {"n": found()})
    rows[0]["text"] = "=HYPERLINK(1), é"
    write_disagreements(rows, tmp_path / "errors.jsonl")
    assert [json.loads(line) for line in (tmp_path / "errors.jsonl").read_text("utf-8").splitlines()] == rows
    write_disagreements(rows, tmp_path / "errors.csv")
    with (tmp_path / "errors.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == ["'=HYPERLINK(1), é"]


def test_the_report_begins_by_saying_what_the_human_codes_are() -> None:
    result = evaluate_one(coded(delivered(TR, 0), cues=[cue(1, TR)]), found(delivered(TR, 0)))
    first, second, *rest = format_table(result, about="Codes by two language models,\nnot clinicians.").split("\n")
    assert first == "Codes by two language models, not clinicians."
    assert second.startswith("1 note, 4 segments.")
    row = next(line for line in rest if line.strip().startswith(TR))
    assert row.split()[1:3] == ["1.00", "[1.00,"]
    assert [line for line in rest if len(line) > 130] == []


def test_figures_travel_as_plain_json() -> None:
    text = json.dumps(evaluate_one(coded(delivered(TR, 0)), found()).to_dict(), allow_nan=False)
    assert json.loads(text)["segments"]["strategies"][STRATEGIES.index(TR)]["precision"]["value"] is None


codes = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([TR, SS, AL]), st.sampled_from(["delivered", "delivered", "planned"])),
    max_size=10,
    unique_by=lambda code: code[:2],
)
both_sides = st.lists(st.tuples(codes, codes), min_size=1, max_size=4)


def run(pairs: list[tuple[list[Code], list[Code]]]):
    notes = [coded(human, note_id=str(i)) for i, (human, _) in enumerate(pairs)]
    return evaluate(notes, {str(i): found(ours, note_id=str(i)) for i, (_, ours) in enumerate(pairs)}, resamples=25)


def grids(pairs: list[tuple[list[Code], list[Code]]], strategy: str) -> tuple[list[bool], list[bool]]:
    human, ours = ([(s, strategy, "delivered") in p[k] for p in pairs for s in range(4)] for k in (0, 1))
    return human, ours


@given(both_sides)
def test_perfect_agreement_scores_one_and_leaves_no_disagreement(pairs: list) -> None:
    alike = [(human, human) for human, _ in pairs]
    result = run(alike)
    for level in (result.segments, result.notes):
        for scores in (*level.strategies, level.micro, level.macro):
            for figure in (scores.precision, scores.recall, scores.f1, scores.kappa):
                assert figure.value is None or figure.value == pytest.approx(1.0)
    for figure in (result.status.accuracy, result.status.macro_f1, result.evidence.token_f1):
        assert figure.value is None or figure.value == pytest.approx(1.0)
    notes = [coded(human, note_id=str(i)) for i, (human, _) in enumerate(alike)]
    assert disagreements(notes, {str(i): found(ours, note_id=str(i)) for i, (_, ours) in enumerate(alike)}) == []


@given(both_sides)
def test_changing_sides_swaps_precision_and_recall_and_keeps_f1_and_kappa(pairs: list) -> None:
    one, other = run(pairs), run([(ours, human) for human, ours in pairs])
    mine, swapped = ((*r.segments.strategies, *r.notes.strategies, r.segments.micro) for r in (one, other))
    for a, b in zip(mine, swapped, strict=True):
        assert (a.precision, a.recall, a.f1, a.kappa) == (b.recall, b.precision, b.f1, b.kappa)


@given(both_sides)
def test_counts_add_up_and_intervals_lie_in_range(pairs: list) -> None:
    result = run(pairs)
    for level, total in ((result.segments, 4 * len(pairs)), (result.notes, len(pairs))):
        for s in level.strategies:
            assert s.true_positives + s.false_positives + s.false_negatives + s.true_negatives == total
            for figure in (s.precision, s.recall, s.f1):
                assert figure.value is None or 0 <= figure.low <= figure.high <= 1
    tables = result.status.table
    assert sum(n for row in tables.values() for n in row.values()) == result.status.n


@given(both_sides)
def test_kappa_and_macro_f1_are_those_of_scikit_learn(pairs: list) -> None:
    result = run(pairs)
    f1s = []
    for strategy in (TR, SS, AL):
        human, ours = grids(pairs, strategy)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = cohen_kappa_score(human, ours, labels=[False, True])
        kappa = of(result.segments, strategy).kappa.value
        assert (kappa is None and math.isnan(expected)) or kappa == pytest.approx(expected)
        if any(human) or any(ours):
            f1s.append(f1_score(human, ours, zero_division=0))
    macro = result.segments.macro.f1.value
    assert macro is None if not f1s else macro == pytest.approx(np.mean(f1s))


def test_calibration_compares_confidence_with_the_share_that_is_right() -> None:
    note = coded([(0, TR, "delivered"), (1, TR, "planned")], contested=delivered(SS, 3))
    result = evaluate_one(note, found(delivered(TR, 0, 1, 2) + delivered(SS, 3))).calibration
    (only,) = result.bins
    assert (only.low, only.n, only.confidence) == (0.9, 3, pytest.approx(0.9))
    assert only.right == pytest.approx(2 / 3), "a planned one is right too: confidence does not speak of status"
    assert result.error.value == pytest.approx(0.9 - 2 / 3)


def test_without_tags_there_is_nothing_to_calibrate() -> None:
    result = evaluate_one(coded(), found()).calibration
    assert result.bins == ()
    assert result.error.value is None
