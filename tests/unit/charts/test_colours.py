"""Charts and controls can be seen and read on a light page and on a dark one (WCAG 2.1, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from analyzer.charts import Figure
from analyzer.charts.agreement import agreement_chart
from analyzer.charts.gaps import gaps_chart
from analyzer.charts.trend import trend_chart
from analyzer.lexicons import read_data
from analyzer.review.agreement import Month
from analyzer.team.gaps import Gap
from analyzer.views.agreement_figures import plan_figure
from tests.conftest import ROOT
from tests.e2e.test_marks import contrast
from tests.unit.charts.test_funnel_chart import chart_of
from tests.unit.charts.test_trend_chart import RISE
from tests.unit.compare.test_funnel import group
from tests.unit.compare.test_trend import by_month

_FIGURES = {
    "funnel": lambda: chart_of(group("B", 40, 50), group("A", 1, 2)),
    "trend": lambda: trend_chart(by_month(RISE)),
    "gaps": lambda: gaps_chart([Gap("Transparency", 2, 1, 3, 0, 6)], by="strategy"),
    "agreement": lambda: agreement_chart([Month("2026-03", 40, 30, 2, 0.6, 0.86)]),
    "study": lambda: plan_figure(kappa=0.8, prevalence=0.1, width=0.1),
}


def colours(spec: Any) -> set[str]:
    """Every colour that is written out in a part of a chart's specification."""
    return set(re.findall(r"#[0-9a-f]{6}\b", str(spec)))


def drawn(figure: Figure) -> Iterator[set[str]]:
    """The colours of each layer that tell it from the page: its outline where it has one, else all that it has."""
    spec = figure.chart.to_dict()
    for layer in spec.get("layer", [spec]):
        outline = layer["mark"].get("stroke")
        yield {outline} if outline else colours((layer["mark"], layer["encoding"]))


@pytest.mark.parametrize("name", _FIGURES)
def test_lines_and_points_stand_out_from_a_light_and_from_a_dark_page(name: str) -> None:
    found = set().union(*drawn(_FIGURES[name]()))
    assert found
    for page in read_data("palette.yml")["pages"].values():
        assert {colour for colour in found if contrast(page, colour) < 3} == set()


def test_words_in_charts_and_on_buttons_can_be_read_in_both_themes() -> None:
    palette = read_data("palette.yml")
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for name, page in palette["pages"].items():
        assert contrast(page, palette["ink"][name]) >= 4.5
        assert contrast("#ffffff", theme[name]["primaryColor"]) >= 4.5
        assert contrast(page, theme[name]["primaryColor"]) >= 3
