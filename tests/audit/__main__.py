"""``python -m tests.audit``: doubtful code (bandit), licences, a bill of materials, and known faults (pip-audit).

Writes tests/audit/licences.csv and build/sbom.json (CycloneDX). Exit code 1 where anything is found that exceptions.yml
does not explain. pip-audit asks PyPI; where that does not answer, nothing is vouched for and the exit code is 1 too.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tests.audit.checks import LICENCES, LOCK, allowed, exceptions, locked, no_longer, unexplained
from tests.conftest import ROOT

SBOM: Final = ROOT / "build" / "sbom.json"
_BIN: Final = Path(sys.executable).parent


def main() -> int:
    """Every check, even where an earlier one found something."""
    problems = [*_code(), *_licences(), *_materials(), *_advisories()]
    print("\n".join(problems) or "nothing found that tests/audit/exceptions.yml does not explain")
    return int(bool(problems))


def _code() -> list[str]:
    skipped = ",".join(str(row["test"]) for row in exceptions()["not_applied"])
    made = _run("bandit", "-q", "-r", "analyzer", "app.py", "-f", "json", "-s", skipped)
    results = json.loads(made.stdout)["results"]
    return [*unexplained(results), *no_longer(results)]


def _licences() -> list[str]:
    names = [name for name, _ in locked()]
    found = json.loads(_run("pip-licenses", "--with-system", "-f", "json", "-p", *names).stdout)
    given = exceptions()["told_elsewhere"]
    rows = sorted((row["Name"].lower(), given.get(row["Name"].lower(), row["License"])) for row in found)
    with LICENCES.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("package", "licence"), *rows])
    return [f"{name}: the licence {licence!r} is not in the list of those allowed" for name, licence in rows
            if not allowed(licence)]  # fmt: skip


def _materials() -> list[str]:
    SBOM.parent.mkdir(exist_ok=True)
    made = _run("cyclonedx-py", "requirements", str(LOCK), "--output-reproducible", "-o", str(SBOM))
    return [f"{SBOM.name}: cyclonedx-py ended with exit code {made.returncode}"] if made.returncode else []


def _advisories() -> list[str]:
    known = [part for row in exceptions()["advisories"] for part in ("--ignore-vuln", str(row["id"]))]
    made = _run("pip-audit", "--strict", "--require-hashes", "--disable-pip", "-r", str(LOCK), *known)
    said = (made.stderr.strip() or made.stdout.strip()).splitlines()
    return [f"pip-audit: {line}" for line in said[-3:]] if made.returncode else []


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[Any]:
    return subprocess.run([_BIN / program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
