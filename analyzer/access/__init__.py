"""Who may see what: people and their roles, the one policy function, and the log of who saw which note."""

from analyzer.access.audit import Entry, check_log, entries, record
from analyzer.access.policy import Kind, Seen, admitted, permits, role_title, within
from analyzer.access.roles import ALONE, Person, Team, load_team, name_in, person_of
from analyzer.access.service import check_service

__all__ = [
    "ALONE",
    "Entry",
    "Kind",
    "Person",
    "Seen",
    "Team",
    "admitted",
    "check_log",
    "check_service",
    "entries",
    "load_team",
    "name_in",
    "permits",
    "person_of",
    "record",
    "role_title",
    "within",
]
