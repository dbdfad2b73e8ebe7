"""A team's file, or what the sign-in service says of somebody (its claims) -> a person with a role and a team."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analyzer.records import AnalyzerError, DataError

Role = Literal["clinician", "supervisor", "researcher", "administrator"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in. ``clinicians`` are the ids whose notes are theirs, or their team's."""

    id: str
    role: Role | Literal["alone"]
    clinician: str | None = None
    team: str | None = None
    clinicians: frozenset[str] = frozenset()


# Nobody signs in: one user, on this machine alone.
ALONE: Final = Person("", "alone")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Member(_Strict):
    """One person of the team's file. A clinician has a clinician id, a supervisor a team."""

    role: Role
    clinician: str | None = Field(None, min_length=1)
    team: str | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Member:
        if self.role == "clinician" and self.clinician is None:
            raise ValueError("a clinician needs 'clinician': the id that stands in their notes")
        if self.role == "supervisor" and self.team is None:
            raise ValueError("a supervisor needs 'team': one of those under 'teams'")
        return self


class Claims(_Strict):
    """Which claims tell who somebody is; ``names`` maps the service's role or group names to roles here."""

    person: str = "email"
    role: str | None = None
    clinician: str | None = None
    team: str | None = None
    names: dict[str, Role] = {}


class Team(_Strict):
    """A team's file: where its notes, reviews and log are, who belongs to it, how they are known and for how long."""

    audit: Path
    hours: float = Field(12, gt=0)
    notes: Path | None = None
    reviews: Path | None = None
    claims: Claims = Claims()
    teams: dict[str, frozenset[str]] = {}
    people: dict[str, Member] = {}

    @model_validator(mode="after")
    def _known_teams(self) -> Team:
        unknown = sorted({m.team for m in self.people.values() if m.team and m.team not in self.teams})
        if unknown:
            raise ValueError(f"people name teams that are not under 'teams': {', '.join(unknown)}")
        folded = [name.casefold() for name in self.people]
        if len(set(folded)) < len(folded):
            raise ValueError("somebody stands twice under 'people' (capitals don't tell people apart)")
        return self


def load_team(path: Path) -> Team:
    """Read a team's file; places in it are relative to the file. Raises `DataError` naming every fault."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        team = Team.model_validate(raw)
    except (OSError, UnicodeDecodeError) as error:
        raise AnalyzerError(
            f"{path.name}: can't be read ({type(error).__name__}); give the team's YAML file"
        ) from error
    except yaml.YAMLError as error:
        raise DataError(path.name, ["is not valid YAML; analyzer/data/access.example.yml is an example"]) from error
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors()]
        raise DataError(path.name, problems) from error
    base = path.resolve().parent
    team = team.model_copy(update={name: base / place for name in _PLACES if (place := getattr(team, name))})
    missing = [] if team.audit.parent.is_dir() else ["audit: the folder that it is to be in does not exist"]
    if team.notes is not None and not team.notes.exists():
        missing.append("notes: there is no such file or folder")
    if missing:
        raise DataError(path.name, missing)
    return team


_PLACES = ("audit", "notes", "reviews")


def person_of(claims: Mapping[str, object], team: Team, *, now: float | None = None) -> Person:
    """Who the service says has signed in. The team's file goes before the claims; ``now`` is in seconds of the epoch.

    Raises `AnalyzerError` where nobody of that name is known, the role is unclear, the address is not confirmed, or
    the sign-in is older than the team's ``hours``: the browser's cookie alone would let people in for thirty days.
    """
    id_ = name_in(claims, team)
    if not id_:
        raise AnalyzerError(
            f"The sign-in service gave no claim {team.claims.person!r}; ask who keeps the service to send it, or name "
            "another one under claims, person in the team's file."
        )
    if team.claims.person == "email" and claims.get("email_verified") is False:
        raise AnalyzerError("Your address is not confirmed at the sign-in service; confirm it there and sign in again.")
    since = claims.get("iat")  # OpenID Connect Core 1.0, section 2: every ID token has it
    if not isinstance(since, (int, float)) or (time.time() if now is None else now) - since > team.hours * 3600:
        raise AnalyzerError(f"You signed in more than {team.hours:g} hours ago; sign out, and in again.")
    member = {key.casefold(): m for key, m in team.people.items()}.get(id_) or _member(claims, team)
    if member is None:
        raise AnalyzerError(
            "You are signed in without a role here; ask the administrator to put you in the team's file."
        )
    if member.role == "supervisor":
        return Person(id_, member.role, member.clinician, member.team, team.teams[str(member.team)])
    own = frozenset({member.clinician} if member.clinician else ())
    return Person(id_, member.role, member.clinician, member.team, own)


def name_in(claims: Mapping[str, object], team: Team) -> str:
    """The name that people are told apart by, whether or not they have a role; empty for none."""
    name = claims.get(team.claims.person)
    return name.strip().casefold() if isinstance(name, str) else ""


def _member(claims: Mapping[str, object], team: Team) -> Member | None:
    """What the claims alone say; None where they are not asked or give no role."""
    chosen = team.claims
    if chosen.role is None:
        return None
    given = claims.get(chosen.role)
    said = [str(one) for one in given] if isinstance(given, (list, tuple)) else [str(given)]
    roles = {role for one in said if (role := chosen.names.get(one) or (one if one in ROLES else None))}
    if not roles:
        return None
    if len(roles) > 1:
        raise AnalyzerError("The sign-in service gives you several roles; ask the administrator to leave one.")
    about = {
        field: str(claims[name])
        for field in ("clinician", "team")
        if (name := getattr(chosen, field)) and claims.get(name)
    }
    try:
        member = Member.model_validate({"role": roles.pop(), **about})
    except ValidationError as error:
        what = "; ".join(e["msg"].removeprefix("Value error, ") for e in error.errors())
        raise AnalyzerError(f"The sign-in service says too little of you: {what}; ask the administrator.") from error
    if member.team is not None and member.team not in team.teams:
        raise AnalyzerError("Your team is not in the team's file; ask the administrator to add it under 'teams'.")
    return member
