"""A researcher adds a strategy in a folder: it is checked, tagged, counted, compared, exported, trained and shown."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

import analyzer
from analyzer.charts import strategies_over_notes
from analyzer.cli import cli, main
from analyzer.compare import compare, format_table
from analyzer.examples import read_examples
from analyzer.feedback import agenda_for, feedback_for, plain_text
from analyzer.interchange.document import Document
from analyzer.interchange.labelstudio import labelling_config
from analyzer.keyness import key_words
from analyzer.profiles import profile
from analyzer.project import load_project
from analyzer.records import STRATEGIES, Analysis, AnalyzerError, DataError
from analyzer.views.span_html import legend_html, note_html, style_sheet
from tests.conftest import ROOT

OWN = "spiritual_care"
FIRST = (
    "Client asked if I would pray with her. Prayed with client before the hearing. Reviewed limits of confidentiality."
)
SECOND = "States God is punishing him. Reviewed limits of confidentiality with client."


@pytest.fixture(scope="module")
def shipped_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own") / "example"
    assert CliRunner().invoke(cli, ["init-codebook", str(folder)]).exit_code == 0
    return folder


@pytest.fixture
def project(shipped_example: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(shipped_example, tmp_path / "project"))


@pytest.fixture(scope="module")
def tagged(shipped_example: Path) -> list[Analysis]:
    notes = [
        {"note_id": "n1", "text": FIRST, "clinician": "C1", "client": "K1", "date": "2026-03-01"},
        {"note_id": "n2", "text": SECOND, "clinician": "C2", "client": "K2", "date": "2026-03-02"},
    ]
    found = list(analyzer.analyze(notes, model=None, codebook=shipped_example))
    assert all(isinstance(analysis, Analysis) for analysis in found)
    return [analysis for analysis in found if isinstance(analysis, Analysis)]


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notes") / "notes.jsonl"
    rows = [{"note_id": "n1", "text": FIRST, "clinician": "C1"}, {"note_id": "n2", "text": SECOND, "clinician": "C2"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def lines(shipped_example: Path, notes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``analyzer tag --codebook`` writes: made once, since loading the pipeline takes longest."""
    path = tmp_path_factory.mktemp("tagged") / "tagged.jsonl"
    assert run("tag", notes, "--codebook", shipped_example, "--model", "none", "-o", path) == 0
    return path


def run(*arguments: str | Path) -> int:
    """The program's exit code, as the shell would see it."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def change(path: Path, how: Callable[[dict[str, Any]], object]) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    how(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


# The folder


def test_the_example_project_is_sound_as_it_is_made(shipped_example: Path) -> None:
    result = CliRunner().invoke(cli, ["check-rules", str(shipped_example)])
    assert result.exit_code == 0
    assert "0 problem(s)" in result.stderr
    assert "54 examples" in result.stderr


def test_a_folder_with_anything_in_it_is_not_written_over(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert run("init-codebook", project) == 2
    assert "nothing is written over" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_every_fault_of_a_project_is_told_at_once(project: Path) -> None:
    def spoil_book(content: dict[str, Any]) -> None:
        content["strategies"][0]["colour"] = "blue"
        content["strategies"].append(dict(content["strategies"][0], code="TR"))

    def spoil_rules(content: dict[str, Any]) -> None:
        content["rules"][0]["patterns"].append("@nobody")
        content["rules"][1]["misses"] = ["Called the chaplain."]
        content["rules"][2]["hits"][1] = "Walked in the park."

    change(project / "codebook.yml", spoil_book)
    change(project / "rules" / f"{OWN}.yml", spoil_rules)
    stranger = {"id": "x", "source": "s", "patterns": ["a"], "hits": ["a", "a b"], "misses": ["c"]}
    (project / "rules" / "other.yml").write_text(yaml.safe_dump({"strategy": "kindness", "rules": [stranger]}))
    with (project / "examples.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"text": "Secret words.", "strategy": "kindness"}\n')
    result = CliRunner().invoke(cli, ["check-rules", str(project)])
    assert result.exit_code == 1
    for part in (
        f"codebook.yml: strategy {OWN}: colour: is unknown",
        f"codebook.yml: strategy {OWN}: id: stands twice",
        "codebook.yml: strategy code TR: is that of transparency",
        f"rules/{OWN}.yml: rule sp.prayed_with: pattern '@nobody': unknown word list",
        "rule sp.spiritual_carer: miss 1 is found",
        "rule sp.asked_meaning: hit 2 is not found",
        "rules/other.yml: unknown strategy 'kindness'",
        "examples.jsonl: line 55: unknown strategy 'kindness'",
    ):
        assert part in result.stdout
    assert "Secret" not in result.stdout


def test_a_broken_project_stops_every_command_with_its_faults(
    project: Path, notes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(project / "codebook.yml", lambda content: content["strategies"][0].pop("definition"))
    assert run("tag", notes, "--codebook", project, "--model", "none") == 2
    assert f"codebook.yml: strategy {OWN}: definition: is missing" in capsys.readouterr().err


def test_a_rule_id_of_the_shipped_rules_can_not_be_taken(project: Path) -> None:
    change(project / "rules" / f"{OWN}.yml", lambda c: c["rules"][0].update(id="tr.mandated_reporting"))
    with pytest.raises(DataError, match=r"rule tr\.mandated_reporting: id stands already"):
        load_project(project)


def test_a_strategy_that_nothing_would_tag_is_pointed_out(project: Path) -> None:
    (project / "rules" / f"{OWN}.yml").unlink()
    result = CliRunner().invoke(cli, ["check-rules", str(project)])
    assert f"strategy {OWN}: has no rules" in result.stdout


# Tags


def test_the_strategy_is_tagged_beside_the_eleven(tagged: list[Analysis]) -> None:
    first, second = tagged
    found = [(tag.strategy, tag.status, tag.source, tag.reason) for tag in first.tags]
    assert (OWN, "delivered", "rule", "sp.prayed_with") in found
    assert ("transparency", "delivered", "rule", "tr.limits_of_confidentiality") in found
    assert [o.response for o in first.opportunities if OWN in o.strategies] == ["responded"]
    assert [o.response for o in second.opportunities if OWN in o.strategies] == ["no_documented_response"]


@pytest.fixture(scope="module")
def plain() -> Analysis:
    """A note read without the folder."""
    (analysis,) = analyzer.analyze([{"note_id": "n3", "text": FIRST, "clinician": "C3"}], model=None)
    assert isinstance(analysis, Analysis)
    return analysis


def test_without_the_folder_nothing_changes(plain: Analysis) -> None:
    assert "own" not in plain.to_dict()
    assert OWN not in {tag.strategy for tag in plain.tags}


def test_an_entry_of_the_eleven_replaces_its_words_and_its_rules(project: Path) -> None:
    entry = load_project().codebook.strategy("transparency").model_dump(exclude_none=True)
    (project / "codebook.yml").write_text(yaml.safe_dump({"strategies": [entry | {"title": "Openness"}]}))
    rule = {"id": "open.talk", "source": "s", "patterns": ["plain talk"]}
    rules = [rule | {"hits": ["Plain talk.", "We had plain talk."], "misses": ["Talk."]}]
    (project / "rules" / f"{OWN}.yml").write_text(yaml.safe_dump({"strategy": "transparency", "rules": rules}))
    (project / "opportunities.yml").unlink()
    (analysis,) = analyzer.analyze([f"Plain talk about the form. {SECOND}"], model=None, codebook=project)
    assert isinstance(analysis, Analysis)
    assert [tag.reason for tag in analysis.tags if tag.strategy == "transparency"] == ["open.talk"]
    (row,) = [row for row in compare([analysis]) if row.strategy == "transparency"]
    assert "Openness" in format_table([row])


def test_the_output_of_tag_reads_back_and_names_the_strategy(tagged: list[Analysis]) -> None:
    line = json.loads(json.dumps(tagged[0].to_dict()))
    assert line["own"] == [{"id": OWN, "code": "SP", "title": "Spiritual care", "kind": "content"}]
    assert Analysis.from_dict(line) == tagged[0]
    assert Analysis.from_json(json.dumps(line).encode()) == tagged[0]
    del line["own"]
    with pytest.raises(DataError, match="a strategy that the codebook does not hold"):
        Analysis.from_dict(line)


def test_a_run_that_was_stopped_is_taken_up_with_the_same_folder_alone(
    shipped_example: Path,
    notes: Path,
    lines: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from analyzer.cli import tag

    out, whole_line = tmp_path / "out.jsonl", tag._line
    arguments = ("tag", notes, "--model", "none", "-o", out)

    def full(analysis: Analysis) -> bytes:
        if analysis.note_id == "n2":
            raise OSError(28, "No space left on device")
        return whole_line(analysis)

    with monkeypatch.context() as patch:
        patch.setattr(tag, "_line", full)
        assert run(*arguments, "--codebook", shipped_example) != 0
    assert run(*arguments, "--resume") != 0
    assert "has changed: codebook;" in capsys.readouterr().err
    assert run(*arguments, "--codebook", shipped_example, "--resume") == 0
    assert out.read_bytes() == lines.read_bytes()


def test_coders_of_it_are_compared(shipped_example: Path, lines: Path, notes: Path, tmp_path: Path) -> None:
    coded = tmp_path / "person.jsonl"
    options = ["--codebook", shipped_example, "--notes", notes]
    assert run("export", lines, "--to", "doccano", "-o", coded, "--with-text", *options) == 0
    result = CliRunner().invoke(cli, ["agreement", *map(str, [lines, coded, *options]), "--rounds", "20", "--json"])
    assert result.exit_code == 0, result.output
    (row,) = [r for r in json.loads(result.stdout)["lines"] if r["name"] == OWN and r["level"] == "note"][:1]
    assert row["percent"]["value"] == 1


def test_the_words_outside_its_evidence_can_be_looked_for(tagged: list[Analysis]) -> None:
    documents = [Document(a, text) for a, text in zip(tagged, (FIRST, SECOND), strict=True)]
    found = key_words(documents, by="clinician", group="C1", where="outside", strategy=OWN, minimum_notes=1)
    assert "prayed" not in {key.word for key in found.words}
    assert "confidentiality" in {key.word for key in found.words}
    with pytest.raises(AnalyzerError, match="no strategy 'kindness'"):
        key_words(documents, by="clinician", group="C1", where="inside", strategy="kindness", minimum_notes=1)


# Counts and comparisons


def test_counts_and_comparisons_include_it(tagged: list[Analysis]) -> None:
    first, second = profile(tagged)
    assert [counts.strategy for counts in first.strategies] == [*STRATEGIES, OWN]
    assert (first.of(OWN).delivered, second.of(OWN).delivered) == (1, 0)
    assert second.of(OWN).no_documented_response == 1
    for reference in ("opportunities", "peers", "past"):
        rows = [row for row in compare(tagged, reference=reference) if row.strategy == OWN]  # type: ignore[arg-type]
        assert [row.group for row in rows] == ["C1", "C2"], reference


def test_notes_read_without_the_folder_count_as_none_of_it(plain: Analysis, tagged: list[Analysis]) -> None:
    groups = {group.group: group for group in profile([plain, *tagged])}
    assert groups["C3"].of(OWN).notes_used == 0
    assert len(groups["C3"].strategies) == len(groups["C1"].strategies)


def test_targets_may_name_it(tagged: list[Analysis]) -> None:
    rows = compare(tagged, reference="targets", targets={OWN: (0.2, 0.8)})
    assert {row.strategy for row in rows} == {OWN}
    with pytest.raises(DataError, match="no known strategy"):
        compare([], reference="targets", targets={OWN: (0.2, 0.8)})


def test_tagged_notes_are_compared_and_exported_without_the_folder(
    lines: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run("compare", lines) == 0
    table = capsys.readouterr().out
    assert table.count("Spiritual care") == 2
    assert run("compare", lines, "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["own"]["title"] for row in rows if row["strategy"] == OWN] == ["Spiritual care"] * 2
    assert all("own" not in row for row in rows if row["strategy"] != OWN)
    wide = tmp_path / "wide.csv"
    assert run("export", lines, "--to", "counts-wide", "-o", wide) == 0
    assert pd.read_csv(wide)[f"{OWN}.delivered"].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("counts", "c.csv"),
        ("tags", "t.csv"),
        ("qdc", "b.qdc"),
        ("labelstudio", "l.json"),
        ("doccano", "d.jsonl"),
        ("prodigy", "p.jsonl"),
    ],
)
def test_every_format_holds_it(
    name: str, output: str, shipped_example: Path, lines: Path, notes: Path, tmp_path: Path
) -> None:
    path = tmp_path / output
    text = [] if name in ("counts", "tags", "qdc") else ["--with-text", "--notes", notes]
    assert run("export", lines, "--to", name, "-o", path, "--codebook", shipped_example, *text) == 0
    assert ("Spiritual care" if name == "qdc" else OWN) in path.read_text(encoding="utf-8")


def test_a_project_for_nvivo_and_brat_holds_its_codes(
    shipped_example: Path, lines: Path, notes: Path, tmp_path: Path
) -> None:
    from analyzer.interchange.refi_reading import read_project

    options = ["--codebook", shipped_example, "--notes", notes, "--with-text"]
    assert run("export", lines, "--to", "qdpx", "-o", tmp_path / "p.qdpx", *options) == 0
    back = read_project(tmp_path / "p.qdpx", codebook=load_project(shipped_example).codebook)
    assert OWN in {tag.strategy for coding in back.codings for tag in coding.note.tags}
    assert run("export", lines, "--to", "brat", "-o", tmp_path / "brat", *options) == 0
    assert OWN in (tmp_path / "brat" / "annotation.conf").read_text().splitlines()
    assert f'value="{OWN}"' in labelling_config((*STRATEGIES, OWN))


# People's pages


def test_feedback_speaks_the_folders_words(shipped_example: Path, tagged: list[Analysis]) -> None:
    book = load_project(shipped_example).codebook
    page = plain_text(feedback_for(tagged, "C1", codebook=book))
    assert "Spiritual care" in page
    assert agenda_for(tagged, "C2", codebook=book).clinician == "C2"
    with pytest.raises(AnalyzerError, match="--codebook"):
        feedback_for(tagged, "C1")


def test_the_reading_view_and_the_overview_show_it(tagged: list[Analysis]) -> None:
    shown = style_sheet(tagged[0].own) + legend_html(tagged[0]) + note_html(FIRST, tagged[0])
    assert f".sna-s-{OWN}{{background:" in shown
    assert "Spiritual care: documented as done" in shown
    assert "Spiritual care" in set(strategies_over_notes(tagged).table["strategy"])


def test_a_moment_that_only_it_is_called_for_has_a_theme_of_its_own(tagged: list[Analysis]) -> None:
    from analyzer.team.gaps import gaps, moments

    found = moments(tagged, {})
    own = [moment for moment in found if moment.strategies == (OWN,)]
    assert own
    assert {moment.theme for moment in own} == {"Strategies that the project adds"}
    by_theme = {gap.name: gap.moments for gap in gaps(found, by="theme")}
    assert sum(by_theme.values()) == len(found)
    by_strategy = {gap.name: gap.moments for gap in gaps(found, by="strategy", own=tagged[0].own)}
    assert by_strategy["Spiritual care"] >= len(own)


def test_the_codebook_command_and_page_show_it(shipped_example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.testing.v1 import AppTest

    result = CliRunner().invoke(cli, ["codebook", OWN, "--codebook", str(shipped_example)])
    assert "Spiritual care  [SP, spiritual_care, content]" in result.stdout
    monkeypatch.setenv("ANALYZER_CODEBOOK", str(shipped_example))
    page = AppTest.from_string("from analyzer.views.codebook_page import page\npage()", default_timeout=30).run()
    assert "Spiritual care" in page.selectbox[0].options


@pytest.mark.parametrize("page", ["notes", "overview", "balance", "team", "gaps_page", "feedback_page", "agenda_page"])
def test_every_page_of_the_dashboard_knows_it(
    page: str, shipped_example: Path, tagged: list[Analysis], monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit.testing.v1 import AppTest

    from analyzer.views.source import Loaded, ReadNote

    monkeypatch.setenv("ANALYZER_CODEBOOK", str(shipped_example))
    app = AppTest.from_string(f"from analyzer.views.{page} import page\npage()", default_timeout=60)
    app.session_state["loaded"] = Loaded("own", (ReadNote(FIRST, tagged[0]), ReadNote(SECOND, tagged[1])))
    app.run()
    assert not app.exception
    choices = [option for box in (*app.selectbox, *app.multiselect) for option in box.options]
    assert "Spiritual care" in choices or page in ("overview", "feedback_page", "agenda_page")


# Scoring and training


def test_human_codes_of_it_are_scored(
    shipped_example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Prayed with client before the hearing."
    tag = {"segment": 0, "strategy": OWN, "status": "delivered", "start": 0, "end": len(text) - 1}
    note = {"note_id": "g1", "text": text, "segments": [[0, len(text)]], "tags": [tag], "cues": [], "boilerplate": []}
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(note) + "\n", encoding="utf-8")
    assert run("evaluate", gold, "--codebook", shipped_example, "--model", "none", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    (own,) = [s for s in figures["segments"]["strategies"] if s["name"] == OWN]
    assert own["true_positives"] == 1
    assert run("evaluate", gold, "--model", "none") == 2
    assert "unknown strategy" in capsys.readouterr().err


def test_too_few_examples_are_counted_and_nothing_is_trained(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (project / "examples.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (project / "examples.jsonl").write_text("".join(lines[:12]), encoding="utf-8")
    assert run("train", "--codebook", project) == 2
    assert f"strategy {OWN}: 12 coded example(s), 30 are needed" in capsys.readouterr().err
    assert not (project / "model").exists()


def test_sentences_and_whole_notes_stand_in_one_file_of_examples(project: Path) -> None:
    text = "Prayed with client."
    tag = {"segment": 0, "strategy": OWN, "status": "delivered", "start": 0, "end": 18}
    note = {"note_id": "g1", "text": text, "segments": [[0, 19]], "tags": [tag], "cues": [], "boilerplate": []}
    lines = [note, {"text": "Sat in quiet.", "strategy": OWN}, {"text": "Sat in quiet.", "strategy": "safe_space"}]
    (project / "examples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    found = read_examples(project, (*STRATEGIES, OWN))
    assert [[tag.strategy for tag in note.tags] for note in found] == [[OWN], [OWN, "safe_space"]]


@pytest.fixture(scope="module")
def trained(shipped_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example project with heads; a few notes of the corpus are enough here."""
    folder = Path(shutil.copytree(shipped_example, tmp_path_factory.mktemp("trained") / "project"))
    corpus = tmp_path_factory.mktemp("corpus") / "few.jsonl"
    with (ROOT / "models" / "corpus" / "corpus_3.jsonl").open(encoding="utf-8") as file:
        corpus.write_text("".join(next(file) for _ in range(12)), encoding="utf-8")
    result = CliRunner().invoke(cli, ["train", "--codebook", str(folder), "--corpus", str(corpus)])
    assert result.exit_code == 0, result.output
    return folder


def test_training_adds_a_head_with_its_card_and_leaves_the_shipped_model_alone(trained: Path) -> None:
    assert sum(path.stat().st_size for path in (trained / "model").iterdir()) < 2_000_000
    card = (trained / "model" / "README.md").read_text(encoding="utf-8")
    assert "| Spiritual care | words and rules (the fast model) | 40 |" in card
    settings = json.loads((trained / "model" / "meta.json").read_text(encoding="utf-8"))
    assert all(0.1 <= limit <= 0.9 for limit in settings["thresholds"].values())


@pytest.mark.parametrize("model", ["fast", "default"])
def test_the_head_finds_what_no_rule_says(trained: Path, model: str) -> None:
    if model == "default" and not (ROOT / "models" / "accurate" / "model.skops").exists():
        pytest.skip("models/accurate is not installed; 'make model' makes it")
    texts = ["Prayed with client at her request. Reviewed the bus times.", "Sat with him in silence for the prayer."]
    first, second = analyzer.analyze(texts, model=model, codebook=trained)
    assert isinstance(first, Analysis)
    assert isinstance(second, Analysis)
    (tag,) = [tag for tag in first.tags if tag.strategy == OWN]
    assert (tag.source, tag.reason) == ("rule+model", "sp.prayed_with")
    if model == "default":
        (tag,) = [tag for tag in second.tags if tag.strategy == OWN]
        assert tag.source == "model"
        assert tag.reason.startswith("own-")


def test_heads_trained_on_another_encoder_are_refused(trained: Path, tmp_path: Path) -> None:
    if not (ROOT / "models" / "accurate" / "model.skops").exists():
        pytest.skip("models/accurate is not installed; 'make model' makes it")
    folder = Path(shutil.copytree(trained, tmp_path / "moved"))
    settings = json.loads((folder / "model" / "meta.json").read_text(encoding="utf-8"))
    (folder / "model" / "meta.json").write_text(json.dumps(settings | {"encoder": "encoder-older"}))
    with pytest.raises(DataError, match="train anew"):
        list(analyzer.analyze(["Prayed with client."], codebook=folder))
