"""Beside every output lies what it was made from: enough to make it again, and nothing that a note says."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from analyzer.corpus import read_coded, write_coded
from analyzer.files import add_member, check_new_folder, whole_file, whole_folder
from analyzer.ingredients import names_of, these_rules
from analyzer.manifest import Manifest, files_given, read_manifest
from analyzer.records import AnalyzerError, DataError
from analyzer.version import __version__
from tests.conftest import ROOT
from tests.unit.study import analyzer, make_study, write_notes

NOTES = {
    "a.txt": "Zebulon came late. Reviewed limits of confidentiality with client.",
    "b.txt": "Validated her grief about Quillaburg. Cl distrusts clinics.",
}
SECRETS = ("Zebulon", "Quillaburg", "confidentiality", "grief")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return write_notes(tmp_path / "notes", NOTES)


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_study(tmp_path_factory.mktemp("study"), NOTES)


@pytest.fixture
def tagged(first_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)) / "tags.jsonl"


def manifest_beside(out: Path) -> Manifest:
    return read_manifest(out.with_name(out.name + ".manifest.json"))


def test_a_manifest_names_what_was_read_written_and_counted(tagged: Path) -> None:
    manifest = manifest_beside(tagged)
    assert (manifest.command, manifest.options["identifiers"], manifest.model) == ("tag", "mask", None)
    (read,) = manifest.inputs
    assert (read.name, sorted(read.sha256)) == ("notes", ["a.txt", "b.txt"])
    assert [list(files.sha256) for files in manifest.outputs] == [["tags.jsonl"]]
    assert manifest.counts["notes"] == 2
    assert manifest.counts["tags"] == sum(len(json.loads(line)["tags"]) for line in tagged.open(encoding="utf-8"))
    assert manifest.program.version == __version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", manifest.time)
    assert manifest.platform.packages["spacy"]


def test_a_manifest_names_the_model_that_took_part(notes: Path, tmp_path: Path) -> None:
    out = tmp_path / "t.jsonl"
    assert analyzer("tag", notes, "-o", out, "--model", "fast").exit_code == 0
    model = manifest_beside(out).model
    assert model is not None
    assert model.version == json.loads((ROOT / "models/fast/meta.json").read_text(encoding="utf-8"))["version"]


@pytest.mark.parametrize("to", ["tags.csv", "qdpx.qdpx", "brat.folder"])
def test_no_manifest_holds_note_text_or_a_place_on_the_machine(to: str, tagged: Path, tmp_path: Path) -> None:
    out = tmp_path / to
    told = analyzer(
        "export", tagged, "--to", to.partition(".")[0], "-o", out, "--with-text", "--notes", tmp_path / "notes"
    )
    assert told.exit_code == 0, told.output
    written = sorted(tmp_path.rglob("*manifest.json"))
    assert len(written) == 2
    for path in written:
        text = path.read_text(encoding="utf-8")
        assert not any(
            secret in text for secret in (*SECRETS, str(tmp_path), str(ROOT), str(Path.home().resolve()) + "/")
        )


def test_what_an_export_was_made_from_is_told_to_the_end(tagged: Path, tmp_path: Path) -> None:
    analyzer("export", tagged, "--to", "counts", "-o", tmp_path / "c.csv")
    (read,) = manifest_beside(tmp_path / "c.csv").inputs
    assert read.made_by == manifest_beside(tagged)
    tagged.write_text(tagged.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    analyzer("export", tagged, "--to", "counts", "-o", tmp_path / "c.csv")
    assert manifest_beside(tmp_path / "c.csv").inputs[0].made_by is None


def test_who_wants_no_manifest_gets_none(notes: Path, tmp_path: Path) -> None:
    assert analyzer("tag", notes, "-o", tmp_path / "t.jsonl", "--model", "none", "--no-manifest").exit_code == 0
    assert not list(tmp_path.rglob("*manifest.json"))


def test_evaluating_writes_figures_and_disagreements_with_one_manifest_each(tmp_path: Path) -> None:
    write_coded(read_coded(ROOT / "models" / "corpus")[:3], tmp_path / "gold.jsonl")
    figures, errors = tmp_path / "f.json", tmp_path / "e.csv"
    run = analyzer("evaluate", tmp_path / "gold.jsonl", "-o", figures, "--errors", errors, "--model", "none")
    assert run.exit_code == 0, run.output
    assert json.loads(figures.read_text(encoding="utf-8"))["n_notes"] == 3
    assert manifest_beside(figures) == manifest_beside(errors)
    assert [files.name for files in manifest_beside(figures).outputs] == ["f.json", "e.csv"]


def test_a_run_cut_short_leaves_neither_output_nor_manifest_but_what_tag_goes_on_from(
    notes: Path, tmp_path: Path, monkeypatch
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("analyzer.manifest.finish", cut)
    before = sorted(path.name for path in tmp_path.iterdir())
    for out in ("t.jsonl", "omop"):
        call = ["tag", notes] if out == "t.jsonl" else ["export", notes, "--to", "omop"]
        assert analyzer(*call, "-o", tmp_path / out, "--model", "none").exit_code != 0
    # The notes tagged so far are kept, under a name of their own, for --resume.
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, ".t.jsonl.part"])


def test_a_full_disk_is_told_by_the_users_own_name_for_the_file(tmp_path: Path) -> None:
    with (
        pytest.raises(AnalyzerError, match=r"t\.csv: could not be written \(No space left"),
        whole_file(tmp_path / "t.csv"),
    ):
        raise OSError(28, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_a_model_folder_gives_way_only_to_a_model(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "meta.json").write_text("old")
    with whole_folder(model, replacing=frozenset({"meta.json"})) as part:
        (part / "meta.json").write_text("new")
        assert (model / "meta.json").read_text() == "old"
    assert [(p.name, p.read_text()) for p in model.iterdir()] == [("meta.json", "new")]
    (model / "thesis.docx").write_text("mine")
    with pytest.raises(AnalyzerError, match="holds files already"):
        check_new_folder(model, replacing=frozenset({"meta.json"}))
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_paths_are_named_without_where_they_lie() -> None:
    home = Path("/home/somebody/study")
    assert names_of([Path("notes/C01"), home / "C02.csv"]) == ["notes/C01", "C02.csv"]
    assert names_of([home / "one" / "notes", home / "two" / "notes"]) == ["one/notes", "two/notes"]


def test_an_output_never_takes_the_place_of_what_is_read(tagged: Path) -> None:
    before = tagged.read_bytes()
    told = analyzer("export", tagged, "--to", "tags", "-o", tagged)
    assert (told.exit_code, tagged.read_bytes()) == (2, before)
    assert "is a file that is read" in told.output


def test_a_folder_that_is_not_there_is_told_of_the_file_that_was_asked_for(tagged: Path) -> None:
    wanted = tagged.parent / "nowhere" / "t.csv"
    told = analyzer("export", tagged, "--to", "tags", "-o", wanted)
    assert str(told.exception).startswith(f"{wanted}: the folder")


def test_text_that_tags_do_not_hold_is_asked_for_before_any_work(tagged: Path, tmp_path: Path) -> None:
    told = analyzer("export", tagged, "--to", "brat", "--with-text", "-o", tmp_path / "brat")
    assert (told.exit_code, (tmp_path / "brat").exists()) == (2, False)
    assert "say with --notes where the notes are" in " ".join(told.output.split())


def test_what_a_run_writes_among_its_inputs_is_none_of_them(notes: Path) -> None:
    assert analyzer("tag", notes, "-o", notes / "tags.jsonl", "--model", "none").exit_code == 0
    assert analyzer("reproduce", notes / "tags.jsonl.manifest.json").exit_code == 0


def test_a_changed_list_of_names_is_another_set_of_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = tmp_path / "data" / "identifiers" / "names.txt"
    lists.parent.mkdir(parents=True)
    monkeypatch.setattr("analyzer.ingredients._HERE", tmp_path)
    digests = set()
    for names in ("Ana", "Ben"):
        lists.write_text(names, encoding="utf-8")
        digests.add(these_rules().sha256)
    assert len(digests) == 2


def test_uploaded_files_are_named_and_hashed() -> None:
    assert files_given("paths", [("n.txt", b"x")]).sha256["n.txt"].startswith("2d711642b726b044")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data.pop("program"), "program: Field required"),
        (lambda data: data.update(manifest=2), "manifest: Input should be 1"),
        (lambda data: data["outputs"][0].update(name="../tags.jsonl"), "leads out of its folder"),
        (lambda data: data["inputs"][0].update(name="/etc"), "leads out of its folder"),
        (lambda data: data["inputs"][0].update(name="a/../../b"), "leads out of its folder"),
    ],
)
def test_a_broken_or_hostile_manifest_is_refused(change, told: str, tagged: Path, tmp_path: Path) -> None:
    data = json.loads((tmp_path / "tags.jsonl.manifest.json").read_text(encoding="utf-8"))
    change(data)
    (tmp_path / "m.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(DataError, match=told):
        read_manifest(tmp_path / "m.json")


def test_archives_hold_no_time(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        add_member(archive, "x", b"x")
        assert archive.getinfo("x").date_time == (1980, 1, 1, 0, 0, 0)


def test_the_citation_file_names_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == __version__
    assert citation["authors"] == [{"name": "The session-note analyzer team"}]
    assert citation["cff-version"] == "1.2.0"
