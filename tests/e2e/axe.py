"""What axe-core finds on a page of the dashboard that breaks WCAG 2.1, levels A and AA, and is ours to mend."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Frame, Page

from tests.e2e.quick import settled

_TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
# No criterion of level A or AA, but what a screen reader's users go by.
_HEADINGS: Final = ("heading-order", "page-has-heading-one")
_OPTIONS: Final = {
    "runOnly": {"type": "tag", "values": _TAGS},
    "rules": {rule: {"enabled": True} for rule in _HEADINGS},
    "resultTypes": ["violations"],
    # Documents within a page are looked at by themselves.
    "iframes": False,
}
_GRAVE: Final = ("serious", "critical")
_IS_WITHIN: Final = "([target, part]) => document.querySelector(target)?.closest(part) != null"


@dataclass(frozen=True, slots=True)
class Fault:
    """One element that breaks a rule: axe's id of the rule, where it stands, and what is wrong with it."""

    rule: str
    impact: str
    where: str
    why: str


@cache
def known() -> list[dict[str, str]]:
    """Streamlit's own faults (axe.yml)."""
    listed = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return list(listed["known"])


def faults(page: Page) -> list[Fault]:
    """Serious and critical faults of the page and of the documents within it, and headings out of order."""
    return [fault for frame in page.frames for fault in _faults(frame)]


def in_both_themes(page: Page) -> dict[str, list[Fault]]:
    """The faults of a page in the dark and in the light theme."""
    found = {}
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        settled(page)
        found[theme] = faults(page)
    return found


def _faults(frame: Frame) -> list[Fault]:
    if not frame.evaluate("'axe' in window"):
        frame.evaluate(AXE_SCRIPT)
    broken = frame.evaluate("options => axe.run(document, options)", _OPTIONS)["violations"]
    return [
        Fault(rule["id"], rule["impact"], _where(node), node["failureSummary"])
        for rule in broken
        if rule["impact"] in _GRAVE or rule["id"] in _HEADINGS
        for node in rule["nodes"]
        if not _is_known(frame, rule["id"], _where(node))
    ]


def _where(node: dict[str, Any]) -> str:
    return str(node["target"][0])


def _is_known(frame: Frame, rule: str, target: str) -> bool:
    return any(fault["rule"] == rule and frame.evaluate(_IS_WITHIN, [target, fault["within"]]) for fault in known())
