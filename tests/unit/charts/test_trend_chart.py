"""The course over time as a chart: one group's own, with the limits of chance and a sentence that counts them in."""

from __future__ import annotations

from analyzer.charts.trend import trend_chart
from tests.unit.compare.judged import ACCUSING
from tests.unit.compare.test_trend import by_month, by_note, follow, session

RISE = [6, 7, 5, 6, 8, 6, 5, 7, 6, 6, 7, 5] + [15, 14, 16, 15, 13, 15, 14, 16, 15, 15, 14, 16]


def lines_of(figure) -> list[str]:  # type: ignore[no-untyped-def]
    return figure.chart.to_dict()["layer"][0]["encoding"]["strokeDash"]["scale"]["domain"]


def test_the_table_holds_every_period_in_order_with_its_limits() -> None:
    table = trend_chart(by_month(RISE)).table
    assert table["period"].tolist() == sorted(table["period"]) and len(table) == 24
    assert (table["low"] < table["high"]).all() and table["smoothed"].isna().all()
    assert set(table["place"]) == {"within the limits"}


def test_a_change_is_said_with_its_median_its_reason_and_how_often_chance_gives_one() -> None:
    said = trend_chart(by_month(RISE)).sentence
    assert said.startswith("Transparency over 24 months, median 52% (share of relevant opportunities with a documented")
    assert "a change is documented that chance alone gives in at most about 1 course in 5" in said
    assert "12 months in a row lie above the median" in said or "12 months in a row lie below the median" in said
    assert not ACCUSING.search(said)


def test_no_change_is_said_as_plainly() -> None:
    said = trend_chart(by_month([11, 9, 12, 10, 8, 11, 9, 13, 10, 9, 11, 12])).sentence
    assert "no change beyond chance is documented, within the limits" in said
    assert not ACCUSING.search(said)


def test_sparse_counts_show_the_moving_average_and_limits_that_are_called_its_own() -> None:
    assert lines_of(trend_chart(by_note([0, 1] * 10))) == [
        "estimate",
        "moving average",
        "median",
        "limits of the moving average",
    ]
    assert lines_of(trend_chart(by_month([10, 12] * 6))) == ["estimate", "median", "limits"]


def test_few_dated_notes_are_shown_hollow_without_limits_and_the_sentence_says_so() -> None:
    figure = trend_chart(follow([session("2026-01-05", 1), session(None, 1), session("2031-01-01", 1)]))
    assert figure.table["place"].tolist() == ["not enough dated notes"]
    assert lines_of(figure) == ["estimate", "median"]
    fill = figure.chart.to_dict()["layer"][1]["encoding"]["fill"]["scale"]
    assert dict(zip(fill["domain"], fill["range"], strict=True))["not enough dated notes"] == "transparent"
    assert figure.sentence == (
        "Transparency: not enough dated notes (notes with data: 1, needed: 10) "
        "(notes left out: 1 without a date, 1 future-dated)."
    )


def test_every_name_in_the_legends_is_whole_and_tells_of_what_is_there() -> None:
    layers = trend_chart(by_note([0, 1] * 10)).chart.to_dict()["layer"]
    legends = [layers[0]["encoding"]["strokeDash"]["legend"], layers[1]["encoding"]["shape"]["legend"]]
    assert [legend["labelLimit"] for legend in legends] == [0, 0]  # Vega: as long as they are
    assert legends[1]["values"] == ["within the limits"]


def test_no_notes_make_an_empty_chart() -> None:
    figure = trend_chart(follow([]))
    assert figure.chart.to_dict()["layer"] and not len(figure.table)
