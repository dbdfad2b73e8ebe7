"""Every role at every page, link, download and choice of the dashboard: allowed or refused as access.yml says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from spacy.language import Language
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analyzer.access import check_log
from analyzer.access.policy import rights
from analyzer.views import agreement_page, codebook_page, entry, exporting, review_page, source
from analyzer.views.reading import Loaded
from tests.conftest import ROOT
from tests.e2e.apps import said
from tests.e2e.teams import INSIDE, OUTSIDE, ROLE, SEES, WORDS, claims_of, made_in

NAMED = {page for role in rights().values() for page in role.pages}
NAMES = {"C01", "C02", "C03", *WORDS, *(f"K{n}-private" for n in range(1, 5))}
_KIND = {"export-file": "export", "agreement-download": "disagreements", "review-export": "reviewed"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, rules_only: Language) -> None:
    """Rules alone read the notes."""
    for module in (source, agreement_page, codebook_page):
        monkeypatch.setattr(module, "pipeline", lambda: rules_only)
    for module in (agreement_page, review_page):
        monkeypatch.setattr(module, "rules_alone", lambda: rules_only)
    # The samples are everybody's; here they only take time.
    samples = SimpleNamespace(running=False, stopped=False, error=None, loaded=Loaded("sample"))
    monkeypatch.setattr(source, "_samples", lambda: samples)


@pytest.fixture
def files() -> Iterator[list[Callable[[], bytes]]]:
    """What download buttons would hand over."""
    found: list[Callable[[], bytes]] = []
    kept = MediaFileManager.add_deferred

    def add(self: MediaFileManager, make: Callable[[], bytes], *args: Any, **more: Any) -> str:
        found.append(make)
        return kept(self, make, *args, **more)

    MediaFileManager.add_deferred = add  # type: ignore[method-assign]
    yield found
    MediaFileManager.add_deferred = kept  # type: ignore[method-assign]


@pytest.fixture
def menu(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The pages that the menu leads to, once the app has run."""
    found: set[str] = set()
    kept = entry.st.navigation

    def draw(pages: dict[str, list[Any]]) -> Any:
        found.update(page._script_hash for part in pages.values() for page in part if page.visibility == "visible")
        return kept(pages)  # type: ignore[arg-type]

    monkeypatch.setattr(entry.st, "navigation", draw)
    return found


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = made_in(tmp_path)
    monkeypatch.setenv(entry.TEAM, str(file))
    return file


def enter(who: str | None) -> AppTest:
    """The whole app with somebody at the door, who wants to see the team's notes."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.user = claims_of(who)
    app.session_state["source"] = "The team's notes"
    return app.run()


def addresses(app: AppTest) -> dict[str, str]:
    """Every page that the app knows, in the menu or not, by its address; the one that opens first has an empty one."""
    named = {calc_hash(page): page for page in NAMED}
    return {named.get(key) or str(info["url_pathname"]): key for key, info in app._registered_pages.items()}


def go(app: AppTest, address: str) -> AppTest:
    """Type the page's address."""
    app._page_hash = addresses(app)[address]
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> bytes:
    """All that reached the browser: words, tables, charts, labels, documents."""

    def walk(node: Any) -> Iterator[bytes]:
        if getattr(node, "proto", None) is not None:
            yield node.proto.SerializeToString()
        for child in getattr(node, "children", {}).values():
            yield from walk(child)

    return b"\n".join(walk(app._tree))


def planted(data: bytes) -> set[str]:
    return {word for word in OUTSIDE | INSIDE if word.encode() in data}


def test_every_page_has_a_line_in_the_policy_and_every_line_a_page(team: Path) -> None:
    assert set(addresses(enter("adi@clinic.example"))) == NAMED


def test_every_kind_of_file_has_a_line_in_the_policy_and_every_line_a_file() -> None:
    kinds = {*exporting.TABLES, *exporting.TOOLS, "feedback", "agenda", "reviewed", "disagreements"}
    named = {export for role in rights().values() for export in role.exports}
    assert named == kinds == set(rights()["alone"].exports)


@pytest.mark.parametrize("who", ROLE)
def test_a_page_opens_or_is_refused_and_hands_files_over_as_the_policy_says(
    who: str, team: Path, files: list[Callable[[], bytes]]
) -> None:
    app, allowed = enter(who), rights()[ROLE[who]]
    seen = set()
    for address in addresses(app):
        files.clear()
        page = go(app, address)
        refused = "not part of your role" in said(page)
        assert refused == (address not in allowed.pages), address
        words = planted(shown(page))
        assert not (refused and (words or page.get("download_button"))), address
        assert words <= SEES[who], address
        seen |= words
        if who == "rae@clinic.example":
            assert not {name for name in NAMES if name.encode() in shown(page)}, address
        for button in page.get("download_button"):
            kind = _KIND.get(button.key or "", (button.key or "").partition("-")[0])
            assert button.proto.disabled or kind in allowed.exports, button.key
        for make in list(files):
            before = len(taken(team))
            assert planted(make()) <= SEES[who]
            assert len(taken(team)) == before + 1
            assert taken(team)[-1].what in allowed.exports
    # A table in which nothing is ever shown or taken would pass as well.
    assert bool(seen) == bool(taken(team)) == (allowed.words == "whole")


@pytest.mark.parametrize("who", ["stranger@clinic.example", None])
def test_whoever_has_no_role_or_is_not_signed_in_sees_no_page(who: str | None, team: Path) -> None:
    known = addresses(enter("adi@clinic.example"))
    app = enter(who)
    for key in known.values():
        app._page_hash = key
        app.run()
        assert {button.label for button in app.button} == {"Sign in" if who is None else "Sign out"}
        assert not app.sidebar.radio and not app.get("download_button") and not app.get("file_uploader")
        assert not planted(shown(app))
    logged = [(line.who, line.did, line.role) for line in check_log(team.parent / "audit.jsonl")]
    assert logged == ([] if who is None else [(who, "was refused", "none")])


@pytest.mark.parametrize("who", ["ana@clinic.example", "sam@clinic.example"])
def test_a_link_opens_a_note_of_ones_own_and_no_other(who: str, team: Path) -> None:
    app, others = enter(who), []
    for note_id, (_, *words) in WORDS.items():
        app.query_params["note"] = note_id
        go(app, "notes")
        theirs = set(words) <= SEES[who]
        assert (app.selectbox(key="notes-chosen").value == note_id) == theirs
        assert ("is not among these notes" in said(app)) == (not theirs)
        assert planted(shown(app)) <= SEES[who]
        others += [] if theirs else [f"note {note_id}"]
    log = check_log(team.parent / "audit.jsonl")
    assert [line.what for line in log if line.did == "was refused"] == others


def taken(team: Path) -> list[Any]:
    return [line for line in check_log(team.parent / "audit.jsonl") if line.did == "took away"]


@pytest.mark.parametrize("who", ["sam@clinic.example", "rae@clinic.example"])
def test_exports_are_of_the_kinds_units_and_words_that_the_role_has(
    who: str, team: Path, files: list[Callable[[], bytes]]
) -> None:
    app, allowed = go(enter(who), "export"), rights()[ROLE[who]]
    titles = exporting.TABLES | exporting.TOOLS
    kinds = [name for name in titles if name in allowed.exports]
    assert app.selectbox(key="export-what").options == [titles[name] for name in kinds]
    assert len(app.selectbox(key="export-by").options) == len(allowed.units)
    for kind in kinds:
        app.selectbox(key="export-what").set_value(kind).run()
        for box in app.checkbox:
            box.check().run()
        files.clear()
        app.button(key="export-make").click().run()
        made = files[0]()
        assert made and planted(made) == (SEES[who] & INSIDE if kind == "tags" else set()), kind
        last = taken(team)[-1]
        assert (last.who, last.what) == (who, kind)
        # The log names the notes themselves, whatever they are called on the page.
        assert set(last.notes) == {note for note, (_, *words) in WORDS.items() if set(words) & SEES[who]}


@pytest.mark.parametrize("kind", ["brat", "labelstudio", "keyness"])
def test_a_kind_of_file_that_the_menu_does_not_offer_is_refused_when_asked_for(kind: str, team: Path) -> None:
    app = enter("sam@clinic.example")
    app.session_state["export-what"] = kind
    go(app, "export")
    assert app.selectbox(key="export-what").value != kind or "not part of your role" in said(app)


@pytest.mark.parametrize("who", ROLE)
def test_the_menu_and_the_notes_to_choose_are_those_of_the_role(who: str, team: Path, menu: set[str]) -> None:
    allowed = rights()[ROLE[who]]
    choices = enter(who).sidebar.radio[0].options
    assert menu == {calc_hash(page) for page in allowed.pages}
    assert ("My own notes" in choices) == allowed.uploads
    assert ("The team's notes" in choices) == (allowed.words != "none")


def test_where_the_policy_lets_nobody_see_notes_no_page_finds_a_way_around_it(
    team: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who may open every page and see no note: whatever page reads notes by itself shows up here."""
    nothing = rights()["alone"].model_copy(update={"notes": "none", "pages": (*rights()["alone"].pages, "access")})
    monkeypatch.setitem(rights(), "supervisor", nothing)
    app = enter("sam@clinic.example")
    for address in addresses(app):
        assert not planted(shown(go(app, address))), address


def test_the_log_says_who_saw_which_note_and_holds_none_of_its_words(team: Path) -> None:
    ana = go(enter("ana@clinic.example"), "notes")
    go(go(ana, "overview"), "notes")
    lines = check_log(team.parent / "audit.jsonl")
    assert [(line.page, line.did, line.notes) for line in lines] == [
        ("notes", "saw words of", ("n-ana",)),
        ("notes", "opened", ("n-ana",)),
        ("overview", "saw words of", ("n-ana",)),
    ]
    assert {line.who for line in lines} == {"ana@clinic.example"}
    assert not planted((team.parent / "audit.jsonl").read_bytes())


def test_where_the_log_cannot_be_written_no_note_is_shown(team: Path) -> None:
    (team.parent / "audit.jsonl").mkdir()
    app = enter("ana@clinic.example")
    assert "can't be written" in said(app)
    assert not planted(shown(app))


def test_the_administrator_reads_the_log_and_is_told_of_a_changed_line(team: Path) -> None:
    enter("ana@clinic.example")
    go(enter("sam@clinic.example"), "access")
    app = go(enter("adi@clinic.example"), "access")
    log = next(table.value for table in app.dataframe if "who" in table.value)
    assert set(log["who"]) == {"ana@clinic.example", "sam@clinic.example"}
    assert ("was refused", "page access") in zip(log["did"], log["what"], strict=True)
    file = team.parent / "audit.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines[0]["who"] = "somebody else"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert "line 1 was changed" in said(go(app, "access"))


def test_a_change_of_the_teams_file_holds_from_the_next_click(team: Path) -> None:
    app = go(enter("sam@clinic.example"), "team")
    assert app.selectbox(key="team-clinician").options == ["C01", "C02"]
    team.write_text(team.read_text().replace("[C01, C02]", "[C02]"))
    assert not planted(shown(app.run()))
    # Whose notes the session held is forgotten with what it was allowed before.
    app.session_state["source"] = "The team's notes"
    assert app.run().selectbox(key="team-clinician").options == ["C02"]
    team.write_text(team.read_text().replace("  sam@clinic.example: {role: supervisor, team: north}\n", ""))
    assert not planted(shown(app.run()))
    assert "without a role here" in said(app)


def test_a_broken_teams_file_lets_nobody_in_and_names_nobody(team: Path) -> None:
    team.write_text(team.read_text().replace("role: researcher", "role: emperor"))
    app = enter("ana@clinic.example")
    assert "can't be used" in said(app) and "rae" not in said(app)
    assert not planted(shown(app))


def test_a_sign_in_of_yesterday_no_longer_opens_notes(team: Path) -> None:
    app = enter("ana@clinic.example")
    app.user["iat"] = float(str(app.user["iat"])) - 24 * 3600
    app.run()
    assert "more than 12 hours ago" in said(app)
    assert not planted(shown(app))


def test_reviews_of_a_team_are_kept_where_its_file_says_and_signed_by_who_is_here(team: Path) -> None:
    app = go(enter("ana@clinic.example"), "review")
    assert (team.parent / "reviews.db").exists()
    assert str(team.parent) not in said(app)
    next(button for button in app.button if button.label == "Accept").click().run()
    assert app.session_state["review-store"].decisions()[0].who == "ana@clinic.example"


def test_one_user_meets_no_sign_in_and_is_told_so(menu: set[str]) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert "nobody signs in" in said(app) and "this machine alone" in said(app)
    assert not [button for button in app.button if button.label in ("Sign in", "Sign out")]
    assert app.sidebar.radio[0].options == ["The invented sample notes", "My own notes"]
    assert menu == {calc_hash(page) for page in NAMED - {"access"}}


def test_without_sign_in_the_program_answers_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody starts Streamlit themselves, for all machines of the network."""
    monkeypatch.setattr(entry.st, "get_option", lambda name: "0.0.0.0")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert "would answer other machines" in said(app)
    assert not app.title and not app.sidebar.radio
