"""REFI-QDA: what NVivo, MAXQDA, ATLAS.ti and QualCoder are given, and what people coded there read back."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from analyzer.codebook import load_codebook
from analyzer.interchange import refi, refi_reading
from analyzer.interchange.document import Document
from analyzer.notes import limits
from analyzer.records import STATUSES, STRATEGIES, AnalyzerError, DataError
from tests.unit.interchange.awkward import CODED, MANY, ONE, TEXT, document, documents, tag, whole

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# The part of Project.xsd and Codebook.xsd (REFI-QDA 1.0) that is written: each element's children in the order that the
# schema wants, the attributes that it must have and those that it may have.
SCHEMA = {
    "Project": ("Users CodeBook Variables Cases Sources Notes Links Sets Graphs Description", "name",
                "origin creatingUserGUID creationDateTime modifyingUserGUID modifiedDateTime basePath"),
    "Users": ("User", "", ""),
    "User": ("", "guid", "name id"),
    "CodeBook": ("Codes Sets", "", "origin"),
    "Codes": ("Code", "", ""),
    "Code": ("Description NoteRef Code", "guid name isCodable", "color"),
    "Variables": ("Variable", "", ""),
    "Variable": ("Description", "guid name typeOfVariable", ""),
    "Sources": ("TextSource", "", ""),
    "TextSource": ("Description PlainTextContent PlainTextSelection Coding NoteRef VariableValue", "guid",
                   "name richTextPath plainTextPath creatingUser creationDateTime modifyingUser modifiedDateTime"),
    "PlainTextSelection": ("Description Coding NoteRef", "guid startPosition endPosition",
                           "name creatingUser creationDateTime modifyingUser modifiedDateTime"),
    "Coding": ("CodeRef NoteRef", "guid", "creatingUser creationDateTime"),
    "CodeRef": ("", "targetGUID", ""),
    "VariableValue": ("VariableRef TextValue", "", ""),
    "VariableRef": ("", "targetGUID", ""),
    "TextValue": ("", "", ""),
    "Description": ("", "", ""),
}  # fmt: skip


def check_schema(element: ET.Element, namespace: str) -> None:
    name = element.tag.removeprefix("{" + namespace + "}")
    order, required, optional = (words.split() for words in SCHEMA[name])
    assert set(required) <= set(element.attrib) <= {*required, *optional}
    for key, value in element.attrib.items():
        if key in ("guid", "targetGUID", "creatingUser", "creatingUserGUID"):
            assert GUID.fullmatch(value)
    places = [order.index(child.tag.removeprefix("{" + namespace + "}")) for child in element]
    assert places == sorted(places)
    assert name not in ("Users", "Codes", "Variables", "Sources") or places
    for child in element:
        check_schema(child, namespace)


def exported(path: Path, found: list[Document]) -> tuple[ET.Element, dict[str, bytes]]:
    """The project's XML as the standard library reads it, and all files of the archive."""
    refi.write_project(iter(found), path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return ET.fromstring(files["project.qde"]), files


def every(element: ET.Element, name: str) -> list[ET.Element]:
    return list(element.iter(f"{{{PROJECT}}}{name}"))


def packed(path: Path, files: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def project(path: Path, text: bytes, sources: str, *, codes: str = "", users: str = "") -> Path:
    """A small project as other programs write it: braces, capitals, a folder named Sources."""
    xml = (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{PROJECT}" name="p"><Users>{users}</Users>'
        f"<CodeBook><Codes>{codes}</Codes></CodeBook><Sources>{sources}</Sources></Project>"
    )
    return packed(path, {"project.qde": xml, "Sources/T.TXT": text})


TRANSPARENCY = load_codebook().title_of("transparency")
CODE = '<Code guid="{{AAAAAAAA-0000-0000-0000-00000000000{n}}}" name="{name}" isCodable="true"/>'
OURS = CODE.format(n=1, name=f"{TRANSPARENCY}: {load_codebook().status_title('planned')}") + CODE.format(
    n=2, name=TRANSPARENCY.upper()
)
USER = '<User guid="{BBBBBBBB-0000-0000-0000-000000000001}" name="Coder A"/>'


def source(*selections: tuple[object, object, int], name: str = "n1") -> str:
    parts = "".join(
        f'<PlainTextSelection guid="c" startPosition="{start}" endPosition="{end}">'
        '<Coding guid="d" creatingUser="bbbbbbbb-0000-0000-0000-000000000001">'
        f'<CodeRef targetGUID="aaaaaaaa-0000-0000-0000-00000000000{code}"/></Coding></PlainTextSelection>'
        for start, end, code in selections
    )
    return f'<TextSource guid="e" name="{name}" plainTextPath="internal://t.txt">{parts}</TextSource>'


def test_a_project_follows_the_published_schema(tmp_path: Path) -> None:
    root, files = exported(tmp_path / "p.qdpx", MANY)
    assert root.tag == f"{{{PROJECT}}}Project"
    check_schema(root, PROJECT)
    guids = [element.get("guid") for element in root.iter() if element.get("guid")]
    assert len(guids) == len(set(guids))
    assert {e.get("targetGUID") for e in root.iter() if e.get("targetGUID")} <= set(guids)
    paths = [s.get("plainTextPath", "").replace("internal://", "sources/") for s in every(root, "TextSource")]
    assert sorted(files) == sorted([*paths, "project.qde"])


def test_a_codebook_follows_the_published_schema(tmp_path: Path) -> None:
    refi.write_codebook(iter([]), tmp_path / "book.qdc")
    root = ET.parse(tmp_path / "book.qdc").getroot()
    assert root.tag == f"{{{CODEBOOK}}}CodeBook"
    check_schema(root, CODEBOOK)
    names = [code.get("name") for code in root.iter(f"{{{CODEBOOK}}}Code")]
    assert len(names) == len(STRATEGIES) * (1 + len(STATUSES))
    # QualCoder takes two codes of one name for the same code.
    assert len(set(names)) == len(names)


def test_text_files_are_utf8_without_a_mark_and_with_plain_line_ends(tmp_path: Path) -> None:
    _, files = exported(tmp_path / "p.qdpx", [ONE])
    [text] = [data for name, data in files.items() if name.endswith(".txt")]
    assert text == TEXT.encode() and b"\r" not in text
    assert files["project.qde"].startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns=')
    assert b"\r" not in files["project.qde"]
    _, files = exported(tmp_path / "q.qdpx", [document(text="\ufeffSet goals.")])
    assert [data for name, data in files.items() if name.endswith(".txt")] == ["\u2060Set goals.".encode()]


def test_selections_count_code_points_and_stand_on_the_evidence(tmp_path: Path) -> None:
    root, _ = exported(tmp_path / "p.qdpx", [ONE])
    names = {code.get("guid"): code.get("name") for code in every(root, "Code")}
    found = []
    for selection in every(root, "PlainTextSelection"):
        start, end = int(selection.get("startPosition", "")), int(selection.get("endPosition", ""))
        [reference] = every(selection, "CodeRef")
        found.append((TEXT[start:end], names[reference.get("targetGUID")]))
    book = load_codebook()
    assert found == [(t.text, f"{book.title_of(t.strategy)}: {book.status_title(t.status)}") for t in CODED]


def test_the_words_that_moved_the_model_are_not_repeated_beside_the_text(tmp_path: Path) -> None:
    root, _ = exported(tmp_path / "p.qdpx", [ONE])
    [about] = {d.findtext(f"{{{PROJECT}}}Description") for d in every(root, "PlainTextSelection")}
    assert about == "found by rule+model (r1), confidence 0.75, section plan"


def test_every_note_comes_back_with_its_id_text_and_codes(tmp_path: Path) -> None:
    refi.write_project(iter(MANY), tmp_path / "p.qdpx")
    read = refi_reading.read_project(tmp_path / "p.qdpx")
    assert {coding.coder for coding in read.codings} == {"session-note-analyzer"}
    assert read.left_out == ()
    expected = [whole(found.analysis.note_id) for found in MANY]
    second = expected.index("n1", 1)
    expected[second] = "n1#2"
    assert [coding.note.note_id for coding in read.codings] == expected
    for coding, given_ in zip(read.codings, MANY, strict=True):
        assert coding.note.text == given_.text
        spans = {(t.strategy, t.status, t.start, t.end) for t in coding.note.tags}
        assert spans == {(t.strategy, t.status, t.start, t.end) for t in given_.analysis.tags}


@settings(max_examples=25)
@given(documents())
def test_any_note_is_valid_and_comes_back(tmp_path_factory: pytest.TempPathFactory, found: Document) -> None:
    path = tmp_path_factory.mktemp("refi") / "p.qdpx"
    root, _ = exported(path, [found])
    check_schema(root, PROJECT)
    texts = [coding.note.text for coding in refi_reading.read_project(path).codings]
    assert texts == ([found.text] if found.analysis.tags else [])


def test_the_same_notes_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.qdpx", "b.qdpx"):
        refi.write_project(iter(MANY), tmp_path / name)
    assert (tmp_path / "a.qdpx").read_bytes() == (tmp_path / "b.qdpx").read_bytes()
    refi.write_codebook(iter([]), tmp_path / "book.qdc")
    # Written down once: a later version must not give the codes other ids, or merging projects doubles them.
    first = refi_reading.read_codebook(tmp_path / "book.qdc")[0]
    assert (first.guid, first.strategy) == ("d0fe0732-5fea-5ba5-a593-ba30459ead96", STRATEGIES[0])


def test_the_codebook_comes_back_with_what_each_code_means(tmp_path: Path) -> None:
    refi.write_codebook(iter([]), tmp_path / "book.qdc")
    codes = refi_reading.read_codebook(tmp_path / "book.qdc")
    assert [code.strategy for code in codes if code.status is None] == list(STRATEGIES)
    children = [code for code in codes if code.parent]
    assert len(children) == len(STRATEGIES) * len(STATUSES)
    above = {code.guid: code.strategy for code in codes}
    assert all(above[code.parent or ""] == code.strategy for code in children)
    assert codes[0].description.startswith(load_codebook().strategies[0].definition)


def test_codes_of_people_are_read_by_name_whatever_ids_their_program_gave(tmp_path: Path) -> None:
    path = project(tmp_path / "p.qdpx", TEXT.encode(), source((5, 25, 1), (31, 65, 2)), codes=OURS, users=USER)
    [coding] = refi_reading.read_project(path).codings
    assert (coding.coder, coding.note.note_id) == ("Coder A", "n1")
    found = [(t.strategy, t.status, TEXT[t.start : t.end]) for t in coding.note.tags]
    # A strategy's own code, without a status, counts as delivered.
    assert found == [("transparency", "planned", TEXT[5:25]), ("transparency", "delivered", TEXT[31:65])]


def test_two_coders_of_one_name_stay_two(tmp_path: Path) -> None:
    users = USER + USER.replace("000000000001}", "000000000002}")
    coded = source((5, 25, 1), (31, 65, 2)).replace('000000000001"><CodeRef', '000000000002"><CodeRef', 1)
    read = refi_reading.read_project(project(tmp_path / "p.qdpx", TEXT.encode(), coded, codes=OURS, users=users))
    assert [len(coding.note.tags) for coding in read.codings] == [1, 1]
    assert len({coding.coder for coding in read.codings}) == 2


def test_a_text_with_windows_line_ends_and_a_mark_is_read_with_offsets_moved(tmp_path: Path) -> None:
    text = "\ufeffOne.\r\nTwo limits.\r\nThree.".encode()
    path = project(tmp_path / "p.qdpx", text, source((10, 16, 2)), codes=OURS, users=USER)
    [coding] = refi_reading.read_project(path).codings
    [found] = coding.note.tags
    assert coding.note.text == "One.\nTwo limits.\nThree."
    assert coding.note.text[found.start : found.end] == "limits"


def test_somebodys_own_codes_are_told_and_their_names_kept_out_of_messages(tmp_path: Path) -> None:
    own = CODE.format(n=3, name="she said she felt unheard")
    path = project(tmp_path / "p.qdpx", TEXT.encode(), source((0, 5, 3), (0, 9, 3)), codes=OURS + own, users=USER)
    read = refi_reading.read_project(path)
    assert read.left_out == ("code aaaaaaaa-0000-0000-0000-000000000003: is none of the codebook's (2 times)",)
    assert [code.name for code in read.codes if code.strategy is None] == ["she said she felt unheard"]


def test_sources_without_text_in_the_project_are_told(tmp_path: Path) -> None:
    sources = (
        '<PDFSource guid="f" name="scan.pdf"/>'
        '<TextSource guid="g" name="far" plainTextPath="absolute:///etc/passwd"/>'
        '<TextSource guid="h" name="up" plainTextPath="internal://../project.qde"/>'
        '<TextSource guid="i" name="inline"><PlainTextContent>Set goals.</PlainTextContent></TextSource>'
    )
    read = refi_reading.read_project(project(tmp_path / "p.qdpx", b"", sources, codes=OURS, users=USER))
    assert read.left_out == (
        "source 'scan.pdf': is no text",
        "source 'far': its text is outside the project, and is not looked for there",
        "source 'up': its text is not in the project",
    )


def test_every_selection_that_does_not_fit_is_named_with_its_source(tmp_path: Path) -> None:
    bad = source((0, 5, 2), (5, 500, 2), (-1, 3, 2), (4, 4, 2), ("x", 4, 2), (0, 3, 9), name="note 7")
    with pytest.raises(DataError) as refused:
        refi_reading.read_project(project(tmp_path / "p.qdpx", b"Set goals.", bad, codes=OURS, users=USER))
    assert refused.value.problems == [
        "source 'note 7': selection 2 (5:500) doesn't fit its text (0:10)",
        "source 'note 7': selection 3 (-1:3) doesn't fit its text (0:10)",
        "source 'note 7': selection 4 (4:4) doesn't fit its text (0:10)",
        "source 'note 7': selection 5 (x:4) doesn't fit its text (0:10)",
        "coding d: names a code that the project doesn't have",
    ]


LAUGHS = '<!DOCTYPE Project [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
FETCHES = '<!DOCTYPE Project [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("attack", [LAUGHS, FETCHES, '<!DOCTYPE Project SYSTEM "http://x.example/a.dtd">'])
def test_xml_with_entities_is_refused(tmp_path: Path, attack: str) -> None:
    xml = f'<?xml version="1.0"?>{attack}<Project xmlns="{PROJECT}" name="&a;"/>'
    with pytest.raises(DataError, match="document type or entities"):
        refi_reading.read_project(packed(tmp_path / "p.qdpx", {"project.qde": xml}))
    book = tmp_path / "b.qdc"
    book.write_text(xml.replace("Project", "CodeBook").replace(PROJECT, CODEBOOK))
    with pytest.raises(DataError, match="document type or entities"):
        refi_reading.read_codebook(book)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / "p.qdpx", {"project.qde": "<Project/>", "sources/a.txt": b"\0" * 30_000_000})
    with pytest.raises(DataError, match="zip bomb"):
        refi_reading.read_project(path)


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_MEMBERS", 3)
    path = packed(tmp_path / "p.qdpx", {f"sources/{n}.txt": "x" for n in range(5)})
    with pytest.raises(DataError, match="5 members"):
        refi_reading.read_project(path)


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "C:\\a.txt", "sources/../../a.txt"])
def test_a_path_that_leads_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="unsafe path"):
        refi_reading.read_project(packed(tmp_path / "p.qdpx", {"project.qde": "<Project/>", name: "x"}))


def damaged(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(data: bytes) -> bytes:
    where = data.index(b"project.qde") + 40
    return data[:where] + bytes(byte ^ 0xFF for byte in data[where : where + 20]) + data[where + 20 :]


@pytest.mark.parametrize("harm", [damaged, flipped, lambda data: b"", lambda data: b"no archive"])
def test_a_damaged_project_is_refused_in_words(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    refi.write_project(iter([ONE]), tmp_path / "p.qdpx")
    (tmp_path / "p.qdpx").write_bytes(harm((tmp_path / "p.qdpx").read_bytes()))
    with pytest.raises(DataError, match="damaged|empty|anew"):
        refi_reading.read_project(tmp_path / "p.qdpx")


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        ("<Project", "not well-formed"),
        ('<?xml version="1.0" encoding="utf-99"?><a/>', "not well-formed"),
        ("<Project/>", "namespace"),
        (f'<Project xmlns="{CODEBOOK}"/>', "namespace"),
        ("<a>" * 5_000 + "</a>" * 5_000, "nested"),
    ],
)
def test_what_is_no_project_is_refused_in_words(tmp_path: Path, xml: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        refi_reading.read_project(packed(tmp_path / "p.qdpx", {"project.qde": xml}))


def test_an_archive_without_a_project_and_a_missing_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no project.qde"):
        refi_reading.read_project(packed(tmp_path / "p.qdpx", {"a.txt": "x"}))
    with pytest.raises(DataError, match="can't be read"):
        refi_reading.read_project(tmp_path / "none.qdpx")
    with pytest.raises(DataError, match="can't be read"):
        refi_reading.read_codebook(tmp_path / "none.qdc")


def test_a_project_needs_the_text_and_the_codebook_that_the_notes_were_tagged_with(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError, match="--with-text"):
        refi.write_project(iter([ONE, Document(ONE.analysis)]), tmp_path / "p.qdpx")
    own = document(tags=(tag(TEXT, "goals", "own_strategy"),))
    with pytest.raises(DataError, match="own_strategy: not in the codebook"):
        refi.write_project(iter([own]), tmp_path / "p.qdpx")
    assert list(tmp_path.iterdir()) == []
