"""A release is made of known parts: every one locked by its hash, under a licence that allows it, and named."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.audit.checks import LICENCES, LOCK, allowed, exceptions, locked, unexplained
from tests.conftest import ROOT


def test_every_requirement_is_locked_in_a_version_that_it_allows() -> None:
    versions: dict[str, list[str]] = {}
    for name, version in locked():
        versions.setdefault(canonicalize_name(name), []).append(version)
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert len(wanted) > 20
    for requirement in wanted:
        found = versions[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in found), requirement.name


def test_every_locked_release_has_hashes_and_no_address() -> None:
    text = LOCK.read_text(encoding="utf-8")
    releases = re.split(r"\n(?=\S)", text.strip())
    assert [one.split()[0] for one in releases if "==" in one and "--hash=sha256:" not in one] == []
    assert not re.search(r"://|--index-url|--find-links", text)


def test_every_package_has_a_licence_that_is_allowed() -> None:
    with LICENCES.open(encoding="utf-8", newline="") as file:
        licences = {canonicalize_name(row["package"]): row["licence"] for row in csv.DictReader(file)}
    elsewhere = {canonicalize_name(name) for name in exceptions()["other_systems"]}
    assert {canonicalize_name(name) for name, _ in locked()} - elsewhere == licences.keys()
    assert [name for name, licence in licences.items() if not allowed(licence)] == []


def test_a_licence_that_is_not_in_the_list_is_told() -> None:
    assert allowed("MPL-2.0 AND MIT")
    assert allowed("GPL-3.0 OR MIT")
    assert not allowed("GPL-3.0 AND MIT")
    assert not allowed("UNKNOWN")


def test_each_exception_says_why() -> None:
    rows = [*exceptions()["code"], *exceptions()["not_applied"], *exceptions()["advisories"]]
    assert all(len(row["why"]) > 20 for row in rows)


def test_doubtful_places_in_our_code_are_explained() -> None:
    skipped = ",".join(row["test"] for row in exceptions()["not_applied"])
    call = [sys.executable, "-m", "bandit", "-q", "-r", "analyzer", "app.py", "-f", "json", "-s", skipped]
    made = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert unexplained(json.loads(made.stdout)["results"]) == []
