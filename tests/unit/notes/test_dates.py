"""Dates become YYYY-MM-DD where nobody could read them otherwise, and stay as written elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.notes.dates import DateReader, order_of

from .making import notes, read, remarks


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-04", "2026/03/04", "2026/3/4", "2026.03.04", "20260304", " 2026-03-04 ", "2026-03-04T09:30",
        "2026-03-04 09:30:15", "2026-03-04T09:30:15.250Z", "2026-03-04 09:30+01:00", "Mar 4 2026", "Mar. 4, 2026",
        "March 4th, 2026", "4 March 2026", "04-Mar-2026", "4th of March 2026", "Wed, 4 Mar 2026",
        "Wednesday, March 4, 2026", "Mar 4 2026 2:30 pm", "MARCH 4 2026",
    ],
)  # fmt: skip
def test_a_date_that_can_be_read_one_way_only_is_understood(written: str) -> None:
    reader = DateReader()
    assert reader.read(written) == "2026-03-04"
    assert reader.remark() is None


@pytest.mark.parametrize(
    ("written", "date"), [("13/04/2026", "2026-04-13"), ("04/13/2026", "2026-04-13"), ("3.3.2026", "2026-03-03")]
)
def test_numbers_that_fit_one_order_only_are_understood(written: str, date: str) -> None:
    assert DateReader().read(written) == date


@pytest.mark.parametrize(
    "written", ["last Tuesday", "2026-02-30", "3/4/26", "31/31/2026", "46085", "Ma 4 2026", "4 Marble 2026"]
)
def test_what_is_no_clear_date_stays_as_written_and_is_counted(written: str) -> None:
    reader = DateReader("day_first")
    assert reader.read(written) == written
    assert reader.remark() == "1 date(s) kept as written (1 can't be understood): write them as YYYY-MM-DD"


def test_the_order_of_day_and_month_is_told_by_the_whole_file() -> None:
    assert order_of(["03/04/2026", "13/04/2026"]) == "day_first"
    assert order_of(["03/04/2026", "04/13/2026"]) == "month_first"
    assert order_of(["03/04/2026"]) is None
    assert order_of(["13/04/2026", "04/13/2026"]) is None


def test_a_later_row_decides_how_an_earlier_one_is_read() -> None:
    found = read({"a.csv": "text,date\nOne,03/04/2026\nTwo,25/04/2026\n"})
    assert [note.date for note in notes(found)] == ["2026-04-03", "2026-04-25"]
    assert remarks(found) == []


def test_without_such_a_row_dates_stay_and_one_remark_says_what_to_do() -> None:
    found = read({"a.csv": "text,date\nOne,03/04/2026\nTwo,05/04/2026\nThree,soon\nFour,2026-01-02\nFive,\n"})
    assert [note.date for note in notes(found)] == ["03/04/2026", "05/04/2026", "soon", "2026-01-02", None]
    assert remarks(found) == [
        "a.csv: 3 date(s) kept as written (2 may put the day or the month first, 1 can't be understood): "
        "write them as YYYY-MM-DD"
    ]


@given(st.dates())
def test_any_iso_date_is_kept(date) -> None:  # type: ignore[no-untyped-def]
    assert DateReader().read(date.isoformat()) == date.isoformat()


@given(st.text(max_size=40))
def test_a_date_cell_may_hold_anything(written: str) -> None:
    assert DateReader().read(written) is not None
    order_of([written])
