"""Dates as people write them become ISO 8601, and only where there is no doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

Order = Literal["day_first", "month_first"]

_MONTHS: Final = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_TIME = (
    r"(?:,?[ T]\s*(?:at )?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_FLAGS = re.IGNORECASE | re.ASCII
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})(?P<sign>[-/.])(?P<month>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}}){_TIME}", _FLAGS
)
_MONTH_NAMED = (
    re.compile(
        rf"{_WEEKDAY}(?P<name>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TIME}",
        _FLAGS,
    ),
    re.compile(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?[\s-]+(?:of )?"
        rf"(?P<name>[a-z]{{3,9}})\.?,?[\s-]+(?P<year>\d{{4}}){_TIME}",
        _FLAGS,
    ),
)
_NUMBERS = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<sign>[-/.])(?P<second>\d{{1,2}})(?P=sign)(?P<year>\d{{4}}){_TIME}", _FLAGS
)


def order_of(dates: Iterable[str]) -> Order | None:
    """Whether a file puts day or month first, told by a number above 12; None where none or both orders occur."""
    orders: set[Order] = set()
    for written in dates:
        if match := _NUMBERS.fullmatch(written.strip()):
            first, second = int(match["first"]), int(match["second"])
            if first > 12 >= second:
                orders.add("day_first")
            elif second > 12 >= first:
                orders.add("month_first")
    return orders.pop() if len(orders) == 1 else None


@dataclass(slots=True)
class DateReader:
    """Reads the dates of one file, and counts those that it had to keep as written."""

    order: Order | None = None
    ambiguous: int = field(default=0, init=False)
    unknown: int = field(default=0, init=False)

    def read(self, written: str | None) -> str | None:
        """``YYYY-MM-DD`` where the date is understood, else as written.

        >>> DateReader().read("Mar 3, 2026"), DateReader().read("03/04/2026")
        ('2026-03-03', '03/04/2026')
        >>> DateReader("day_first").read("03/04/2026")
        '2026-04-03'
        """
        if written is None:
            return None
        text = written.strip()
        if found := _plain(text):
            return found
        if match := _NUMBERS.fullmatch(text):
            return self._numbers(match) or written
        self.unknown += 1
        return written

    def remark(self) -> str | None:
        """What to tell of the dates kept as written."""
        told = []
        if self.ambiguous:
            told.append(f"{self.ambiguous} may put the day or the month first")
        if self.unknown:
            told.append(f"{self.unknown} can't be understood")
        if not told:
            return None
        return f"{self.ambiguous + self.unknown} date(s) kept as written ({', '.join(told)}): write them as YYYY-MM-DD"

    def _numbers(self, match: re.Match[str]) -> str | None:
        first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
        day_first, month_first = _iso(year, second, first), _iso(year, first, second)
        if day_first and month_first and day_first != month_first:
            if self.order:
                return day_first if self.order == "day_first" else month_first
            self.ambiguous += 1
            return None
        if not (day_first or month_first):
            self.unknown += 1
        return day_first or month_first


def _plain(text: str) -> str | None:
    if match := _YEAR_FIRST.fullmatch(text):
        return _iso(int(match["year"]), int(match["month"]), int(match["day"]))
    if re.fullmatch(r"(?:19|20)[0-9]{6}", text):
        return _iso(int(text[:4]), int(text[4:6]), int(text[6:]))
    for pattern in _MONTH_NAMED:
        if match := pattern.fullmatch(text):
            name = match["name"].lower()
            months = [number for number, month in enumerate(_MONTHS, 1) if month.startswith(name)]
            return _iso(int(match["year"]), months[0], int(match["day"])) if len(months) == 1 else None
    return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
