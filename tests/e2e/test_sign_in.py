"""Signing in at a real OpenID Connect service, in a real browser: each role, the way out, false ways in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from analyzer.access import check_log
from tests.e2e.axe import in_both_themes
from tests.e2e.browser import CHROMIUM, browser, free_port, served
from tests.e2e.teams import SEES, WORDS, made_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # the sign-in service's own
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium; .ci/run installs it"),
]
_SLOW: Final = 120_000
_BY_CLAIMS: Final = "ben@clinic.example"
_SECRETS: Final = """\
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "not-a-secret-but-long-enough-for-a-test"
client_id = "notes"
client_secret = "not-a-secret"
server_metadata_url = "{service}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_in(tmp_path_factory.mktemp("team"))


@pytest.fixture(scope="module")
def address(team: Path) -> Iterator[str]:
    """The dashboard of the invented team, beside a sign-in service that knows its people by name."""
    from oidc_provider_mock import User, run_server_in_thread

    people = [User(sub=who, claims={"email": who}) for who in SEES if who]
    people.append(User(sub=_BY_CLAIMS, claims={"email": _BY_CLAIMS, "groups": ["therapists"], "clinician_id": "C02"}))
    port = free_port()
    with run_server_in_thread(user_claims=people) as service:
        values = {"address": f"http://localhost:{port}", "service": f"http://localhost:{service.server_port}"}
        secrets = team.parent / "secrets.toml"
        secrets.write_text(_SECRETS.format(**values), encoding="utf-8")
        with served("--team", str(team), "--secrets", str(secrets), port=port) as url:
            yield url


@pytest.fixture(scope="module")
def chromium(address: str) -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A browser that knows nobody yet, at the door."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(_SLOW)
    page.goto(address)
    yield page
    context.close()


def at_the_door(page: Page) -> None:
    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=_SLOW)
    expect(page.get_by_text("Notes to look at")).to_have_count(0)


def sign_in(page: Page, who: str) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=who).click()
    expect(page.get_by_text(who)).to_be_visible(timeout=_SLOW)


def test_a_clinician_signs_in_reads_their_own_note_alone_and_signs_out(page: Page, address: str, team: Path) -> None:
    at_the_door(page)
    sign_in(page, "ana@clinic.example")
    page.get_by_text("The team's notes").click()
    expect(page.locator(".sna-note")).to_contain_text("marmot", timeout=_SLOW)
    expect(page.get_by_text("1 of 1 notes")).to_be_visible()
    assert all(cookie["httpOnly"] for cookie in page.context.cookies() if "streamlit_user" in cookie["name"])
    page.get_by_role("button", name="Sign out").click()
    # The service asks again, and then leads back.
    page.locator("form button").first.click()
    at_the_door(page)
    page.goto(f"{address}/?note=n-ana")
    at_the_door(page)
    opened = [line for line in check_log(team.parent / "audit.jsonl") if line.did == "opened"]
    assert {(line.who, line.notes) for line in opened} == {("ana@clinic.example", ("n-ana",))}


def test_a_clinician_whom_the_service_alone_knows_sees_the_notes_under_their_id(page: Page) -> None:
    sign_in(page, _BY_CLAIMS)
    page.get_by_text("The team's notes").click()
    expect(page.locator(".sna-note")).to_contain_text("lantern", timeout=_SLOW)


@pytest.mark.parametrize(
    ("who", "heading", "refused"),
    [
        ("sam@clinic.example", "My notes", "access"),
        ("rae@clinic.example", "Strategies over notes", "team"),
        ("adi@clinic.example", "Access", "export"),
    ],
)
def test_each_role_lands_on_a_page_of_theirs_and_an_address_of_others_is_refused(
    page: Page, address: str, who: str, heading: str, refused: str
) -> None:
    sign_in(page, who)
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible(timeout=_SLOW)
    page.goto(f"{address}/{refused}?note=n-cleo")
    expect(page.get_by_text("not part of your role")).to_be_visible(timeout=_SLOW)
    assert not any(word in page.content() for _, *words in WORDS.values() for word in words)


def test_the_door_and_the_administrators_page_keep_nobody_out(page: Page) -> None:
    at_the_door(page)
    assert in_both_themes(page) == {"dark": [], "light": []}
    sign_in(page, "adi@clinic.example")
    expect(page.get_by_role("heading", name="Access", level=1)).to_be_visible(timeout=_SLOW)
    expect(page.get_by_role("heading", name="Who saw which note")).to_be_visible(timeout=_SLOW)
    assert in_both_themes(page) == {"dark": [], "light": []}


def test_whoever_the_team_does_not_know_is_told_so_and_can_leave(page: Page) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="stranger@clinic.example").click()
    expect(page.get_by_text("signed in without a role here")).to_be_visible(timeout=_SLOW)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_an_answer_of_the_service_that_nobody_here_asked_for_lets_nobody_in(
    page: Page, address: str, chromium: Browser
) -> None:
    """The state in the address is made up, or that of a sign-in begun in another browser."""
    page.goto(f"{address}/oauth2callback?code=abc&state=made-up")
    at_the_door(page)
    other = chromium.new_page()
    other.goto(address)
    other.get_by_role("button", name="Sign in").click(timeout=_SLOW)
    expect(other.get_by_role("button", name="ana@clinic.example")).to_be_visible(timeout=_SLOW)
    answer = other.request.post(other.url, form={"sub": "ana@clinic.example"}, max_redirects=0).headers["location"]
    other.close()
    assert answer.startswith(f"{address}/oauth2callback?code=")
    page.goto(answer)
    at_the_door(page)


def test_a_changed_cookie_and_a_sign_in_that_is_too_old_let_nobody_in(page: Page, address: str, team: Path) -> None:
    sign_in(page, "ana@clinic.example")
    told = team.read_text(encoding="utf-8")
    team.write_text(told + "hours: 0.0001\n", encoding="utf-8")
    try:
        page.goto(f"{address}/overview")
        expect(page.get_by_text("hours ago; sign out, and in again")).to_be_visible(timeout=_SLOW)
    finally:
        team.write_text(told, encoding="utf-8")
    (kept,) = (cookie for cookie in page.context.cookies() if cookie["name"] == "_streamlit_user")
    changed = kept["value"][:20] + ("A" if kept["value"][20] != "A" else "B") + kept["value"][21:]
    page.context.add_cookies([{"name": kept["name"], "value": changed, "url": address}])
    page.goto(address)
    at_the_door(page)
