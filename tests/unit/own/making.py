"""A strategy of a researcher's own, two notes that call for it, and how a command is run on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from analyzer.cli import main

OWN = "spiritual_care"
FIRST = (
    "Client asked if I would pray with her. Prayed with client before the hearing. Reviewed limits of confidentiality."
)
SECOND = "States God is punishing him. Reviewed limits of confidentiality with client."


def run(*arguments: str | Path) -> int:
    """The program's exit code, as the shell would see it."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def change(path: Path, how: Callable[[dict[str, Any]], object]) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    how(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
