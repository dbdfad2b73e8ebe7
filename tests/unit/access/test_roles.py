"""A team's file and the service's claims: who somebody is, and what is told when that is unclear."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.access import Person, Team, check_service, load_team, person_of
from analyzer.lexicons import read_data
from analyzer.records import AnalyzerError, DataError
from tests.conftest import ROOT

NOW = 1_800_000_000.0
CLAIMS = {
    "role": "groups",
    "clinician": "clinician_id",
    "team": "team",
    "names": {"therapists": "clinician", "leads": "supervisor"},
}


def team(**more: object) -> Team:
    people = {
        "Ana@clinic.example": {"role": "clinician", "clinician": "C01"},
        "sam@clinic.example": {"role": "supervisor", "team": "north"},
        "adi@clinic.example": {"role": "administrator"},
    }
    given = {"audit": "a.jsonl", "teams": {"north": ["C01", "C02"]}, "people": people, "claims": CLAIMS}
    return Team.model_validate(given | more)


def signed_in(**claims: object) -> Person:
    return person_of({"iat": NOW - 60} | claims, team(), now=NOW)


def test_the_teams_file_says_who_somebody_is_whatever_the_capitals() -> None:
    found = signed_in(email=" ANA@clinic.example ")
    assert (found.role, found.clinician, found.clinicians) == ("clinician", "C01", {"C01"})
    assert signed_in(email="sam@clinic.example").clinicians == {"C01", "C02"}
    assert signed_in(email="adi@clinic.example").clinicians == frozenset()


def test_the_teams_file_goes_before_what_the_service_says() -> None:
    assert signed_in(email="ana@clinic.example", groups=["leads"], team="north").role == "clinician"


@pytest.mark.parametrize("groups", ["therapists", ["staff", "therapists"], ["clinician"]])
def test_the_service_says_who_somebody_is_that_the_file_does_not_name(groups: object) -> None:
    found = signed_in(email="ben@clinic.example", groups=groups, clinician_id="C02")
    assert (found.role, found.clinicians) == ("clinician", {"C02"})


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({}, "no claim 'email'"),
        ({"email": "  "}, "no claim 'email'"),
        ({"email": "ana@clinic.example", "email_verified": False}, "not confirmed"),
        ({"email": "new@clinic.example"}, "without a role"),
        ({"email": "new@clinic.example", "groups": ["staff"]}, "without a role"),
        ({"email": "new@clinic.example", "groups": ["therapists", "leads"]}, "several roles"),
        ({"email": "new@clinic.example", "groups": ["therapists"]}, "says too little of you"),
        ({"email": "new@clinic.example", "groups": ["leads"]}, "says too little of you"),
        ({"email": "new@clinic.example", "groups": ["leads"], "team": "west"}, "not in the team's file"),
        ({"email": "ana@clinic.example", "iat": NOW - 13 * 3600}, "more than 12 hours ago"),
        ({"email": "ana@clinic.example", "iat": None}, "more than 12 hours ago"),
    ],
)
def test_whoever_is_not_plainly_known_is_let_in_nowhere_and_told_why(claims: dict[str, object], told: str) -> None:
    with pytest.raises(AnalyzerError, match=told):
        signed_in(**claims)


def written(folder: Path, text: str) -> Path:
    (folder / "team.yml").write_text(text, encoding="utf-8")
    return folder / "team.yml"


def test_the_example_of_a_teams_file_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    example = (ROOT / "analyzer" / "data" / "access.example.yml").read_text(encoding="utf-8")
    found = load_team(written(tmp_path, example))
    assert found.audit == tmp_path / "audit.jsonl"
    assert found.hours == 12
    assert {member.role for member in found.people.values()} == set(read_data("access.yml")["roles"]) - {"alone"}


def test_all_faults_of_a_teams_file_are_told_at_once(tmp_path: Path) -> None:
    text = "audit: a\npeople: {a: {role: emperor}, b: {role: clinician}, c: {role: supervisor}}\nfoo: 1\n"
    with pytest.raises(DataError) as told:
        load_team(written(tmp_path, text))
    assert len(told.value.problems) == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("audit: [", "valid YAML"),
        ("teams: {}", "audit: Field required"),
        ("audit: a\nhours: 0", "hours"),
        ("audit: nowhere/a.jsonl", "audit: the folder"),
        ("audit: a\nnotes: nowhere", "notes: there is no such"),
        ("audit: a\npeople: {a: {role: supervisor, team: west}}", "not under 'teams'"),
        ("audit: a\npeople: {a: {role: researcher}, A: {role: administrator}}", "stands twice"),
    ],
)
def test_a_teams_file_that_cannot_be_used_says_what_to_mend(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        load_team(written(tmp_path, text))


SERVICE = {
    "redirect_uri": "https://notes.clinic.example/oauth2callback",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
    "client_id": "notes",
    "client_secret": "hush-hush",
    "server_metadata_url": "https://login.clinic.example/.well-known/openid-configuration",
}


def service(folder: Path, **more: str) -> Path:
    lines = "\n".join(f'{name} = "{value}"' for name, value in (SERVICE | more).items())
    (folder / "secrets.toml").write_text(f"[auth]\n{lines}\n", encoding="utf-8")
    return folder / "secrets.toml"


def test_a_filled_in_service_is_accepted_also_on_this_machine_without_https(tmp_path: Path) -> None:
    check_service(service(tmp_path))
    check_service(service(tmp_path, redirect_uri="http://localhost:8501/oauth2callback"))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"cookie_secret": "hush"}, "could be guessed"),
        ({"client_id": ""}, "client_id is not filled in"),
        ({"client_secret": "FILL IN"}, "client_secret is not filled in"),
        ({"redirect_uri": "http://notes.clinic.example/oauth2callback"}, "redirect_uri is not https"),
        ({"server_metadata_url": "http://login.clinic.example/"}, "server_metadata_url is not https"),
    ],
)
def test_a_service_that_would_let_others_in_is_refused(tmp_path: Path, more: dict[str, str], told: str) -> None:
    with pytest.raises(DataError, match=told) as error:
        check_service(service(tmp_path, **more))
    assert "hush-hush" not in str(error.value)


def test_the_example_of_a_service_is_refused_until_it_is_filled_in() -> None:
    with pytest.raises(DataError) as told:
        check_service(ROOT / ".streamlit" / "secrets.example.toml")
    assert {problem.partition(" ")[0] for problem in told.value.problems} == {
        "cookie_secret",
        "client_id",
        "client_secret",
    }


def test_a_secrets_file_without_the_section_says_so(tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").write_text("x = 1\n")
    with pytest.raises(DataError, match=r"no section \[auth\]"):
        check_service(tmp_path / "secrets.toml")
