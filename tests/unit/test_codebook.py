"""The codebook says one thing to people and programs; a broken file names every fault at once."""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from analyzer.codebook import Codebook, Strategy, load_codebook
from analyzer.records import RESPONSES, STATUSES, STRATEGIES, DataError

CODEBOOK = load_codebook()
SHIPPED = (files("analyzer") / "data" / "codebook.yml").read_bytes()


def file_with(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    content = copy.deepcopy(yaml.safe_load(SHIPPED))
    change(content)
    path = tmp_path / "mine.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def problems_of(path: Path) -> list[str]:
    with pytest.raises(DataError) as error:
        load_codebook(path)
    return error.value.problems


def test_the_eleven_strategies_stand_in_their_fixed_order() -> None:
    assert tuple(strategy.id for strategy in CODEBOOK.strategies) == STRATEGIES
    assert [s.code for s in CODEBOOK.strategies] == ["HC", "CC", "AL", "TR", "CD", "TI", "CR", "SS", "AJ", "CH", "IX"]


def test_every_status_and_response_of_the_output_is_explained() -> None:
    assert {entry.id for entry in CODEBOOK.statuses} == set(STATUSES)
    assert {entry.id for entry in CODEBOOK.responses} == set(RESPONSES)
    assert [rule.id for rule in CODEBOOK.rules] == [f"R{n}" for n in range(1, 13)]
    assert len(CODEBOOK.cautions) == 7


def test_statuses_stand_in_the_order_in_which_they_are_tried() -> None:
    order = ["other_agent", "negated", "hypothetical", "planned", "historical", "delivered"]
    assert [entry.id for entry in CODEBOOK.statuses] == order


def test_content_strategies_are_the_five_that_need_a_topic() -> None:
    content = {strategy.code for strategy in CODEBOOK.strategies if strategy.kind == "content"}
    assert content == {"HC", "CC", "AJ", "CH", "IX"}


@pytest.mark.parametrize("strategy", CODEBOOK.strategies, ids=lambda strategy: strategy.id)
def test_feedback_asks_about_the_record_and_accuses_nobody(strategy: Strategy) -> None:
    assert "documented" in strategy.feedback
    assert strategy.feedback.endswith("?")
    told = " ".join((strategy.feedback, strategy.over_use, strategy.under_use))
    assert re.search(r"\b(failed|failure|did not do|didn't|never|neglected|should have)\b", told) is None
    assert " may " in f" {strategy.over_use} " and " may " in f" {strategy.under_use} "


def test_no_example_is_both_right_and_wrong_or_stands_twice() -> None:
    texts = [e.text for s in CODEBOOK.strategies for e in (*s.examples.positive, *s.examples.negative)]
    assert len(texts) == len(set(texts))


def test_title_and_strategy_are_found_by_id() -> None:
    assert CODEBOOK.title_of("safe_space") == "Safe space"
    assert CODEBOOK.strategy("transparency").code == "TR"
    with pytest.raises(KeyError, match="kindness"):
        CODEBOOK.strategy("kindness")


def test_manifests_can_name_the_exact_file() -> None:
    assert CODEBOOK.sha256 == hashlib.sha256(SHIPPED).hexdigest()


def test_the_shipped_codebook_is_read_once_and_cannot_be_changed() -> None:
    assert load_codebook() is CODEBOOK
    with pytest.raises(ValidationError):
        CODEBOOK.version = "2.0"


def test_a_users_own_codebook_needs_only_what_differs_from_the_shipped(tmp_path: Path) -> None:
    def keep_one(content: dict[str, Any]) -> None:
        only = content["strategies"][1] | {"title": "Faith and culture"}
        content.clear()
        content["strategies"] = [only]

    own: Codebook = load_codebook(file_with(tmp_path, keep_one))
    assert own.ids == STRATEGIES
    assert own.title_of("cultural_competence") == "Faith and culture"
    assert own.title_of("safe_space") == CODEBOOK.title_of("safe_space")
    assert own.sha256 != CODEBOOK.sha256


def test_every_shipped_strategy_has_six_examples_and_five_counterexamples() -> None:
    counts = {(len(s.examples.positive) >= 6, len(s.examples.negative) >= 5) for s in CODEBOOK.strategies}
    assert counts == {(True, True)}


def test_all_faults_are_reported_at_once_with_strategy_and_field(tmp_path: Path) -> None:
    def spoil(content: dict[str, Any]) -> None:
        first, second, third, fourth = content["strategies"][:4]
        del first["feedback"]
        second["colour"] = "blue"
        third["examples"]["negative"][1].pop("why")
        third["examples"]["positive"][0]["also"] = ["kindness"]
        fourth["kind"] = "mood"
        content["statuses"].pop()
        content["extra"] = 1

    told = problems_of(file_with(tmp_path, spoil))
    for part in (
        "strategy historical_context: feedback: is missing",
        "strategy cultural_competence: colour: is unknown",
        "strategy active_listening_empathy: examples.negative[2].why: is missing",
        "strategy active_listening_empathy: examples.positive[1].also: 'kindness' is no known strategy",
        "status delivered: is missing",
        "extra: is unknown",
    ):
        assert part in told
    assert any(problem.startswith("strategy transparency: kind:") for problem in told)
    assert len(told) == 7


def test_a_repeated_id_a_taken_code_and_an_id_with_spaces_are_refused(tmp_path: Path) -> None:
    def spoil(content: dict[str, Any]) -> None:
        content["strategies"][0]["id"] = "kindness"
        content["strategies"][1]["id"] = "warm hands"
        content["strategies"][2]["id"] = "transparency"

    told = problems_of(file_with(tmp_path, spoil))
    assert "strategy transparency: id: stands twice" in told
    assert "strategy code HC: is that of historical_context, one of the eleven; choose another" in told
    assert any(problem.startswith("strategy warm hands: id: must be small letters") for problem in told)


@pytest.mark.parametrize(
    ("raw", "says"),
    [(b"- a\n- b\n", "mapping"), (b"", "mapping"), (b"a: [", "not valid YAML"), (b"title: \xff", "not UTF-8")],
    ids=["a list", "an empty file", "broken YAML", "another encoding"],
)
def test_a_file_that_is_no_codebook_says_so(tmp_path: Path, raw: bytes, says: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_bytes(raw)
    assert says in problems_of(path)[0]


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    assert "cannot be read" in problems_of(tmp_path / "nowhere.yml")[0]
