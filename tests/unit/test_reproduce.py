"""`analyzer reproduce` makes an output again and says what differs; `analyzer methods` words it for a paper."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from analyzer import manifest
from analyzer.artifact import archived, load_shipped
from analyzer.interchange import FORMATS
from analyzer.lexicons import read_data
from analyzer.records import AnalyzerError
from tests.conftest import ROOT
from tests.unit.study import analyzer, make_study

TABLES = [f"{name}.{kind}" for name in ("counts", "tags") for kind in ("csv", "xlsx", "parquet", "jsonl")]
NOTES = {
    "a.txt": "Plan: Reviewed limits of confidentiality with client.",
    "b.txt": "Validated her grief. Cl distrusts clinics after what happened to her family.",
}


@pytest.fixture(scope="module", autouse=True)
def one_program() -> Iterator[None]:
    """The program may be edited while its tests run, and reading all of it takes time."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("this_program", "these_rules"):
            patch.setattr(manifest, name, cache(getattr(manifest, name)))
        yield


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with notes and what tagging them by the rules gave."""
    return make_study(tmp_path_factory.mktemp("study"), NOTES)


@pytest.fixture
def study(first_run: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(first_run, tmp_path, dirs_exist_ok=True))


def reproduced(study: Path, name: str = "tags.jsonl.manifest.json", *more: str | Path) -> Result:
    return analyzer("reproduce", study / name, *more)


def changed(study: Path, old: str, new: str) -> None:
    path = study / "tags.jsonl.manifest.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_same_notes_give_the_same_bytes(study: Path) -> None:
    run = reproduced(study)
    assert (run.exit_code, run.output) == (0, "The bytes are the same: tags.jsonl.\n")


@pytest.mark.parametrize("name", [*TABLES, *FORMATS])
def test_every_format_gives_the_same_bytes_at_another_time(name: str, study: Path, monkeypatch) -> None:
    if name == "cas":
        pytest.importorskip("cassis", reason="needs dkpro-cassis, see requirements-research.txt")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    out = study / f"out-{name}"
    call = ("export", study / "tags.jsonl", "--to", name.partition(".")[0], "-o", out)
    run = analyzer(*call, "--with-text", "--notes", study / "notes")
    assert run.exit_code == 0, run.output
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    # Archives count time in steps of two seconds; a clock that is ahead shows what a wait would.
    ahead = time.time() + 100_000
    monkeypatch.setattr(time, "time", lambda: ahead)
    told = reproduced(study, f"{out.name}/manifest.json" if out.is_dir() else f"{out.name}.manifest.json")
    assert (told.exit_code, told.output) == (0, f"The bytes are the same: {out.name}.\n")
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_a_model_learned_again_is_stored_in_the_same_bytes() -> None:
    def learned() -> dict[str, Pipeline]:
        texts = [["grief was validated"], ["limits were reviewed"], ["grief was named"], ["limits were named"]]
        features = ColumnTransformer([("words", TfidfVectorizer(), 0)])
        estimator = Pipeline([("features", features), ("weigh", LogisticRegression())])
        return {"strategies": estimator.fit(np.array(texts), [0, 1, 0, 1])}

    first, second = learned(), learned()
    assert archived(first) == archived(second)


def test_a_changed_input_is_named_and_nothing_is_run(study: Path) -> None:
    (study / "notes" / "a.txt").write_text("Rescheduled.", encoding="utf-8")
    (study / "notes" / "c.txt").write_text("Rescheduled.", encoding="utf-8")
    (study / "notes" / "b.txt").unlink()
    run = reproduced(study)
    assert run.exit_code == 3
    assert run.output.splitlines() == [
        "notes/a.txt has changed.",
        "notes/b.txt is missing.",
        "notes/c.txt was not there.",
    ]


def test_notes_that_lie_elsewhere_are_asked_for_and_found(study: Path, tmp_path_factory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (study / "notes").rename(elsewhere / "notes")
    run = reproduced(study)
    assert (run.exit_code, run.output) == (3, "notes is not here: say with --inputs in which folder it lies.\n")
    for place in (elsewhere, elsewhere / "notes"):
        assert reproduced(study, "tags.jsonl.manifest.json", "--inputs", place).exit_code == 0


def test_another_option_gives_another_output_and_the_line_is_told(study: Path) -> None:
    (study / "notes" / "a.txt").write_text("Call 415-555-0132. Validated her grief.", encoding="utf-8")
    analyzer("tag", study / "notes", "-o", study / "tags.jsonl", "--model", "none")
    changed(study, '"mask"', '"ignore"')
    run = reproduced(study)
    assert run.exit_code == 3
    assert run.output == "tags.jsonl has changed. The first difference is in line 1.\n"


def test_another_model_is_told(study: Path) -> None:
    changed(study, '"model": "none"', '"model": "fast"')
    run = reproduced(study)
    assert run.exit_code == 3
    assert re.search(r"Model: version \S+ here; the output was made with none\.", run.output)
    assert "tags.jsonl has changed" in run.output


def test_a_model_that_is_not_here_is_asked_for(study: Path) -> None:
    model = {"name": "mine", "version": "words-0", "sha256": "0" * 64}
    changed(study, '"model": null', f'"model": {json.dumps(model)}')
    changed(study, '"model": "none"', '"model": "mine"')
    run = reproduced(study)
    assert run.exit_code == 3
    assert "The model mine is not here: say with --inputs" in run.output


def test_another_program_is_told_and_the_bytes_decide(study: Path) -> None:
    changed(study, '"version": "', '"version": "0.0.')
    run = reproduced(study)
    assert run.exit_code == 0
    assert "Program: version" in run.output
    assert "Codebook: version" in run.output
    assert "The bytes are the same" in run.output


def test_an_output_that_was_edited_is_told(study: Path) -> None:
    with (study / "tags.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert "tags.jsonl is not, or no longer, what the manifest speaks of." in reproduced(study).output


@pytest.mark.parametrize("name", ["app", "codebook", "nonsense"])
def test_only_commands_that_write_manifests_are_run_because_a_file_says_so(name: str, study: Path) -> None:
    changed(study, '"command": "tag"', f'"command": "{name}"')
    assert reproduced(study).exit_code != 0


def test_notes_of_a_dashboard_session_are_told_to_be_texts_and_no_files(study: Path) -> None:
    changed(study, '"option": "paths"', '"option": "notes"')
    told = reproduced(study)
    assert told.exit_code == 3
    assert "notes were those of a dashboard session" in told.output


def test_what_only_the_dashboard_makes_is_told_to_be_made_there(study: Path) -> None:
    changed(study, '"command": "tag"', '"command": "dashboard export"')
    told = reproduced(study)
    assert isinstance(told.exception, AnalyzerError)
    assert "make it there again" in str(told.exception)


def test_an_option_that_this_version_lacks_is_named(study: Path) -> None:
    changed(study, '"identifiers"', '"shell"')
    run = reproduced(study)
    assert run.exit_code == 3
    assert "this version has no shell" in run.output


def test_the_methods_paragraph_tells_the_model_its_agreement_and_where_it_comes_from(study: Path) -> None:
    analyzer("tag", study / "notes", "-o", study / "tags.jsonl", "--model", "fast")
    analyzer("export", study / "tags.jsonl", "--to", "counts", "-o", study / "c.csv")
    told = " ".join(analyzer("methods", study / "c.csv.manifest.json").output.split())
    f1 = json.loads((ROOT / "models/fast/metrics.json").read_text(encoding="utf-8"))["writers_left_out"]["segments"]
    figure = f1["macro"]["f1"]
    assert f"F1 of {figure['value']:.2f} (95% interval {figure['low']:.2f} to {figure['high']:.2f})" in told
    assert load_shipped("fast").version in told
    assert "coded by language models" in told
    assert "2 notes were read" in told
    paragraph, references = told[: told.index(" [1] The")], told[told.index(" [1] The") :]
    cited = {int(number) for number in re.findall(r"\[(\d+)\]", paragraph)}
    assert cited == set(range(1, max(cited) + 1)) == {int(n) for n in re.findall(r"\[(\d+)\]", references)}
    assert "[@" not in told
    assert "{" not in told


def test_the_agreement_of_another_model_is_not_told_for_this_one(study: Path) -> None:
    analyzer("tag", study / "notes", "-o", study / "tags.jsonl", "--model", "fast")
    path = study / "tags.jsonl.manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["model"]["sha256"] = "0" * 64
    path.write_text(json.dumps(data), encoding="utf-8")
    told = " ".join(analyzer("methods", path).output.split())
    assert "its measured agreement is left out" in told
    assert "F1 of" not in told


def test_every_reference_is_cited_and_every_citation_has_its_reference() -> None:
    words = read_data("methods.yml")
    cited = {key for text in words.values() if isinstance(text, str) for key in re.findall(r"\[@(\w+)\]", text)}
    assert cited == set(words["references"])
