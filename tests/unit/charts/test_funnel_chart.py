"""The funnel as a chart: read by shape as well as colour, named on hover, and said in one fair sentence."""

from __future__ import annotations

import pytest

from analyzer.charts.funnel import funnel_chart
from analyzer.compare.funnel import PLACES, build_funnel
from analyzer.compare.model import DENOMINATORS, Denominator
from analyzer.profiles import profile
from tests.unit.compare.judged import ACCUSING
from tests.unit.compare.test_funnel import group, of
from tests.unit.test_profiles import TR, note


def chart_of(*groups: list, denominator: Denominator = "opportunity"):  # type: ignore[no-untyped-def]
    return funnel_chart(build_funnel(of(*groups), strategy=TR, denominator=denominator))


def test_the_table_holds_every_group_by_name_with_its_limits_and_place() -> None:
    figure = chart_of(group("B", 40, 50), group("A", 1, 2), group("C", 12, 50))
    assert figure.table["group"].tolist() == ["A", "B", "C"]
    assert figure.table["place"].tolist()[0] == "not enough notes"
    assert (figure.table["low95"] <= figure.table["high95"]).all()


def test_points_are_named_on_hover_only_and_hollow_where_not_judged() -> None:
    lines, points = chart_of(group("B", 40, 50), group("A", 1, 2)).chart.to_dict()["layer"]
    look = points["encoding"]
    assert "group" in [tip["field"] for tip in look["tooltip"]]
    assert "text" not in look and "text" not in lines["encoding"]
    fills = dict(zip(look["fill"]["scale"]["domain"], look["fill"]["scale"]["range"], strict=True))
    assert [place for place, fill in fills.items() if fill == "transparent"] == ["not enough notes"]


def test_colour_is_never_alone_every_place_and_line_has_its_own_shape_or_dash_too() -> None:
    lines, points = chart_of(group("B", 40, 50), group("A", 10, 20)).chart.to_dict()["layer"]
    shapes, fills = (points["encoding"][c]["scale"]["range"] for c in ("shape", "fill"))
    assert len({(shape, fill == "transparent") for shape, fill in zip(shapes, fills, strict=True)}) == len(PLACES)
    assert len({str(dash) for dash in lines["encoding"]["strokeDash"]["scale"]["range"]}) == 3


def test_the_sentence_counts_groups_beside_what_chance_would_give_and_names_nobody() -> None:
    alike = [group(f"Clinician{i:02}", 38 + i % 5, 50) for i in range(15)]
    said = chart_of(*alike, group("ClinicianX", 5, 50), group("ClinicianY", 2, 2)).sentence
    assert "of 16 groups with enough notes, 15 lie within the 95% limits around 76%" in said
    assert (
        "0 beyond them and 1 beyond the 99.8% limits, where chance alone would put up to 1 in 20 and 1 in 500" in said
    )
    assert said.endswith("1 group without enough notes.")
    assert "Clinician" not in said and not ACCUSING.search(said)


def test_the_sentence_says_where_the_limits_are_widened() -> None:
    said = chart_of(*(group(f"C{i:02}", 20 + 3 * i, 60) for i in range(12))).sentence
    assert "the limits are widened, since the groups differ more than by chance (phi " in said
    assert "widened" not in chart_of(*(group(f"C{i:02}", 30, 60) for i in range(12))).sentence


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ([], "there is nothing to show, since the notes hold no relevant opportunities"),
        ([[note("n1")]], "there is nothing to show, since the notes hold no relevant opportunities"),
        ([group("A", 5, 10)], "not enough groups with enough notes to set beside one another (1 group with data)"),
        ([group("A", 1, 2), group("B", 1, 2)], "not enough groups with enough notes to set beside one another"),
    ],
    ids=["no notes", "no cues", "one group", "few cues"],
)
def test_with_too_little_to_show_the_chart_stands_and_the_sentence_says_why(groups: list, said: str) -> None:
    figure = chart_of(*groups)
    assert figure.chart.to_dict()["layer"]
    assert said in figure.sentence


@pytest.mark.parametrize("denominator", DENOMINATORS)
def test_every_denominator_is_named_on_the_axes(denominator: Denominator) -> None:
    some = [
        note(f"{c}{i}", (TR, "delivered"), cues=[((TR,), "responded")], clinician=c) for c in "AB" for i in range(6)
    ]
    funnel = build_funnel(profile(some), strategy=TR, denominator=denominator)
    encoding = funnel_chart(funnel).chart.to_dict()["layer"][0]["encoding"]
    words = {"opportunity": "relevant opportunities", "note": "notes", "1000 words": "thousands of words"}
    assert encoding["x"]["title"] == words[denominator]
    assert "documented" in " ".join(encoding["y"]["title"])
