"""Agreement, confusion and study size -> charts, each with its table and the sentence that says the same."""

from __future__ import annotations

from typing import Final

import altair as alt
import pandas as pd

from analyzer.agreement import Agreement, Line, plan
from analyzer.agreement.confusion import ANSWERS, NOTHING, Confusion
from analyzer.charts import Figure
from analyzer.codebook import Codebook
from analyzer.evaluate.estimates import Estimate

COEFFICIENTS: Final = {
    "krippendorff_alpha": "Krippendorff's alpha",
    "cohen_kappa": "Cohen's kappa",
    "gwet_ac": "Gwet's AC1",
    "fleiss_kappa": "Fleiss' kappa",
    "percent": "Percent agreement",
}
QUESTIONS: Final = {
    ("segment", "strategy"): "in each segment: documented as done, yes or no",
    ("note", "strategy"): "in each note: documented as done at least once, yes or no",
    ("note", "amount"): "in each note: in how many segments (weighted; AC2 for AC1)",
    ("segment", "status"): "the status, where two coders or more give the strategy",
}
_BLUE, _GREY = "#1f66a8", "#8a929b"
# The shares of units with a code that a study's size is drawn for.
_SHARES: Final = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)


def lines_of(found: Agreement, question: tuple[str, str]) -> list[Line]:
    """The lines of one question, the mean over strategies last."""
    level, kind = question
    mean = "mean" if kind == "strategy" else f"mean {kind}"
    own = [line for line in found.lines if (line.level, line.question) == question]
    return own + [line for line in found.lines if (line.level, line.question, line.name) == (level, "mean", mean)]


def coefficient_figure(found: Agreement, book: Codebook, *, question: tuple[str, str], coefficient: str) -> Figure:
    """One coefficient by strategy with its interval; the table has them all."""
    lines = lines_of(found, question)
    table = pd.DataFrame([_row(line, book) for line in lines])
    name = COEFFICIENTS[coefficient]
    drawn = pd.DataFrame(
        [
            {
                "strategy": _title(line, book),
                "value": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
                "of": "all" if line.question == "mean" else "one",
            }
            for line in lines
            if (estimate := getattr(line, coefficient)).value is not None
        ],
        columns=["strategy", "value", "low", "high", "of"],
    ).astype({"value": float, "low": float, "high": float})
    order = list(drawn["strategy"])
    y = alt.Y("strategy:N", sort=order, title=None, axis=alt.Axis(labelLimit=260, ticks=False))
    colour = alt.Color("of:N", scale=alt.Scale(domain=["one", "all"], range=[_BLUE, "#6f777f"]), legend=None)
    shape = alt.Shape("of:N", scale=alt.Scale(domain=["one", "all"], range=["circle", "diamond"]), legend=None)
    tips: list[str | alt.Tooltip] = ["strategy", *(alt.Tooltip(key, format=".2f") for key in ("value", "low", "high"))]
    low = min([0.0, *drawn["low"].dropna(), *drawn["value"]])
    scale = alt.Scale(domain=[low, 1])
    base = alt.Chart(drawn).encode(y=y, tooltip=tips)
    title = f"{name}, with 95% interval"
    rules = base.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q", scale=scale, title=title), x2="high:Q", color=colour)
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=alt.X("value:Q", scale=scale, title=title), color=colour, shape=shape
    )
    return Figure((rules + points).properties(height=alt.Step(26)), table, _sentence(lines, name, coefficient, book))


def confusion_figure(found: Confusion, book: Codebook) -> Figure:
    """Answers of one coder against those of another as a heat map; the darker, the more often."""
    titles = [_answer(answer, book) for answer in ANSWERS]
    rows = [
        {"first": titles[i], "second": titles[j], "times": times, "same": i == j}
        for i, row in enumerate(found.counts)
        for j, times in enumerate(row)
        # That both find nothing is the rule, and would leave all other cells pale.
        if not i == j == len(ANSWERS) - 1
    ]
    table = pd.DataFrame(found.counts, columns=titles)
    table.insert(0, f"{found.first} ↓  {found.second} →", titles)
    cells_of = pd.DataFrame(rows)
    most = int(cells_of["times"].max())
    base = alt.Chart(cells_of).encode(
        x=alt.X(
            "second:N",
            sort=titles,
            title=found.second,
            axis=alt.Axis(labelAngle=-30, labelLimit=180, labelOverlap=False),
        ),
        y=alt.Y("first:N", sort=titles, title=found.first, axis=alt.Axis(labelLimit=180)),
        tooltip=[alt.Tooltip("first", title=found.first), alt.Tooltip("second", title=found.second), "times"],
    )
    cells = base.mark_rect().encode(
        color=alt.Color("times:Q", scale=alt.Scale(range=["#f4f7fa", _BLUE], domain=[0, max(most, 1)]), legend=None),
        stroke=alt.condition("datum.same", alt.value("#222222"), alt.value("#c6ccd2")),
        strokeWidth=alt.condition("datum.same", alt.value(2), alt.value(0.5)),
    )
    texts = base.mark_text(fontSize=12).encode(
        text="times:Q",
        color=alt.condition(f"datum.times > {most * 0.6}", alt.value("#ffffff"), alt.value("#1b1f24")),
    )
    return Figure((cells + texts).properties(height=alt.Step(34)), table, _confused(found, book))


def plan_figure(*, kappa: float, prevalence: float, width: float) -> Figure:
    """The units that a study needs, by the share of units with the code; the chosen share stands out."""
    shares = sorted({*_SHARES, prevalence})
    table = pd.DataFrame(
        [(share, plan(kappa=kappa, prevalence=share, width=width).units, share == prevalence) for share in shares],
        columns=["share of units with the code", "units for each coder", "chosen"],
    )
    drawn = table.set_axis(["share", "units", "chosen"], axis=1)
    base = alt.Chart(drawn).encode(
        x=alt.X("share:Q", title="share of units with the code", axis=alt.Axis(format="%")),
        y=alt.Y("units:Q", title="units for each of two coders"),
        tooltip=[alt.Tooltip("share", format=".0%"), alt.Tooltip("units", format=",")],
    )
    points = base.mark_point(filled=True, opacity=1).encode(
        size=alt.condition("datum.chosen", alt.value(160), alt.value(50)),
        color=alt.condition("datum.chosen", alt.value("#be392f"), alt.value(_BLUE)),
        shape=alt.condition("datum.chosen", alt.value("diamond"), alt.value("circle")),
    )
    sentence = plan(kappa=kappa, prevalence=prevalence, width=width).sentence
    return Figure((base.mark_line(color=_GREY) + points).properties(height=260), table, sentence)


def _row(line: Line, book: Codebook) -> dict[str, object]:
    row: dict[str, object] = {"strategy": _title(line, book), "units": line.units}
    for key, name in COEFFICIENTS.items():
        estimate: Estimate = getattr(line, key)
        row |= {name: estimate.value, f"{name}: interval": _interval(estimate)}
    return row | {
        "share of yes": line.prevalence,
        "prevalence index": line.prevalence_index,
        "bias index": line.bias_index,
    }


def _interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{_two(estimate.low)} to {_two(estimate.high)}"


def _title(line: Line, book: Codebook) -> str:
    if line.question == "mean":
        return "mean of the strategies"
    return "status" if line.question == "status" else book.title_of(line.name)


def _answer(answer: str, book: Codebook) -> str:
    return "not given" if answer == NOTHING else book.status_title(answer).lower()


def _sentence(lines: list[Line], name: str, coefficient: str, book: Codebook) -> str:
    known = [(getattr(line, coefficient), line) for line in lines if getattr(line, coefficient).value is not None]
    told = [(estimate, line) for estimate, line in known if line.question != "mean"]
    if not told:
        return "Nothing can be measured here: nobody gave any of the strategies, or there is nothing to compare."
    if len(told) == 1:
        estimate, line = told[0]
        return f"{name} is {_figure(estimate)}, on {line.units:,} units."
    high, low = (choose(told, key=lambda pair: pair[0].value) for choose in (max, min))
    without = sum(not line.measurable for line in lines)
    mean = next((f"is {_figure(estimate)} on average" for estimate, line in known if line.question == "mean"), "varies")
    gone = f" {without} strategies were given by nobody and can't be measured." if without else ""
    return (
        f"{name} {mean}; it is highest for {_title(high[1], book).lower()} ({_two(high[0].value)}) and lowest for "
        f"{_title(low[1], book).lower()} ({_two(low[0].value)}).{gone}"
    )


def _figure(estimate: Estimate) -> str:
    interval = f" (95% interval {_interval(estimate)})" if _interval(estimate) else ""
    return f"{_two(estimate.value or 0)}{interval}"


def _two(value: float) -> str:
    """Two decimals, and no minus before a zero."""
    return f"{round(value, 2) + 0.0:.2f}"


def _confused(found: Confusion, book: Codebook) -> str:
    if not found.given:
        return f"Neither {found.first} nor {found.second} gives it anywhere; both find nothing in all segments."
    pairs = [
        (times, i, j) for i, row in enumerate(found.counts) for j, times in enumerate(row) if i != j and times
    ]  # fmt: skip
    start = f"Of {found.given:,} that one of them or both give, {found.alike:,} are given by both with the same status."
    if not pairs:
        return start
    times, i, j = max(pairs)
    return (
        f"{start} The commonest difference ({times:,}): {found.first} says {_answer(ANSWERS[i], book)}, "
        f"{found.second} {_answer(ANSWERS[j], book)}."
    )
